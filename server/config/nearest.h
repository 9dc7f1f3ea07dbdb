/* The nearest known word, for "did you mean": keys, ids, options. Pure. */
#ifndef CABIN_CONFIG_NEAREST_H
#define CABIN_CONFIG_NEAREST_H

#include <stdint.h>

struct cabin_nearest {
	const char *word; /* what was written; borrowed */
	const char *best; /* the nearest candidate so far, or NULL; borrowed */
	uint32_t best_distance;
};

static inline struct cabin_nearest cabin_nearest_to(const char *word)
{
	return (struct cabin_nearest){.word = word};
}

/* Insertions, deletions, replacements and swaps of neighbours that turn `a` into
 * `b`; words over 64 bytes are UINT32_MAX away from everything. */
uint32_t cabin_edit_distance(const char *a, const char *b);

/* Keeps `candidate` when it is near enough to be meant (a third of the word's
 * length, at least 2 edits of a word of 4 and more) and nearer than the best so far.
 * NULL is fine. */
void cabin_nearest_offer(struct cabin_nearest *nearest, const char *candidate);

#endif
