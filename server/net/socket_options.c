#include "net/socket_options.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include "base/log.h"

/* Linux 6.15 and later; Debian 12's headers do not name it. */
#ifndef TCP_RTO_MIN_US
#define TCP_RTO_MIN_US 45
#endif

/* A third of a second of speech at 48 kbit/s. */
enum { NOT_SENT_LOW_WATER_BYTES = 2048 };

static void set(int fd, int level, int name, int value)
{
	/* Each of these only makes delay smaller: a kernel that refuses one still carries sound. */
	(void)setsockopt(fd, level, name, &value, sizeof(value));
}

static void set_rto_min(int fd, uint32_t rto_min_us)
{
	static atomic_bool told;
	int value = (int)rto_min_us;
	if (setsockopt(fd, IPPROTO_TCP, TCP_RTO_MIN_US, &value, sizeof(value)) &&
	    !atomic_exchange_explicit(&told, true, memory_order_relaxed))
		cabin_log(
		    CABIN_LOG_WARN, "net", "rto-min-unknown",
		    "error=\"%s\" hint=\"this kernel waits 200 ms before it repeats a lost segment; set it on the "
		    "venue's route instead: ip route change ... rto_min 10ms\"",
		    strerror(errno));
}

static void set_dscp(int fd, uint32_t dscp)
{
	if (!dscp)
		return;
	set(fd, IPPROTO_IP, IP_TOS, (int)dscp << 2);
	set(fd, IPPROTO_IPV6, IPV6_TCLASS, (int)dscp << 2);
}

void cabin_socket_options_accepted(int fd, const struct cabin_socket_options *options)
{
	set(fd, IPPROTO_TCP, TCP_NODELAY, 1);
	set(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, (int)options->user_timeout_ms);
	set_dscp(fd, options->dscp);
	if (options->rto_min_us)
		set_rto_min(fd, options->rto_min_us);
}

void cabin_socket_options_listener(int fd)
{
	set(fd, IPPROTO_TCP, TCP_NOTSENT_LOWAT, NOT_SENT_LOW_WATER_BYTES);
}

void cabin_socket_options_console(int fd, const struct cabin_socket_options *options)
{
	set_dscp(fd, options->dscp_consoles);
}

void cabin_open_files_raise(uint64_t count)
{
	struct rlimit limit;
	if (getrlimit(RLIMIT_NOFILE, &limit) || limit.rlim_cur >= count)
		return;
	rlim_t wanted = count;
	if (limit.rlim_max != RLIM_INFINITY && limit.rlim_max < wanted) {
		struct rlimit both = {.rlim_cur = wanted, .rlim_max = wanted};
		if (!setrlimit(RLIMIT_NOFILE, &both)) /* root may */
			return;
		wanted = limit.rlim_max;
		cabin_log(CABIN_LOG_WARN, "net", "open-files-limit",
			  "wanted=%llu allowed=%llu hint=\"raise it (systemd: LimitNOFILE=%llu, shell: ulimit -n %llu) "
			  "or lower server.max_listeners\"",
			  (unsigned long long)count, (unsigned long long)wanted, (unsigned long long)count,
			  (unsigned long long)count);
	}
	limit.rlim_cur = wanted;
	if (setrlimit(RLIMIT_NOFILE, &limit))
		cabin_log(CABIN_LOG_WARN, "net", "open-files-limit", "error=\"%s\"", strerror(errno));
}
