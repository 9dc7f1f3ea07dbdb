#include "net/guesses.h"

#include <netinet/in.h>
#include <string.h>

/* FNV-1a. */
static uint32_t hash(const void *bytes, size_t size)
{
	const uint8_t *at = bytes;
	uint32_t value = 2166136261u;
	for (size_t i = 0; i < size; i++)
		value = (value ^ at[i]) * 16777619u;
	return value;
}

uint32_t cabin_guesses_place(const struct sockaddr_storage *address)
{
	if (address->ss_family == AF_INET) {
		const struct sockaddr_in *v4 = (const struct sockaddr_in *)address;
		return hash(&v4->sin_addr, sizeof(v4->sin_addr)) % CABIN_GUESSES_PLACES;
	}
	if (address->ss_family == AF_INET6) {
		const uint8_t *bytes = ((const struct sockaddr_in6 *)address)->sin6_addr.s6_addr;
		static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};
		bool is_v4 = memcmp(bytes, mapped, sizeof(mapped)) == 0;
		return hash(is_v4 ? bytes + sizeof(mapped) : bytes, is_v4 ? 4 : 8) % CABIN_GUESSES_PLACES;
	}
	return 0; /* of peers that are gone already */
}

bool cabin_guesses_may(const struct cabin_guesses *guesses, uint32_t place, uint32_t minute)
{
	return guesses->places[place].minute != minute || guesses->places[place].count < CABIN_GUESSES_MAX;
}

void cabin_guesses_wrong(struct cabin_guesses *guesses, uint32_t place, uint32_t minute)
{
	if (guesses->places[place].minute != minute)
		guesses->places[place].count = 0;
	guesses->places[place].minute = minute;
	if (guesses->places[place].count < CABIN_GUESSES_MAX)
		guesses->places[place].count++;
}
