#include "net/address_counts.h"

#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

struct cabin_address_counts {
	uint64_t key; /* so that nobody can choose addresses that share a counter with others' */
	atomic_uint cells[CABIN_ADDRESS_ROWS][CABIN_ADDRESS_COLUMNS];
};

int cabin_address_counts_create(struct cabin_address_counts **out)
{
	struct cabin_address_counts *counts = calloc(1, sizeof(*counts));
	*out = counts;
	if (!counts)
		return CABIN_ENOMEM;
	if (getrandom(&counts->key, sizeof(counts->key), 0) == (ssize_t)sizeof(counts->key))
		return 0;
	cabin_address_counts_destroy(counts);
	*out = NULL;
	return CABIN_EIO;
}

/* The finalizer of splitmix64: each bit of the input changes half of the output. */
static uint64_t mix(uint64_t bits)
{
	bits = (bits ^ bits >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
	bits = (bits ^ bits >> 27) * UINT64_C(0x94D049BB133111EB);
	return bits ^ bits >> 31;
}

/* An IPv4 address as IPv6 writes it. */
static void read_bytes(uint64_t out[2], const struct sockaddr_storage *address)
{
	uint8_t bytes[16] = {[10] = 0xFF, [11] = 0xFF};
	if (address->ss_family == AF_INET6)
		memcpy(bytes, &((const struct sockaddr_in6 *)address)->sin6_addr, sizeof(bytes));
	else if (address->ss_family == AF_INET)
		memcpy(bytes + 12, &((const struct sockaddr_in *)address)->sin_addr, 4);
	memcpy(out, bytes, sizeof(bytes));
}

struct cabin_address_place cabin_address_place_of(const struct cabin_address_counts *counts,
						  const struct sockaddr_storage *address)
{
	struct cabin_address_place place;
	uint64_t halves[2];
	read_bytes(halves, address);
	uint64_t hash = mix(mix(mix(counts->key) ^ halves[0]) ^ mix(counts->key + halves[1]));
	for (int row = 0; row < CABIN_ADDRESS_ROWS; row++)
		place.columns[row] = (uint16_t)(hash >> 16 * row);
	return place;
}

/* Relaxed everywhere: these are counts alone, nothing is handed over by them. */
uint32_t cabin_address_count(const struct cabin_address_counts *counts, struct cabin_address_place place)
{
	uint32_t least = UINT32_MAX;
	for (int row = 0; row < CABIN_ADDRESS_ROWS; row++) {
		uint32_t one = atomic_load_explicit(&counts->cells[row][place.columns[row]], memory_order_relaxed);
		least = one < least ? one : least;
	}
	return least;
}

void cabin_address_enter(struct cabin_address_counts *counts, struct cabin_address_place place)
{
	for (int row = 0; row < CABIN_ADDRESS_ROWS; row++)
		atomic_fetch_add_explicit(&counts->cells[row][place.columns[row]], 1, memory_order_relaxed);
}

void cabin_address_leave(struct cabin_address_counts *counts, struct cabin_address_place place)
{
	for (int row = 0; row < CABIN_ADDRESS_ROWS; row++) {
		unsigned before =
		    atomic_fetch_sub_explicit(&counts->cells[row][place.columns[row]], 1, memory_order_relaxed);
		CABIN_ASSERT(before > 0);
	}
}

void cabin_address_counts_destroy(struct cabin_address_counts *counts)
{
	free(counts);
}
