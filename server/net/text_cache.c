#include "net/text_cache.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum { TRIES = 100 };

/* Does not change once it is kept. The last who lets it go frees it. */
struct text {
	atomic_uint holders;
	uint64_t asked_ns; /* before it was written: no figure is older */
	size_t size;
	char *bytes;
};

struct cabin_text_cache {
	struct cabin_text_cache_config config;
	atomic_flag writing;
	pthread_mutex_t mutex; /* only ever tried, and held for a look at `kept`, never while writing or copying */
	struct text *kept;     /* NULL: none yet */
};

int cabin_text_cache_create(struct cabin_text_cache **out, const struct cabin_text_cache_config *config)
{
	struct cabin_text_cache *cache = calloc(1, sizeof(*cache));
	*out = cache;
	if (!cache)
		return CABIN_ENOMEM;
	cache->config = *config;
	atomic_flag_clear_explicit(&cache->writing, memory_order_relaxed);
	pthread_mutex_init(&cache->mutex, NULL);
	return 0;
}

static void let_go(struct text *text)
{
	/* Release and acquire: whoever frees it sees that all others have read. */
	if (!text || atomic_fetch_sub_explicit(&text->holders, 1, memory_order_acq_rel) > 1)
		return;
	free(text->bytes);
	free(text);
}

static struct text *write_text(const struct cabin_text_cache *cache)
{
	struct text *text = calloc(1, sizeof(*text));
	FILE *to = text ? open_memstream(&text->bytes, &text->size) : NULL;
	if (!to) {
		free(text);
		return NULL;
	}
	atomic_init(&text->holders, 1);
	text->asked_ns = cabin_clock_now_ns(&cache->config.clock);
	cache->config.write(cache->config.context, to);
	if (fclose(to)) {
		let_go(text);
		return NULL;
	}
	return text;
}

/* A mutex that is held for a moment: where it stays taken, its holder has been put to
 * sleep, and nobody waits for that. */
static bool try_hard(pthread_mutex_t *mutex)
{
	for (int i = 0; i < TRIES; i++) {
		if (!pthread_mutex_trylock(mutex))
			return true;
	}
	return false;
}

/* The kept text, held for the caller, or NULL; also where the mutex stays taken. */
static struct text *hold_kept(struct cabin_text_cache *cache)
{
	if (!try_hard(&cache->mutex))
		return NULL;
	struct text *text = cache->kept;
	if (text)
		atomic_fetch_add_explicit(&text->holders, 1, memory_order_relaxed);
	pthread_mutex_unlock(&cache->mutex);
	return text;
}

/* Keeps `text` instead of the one before. Where the mutex stays taken it is not kept,
 * and the next asker writes again. */
static void keep(struct cabin_text_cache *cache, struct text *text)
{
	if (!try_hard(&cache->mutex))
		return;
	struct text *before = cache->kept;
	atomic_fetch_add_explicit(&text->holders, 1, memory_order_relaxed);
	cache->kept = text;
	pthread_mutex_unlock(&cache->mutex);
	let_go(before);
}

static bool is_fresh(const struct cabin_text_cache *cache, const struct text *text)
{
	uint64_t now_ns = cabin_clock_now_ns(&cache->config.clock);
	return now_ns < text->asked_ns + cache->config.max_age_ns;
}

static struct text *hold_text(struct cabin_text_cache *cache)
{
	struct text *kept = hold_kept(cache);
	if (kept && is_fresh(cache, kept))
		return kept;
	/* Acquire, partner: the release below: writers follow one another. */
	bool writes = !atomic_flag_test_and_set_explicit(&cache->writing, memory_order_acquire);
	if (!writes && kept)
		return kept;
	let_go(kept);
	struct text *text = write_text(cache);
	if (writes && text)
		keep(cache, text);
	if (writes)
		atomic_flag_clear_explicit(&cache->writing, memory_order_release);
	return text;
}

char *cabin_text_cache_get(struct cabin_text_cache *cache, size_t *size)
{
	struct text *text = hold_text(cache);
	char *copy = text ? malloc(text->size + 1) : NULL;
	if (copy) {
		memcpy(copy, text->bytes, text->size + 1); /* open_memstream ends it with a 0 */
		*size = text->size;
	}
	let_go(text);
	return copy;
}

void cabin_text_cache_destroy(struct cabin_text_cache *cache)
{
	if (!cache)
		return;
	let_go(cache->kept);
	pthread_mutex_destroy(&cache->mutex);
	free(cache);
}
