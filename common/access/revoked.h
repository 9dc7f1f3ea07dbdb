/* The list of revoked tokens: a text file, one token's id a line; what follows a `#`
 * is a remark. Read again whenever the file has changed. Not shared between threads:
 * its owner locks, or has it alone. */
#ifndef CABIN_ACCESS_REVOKED_H
#define CABIN_ACCESS_REVOKED_H

#include <stdbool.h>

#include "base/error.h"

struct cabin_revoked;

/* A file that is not there yet is an empty list, and is looked for again. `path` is
 * copied. CABIN_ENOMEM, CABIN_EFORMAT (logged with the line: no token's id), CABIN_EIO. */
CABIN_MUST_CHECK int cabin_revoked_create(struct cabin_revoked **out, const char *path);
void cabin_revoked_destroy(struct cabin_revoked *revoked);

/* Looks whether the file has changed and reads it anew. True: the list is another now.
 * A file that has become wrong or unreadable is logged, and the list stays as it was. */
bool cabin_revoked_refresh(struct cabin_revoked *revoked);

bool cabin_revoked_has(const struct cabin_revoked *revoked, const char *token_id);

/* Adds an id, with a remark (NULL: none), to the list at `path` as one write; makes the
 * file where there is none. CABIN_EINVAL: no token's id; CABIN_EIO, errno is set. */
CABIN_MUST_CHECK int cabin_revoked_append(const char *path, const char *token_id, const char *remark);

#endif
