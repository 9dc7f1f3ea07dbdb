/* One loop's part of the audience: gathered once a second on the loop's thread, read by
 * any. A lock is held while the part is copied, never while anything is sent. */
#ifndef CABIN_NET_LOOP_AUDIENCE_H
#define CABIN_NET_LOOP_AUDIENCE_H

#include "base/error.h"
#include "relay/audience.h"
#include "wire/control.h"

struct cabin_loop;
struct cabin_loop_audience;
struct cabin_ws_listener;

/* CABIN_ENOMEM. Main thread, as destroy. */
CABIN_MUST_CHECK int cabin_loop_audience_create(struct cabin_loop *loop);
void cabin_loop_audience_destroy(struct cabin_loop *loop);

/* The loop's thread: a listener's report; and a few times a second, which gathers when it is time. */
void cabin_loop_audience_report(struct cabin_ws_listener *listener, uint16_t channel_index,
				const struct cabin_client_report *report);
void cabin_loop_audience_sweep(struct cabin_loop *loop);

/* Any thread: adds the loop's newest part to `out`. */
void cabin_loop_audience_add(struct cabin_loop *loop, struct cabin_audience *out);

#endif
