/* HTTP for whoever has a token: docs/protocol.md, section 16. Loop threads. */
#ifndef CABIN_NET_HTTP_BOOTH_H
#define CABIN_NET_HTTP_BOOTH_H

#include "net/http.h"

/* False: the path is not of these. */
bool cabin_http_booth(struct cabin_loop *loop, struct lws *wsi, const char *path, struct cabin_http_reply *reply);

#endif
