/* Wrong PINs by address, each minute anew: whoever guesses on many connections, one after
 * the other, gets no further than CABIN_GUESSES_MAX a minute. A table of bounded size,
 * whatever comes: addresses that share a place share its count. One per loop, of its
 * thread. Pure. */
#ifndef CABIN_NET_GUESSES_H
#define CABIN_NET_GUESSES_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

enum {
	CABIN_GUESSES_MAX = 60, /* of an address in a minute: many phones may share one */
	CABIN_GUESSES_PLACES = 4096
};

/* All zero: none. */
struct cabin_guesses {
	struct {
		uint32_t minute;
		uint8_t count;
	} places[CABIN_GUESSES_PLACES];
};

/* The port is not looked at; of IPv6 the network (64 bits). */
uint32_t cabin_guesses_place(const struct sockaddr_storage *address);

/* Whether this address may try; and that it was wrong. `minute` grows with time. */
bool cabin_guesses_may(const struct cabin_guesses *guesses, uint32_t place, uint32_t minute);
void cabin_guesses_wrong(struct cabin_guesses *guesses, uint32_t place, uint32_t minute);

#endif
