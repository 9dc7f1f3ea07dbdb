/* How many listeners come from one address: a table of bounded size, whatever comes.
 *
 * An address has one counter in each row, chosen by a hash with a random key; its count
 * is the least of them. Two addresses share all four only by great chance, so a count
 * is at times too high and never too low. Shared by all loops; any thread, lock-free. */
#ifndef CABIN_NET_ADDRESS_COUNTS_H
#define CABIN_NET_ADDRESS_COUNTS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

#include "base/error.h"

enum { CABIN_ADDRESS_ROWS = 4, CABIN_ADDRESS_COLUMNS = 1 << 16 };

struct cabin_address_counts;

/* Where an address is counted. */
struct cabin_address_place {
	uint16_t columns[CABIN_ADDRESS_ROWS];
};

/* 1 MB, of which only pages that are used take memory. CABIN_ENOMEM, CABIN_EIO. */
CABIN_MUST_CHECK int cabin_address_counts_create(struct cabin_address_counts **out);

/* The port is not looked at; IPv4 within IPv6 is IPv4. */
struct cabin_address_place cabin_address_place_of(const struct cabin_address_counts *counts,
						  const struct sockaddr_storage *address);

uint32_t cabin_address_count(const struct cabin_address_counts *counts, struct cabin_address_place place);
void cabin_address_enter(struct cabin_address_counts *counts, struct cabin_address_place place);
void cabin_address_leave(struct cabin_address_counts *counts, struct cabin_address_place place);

/* NULL is fine. */
void cabin_address_counts_destroy(struct cabin_address_counts *counts);

#endif
