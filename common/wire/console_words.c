#include "wire/console_words.h"

#include <string.h>

const char *const cabin_feed_words[CABIN_FEED_COUNT] = {
    [CABIN_FEED_FLOOR] = "floor",     [CABIN_FEED_BOOTH] = "booth",	[CABIN_FEED_PASS_THROUGH] = "pass-through",
    [CABIN_FEED_SILENCE] = "silence", [CABIN_FEED_CHANNEL] = "channel", [CABIN_FEED_DESK] = "desk",
};

const char *const cabin_idle_words[CABIN_IDLE_COUNT] = {
    [CABIN_IDLE_PASS_THROUGH] = "pass-through",
    [CABIN_IDLE_SILENCE] = "silence",
    [CABIN_IDLE_CHANNEL] = "channel",
};

const char *const cabin_booth_mode_words[CABIN_BOOTH_MODE_COUNT] = {
    [CABIN_BOOTH_OVERRIDE] = "override",
    [CABIN_BOOTH_INTERLOCK] = "interlock",
};

const char *const cabin_quality_words[CABIN_QUALITY_COUNT] = {
    [CABIN_QUALITY_DIRECT] = "direct",
    [CABIN_QUALITY_RELAY] = "relay",
    [CABIN_QUALITY_RELAY_OF_RELAY] = "relay-of-relay",
};

const char *const cabin_handover_action_words[CABIN_HANDOVER_ACTION_COUNT] = {
    [CABIN_HANDOVER_OFFER] = "offer",	  [CABIN_HANDOVER_ASK] = "ask",	      [CABIN_HANDOVER_ACCEPT] = "accept",
    [CABIN_HANDOVER_DECLINE] = "decline", [CABIN_HANDOVER_CANCEL] = "cancel",
};

const char *const cabin_handover_state_words[CABIN_HANDOVER_STATE_COUNT] = {
    [CABIN_HANDOVER_OFFERED] = "offered",
    [CABIN_HANDOVER_ASKED] = "asked",
    [CABIN_HANDOVER_AGREED] = "agreed",
};

const char *const cabin_signal_words[CABIN_SIGNAL_COUNT] = {
    [CABIN_SIGNAL_SLOW_DOWN] = "slow-down",
    [CABIN_SIGNAL_LOUDER] = "louder",
    [CABIN_SIGNAL_CANNOT_HEAR] = "cannot-hear",
};

const char *const cabin_call_words[CABIN_CALL_COUNT] = {
    [CABIN_CALL_OPEN] = "open",
    [CABIN_CALL_SEEN] = "seen",
    [CABIN_CALL_DONE] = "done",
};

const char *const cabin_message_words[CABIN_MESSAGE_TO_COUNT] = {
    [CABIN_MESSAGE_PARTNER] = "partner",
    [CABIN_MESSAGE_ROOM] = "room",
    [CABIN_MESSAGE_TECHNICIAN] = "technician",
};

const char *const cabin_canned_words[CABIN_CANNED_COUNT] = {
    [CABIN_CANNED_THANKS] = "thanks",
    [CABIN_CANNED_YES] = "yes",
    [CABIN_CANNED_NO] = "no",
    [CABIN_CANNED_WAIT] = "wait",
    [CABIN_CANNED_TAKE_OVER_SOON] = "take-over-soon",
    [CABIN_CANNED_NUMBER_PLEASE] = "number-please",
    [CABIN_CANNED_NAME_PLEASE] = "name-please",
    [CABIN_CANNED_DOCUMENT_PLEASE] = "document-please",
    [CABIN_CANNED_RELAY_BAD] = "relay-bad",
    [CABIN_CANNED_SOUND_BAD] = "sound-bad",
    [CABIN_CANNED_BREAK] = "break",
};

int cabin_word_find(const char *const *words, int word_count, const char *text, size_t size)
{
	for (int i = 0; i < word_count; i++)
		if (words[i] && strlen(words[i]) == size && memcmp(words[i], text, size) == 0)
			return i;
	return -1;
}
