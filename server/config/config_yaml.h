/* YAML text into a tree of plain nodes, each with its place.
 *
 * A subset on purpose: one document, no anchors, aliases or tags, at most
 * CABIN_YAML_DEPTH_MAX levels; what is outside of it is refused with its place.
 * libfyaml does the parsing and is known to this file alone. Main thread. */
#ifndef CABIN_CONFIG_YAML_H
#define CABIN_CONFIG_YAML_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "config/config_arena.h"
#include "config/config_issues.h"

enum {
	CABIN_YAML_MAX_BYTES = 1 << 20,
	CABIN_YAML_DEPTH_MAX = 16,
	CABIN_YAML_NODES_MAX = 65536,
	CABIN_YAML_KEYS_MAX = 512 /* of one map */
};

enum cabin_yaml_kind { CABIN_YAML_SCALAR, CABIN_YAML_LIST, CABIN_YAML_MAP };

struct cabin_yaml {
	enum cabin_yaml_kind kind;
	struct cabin_place place;     /* of a map in block style: its first key */
	const char *text;	      /* scalar: its value, UTF-8 without control characters */
	bool plain;		      /* scalar: written without quotes */
	const struct cabin_yaml *key; /* inside a map: the key, a scalar */
	struct cabin_yaml *children, *last_child, *next;
	uint32_t child_count;
	bool seen; /* a reader's mark */
};

/* The tree of `text`, in `arena`. `*out` is NULL when there is nothing to go on with;
 * what is wrong is in `issues`. CABIN_ENOMEM, else 0. */
CABIN_MUST_CHECK int cabin_yaml_read(struct cabin_yaml **out, struct cabin_arena *arena, const char *text, size_t size,
				     struct cabin_issues *issues);

/* The value of `key`, or NULL. `map` may be NULL or not a map. */
struct cabin_yaml *cabin_yaml_get(const struct cabin_yaml *map, const char *key);

/* A plain scalar that says nothing: empty, ~ or null. */
bool cabin_yaml_is_null(const struct cabin_yaml *node);

#endif
