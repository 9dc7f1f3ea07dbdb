/* What systemd is told, by the datagrams of sd_notify(3): nothing where NOTIFY_SOCKET
 * is not set. Main thread. */
#ifndef CABIN_CABIND_NOTIFY_H
#define CABIN_CABIND_NOTIFY_H

#include <stdint.h>

/* "READY=1", "STOPPING=1", "WATCHDOG=1". */
void cabin_notify(const char *state);

/* How often systemd wants WATCHDOG=1 from this process at the latest, in ms; half of
 * what it allows. 0: it does not. */
uint32_t cabin_notify_watchdog_ms(void);

#endif
