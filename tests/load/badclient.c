/* cabin-badclient HOST:PORT: sends each kind of frame that no client may send, on a
 * connection of its own, and prints the close code that came back. Status 1 when one
 * is not what docs/protocol.md promises. */
#include <poll.h>
#include <stdio.h>

#include "base/clock.h"
#include "client.h"
#include "hostile.h"

static void ignore(void *context, unsigned opcode, const uint8_t *payload, size_t size)
{
}

/* Until the connection is open, or over; false after 5 s. */
static bool go_on(struct cabin_client *client, const struct cabin_client_target *target, bool until_over)
{
	const struct cabin_clock clock = cabin_clock_monotonic();
	uint64_t limit_ns = cabin_clock_now_ns(&clock) + 5 * CABIN_NS_PER_S;
	while (cabin_clock_now_ns(&clock) < limit_ns) {
		short events = cabin_client_wants_write(client) ? POLLIN | POLLOUT : POLLIN;
		struct pollfd wait = {.fd = client->fd, .events = events};
		(void)poll(&wait, 1, 100);
		if (cabin_client_ready(client, target, ignore, NULL))
			return until_over;
		if (!until_over && client->state == CABIN_CLIENT_OPEN)
			return true;
	}
	return false;
}

static int try_one(const struct cabin_client_target *target, const struct cabin_hostile_case *hostile)
{
	static struct cabin_client client;
	uint8_t bytes[CABIN_HOSTILE_MAX_BYTES];
	if (cabin_client_connect(&client, target) || !go_on(&client, target, false)) {
		printf("%-34s no connection (HTTP status %d)\n", hostile->name, client.http_status);
		return 1;
	}
	bool ended = !cabin_client_send_bytes(&client, bytes, hostile->write(bytes)) && go_on(&client, target, true);
	printf("%-34s %u%s%s\n", hostile->name, client.close_code,
	       client.close_code == hostile->code ? "" : " (not as promised)", ended ? "" : ", but did not end");
	if (client.state != CABIN_CLIENT_CLOSED)
		cabin_client_close(&client);
	return client.close_code != hostile->code || !ended;
}

int main(int argc, char **argv)
{
	struct cabin_client_target target;
	int status = 0;
	if (argc != 2 || cabin_client_target_parse(&target, argv[1])) {
		fputs("usage: cabin-badclient HOST:PORT\n", stderr);
		return 2;
	}
	for (size_t i = 0; i < cabin_hostile_case_count; i++)
		status |= try_one(&target, &cabin_hostile_cases[i]);
	return status;
}
