/* server/net/guesses: wrong PINs by address. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

#include "net/guesses.h"

static struct cabin_guesses guesses;

static int begin(void **state)
{
	memset(&guesses, 0, sizeof(guesses));
	return 0;
}

static struct sockaddr_storage v4(const char *text, uint16_t port)
{
	struct sockaddr_storage address = {.ss_family = AF_INET};
	((struct sockaddr_in *)&address)->sin_port = htons(port);
	assert_int_equal(inet_pton(AF_INET, text, &((struct sockaddr_in *)&address)->sin_addr), 1);
	return address;
}

static struct sockaddr_storage v6(const char *text)
{
	struct sockaddr_storage address = {.ss_family = AF_INET6};
	assert_int_equal(inet_pton(AF_INET6, text, &((struct sockaddr_in6 *)&address)->sin6_addr), 1);
	return address;
}

static void an_address_is_one_whatever_its_port(void **state)
{
	struct sockaddr_storage a = v4("192.0.2.7", 1), b = v4("192.0.2.7", 2), c = v6("::ffff:192.0.2.7");
	struct sockaddr_storage other = v4("192.0.2.8", 1), gone = {0};
	uint32_t place = cabin_guesses_place(&a);
	assert_int_equal(cabin_guesses_place(&b), place);
	assert_int_equal(cabin_guesses_place(&c), place);
	assert_int_not_equal(cabin_guesses_place(&other), place);
	assert_int_equal(cabin_guesses_place(&gone), 0);
	struct sockaddr_storage d = v6("2001:db8:1:2::1"), e = v6("2001:db8:1:2:ffff::9"), f = v6("2001:db8:1:3::1");
	assert_int_equal(cabin_guesses_place(&d), cabin_guesses_place(&e));
	assert_int_not_equal(cabin_guesses_place(&d), cabin_guesses_place(&f));
}

static void sixty_a_minute(void **state)
{
	for (int i = 0; i < CABIN_GUESSES_MAX; i++) {
		assert_true(cabin_guesses_may(&guesses, 5, 1000));
		cabin_guesses_wrong(&guesses, 5, 1000);
	}
	assert_false(cabin_guesses_may(&guesses, 5, 1000));
	assert_true(cabin_guesses_may(&guesses, 6, 1000)); /* another address */
	for (int i = 0; i < 1000; i++)
		cabin_guesses_wrong(&guesses, 5, 1000);
	assert_false(cabin_guesses_may(&guesses, 5, 1000)); /* never round to nothing */
	assert_true(cabin_guesses_may(&guesses, 5, 1001));
	cabin_guesses_wrong(&guesses, 5, 1001);
	assert_true(cabin_guesses_may(&guesses, 5, 1001));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup(an_address_is_one_whatever_its_port, begin),
	    cmocka_unit_test_setup(sixty_a_minute, begin),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
