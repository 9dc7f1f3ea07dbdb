/* What a console, a technician or a stage sign asks of the server: docs/protocol.md,
 * section 11. Read by cabin_control_parse (wire/control.h) as one more kind of client
 * message. Plain data. */
#ifndef CABIN_WIRE_CONSOLE_READ_H
#define CABIN_WIRE_CONSOLE_READ_H

#include <stdbool.h>
#include <stdint.h>

#include "base/limits.h"
#include "wire/console_words.h"

enum { CABIN_JOIN_TOKEN_BYTES = 384 };

enum cabin_console_request_kind {
	CABIN_REQUEST_JOIN,
	CABIN_REQUEST_LEAVE,
	CABIN_REQUEST_MIC,
	CABIN_REQUEST_COUGH,
	CABIN_REQUEST_OUTPUT,
	CABIN_REQUEST_HANDOVER,
	CABIN_REQUEST_IDLE,
	CABIN_REQUEST_MONITOR,
	CABIN_REQUEST_CLOCK,
	CABIN_REQUEST_SIGNAL,
	CABIN_REQUEST_CALL,
	CABIN_REQUEST_MESSAGE,
	CABIN_REQUEST_ECHO,
	CABIN_REQUEST_WATCH,
	CABIN_REQUEST_DESK,
	CABIN_REQUEST_COUNT
};

struct cabin_console_request {
	enum cabin_console_request_kind kind;
	union {
		struct {
			char token[CABIN_JOIN_TOKEN_BYTES + 1];
			uint8_t seat;	 /* 0: any */
			uint64_t resume; /* 0: none */
			bool mic;
			char name[CABIN_SEAT_NAME_BYTES + 1]; /* empty: none */
			char booth[CABIN_NAME_MAX_BYTES];     /* a technician's: the desk's own; empty: none */
		} join;
		struct {
			bool on, take;
		} mic;
		struct {
			bool on;
		} cough;
		struct {
			uint8_t output; /* 0: a, 1: b */
			bool take;
		} output;
		struct {
			enum cabin_handover_action action;
			uint8_t seat; /* 0: the only partner */
		} handover;
		struct {
			uint32_t channel, from; /* numbers; 0: one that cannot be, or none */
			enum cabin_idle_feed feed;
		} idle;
		struct {
			uint32_t channel; /* 0: none, unless `unknown` */
			bool unknown;	  /* a number that no channel can have */
		} monitor;
		struct {
			uint32_t timestamp;
			double server_us, rate_hz; /* rate 47,000 … 49,000 */
		} clock;
		struct {
			enum cabin_signal kind;
			bool on;
		} signal;
		struct {
			bool on; /* a console's … */
			/* … or a technician's answer: */
			enum cabin_call state; /* CABIN_CALL_NONE: a console's */
			uint8_t seat;
			char booth[CABIN_NAME_MAX_BYTES];
		} call;
		struct {
			enum cabin_message_to to;
			char booth[CABIN_NAME_MAX_BYTES]; /* to CABIN_MESSAGE_BOOTH */
			int canned;			  /* enum cabin_canned, −1: text */
			char text[CABIN_MESSAGE_TEXT_BYTES + 1];
		} message;
		struct {
			bool on;
		} echo;
		struct {
			char room[CABIN_NAME_MAX_BYTES]; /* empty: none any more */
		} watch;
		struct {
			bool on;
		} desk;
	};
};

#endif
