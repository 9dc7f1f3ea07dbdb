/* server/net/address_counts: each address is counted by itself, and every place comes back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <arpa/inet.h>
#include <cmocka.h>
#include <netinet/in.h>
#include <string.h>

#include "net/address_counts.h"

enum { MANY = 5000 };

static struct sockaddr_storage v4(uint32_t number, uint16_t port)
{
	struct sockaddr_storage storage = {0};
	const struct sockaddr_in address = {
	    .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(number)};
	memcpy(&storage, &address, sizeof(address));
	return storage;
}

static struct sockaddr_storage v6(const char *text)
{
	struct sockaddr_storage storage = {0};
	struct sockaddr_in6 address = {.sin6_family = AF_INET6};
	assert_int_equal(inet_pton(AF_INET6, text, &address.sin6_addr), 1);
	memcpy(&storage, &address, sizeof(address));
	return storage;
}

static uint32_t count(const struct cabin_address_counts *counts, struct sockaddr_storage address)
{
	return cabin_address_count(counts, cabin_address_place_of(counts, &address));
}

static void enter(struct cabin_address_counts *counts, struct sockaddr_storage address)
{
	cabin_address_enter(counts, cabin_address_place_of(counts, &address));
}

static void leave(struct cabin_address_counts *counts, struct sockaddr_storage address)
{
	cabin_address_leave(counts, cabin_address_place_of(counts, &address));
}

static void counts_each_address(void **state)
{
	struct cabin_address_counts *counts;
	assert_int_equal(cabin_address_counts_create(&counts), 0);
	enter(counts, v4(0x0A000001, 1000));
	enter(counts, v4(0x0A000001, 2000)); /* another port of the same phone */
	enter(counts, v6("::ffff:10.0.0.1"));
	enter(counts, v6("fd00::1"));
	assert_int_equal(count(counts, v4(0x0A000001, 3000)), 3);
	assert_int_equal(count(counts, v6("fd00::1")), 1);
	assert_int_equal(count(counts, v6("fd00::2")), 0);
	assert_int_equal(count(counts, v6("fd00:0:0:1::1")), 0);
	leave(counts, v4(0x0A000001, 1000));
	assert_int_equal(count(counts, v6("::ffff:10.0.0.1")), 2);
	cabin_address_counts_destroy(counts);
	cabin_address_counts_destroy(NULL);
}

/* A full hall, one listener each: nobody is mistaken for a crowd. */
static void many_addresses(void **state)
{
	struct cabin_address_counts *counts;
	uint32_t most = 0;
	assert_int_equal(cabin_address_counts_create(&counts), 0);
	for (uint32_t i = 0; i < MANY; i++)
		enter(counts, v4(0x0A000000 + i, 1));
	for (uint32_t i = 0; i < MANY; i++) {
		uint32_t one = count(counts, v4(0x0A000000 + i, 1));
		assert_true(one >= 1);
		most = one > most ? one : most;
	}
	/* By chance 3 in four rows at once: once in millions of such halls. */
	assert_true(most <= 2);
	for (uint32_t i = 0; i < MANY; i++)
		leave(counts, v4(0x0A000000 + i, 1));
	for (uint32_t i = 0; i < MANY; i++)
		assert_int_equal(count(counts, v4(0x0A000000 + i, 1)), 0);
	cabin_address_counts_destroy(counts);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(counts_each_address), cmocka_unit_test(many_addresses)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
