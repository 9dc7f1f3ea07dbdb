#include "net/listen_socket.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"

enum { BACKLOG = 1024 };

static int not_an_address(const char *text, const char *what)
{
	char quoted[128];
	cabin_log(CABIN_LOG_ERROR, "net", "listen-address-invalid",
		  "listen=%s error=\"%s\" hint=\"write ADDRESS:PORT, "
		  "for example 0.0.0.0:8080, 127.0.0.1:0 or [::1]:8080\"",
		  cabin_log_quote(quoted, sizeof(quoted), text), what);
	return CABIN_EFORMAT;
}

static int parse_host(struct cabin_address *out, const char *host, bool brackets, uint16_t port)
{
	struct sockaddr_in *v4 = (struct sockaddr_in *)&out->storage;
	struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)&out->storage;
	if (brackets) {
		if (inet_pton(AF_INET6, host, &v6->sin6_addr) != 1)
			return CABIN_EFORMAT;
		v6->sin6_family = AF_INET6;
		v6->sin6_port = htons(port);
		out->size = sizeof(*v6);
		return 0;
	}
	if (inet_pton(AF_INET, strcmp(host, "localhost") ? host : "127.0.0.1", &v4->sin_addr) != 1)
		return CABIN_EFORMAT;
	v4->sin_family = AF_INET;
	v4->sin_port = htons(port);
	out->size = sizeof(*v4);
	return 0;
}

int cabin_address_parse(struct cabin_address *out, const char *text)
{
	char host[64];
	const char *colon = strrchr(text, ':');
	memset(out, 0, sizeof(*out));
	if (!colon || !colon[1])
		return not_an_address(text, "no port");
	char *end;
	errno = 0;
	unsigned long port = strtoul(colon + 1, &end, 10);
	if (*end || end - colon > 6 || port > 65535 || colon[1] < '0' || colon[1] > '9')
		return not_an_address(text, "the port is not a number from 0 to 65535");
	bool brackets = text[0] == '[' && colon > text && colon[-1] == ']';
	size_t size = (size_t)(colon - text) - (brackets ? 2 : 0);
	if (size >= sizeof(host))
		return not_an_address(text, "the address is too long");
	memcpy(host, text + brackets, size);
	host[size] = 0;
	if (parse_host(out, host, brackets, (uint16_t)port))
		return not_an_address(text, strchr(host, ':') ? "an IPv6 address stands in [brackets]"
							      : "not a numeric address of this machine");
	return 0;
}

uint16_t cabin_address_port(const struct cabin_address *address)
{
	return address->storage.ss_family == AF_INET6
		   ? ntohs(((const struct sockaddr_in6 *)&address->storage)->sin6_port)
		   : ntohs(((const struct sockaddr_in *)&address->storage)->sin_port);
}

static int refused(const char *text, const char *option, uint16_t port)
{
	int error = errno;
	char hint[256];
	const char *what = strerror(error);
	if (error == EADDRINUSE) {
		what = "another program listens there";
		snprintf(hint, sizeof(hint),
			 "stop it (ss -ltnp 'sport = :%u' names it), or choose another port with %s; port 0 takes a "
			 "free one",
			 port, option);
	} else if (error == EADDRNOTAVAIL) {
		what = "not an address of this machine";
		snprintf(hint, sizeof(hint), "ip -brief address lists them; 0.0.0.0 means all of them");
	} else if (error == EACCES || error == EPERM) {
		what = "not allowed";
		snprintf(hint, sizeof(hint),
			 "ports below 1024 need root or CAP_NET_BIND_SERVICE (systemd: "
			 "AmbientCapabilities=CAP_NET_BIND_SERVICE); or choose 8080 or 8443 with %s",
			 option);
	} else {
		snprintf(hint, sizeof(hint), "choose another address with %s", option);
	}
	cabin_log(CABIN_LOG_ERROR, "net", "listen-failed", "listen=\"%s\" error=\"%s\" hint=\"%s\"", text, what, hint);
	return CABIN_EIO;
}

static int open_one(const struct cabin_address *address, bool shared)
{
	int on = 1;
	int fd = socket(address->storage.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -1;
	if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) ||
	    (shared && setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof(on))) ||
	    bind(fd, (const struct sockaddr *)&address->storage, address->size) || listen(fd, BACKLOG)) {
		int error = errno;
		close(fd);
		errno = error;
		return -1;
	}
	return fd;
}

/* SO_REUSEPORT would let a second server of the same user share the port in
 * silence: a socket without it finds out. */
static int probe(const struct cabin_address *address)
{
	int fd = open_one(address, false);
	if (fd < 0)
		return -1;
	close(fd);
	return 0;
}

int cabin_listen_sockets_open(int *fds, uint32_t count, struct cabin_address *address, const char *text,
			      const char *option)
{
	if (cabin_address_port(address) && probe(address))
		return refused(text, option, cabin_address_port(address));
	for (uint32_t i = 0; i < count; i++) {
		fds[i] = open_one(address, true);
		/* The first one's port is everybody's. */
		socklen_t size = sizeof(address->storage);
		if (fds[i] < 0 || getsockname(fds[i], (struct sockaddr *)&address->storage, &size)) {
			int result = refused(text, option, cabin_address_port(address));
			for (uint32_t k = 0; k <= i; k++) {
				if (fds[k] >= 0)
					close(fds[k]);
				fds[k] = -1;
			}
			return result;
		}
	}
	return 0;
}
