#include <math.h>
#include <string.h>

#include "monitor/alarm.h"

/* Why each threshold and hold is what it is: watch_rules.c, beside the rule. */
static const struct cabin_alarm_row rows[CABIN_ALARM_KINDS] = {
    [CABIN_ALARM_FLOOR_SILENT] =
	{
	    .id = "floor-silent",
	    .subject = CABIN_ALARM_SUBJECT_CHANNEL,
	    .severity = CABIN_ALARM_CRITICAL,
	    .side = CABIN_ALARM_BELOW,
	    .threshold = -60,
	    .margin = 6,
	    .critical = NAN,
	    .unit = "dBFS",
	    .hold_ms = 20000,
	    .clear_ms = 300,
	    .meaning = "The room works, a booth interprets or an uninterpreted session is on, and the floor is silent.",
	    .remedy = "Listen to the input. Is the mixer's output up, the cable in, the right input chosen? "
		      "Move the room to another input if this one is dead. In a break nobody is on air and it clears.",
	},
    [CABIN_ALARM_BOOTH_SILENT_ON_AIR] =
	{
	    .id = "booth-silent-on-air",
	    .subject = CABIN_ALARM_SUBJECT_BOOTH,
	    .severity = CABIN_ALARM_CRITICAL,
	    .side = CABIN_ALARM_BELOW,
	    .threshold = -50,
	    .margin = 3,
	    .critical = NAN,
	    .unit = "dBFS",
	    .hold_ms = 10000,
	    .clear_ms = 300,
	    .meaning = "A seat is on air and gives no sound while the floor speaks. Only time in which the floor "
		       "speaks counts.",
	    .remedy = "Listen to the seat, talk back to the booth: right microphone chosen, headset's own mute off? "
		      "Until it is mended, put the floor on the channel or ask the partner to take over.",
	},
    [CABIN_ALARM_CLIPPING] =
	{
	    .id = "clipping",
	    .subject = CABIN_ALARM_SUBJECT_SOURCE,
	    .severity = CABIN_ALARM_WARNING,
	    .side = CABIN_ALARM_FROM,
	    .threshold = 10,
	    .margin = 9,
	    .critical = NAN,
	    .unit = "clips",
	    .counted = true,
	    .hold_ms = 10000,
	    .clear_ms = 1000,
	    .meaning = "The input is overdriven: its sound goes beyond full scale, again and again.",
	    .remedy = "Turn down the gain in front of the server: mixer, sound card, or the interpreter's system "
		      "settings. A channel's gain here cannot repair it.",
	},
    [CABIN_ALARM_TOO_LOW] =
	{
	    .id = "too-low",
	    .subject = CABIN_ALARM_SUBJECT_SOURCE,
	    .severity = CABIN_ALARM_WARNING,
	    .side = CABIN_ALARM_BELOW,
	    .threshold = -35,
	    .margin = 1,
	    .critical = NAN,
	    .unit = "LUFS",
	    .hold_ms = 60000,
	    .clear_ms = 300,
	    .meaning = "There is speech, but far too quiet: short-term loudness never came up. Only time with sound "
		       "counts.",
	    .remedy = "Turn up the gain in front of the server, or ask the speaker to come closer. Meanwhile the "
		      "channel's gain helps.",
	},
    [CABIN_ALARM_DEVICE_LOST] =
	{
	    .id = "device-lost",
	    .subject = CABIN_ALARM_SUBJECT_SOURCE,
	    .severity = CABIN_ALARM_CRITICAL,
	    .side = CABIN_ALARM_FROM,
	    .threshold = 1,
	    .margin = 0.5,
	    .critical = NAN,
	    .unit = "",
	    .hold_ms = 0,
	    .clear_ms = 3000,
	    .meaning = "The input's sound card or audio server is gone.",
	    .remedy = "Is it plugged in and powered? It is taken again by itself when it comes back. Meanwhile move "
		      "the room to another input.",
	},
    [CABIN_ALARM_CAPTURE_OVERRUNS] =
	{
	    .id = "capture-overruns",
	    .subject = CABIN_ALARM_SUBJECT_SOURCE,
	    .severity = CABIN_ALARM_WARNING,
	    .side = CABIN_ALARM_FROM,
	    .threshold = 3,
	    .margin = 2,
	    .critical = NAN,
	    .unit = "overruns",
	    .counted = true,
	    .hold_ms = 60000,
	    .clear_ms = 1000,
	    .meaning = "Sound of the input is lost again and again before the server can take it.",
	    .remedy = "The machine is busy, or the sound card's block is too small: end other programs, see the CPU, "
		      "and enlarge the block (buffer_frames; docs/configuration.md).",
	},
    [CABIN_ALARM_PACKET_GAPS] =
	{
	    .id = "packet-gaps",
	    .subject = CABIN_ALARM_SUBJECT_CHANNEL,
	    .severity = CABIN_ALARM_WARNING,
	    .side = CABIN_ALARM_FROM,
	    .threshold = 2,
	    .margin = 1.5,
	    .critical = NAN,
	    .unit = "%",
	    .counted = true,
	    .hold_ms = 10000,
	    .clear_ms = 1000,
	    .meaning = "Packets of the channel's source are missing: all its listeners hear holes.",
	    .remedy = "From a booth: its network, cable in place of Wi-Fi, or the partner's seat. From an input: see "
		      "capture-overruns and the CPU.",
	},
    [CABIN_ALARM_DELAY] =
	{
	    .id = "delay",
	    .subject = CABIN_ALARM_SUBJECT_CHANNEL,
	    .severity = CABIN_ALARM_WARNING,
	    .side = CABIN_ALARM_FROM,
	    .threshold = 800,
	    .margin = 200,
	    .critical = NAN,
	    .unit = "ms",
	    .hold_ms = 10000,
	    .clear_ms = 5000,
	    .meaning = "Mouth-to-ear of the slowest 5 % of the channel's listeners is too long.",
	    .remedy =
		"See the worst ten listeners. One place: its access point is full. Everybody: the booth's uplink, "
		"or the server's CPU.",
	},
    [CABIN_ALARM_LISTENERS_DROPPING] =
	{
	    .id = "listeners-dropping",
	    .subject = CABIN_ALARM_SUBJECT_SERVER,
	    .severity = CABIN_ALARM_WARNING,
	    .side = CABIN_ALARM_FROM,
	    .threshold = 5,
	    .margin = 4,
	    .critical = 25,
	    .unit = "%",
	    .counted = true,
	    .hold_ms = 10000,
	    .clear_ms = 2000,
	    .meaning = "Listeners' connections break that nobody ended. Who closes the page does not count.",
	    .remedy = "An access point or a switch went away, or the Wi-Fi is overloaded: look at it first. "
		      "Listeners come back by themselves.",
	},
    [CABIN_ALARM_LISTENERS_IN_TROUBLE] =
	{
	    .id = "listeners-in-trouble",
	    .subject = CABIN_ALARM_SUBJECT_ROOM,
	    .severity = CABIN_ALARM_WARNING,
	    .side = CABIN_ALARM_FROM,
	    .threshold = 5,
	    .margin = 2.5,
	    .critical = 25,
	    .unit = "%",
	    .hold_ms = 1500,
	    .clear_ms = 5000,
	    .meaning = "So many of the room's listeners hear holes or nothing: at least 3, or 1 where there are 20 "
		       "at most.",
	    .remedy = "See the worst ten: the same access point? Too many on one? If all channels are hit, look at "
		      "the uplink of the Wi-Fi and the server's network.",
	},
    [CABIN_ALARM_UPLINK_LATE] =
	{
	    .id = "uplink-late",
	    .subject = CABIN_ALARM_SUBJECT_BOOTH,
	    .severity = CABIN_ALARM_WARNING,
	    .side = CABIN_ALARM_FROM,
	    .threshold = 200,
	    .margin = 80,
	    .critical = NAN,
	    .unit = "ms",
	    .hold_ms = 3000,
	    .clear_ms = 3000,
	    .meaning = "Sound of the seat on air comes late. Where 2 % of it is dropped as too late, it counts as "
		       "server.queue_limit_ms late, 200 ms at least.",
	    .remedy = "The console's network or machine: cable in place of Wi-Fi, no VPN, nothing else running; "
		      "otherwise the partner's seat.",
	},
    [CABIN_ALARM_CLOCK_JUMP] =
	{
	    .id = "clock-jump",
	    .subject = CABIN_ALARM_SUBJECT_SERVER,
	    .severity = CABIN_ALARM_WARNING,
	    .side = CABIN_ALARM_FROM,
	    .threshold = 1,
	    .margin = 0.5,
	    .critical = NAN,
	    .unit = "jumps",
	    .counted = true,
	    .hold_ms = 60000,
	    .clear_ms = 1000,
	    .meaning = "The server's clock or a source's time jumped: the machine slept, or was held up.",
	    .remedy = "Switch off sleep and power saving; is the virtual machine paused or moved? Listeners go on by "
		      "themselves.",
	},
    [CABIN_ALARM_CERTIFICATE] =
	{
	    .id = "certificate",
	    .subject = CABIN_ALARM_SUBJECT_SERVER,
	    .severity = CABIN_ALARM_WARNING,
	    .side = CABIN_ALARM_BELOW,
	    .threshold = 14,
	    .margin = 0,
	    .critical = 2,
	    .unit = "days",
	    .hold_ms = 0,
	    .clear_ms = 0,
	    .meaning = "The TLS certificate ends soon; after that no phone connects any more.",
	    .remedy = "Renew it, put the new files in the place of the old ones, and restart the server in a break: "
		      "only then phones get it (docs/operations.md).",
	},
    [CABIN_ALARM_DISK_LOW] =
	{
	    .id = "disk-low",
	    .subject = CABIN_ALARM_SUBJECT_SERVER,
	    .severity = CABIN_ALARM_WARNING,
	    .side = CABIN_ALARM_BELOW,
	    .threshold = 500,
	    .margin = 20,
	    .critical = 100,
	    .unit = "MB",
	    .hold_ms = 0,
	    .clear_ms = 1000,
	    .meaning = "The disk of the event's database is nearly full: less than this, or less than 5 % of it.",
	    .remedy = "Delete or move what is not needed. Sound goes on with a full disk; changes and the log do not "
		      "survive a restart.",
	},
    [CABIN_ALARM_STORE_FAILED] =
	{
	    .id = "store-failed",
	    .subject = CABIN_ALARM_SUBJECT_SERVER,
	    .severity = CABIN_ALARM_CRITICAL,
	    .side = CABIN_ALARM_FROM,
	    .threshold = 1,
	    .margin = 0.5,
	    .critical = NAN,
	    .unit = "",
	    .hold_ms = 2000,
	    .clear_ms = 1000,
	    .meaning = "Changes and the log cannot be written. They hold until a restart only.",
	    .remedy = "See disk-low, and the server's log for the reason: full disk, rights, a disk that fails. What "
		      "waits is written when it works again.",
	},
};

#define ID(kind) [CABIN_ALARM_##kind]
const char *const cabin_alarm_ids[CABIN_ALARM_KINDS] = {
    ID(FLOOR_SILENT) = "floor-silent",
    ID(BOOTH_SILENT_ON_AIR) = "booth-silent-on-air",
    ID(CLIPPING) = "clipping",
    ID(TOO_LOW) = "too-low",
    ID(DEVICE_LOST) = "device-lost",
    ID(CAPTURE_OVERRUNS) = "capture-overruns",
    ID(PACKET_GAPS) = "packet-gaps",
    ID(DELAY) = "delay",
    ID(LISTENERS_DROPPING) = "listeners-dropping",
    ID(LISTENERS_IN_TROUBLE) = "listeners-in-trouble",
    ID(UPLINK_LATE) = "uplink-late",
    ID(CLOCK_JUMP) = "clock-jump",
    ID(CERTIFICATE) = "certificate",
    ID(DISK_LOW) = "disk-low",
    ID(STORE_FAILED) = "store-failed",
};

const struct cabin_alarm_row *cabin_alarm_row(enum cabin_alarm_kind kind)
{
	CABIN_ASSERT((unsigned)kind < CABIN_ALARM_KINDS);
	return &rows[kind];
}

int cabin_alarm_kind_of(const char *id)
{
	for (int kind = 0; kind < CABIN_ALARM_KINDS; kind++) {
		if (!strcmp(rows[kind].id, id))
			return kind;
	}
	return -1;
}

const char *cabin_alarm_subject_name(enum cabin_alarm_subject subject)
{
	static const char *const names[CABIN_ALARM_SUBJECTS] = {"source", "channel", "booth", "room", "server"};
	CABIN_ASSERT((unsigned)subject < CABIN_ALARM_SUBJECTS);
	return names[subject];
}

const char *cabin_alarm_severity_name(enum cabin_alarm_severity severity)
{
	return severity == CABIN_ALARM_CRITICAL ? "critical" : "warning";
}
