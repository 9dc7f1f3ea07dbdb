/* An answer's header: status, what the body is, and what a browser may do with it. */
#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "net/http.h"

struct writer {
	char *out;
	size_t size, have;
};

__attribute__((format(printf, 2, 3))) static void put(struct writer *to, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	int n = vsnprintf(to->out + to->have, to->size - to->have, format, arguments);
	va_end(arguments);
	CABIN_ASSERT(n >= 0 && (size_t)n < to->size - to->have); /* every part has its limit */
	to->have += (size_t)n;
}

static const char *reason_of(int status)
{
	switch (status) {
	case 200:
		return "OK";
	case 201:
		return "Created";
	case 304:
		return "Not Modified";
	case 308:
		return "Permanent Redirect";
	case 400:
		return "Bad Request";
	case 401:
		return "Unauthorized";
	case 403:
		return "Forbidden";
	case 404:
		return "Not Found";
	case 405:
		return "Method Not Allowed";
	case 409:
		return "Conflict";
	case 411:
		return "Length Required";
	case 413:
		return "Content Too Large";
	case 414:
		return "URI Too Long";
	case 415:
		return "Unsupported Media Type";
	case 426:
		return "Upgrade Required";
	case 503:
		return "Service Unavailable";
	case 504:
		return "Gateway Timeout";
	default:
		return "Internal Server Error";
	}
}

/* RFC 9110, 5.6.7. Not strftime, whose names follow the locale. */
static void put_date(struct writer *to, int64_t wall_s)
{
	static const char days[] = "SunMonTueWedThuFriSat", months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	time_t time = (time_t)wall_s;
	struct tm tm;
	gmtime_r(&time, &tm);
	put(to, "Date: %.3s, %02d %.3s %04d %02d:%02d:%02d GMT\r\n", days + 3 * tm.tm_wday, tm.tm_mday,
	    months + 3 * tm.tm_mon, tm.tm_year + 1900, tm.tm_hour, tm.tm_min, tm.tm_sec);
}

static bool host_is_plain(const char *host)
{
	size_t size = strlen(host);
	for (size_t i = 0; i < size; i++) {
		if (!isalnum((unsigned char)host[i]) && !strchr(".-:[]", host[i]))
			return false;
	}
	return size > 0 && size <= 255;
}

/* 'self' does not cover a WebSocket in every browser, so the page's own origin is
 * named: by the name that the browser itself used. */
static void put_policies(struct writer *to, const char *host, bool secure, bool uses_microphone)
{
	put(to, "Content-Security-Policy: default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; "
		"img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
		"connect-src 'self'");
	if (host_is_plain(host))
		put(to, " %s://%s", secure ? "wss" : "ws", host);
	put(to,
	    "\r\nX-Content-Type-Options: nosniff\r\nReferrer-Policy: no-referrer\r\n"
	    "Permissions-Policy: camera=(), microphone=(%s), geolocation=(), payment=(), usb=()\r\n"
	    "Cross-Origin-Resource-Policy: same-origin\r\n",
	    uses_microphone ? "self" : "");
}

size_t cabin_http_header_write(char *out, size_t out_size, const struct cabin_http_reply *reply, const char *host,
			       bool secure, int64_t wall_s, bool close)
{
	struct writer to = {.out = out, .size = out_size};
	put(&to, "HTTP/1.1 %d %s\r\n", reply->status, reason_of(reply->status));
	put_date(&to, wall_s);
	put_policies(&to, host, secure, reply->uses_microphone);
	if (reply->type)
		put(&to, "Content-Type: %s\r\n", reply->type);
	if (reply->status != 304)
		put(&to, "Content-Length: %zu\r\n", reply->size);
	if (reply->encoding && *reply->encoding)
		put(&to, "Content-Encoding: %s\r\n", reply->encoding);
	if (reply->varies)
		put(&to, "Vary: Accept-Encoding\r\n");
	if (reply->etag)
		put(&to, "ETag: %s\r\n", reply->etag);
	put(&to, "Cache-Control: %s\r\n", reply->cache_control ? reply->cache_control : "no-store");
	if (reply->location)
		put(&to, "Location: %s\r\n", reply->location);
	if (reply->allow)
		put(&to, "Allow: %s\r\n", reply->allow);
	if (reply->status == 401)
		put(&to, "WWW-Authenticate: Bearer\r\n");
	if (reply->status == 426)
		put(&to, "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n");
	if (reply->status == 503)
		put(&to, "Retry-After: 5\r\n");
	if (close)
		put(&to, "Connection: close\r\n");
	put(&to, "\r\n");
	return to.have;
}
