/* Memory that is taken piece by piece and given back all at once: what a
 * configuration, or its YAML tree while it is read, is made of.
 *
 * Pieces are zeroed and aligned for any type. One thread at a time. */
#ifndef CABIN_CONFIG_ARENA_H
#define CABIN_CONFIG_ARENA_H

#include <stddef.h>

struct cabin_arena_chunk;

struct cabin_arena {
	struct cabin_arena_chunk *chunks; /* newest first; all zero is an empty arena */
};

/* `size` zeroed bytes, or NULL when there is no memory. */
void *cabin_arena_take(struct cabin_arena *arena, size_t size);

/* A terminated copy of `size` bytes, or NULL. */
char *cabin_arena_copy(struct cabin_arena *arena, const char *text, size_t size);

/* A terminated string as printf makes it, or NULL. */
char *cabin_arena_format(struct cabin_arena *arena, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Gives everything back; the arena is empty and usable again. */
void cabin_arena_clear(struct cabin_arena *arena);

#endif
