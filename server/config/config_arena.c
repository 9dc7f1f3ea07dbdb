#include "config/config_arena.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CHUNK_BYTES = 16384 };

struct cabin_arena_chunk {
	struct cabin_arena_chunk *next;
	size_t used, size;
	_Alignas(max_align_t) unsigned char bytes[];
};

void *cabin_arena_take(struct cabin_arena *arena, size_t size)
{
	size_t rounded = (size + _Alignof(max_align_t) - 1) & ~(_Alignof(max_align_t) - 1);
	struct cabin_arena_chunk *chunk = arena->chunks;
	if (!chunk || chunk->size - chunk->used < rounded) {
		size_t chunk_size = rounded > CHUNK_BYTES ? rounded : CHUNK_BYTES;
		chunk = calloc(1, sizeof(*chunk) + chunk_size);
		if (!chunk)
			return NULL;
		chunk->size = chunk_size;
		chunk->next = arena->chunks;
		arena->chunks = chunk;
	}
	void *piece = chunk->bytes + chunk->used;
	chunk->used += rounded;
	return piece;
}

char *cabin_arena_copy(struct cabin_arena *arena, const char *text, size_t size)
{
	char *copy = cabin_arena_take(arena, size + 1);
	if (copy && size > 0)
		memcpy(copy, text, size);
	return copy;
}

char *cabin_arena_format(struct cabin_arena *arena, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	int length = vsnprintf(NULL, 0, format, arguments);
	va_end(arguments);
	char *text = length < 0 ? NULL : cabin_arena_take(arena, (size_t)length + 1);
	if (!text)
		return NULL;
	va_start(arguments, format);
	vsnprintf(text, (size_t)length + 1, format, arguments);
	va_end(arguments);
	return text;
}

void cabin_arena_clear(struct cabin_arena *arena)
{
	struct cabin_arena_chunk *chunk = arena->chunks;
	while (chunk) {
		struct cabin_arena_chunk *next = chunk->next;
		free(chunk);
		chunk = next;
	}
	arena->chunks = NULL;
}
