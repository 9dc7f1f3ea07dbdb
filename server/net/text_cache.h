/* A text that costs something to write, written at most once in a while however often
 * it is asked for. One per server, for all loops.
 *
 *   first asker after `max_age_ns` ── writes ──▶ kept text ── a copy each ──▶ everybody else
 *
 * Any thread; nobody waits for another: while one writes, the others get the text
 * before. At most two texts are held, and one for each thread that copies. */
#ifndef CABIN_NET_TEXT_CACHE_H
#define CABIN_NET_TEXT_CACHE_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/clock.h"
#include "base/error.h"

struct cabin_text_cache;

struct cabin_text_cache_config {
	struct cabin_clock clock;
	uint64_t max_age_ns;
	void (*write)(void *context, FILE *to); /* on the asker's thread; one at a time, but for the very first */
	void *context;
};

/* CABIN_ENOMEM. */
CABIN_MUST_CHECK int cabin_text_cache_create(struct cabin_text_cache **out,
					     const struct cabin_text_cache_config *config);

/* The text, for the caller to free(), and its size in bytes. NULL: no memory. */
char *cabin_text_cache_get(struct cabin_text_cache *cache, size_t *size);

/* When nobody asks any more. NULL is fine. */
void cabin_text_cache_destroy(struct cabin_text_cache *cache);

#endif
