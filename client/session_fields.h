/* Fields of JSON objects into plain C, for session.c and settings.c: what is missing or of
 * another type is what stands for nothing. Any thread. */
#ifndef CABIN_CLIENT_SESSION_FIELDS_H
#define CABIN_CLIENT_SESSION_FIELDS_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Copies a text, cut at a character's border; empty where there is none. */
void cabin_field_text(char *out, size_t out_size, const json_t *object, const char *key);
uint64_t cabin_field_number(const json_t *object, const char *key, uint64_t max); /* 0; at most `max` */
double cabin_field_real(const json_t *object, const char *key, double otherwise);
bool cabin_field_flag(const json_t *object, const char *key);
/* Its index in `words`, or −1. */
int cabin_field_word(const json_t *object, const char *key, const char *const *words, int word_count);

#endif
