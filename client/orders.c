#include "client/orders.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

/* Takes over the object. */
static int dump(char *out, size_t out_size, json_t *object)
{
	size_t size = object ? json_dumpb(object, out, out_size - 1, JSON_COMPACT) : out_size;
	json_decref(object);
	if (size >= out_size)
		return CABIN_ETOOBIG;
	out[size] = '\0';
	return (int)size;
}

int cabin_order_join(char *out, size_t out_size, const struct cabin_join *join)
{
	json_t *object =
	    json_pack("{s:s,s:s,s:s}", "type", "join", "token", join->token, "console", "cabin-booth " CABIN_VERSION);
	if (object && join->seat)
		json_object_set_new(object, "seat", json_integer(join->seat));
	if (object && join->name && join->name[0])
		json_object_set_new(object, "name", json_string(join->name));
	if (object && join->resume && join->resume[0]) {
		json_object_set_new(object, "resume", json_string(join->resume));
		json_object_set_new(object, "mic", json_boolean(join->mic));
	}
	return dump(out, out_size, object);
}

static json_t *handover(const struct cabin_command *command)
{
	json_t *object =
	    json_pack("{s:s,s:s}", "type", "handover", "action", cabin_handover_action_words[command->number]);
	if (object && command->seat)
		json_object_set_new(object, "seat", json_integer(command->seat));
	return object;
}

static json_t *idle(const struct cabin_command *command)
{
	json_t *object = json_pack("{s:s,s:i,s:s}", "type", "idle", "channel", (int)command->channel, "feed",
				   cabin_idle_words[command->number]);
	if (object && command->from)
		json_object_set_new(object, "from", json_integer(command->from));
	return object;
}

static json_t *message(const struct cabin_command *command)
{
	const char *to = cabin_message_words[command->number];
	if (!to)
		return NULL;
	if (command->canned >= 0)
		return json_pack("{s:s,s:s,s:s}", "type", "message", "to", to, "canned",
				 cabin_canned_words[command->canned]);
	return json_pack("{s:s,s:s,s:s}", "type", "message", "to", to, "text", command->text);
}

int cabin_order_command(char *out, size_t out_size, const struct cabin_command *command)
{
	switch (command->kind) {
	case CABIN_COMMAND_MIC:
		return dump(out, out_size,
			    json_pack("{s:s,s:b,s:b}", "type", "mic", "on", command->on, "take", command->take));
	case CABIN_COMMAND_COUGH:
		return dump(out, out_size, json_pack("{s:s,s:b}", "type", "cough", "on", command->on));
	case CABIN_COMMAND_OUTPUT:
		return dump(out, out_size,
			    json_pack("{s:s,s:s,s:b}", "type", "output", "output", command->number ? "b" : "a", "take",
				      command->take));
	case CABIN_COMMAND_HANDOVER:
		return dump(out, out_size, handover(command));
	case CABIN_COMMAND_IDLE:
		return dump(out, out_size, idle(command));
	case CABIN_COMMAND_LISTEN:
		return dump(out, out_size, json_pack("{s:s,s:i}", "type", "listen", "channel", (int)command->channel));
	case CABIN_COMMAND_MONITOR:
		if (command->channel == 0)
			return dump(out, out_size, json_pack("{s:s,s:n}", "type", "monitor", "channel"));
		return dump(out, out_size, json_pack("{s:s,s:i}", "type", "monitor", "channel", (int)command->channel));
	case CABIN_COMMAND_SIGNAL:
		return dump(out, out_size,
			    json_pack("{s:s,s:s,s:b}", "type", "signal", "kind", cabin_signal_words[command->number],
				      "on", command->on));
	case CABIN_COMMAND_CALL:
		return dump(out, out_size, json_pack("{s:s,s:b}", "type", "call", "on", command->on));
	case CABIN_COMMAND_MESSAGE:
		return dump(out, out_size, message(command));
	case CABIN_COMMAND_ECHO:
		return dump(out, out_size, json_pack("{s:s,s:b}", "type", "echo", "on", command->on));
	default:
		return 0;
	}
}
