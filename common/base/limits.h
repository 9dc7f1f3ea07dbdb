/* Every limit that is not configuration, in one place. */
#ifndef CABIN_BASE_LIMITS_H
#define CABIN_BASE_LIMITS_H

enum {
	CABIN_RATE_HZ = 48000,		     /* of everything after capture */
	CABIN_OPUS_PAYLOAD_MAX_BYTES = 1275, /* RFC 6716, 3.4 [R5]: one Opus frame */
	CABIN_CONTROL_MAX_BYTES = 512,	     /* a control message from a client */
	CABIN_STATE_MAX_BYTES = 1000,	     /* a control message to a listener */
	CABIN_PACKET_MAX_SAMPLES = 960,	     /* 20 ms */
	CABIN_PACKET_MIN_SAMPLES = 480,	     /* 10 ms */

	/* What the configuration may have, … */
	CABIN_CONFIG_CHANNELS_MAX = 64,
	CABIN_CONFIG_SOURCES_MAX = 128,
	CABIN_CONFIG_ROOMS_MAX = 64, /* each has a floor channel */
	CABIN_CONFIG_BOOTHS_MAX = 64,
	/* … and with it what the server adds: spare rooms, the technician's desk. */
	CABIN_CHANNELS_MAX = 96,
	CABIN_SOURCES_MAX = 192,
	CABIN_ROOMS_MAX = 72,
	CABIN_BOOTHS_MAX = 80,
	CABIN_SPARE_LANGUAGES_MAX = 3, /* of a room that is set up at run time */
	CABIN_LOOPS_MAX = 16,
	CABIN_DEVICES_MAX = 16,
	CABIN_DEVICE_CHANNELS_MAX = 64,
	CABIN_NAME_MAX_BYTES = 64, /* an id of the configuration, with its NUL */

	CABIN_WINDOW_ITEMS = 512,	    /* a channel's recent packets in a loop: > 4 s of 10 ms packets */
	CABIN_QUEUE_LIMIT_MAX_MS = 2000,    /* a quarter of the window and more stays free */
	CABIN_JOIN_PACKETS = 3,		    /* that prime a joiner's decoder */
	CABIN_KEEP_ALIVE_MS = 400,	    /* a pause (DTX) shows a packet at least this often */
	CABIN_SOURCE_QUIET_LIMIT_MS = 1000, /* a source that gives nothing for so long is lost */
	CABIN_CLOCK_INTERVAL_MS = 1000,	    /* between a channel's clock messages */
	CABIN_CLIENT_MESSAGES_PER_S = 20,
	CABIN_CLIENT_MESSAGES_BURST = 40,
	CABIN_IDLE_LIMIT_MS = 60000 /* a connection that says nothing */
};

#endif
