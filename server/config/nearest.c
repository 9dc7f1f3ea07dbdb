#include "config/nearest.h"

#include <stddef.h>
#include <string.h>

enum { WORD_MAX_BYTES = 64 };

static uint32_t smallest(uint32_t a, uint32_t b, uint32_t c)
{
	uint32_t least = a < b ? a : b;
	return least < c ? least : c;
}

uint32_t cabin_edit_distance(const char *a, const char *b)
{
	size_t a_size = strlen(a), b_size = strlen(b);
	if (a_size > WORD_MAX_BYTES || b_size > WORD_MAX_BYTES)
		return UINT32_MAX;

	uint32_t rows[3][WORD_MAX_BYTES + 1];
	uint32_t *before = rows[0], *previous = rows[1], *current = rows[2];
	for (size_t j = 0; j <= b_size; j++)
		previous[j] = (uint32_t)j;
	for (size_t i = 1; i <= a_size; i++) {
		current[0] = (uint32_t)i;
		for (size_t j = 1; j <= b_size; j++) {
			uint32_t cost = a[i - 1] != b[j - 1];
			current[j] = smallest(previous[j] + 1, current[j - 1] + 1, previous[j - 1] + cost);
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] &&
			    before[j - 2] + 1 < current[j])
				current[j] = before[j - 2] + 1;
		}
		uint32_t *free_row = before;
		before = previous;
		previous = current;
		current = free_row;
	}
	return previous[b_size];
}

void cabin_nearest_offer(struct cabin_nearest *nearest, const char *candidate)
{
	if (!candidate)
		return;
	size_t size = strlen(nearest->word);
	uint32_t limit = (uint32_t)(size / 3);
	if (limit < 2)
		limit = size >= 4 ? 2 : 1;
	uint32_t distance = cabin_edit_distance(nearest->word, candidate);
	if (distance > limit || (nearest->best && distance >= nearest->best_distance))
		return;
	nearest->best = candidate;
	nearest->best_distance = distance;
}
