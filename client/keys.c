#include "client/keys.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"

enum { ESCAPE = 0x1b, ESCAPE_ALONE_MS = 50, REPEAT_MS = 700, CONTROL = 4 };

static const struct {
	const char *text;
	enum cabin_key key;
} characters[] = {
    {" ", CABIN_KEY_MICROPHONE},
    {"c", CABIN_KEY_COUGH},
    {"a", CABIN_KEY_OUTPUT_A},
    {"b", CABIN_KEY_OUTPUT_B},
    {"h", CABIN_KEY_HANDOVER},
    {"n", CABIN_KEY_DECLINE},
    {"f", CABIN_KEY_FLOOR},
    {"0", CABIN_KEY_FLOOR},
    {"1", CABIN_KEY_RELAY_1},
    {"2", CABIN_KEY_RELAY_2},
    {"3", CABIN_KEY_RELAY_3},
    {"p", CABIN_KEY_STORE},
    {"+", CABIN_KEY_LOUDER},
    {"=", CABIN_KEY_LOUDER},
    {"-", CABIN_KEY_QUIETER},
    {"_", CABIN_KEY_QUIETER},
    {"o", CABIN_KEY_MONITOR},
    {"s", CABIN_KEY_SOUND},
    {"i", CABIN_KEY_IDLE},
    {"d", CABIN_KEY_SLOW_DOWN},
    {"u", CABIN_KEY_SPEAK_UP},
    {"r", CABIN_KEY_CANNOT_HEAR},
    {"m", CABIN_KEY_MESSAGES},
    {"x", CABIN_KEY_SHIFT},
    {"v", CABIN_KEY_PREFLIGHT},
    {"?", CABIN_KEY_HELP},
    {"t", CABIN_KEY_TECHNICIAN},
    {"e", CABIN_KEY_ECHO},
    {"y", CABIN_KEY_YES},
    {"q", CABIN_KEY_QUIT},
    {"\r", CABIN_KEY_ENTER},
    {"\n", CABIN_KEY_ENTER},
    {"\t", CABIN_KEY_TAB},
    {"\x7f", CABIN_KEY_BACKSPACE},
    {"\b", CABIN_KEY_BACKSPACE},
    {"\x03", CABIN_KEY_QUIT},
    {"\x11", CABIN_KEY_QUIT},
    {"\x1b", CABIN_KEY_ESCAPE},
    /* The digits' row of a French keyboard, without shift. */
    {"&", CABIN_KEY_RELAY_1},
    {"é", CABIN_KEY_RELAY_2},
    {"\"", CABIN_KEY_RELAY_3},
    {"à", CABIN_KEY_FLOOR},
};

static const char *const names[CABIN_KEY_COUNT] = {
    [CABIN_KEY_MICROPHONE] = "microphone",
    [CABIN_KEY_COUGH] = "cough",
    [CABIN_KEY_OUTPUT_A] = "output-a",
    [CABIN_KEY_OUTPUT_B] = "output-b",
    [CABIN_KEY_HANDOVER] = "handover",
    [CABIN_KEY_DECLINE] = "decline",
    [CABIN_KEY_FLOOR] = "floor",
    [CABIN_KEY_RELAY_1] = "relay-1",
    [CABIN_KEY_RELAY_2] = "relay-2",
    [CABIN_KEY_RELAY_3] = "relay-3",
    [CABIN_KEY_SOURCE_NEXT] = "source-next",
    [CABIN_KEY_SOURCE_BEFORE] = "source-before",
    [CABIN_KEY_STORE] = "store",
    [CABIN_KEY_LOUDER] = "louder",
    [CABIN_KEY_QUIETER] = "quieter",
    [CABIN_KEY_MONITOR] = "monitor",
    [CABIN_KEY_SOUND] = "sound",
    [CABIN_KEY_IDLE] = "idle",
    [CABIN_KEY_SLOW_DOWN] = "slow-down",
    [CABIN_KEY_SPEAK_UP] = "speak-up",
    [CABIN_KEY_CANNOT_HEAR] = "cannot-hear",
    [CABIN_KEY_TECHNICIAN] = "technician",
    [CABIN_KEY_MESSAGES] = "messages",
    [CABIN_KEY_SHIFT] = "shift",
    [CABIN_KEY_PREFLIGHT] = "preflight",
    [CABIN_KEY_HELP] = "help",
    [CABIN_KEY_UP] = "up",
    [CABIN_KEY_DOWN] = "down",
    [CABIN_KEY_ENTER] = "enter",
    [CABIN_KEY_ESCAPE] = "escape",
    [CABIN_KEY_TAB] = "tab",
    [CABIN_KEY_BACKSPACE] = "backspace",
    [CABIN_KEY_YES] = "yes",
    [CABIN_KEY_NO] = "no",
    [CABIN_KEY_TEST_TONE] = "test-tone",
    [CABIN_KEY_ECHO] = "echo",
    [CABIN_KEY_QUIT] = "quit",
};

const char *cabin_key_name(enum cabin_key key)
{
	return key > CABIN_KEY_NONE && key < CABIN_KEY_COUNT ? names[key] : NULL;
}

enum cabin_key cabin_key_of(const char *utf8)
{
	char lower[CABIN_KEY_TEXT_BYTES];
	snprintf(lower, sizeof(lower), "%s", utf8);
	if (lower[0] >= 'A' && lower[0] <= 'Z' && lower[1] == '\0')
		lower[0] = (char)(lower[0] - 'A' + 'a');
	for (size_t i = 0; i < sizeof(characters) / sizeof(characters[0]); i++) {
		if (strcmp(characters[i].text, lower) == 0)
			return characters[i].key;
	}
	return CABIN_KEY_NONE;
}

static size_t utf8_size(char first)
{
	unsigned char byte = (unsigned char)first;
	return byte < 0x80 ? 1 : byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
}

static void write_utf8(char *out, uint32_t code)
{
	size_t size = 0;
	if (code < 0x80) {
		out[size++] = (char)code;
	} else if (code < 0x800) {
		out[size++] = (char)(0xc0 | code >> 6);
		out[size++] = (char)(0x80 | (code & 0x3f));
	} else if (code < 0x10000) {
		out[size++] = (char)(0xe0 | code >> 12);
		out[size++] = (char)(0x80 | (code >> 6 & 0x3f));
		out[size++] = (char)(0x80 | (code & 0x3f));
	} else if (code < 0x110000) {
		out[size++] = (char)(0xf0 | code >> 18);
		out[size++] = (char)(0x80 | (code >> 12 & 0x3f));
		out[size++] = (char)(0x80 | (code >> 6 & 0x3f));
		out[size++] = (char)(0x80 | (code & 0x3f));
	}
	out[size] = '\0';
}

static bool is_printable(const char *text)
{
	return (unsigned char)text[0] >= ' ' && text[0] != 0x7f;
}

/* False: a repeat of a key that is held. */
static bool passes(struct cabin_key_reader *reader, struct cabin_key_event *event, bool is_repeat, uint64_t now_ns)
{
	if (event->action == CABIN_KEY_RELEASED)
		return true;
	if (event->key != CABIN_KEY_MICROPHONE)
		return true;
	uint64_t before_ns = reader->microphone_ns;
	reader->microphone_ns = now_ns;
	if (reader->wants_repeats)
		return true;
	if (reader->tells_releases)
		return !is_repeat;
	return before_ns == 0 || now_ns - before_ns > REPEAT_MS * CABIN_NS_PER_MS;
}

static bool plain(struct cabin_key_reader *reader, uint64_t now_ns, struct cabin_key_event *out)
{
	*out = (struct cabin_key_event){.action = CABIN_KEY_PRESSED};
	memcpy(out->text, reader->bytes, reader->count < CABIN_KEY_TEXT_BYTES ? reader->count : 0);
	bool control_space = reader->count == 1 && reader->bytes[0] == '\0';
	reader->count = 0;
	out->key = control_space ? CABIN_KEY_MICROPHONE : cabin_key_of(out->text);
	out->is_text = is_printable(out->text);
	return passes(reader, out, false, now_ns);
}

static enum cabin_key arrow(char final)
{
	switch (final) {
	case 'A':
		return CABIN_KEY_UP;
	case 'B':
		return CABIN_KEY_DOWN;
	case 'C':
		return CABIN_KEY_SOURCE_NEXT;
	case 'D':
		return CABIN_KEY_SOURCE_BEFORE;
	default:
		return CABIN_KEY_NONE;
	}
}

/* CSI code[:shifted] [; modifiers[:event] [; text]] final */
static bool sequence(struct cabin_key_reader *reader, uint64_t now_ns, struct cabin_key_event *out)
{
	char final = reader->bytes[reader->count - 1];
	reader->bytes[reader->count - 1] = '\0';
	const char *at = reader->bytes + 2;
	*out = (struct cabin_key_event){.action = CABIN_KEY_PRESSED};
	reader->count = 0;
	if (*at == '?' || *at == '<' || *at == '>')
		return false; /* an answer, not a key */
	unsigned long code = strtoul(at, NULL, 10), modifiers = 1, event = 1, text = 0;
	const char *second = strchr(at, ';');
	const char *third = second ? strchr(second + 1, ';') : NULL;
	if (second) {
		char *end;
		modifiers = strtoul(second + 1, &end, 10);
		event = *end == ':' ? strtoul(end + 1, NULL, 10) : 1;
	}
	if (third)
		text = strtoul(third + 1, NULL, 10);
	out->action = event == 3 ? CABIN_KEY_RELEASED : CABIN_KEY_PRESSED;
	if (final == 'u') {
		reader->tells_releases = true;
		bool control = modifiers > 0 && (modifiers - 1) & CONTROL;
		write_utf8(out->text, (uint32_t)(text ? text : code));
		out->is_text = is_printable(out->text) && !control && out->action == CABIN_KEY_PRESSED;
		if (control)
			out->key = code == 'c' || code == 'q' ? CABIN_KEY_QUIT
				   : code == ' '	      ? CABIN_KEY_MICROPHONE
							      : CABIN_KEY_NONE;
		else
			out->key = cabin_key_of(out->text);
	} else {
		out->key = arrow(final);
	}
	return (out->key != CABIN_KEY_NONE || out->is_text) && passes(reader, out, event == 2, now_ns);
}

bool cabin_key_reader_take(struct cabin_key_reader *reader, char byte, uint64_t now_ns, struct cabin_key_event *out)
{
	if (reader->count == CABIN_KEY_BYTES_MAX - 1)
		reader->count = 0; /* nothing that a terminal sends is so long */
	reader->bytes[reader->count++] = byte;
	reader->newest_ns = now_ns;
	if (reader->bytes[0] != ESCAPE) {
		if ((byte & 0xc0) == 0x80 && reader->count == 1) {
			reader->count = 0; /* the tail of a character that began before us */
			return false;
		}
		return reader->count >= utf8_size(reader->bytes[0]) && plain(reader, now_ns, out);
	}
	if (reader->count == 1)
		return false;
	bool csi = reader->bytes[1] == '[', ss3 = reader->bytes[1] == 'O';
	if (!csi && !ss3) {
		reader->count = 0; /* Alt and a key: none of ours */
		return false;
	}
	return reader->count > 2 && byte >= 0x40 && byte <= 0x7e && sequence(reader, now_ns, out);
}

bool cabin_key_reader_flush(struct cabin_key_reader *reader, uint64_t now_ns, struct cabin_key_event *out)
{
	if (reader->count == 0 || now_ns - reader->newest_ns < ESCAPE_ALONE_MS * CABIN_NS_PER_MS)
		return false;
	bool escape = reader->count == 1 && reader->bytes[0] == ESCAPE;
	reader->count = 0;
	*out = (struct cabin_key_event){.key = CABIN_KEY_ESCAPE, .action = CABIN_KEY_PRESSED};
	return escape;
}
