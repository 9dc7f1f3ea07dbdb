/* Who asks: the token in a request's Authorization header. Loop threads. */
#ifndef CABIN_NET_HTTP_AUTH_H
#define CABIN_NET_HTTP_AUTH_H

#include <libwebsockets.h>

#include "net/auth.h"
#include "net/loop.h"

/* The verdict on "Authorization: Bearer TOKEN"; `*token` is filled in when it is GOOD. */
enum cabin_auth_verdict cabin_http_authorise(struct cabin_loop *loop, struct lws *wsi, struct cabin_token *token);

#endif
