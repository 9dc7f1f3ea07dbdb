#include "net/http_auth.h"

#include <string.h>

#include "net/http.h"

static const char bearer[] = "Bearer ";

enum cabin_auth_verdict cabin_http_authorise(struct cabin_loop *loop, struct lws *wsi, struct cabin_token *token)
{
	char header[sizeof(bearer) + CABIN_TOKEN_MAX_BYTES + 1];
	cabin_http_header(wsi, WSI_TOKEN_HTTP_AUTHORIZATION, header, sizeof(header));
	if (strncmp(header, bearer, sizeof(bearer) - 1) != 0)
		return CABIN_AUTH_INVALID;
	return cabin_auth_check(loop->net->auth, header + sizeof(bearer) - 1, strlen(header) - (sizeof(bearer) - 1),
				token);
}
