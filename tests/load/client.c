#include "client.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/errqueue.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>
#include <unistd.h>

int cabin_client_target_parse(struct cabin_client_target *out, const char *text)
{
	char host[64];
	const char *colon = strrchr(text, ':');
	memset(out, 0, sizeof(*out));
	if (!colon || (size_t)(colon - text) >= sizeof(host))
		return CABIN_EFORMAT;
	bool brackets = text[0] == '[';
	snprintf(host, sizeof(host), "%.*s", (int)(colon - text - 2 * brackets), text + brackets);
	in_port_t port = htons((uint16_t)atoi(colon + 1));
	struct sockaddr_in *v4 = (struct sockaddr_in *)&out->address;
	struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)&out->address;
	if (inet_pton(AF_INET, host, &v4->sin_addr) == 1) {
		v4->sin_family = AF_INET;
		v4->sin_port = port;
		out->address_size = sizeof(*v4);
	} else if (inet_pton(AF_INET6, host, &v6->sin6_addr) == 1) {
		v6->sin6_family = AF_INET6;
		v6->sin6_port = port;
		out->address_size = sizeof(*v6);
	} else {
		return CABIN_EFORMAT;
	}
	return 0;
}

int cabin_client_connect(struct cabin_client *client, const struct cabin_client_target *target)
{
	int on = 1;
	memset(client, 0, offsetof(struct cabin_client, bytes));
	client->fd = socket(target->address.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (client->fd < 0)
		return CABIN_EIO;
	(void)setsockopt(client->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	if (target->kernel_time)
		(void)setsockopt(client->fd, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof(on));
	if (target->receive_buffer_bytes)
		(void)setsockopt(client->fd, SOL_SOCKET, SO_RCVBUF, &target->receive_buffer_bytes,
				 sizeof(target->receive_buffer_bytes));
	if (connect(client->fd, (const struct sockaddr *)&target->address, target->address_size) &&
	    errno != EINPROGRESS) {
		close(client->fd);
		return CABIN_EIO;
	}
	if (target->tls) {
		client->ssl = SSL_new(target->tls);
		if (!client->ssl || !SSL_set_fd(client->ssl, client->fd)) {
			cabin_client_close(client);
			return CABIN_EIO;
		}
		SSL_set_connect_state(client->ssl);
	}
	client->state = CABIN_CLIENT_CONNECTING;
	return 0;
}

void cabin_client_close(struct cabin_client *client)
{
	SSL_free(client->ssl);
	client->ssl = NULL;
	close(client->fd);
	client->fd = -1;
	client->state = CABIN_CLIENT_CLOSED;
}

bool cabin_client_wants_write(const struct cabin_client *client)
{
	return client->state == CABIN_CLIENT_CONNECTING &&
	       (!client->ssl || SSL_want_write(client->ssl) || SSL_get_state(client->ssl) == TLS_ST_BEFORE);
}

int cabin_client_send_bytes(struct cabin_client *client, const void *bytes, size_t size)
{
	if (client->state == CABIN_CLIENT_CLOSED)
		return CABIN_ELOST;
	ssize_t n =
	    client->ssl ? SSL_write(client->ssl, bytes, (int)size) : send(client->fd, bytes, size, MSG_NOSIGNAL);
	return n == (ssize_t)size ? 0 : CABIN_ELOST;
}

size_t cabin_client_frame_write(uint8_t *out, size_t out_size, const struct cabin_client_frame *frame)
{
	static const uint8_t mask[4] = {0x37, 0xfa, 0x21, 0x3d};
	uint64_t claimed = frame->claimed_size ? frame->claimed_size : frame->size;
	size_t at = 0;
	CABIN_ASSERT(out_size >= frame->size + 14);
	out[at++] = (uint8_t)((frame->not_final ? 0 : 0x80) | frame->reserved << 4 | frame->opcode);
	uint8_t masked = frame->not_masked ? 0 : 0x80;
	int length_bytes = claimed < 126 ? 0 : claimed < 65536 ? 2 : 8;
	out[at++] = (uint8_t)(masked | (length_bytes == 0 ? claimed : length_bytes == 2 ? 126 : 127));
	for (int i = length_bytes - 1; i >= 0; i--)
		out[at++] = (uint8_t)(claimed >> (8 * i));
	if (masked) {
		memcpy(out + at, mask, 4);
		at += 4;
	}
	for (size_t i = 0; i < frame->size; i++)
		out[at + i] = ((const uint8_t *)frame->payload)[i] ^ (masked ? mask[i & 3] : 0);
	return at + frame->size;
}

int cabin_client_send_text(struct cabin_client *client, const char *text)
{
	uint8_t bytes[1024];
	struct cabin_client_frame frame = {.opcode = 1, .payload = text, .size = strlen(text)};
	return cabin_client_send_bytes(client, bytes, cabin_client_frame_write(bytes, sizeof(bytes), &frame));
}

static int send_upgrade(struct cabin_client *client)
{
	static const char request[] =
	    "GET /ws HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
	    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
	    "Sec-WebSocket-Protocol: cabin.v1\r\n\r\n";
	client->state = CABIN_CLIENT_UPGRADING;
	return cabin_client_send_bytes(client, request, sizeof(request) - 1);
}

static int go_on_connecting(struct cabin_client *client, const struct cabin_client_target *target)
{
	int error = 0;
	socklen_t size = sizeof(error);
	if (getsockopt(client->fd, SOL_SOCKET, SO_ERROR, &error, &size) || error)
		return CABIN_ELOST;
	if (client->ssl) {
		ERR_clear_error();
		int n = SSL_do_handshake(client->ssl);
		if (n != 1) {
			int why = SSL_get_error(client->ssl, n);
			return why == SSL_ERROR_WANT_READ || why == SSL_ERROR_WANT_WRITE ? 0 : CABIN_ELOST;
		}
	}
	if (target->bare) {
		client->state = CABIN_CLIENT_OPEN;
		return 0;
	}
	return send_upgrade(client);
}

static int fault(struct cabin_client *client, const char *what)
{
	client->fault = what;
	return CABIN_ELOST;
}

static int take_upgrade_answer(struct cabin_client *client)
{
	/* The accept value of the key above: RFC 6455, 1.3. */
	static const char accepted[] = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";
	uint8_t *end = memmem(client->bytes, client->have, "\r\n\r\n", 4);
	if (!end)
		return client->have == sizeof(client->bytes) ? fault(client, "endless answer to the upgrade") : 0;
	*end = 0;
	const char *text = (const char *)client->bytes;
	if (sscanf(text, "HTTP/1.%*d %d", &client->http_status) != 1)
		return fault(client, "no HTTP answer");
	if (client->http_status != 101)
		return CABIN_ELOST;
	if (!strstr(text, accepted) || !strcasestr(text, "sec-websocket-protocol: cabin.v1"))
		return fault(client, "wrong answer to the upgrade");
	size_t used = (size_t)(end + 4 - client->bytes);
	client->have -= used;
	memmove(client->bytes, client->bytes + used, client->have);
	client->state = CABIN_CLIENT_OPEN;
	return 0;
}

/* Size of the frame at the front, 0 while it is not whole, or CABIN_ELOST. */
static ssize_t whole_frame(struct cabin_client *client, const uint8_t *bytes, size_t have, size_t *header)
{
	if (have < 2)
		return 0;
	unsigned opcode = bytes[0] & 15, length = bytes[1] & 0x7f;
	if (!(bytes[0] & 0x80) || bytes[0] & 0x70 || bytes[1] & 0x80 || length == 127 ||
	    (opcode != 1 && opcode != 2 && opcode != 8 && opcode != 9 && opcode != 10))
		return fault(client, "frame that no server may send");
	*header = length == 126 ? 4 : 2;
	if (have < *header)
		return 0;
	size_t size = *header + (length == 126 ? (size_t)bytes[2] << 8 | bytes[3] : length);
	if (size > sizeof(client->bytes))
		return fault(client, "frame too long");
	return have < size ? 0 : (ssize_t)size;
}

static int take_frames(struct cabin_client *client, cabin_client_handler *handler, void *context)
{
	size_t at = 0;
	int result = 0;
	while (!result) {
		size_t header;
		const uint8_t *frame = client->bytes + at;
		ssize_t size = whole_frame(client, frame, client->have - at, &header);
		if (size <= 0) {
			result = (int)size;
			break;
		}
		unsigned opcode = frame[0] & 15;
		if (client->close_code)
			result = fault(client, "frame after the close frame");
		else
			handler(context, opcode, frame + header, (size_t)size - header);
		if (opcode == 8)
			client->close_code =
			    size - (ssize_t)header >= 2 ? (uint16_t)(frame[header] << 8 | frame[header + 1]) : 1005;
		at += (size_t)size;
	}
	client->have -= at;
	memmove(client->bytes, client->bytes + at, client->have);
	return result;
}

/* recv, with the kernel's time stamp where it was asked for. */
static ssize_t receive(struct cabin_client *client, void *to, size_t room)
{
	union {
		char bytes[64];
		struct cmsghdr align;
	} control;
	struct iovec piece = {.iov_base = to, .iov_len = room};
	struct msghdr message = {
	    .msg_iov = &piece, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof(control)};
	ssize_t n = recvmsg(client->fd, &message, 0);
	const struct cmsghdr *header = n > 0 ? CMSG_FIRSTHDR(&message) : NULL;
	if (header && header->cmsg_level == SOL_SOCKET && header->cmsg_type == SCM_TIMESTAMPNS) {
		struct timespec stamp;
		memcpy(&stamp, CMSG_DATA(header), sizeof(stamp));
		client->arrived_wall_ns = (uint64_t)stamp.tv_sec * 1000000000 + (uint64_t)stamp.tv_nsec;
	}
	return n;
}

/* Bytes read, 0: none now, or CABIN_ELOST. */
static int read_some(struct cabin_client *client)
{
	void *to = client->bytes + client->have;
	size_t room = sizeof(client->bytes) - client->have;
	if (client->ssl) {
		ERR_clear_error();
		int n = SSL_read(client->ssl, to, (int)room);
		if (n > 0)
			return n;
		int why = SSL_get_error(client->ssl, n);
		return why == SSL_ERROR_WANT_READ || why == SSL_ERROR_WANT_WRITE ? 0 : CABIN_ELOST;
	}
	ssize_t n = receive(client, to, room);
	if (n > 0)
		return (int)n;
	return n < 0 && (errno == EAGAIN || errno == EINTR) ? 0 : CABIN_ELOST;
}

static int go_on(struct cabin_client *client, const struct cabin_client_target *target, cabin_client_handler *handler,
		 void *context)
{
	if (client->state == CABIN_CLIENT_CONNECTING) {
		int result = go_on_connecting(client, target);
		if (result || client->state == CABIN_CLIENT_CONNECTING)
			return result;
	}
	for (;;) {
		size_t room = sizeof(client->bytes) - client->have;
		int n = read_some(client);
		if (n <= 0)
			return n;
		client->have += (size_t)n;
		int result = client->state == CABIN_CLIENT_UPGRADING ? take_upgrade_answer(client) : 0;
		if (!result && client->state == CABIN_CLIENT_OPEN)
			result = take_frames(client, handler, context);
		if (result)
			return result;
		if (!client->ssl && (size_t)n < room)
			return 0; /* saves the system call that says so */
	}
}

int cabin_client_ready(struct cabin_client *client, const struct cabin_client_target *target,
		       cabin_client_handler *handler, void *context)
{
	int result = client->state == CABIN_CLIENT_CLOSED ? CABIN_ELOST : go_on(client, target, handler, context);
	if (result && client->state != CABIN_CLIENT_CLOSED)
		cabin_client_close(client);
	return result;
}
