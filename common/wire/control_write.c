#include "wire/control.h"
#include "wire/json_writer.h"

static int end(struct cabin_json_writer *to)
{
	cabin_json_put(to, "}");
	return cabin_json_end(to);
}

int cabin_control_write_welcome(char *out, size_t out_size, const struct cabin_control_welcome *welcome)
{
	struct cabin_json_writer to = {.out = out, .size = out_size};

	cabin_json_put_string(&to, "{\"type\":\"welcome\",\"protocol\":1,\"server\":", welcome->server);
	cabin_json_put_whole(&to, ",\"listener\":", welcome->listener);
	cabin_json_put_whole(&to, ",\"clock_us\":", welcome->clock_us);
	cabin_json_put_whole(&to, ",\"queue_limit_ms\":", welcome->queue_limit_ms);
	cabin_json_put_whole(&to, ",\"report_interval_ms\":", welcome->report_interval_ms);
	return end(&to);
}

static void put_mapping(struct cabin_json_writer *to, const char *before, const struct cabin_control_mapping *clock)
{
	cabin_json_put_whole(to, before, clock->timestamp);
	cabin_json_put_whole(to, ",\"server_us\":", clock->server_us);
	cabin_json_put_decimal(to, ",\"rate_hz\":", clock->rate_hz, 4);
}

int cabin_control_write_state(char *out, size_t out_size, const struct cabin_control_state *state)
{
	struct cabin_json_writer to = {.out = out, .size = out_size};

	cabin_json_put_whole(&to, "{\"type\":\"state\",\"channel\":", state->channel);
	cabin_json_put_whole(&to, ",\"epoch\":", state->epoch);
	cabin_json_put_string(&to, ",\"feed\":", state->feed);
	cabin_json_put_string(&to, ",\"source\":", state->source);
	cabin_json_put_string(&to, ",\"booth\":", state->booth);
	if (state->seat < 0)
		cabin_json_put(&to, ",\"seat\":null");
	else
		cabin_json_put_whole(&to, ",\"seat\":", (uint64_t)state->seat);
	if (state->from)
		cabin_json_put_whole(&to, ",\"from\":", state->from);
	cabin_json_put_decimal(&to, ",\"gain_db\":", state->gain_db, 2);
	cabin_json_put_whole(&to, ",\"fade_ms\":", state->fade_ms);
	if (state->has_first) {
		cabin_json_put_whole(&to, ",\"sequence\":", state->sequence);
		cabin_json_put_whole(&to, ",\"timestamp\":", state->timestamp);
	} else {
		cabin_json_put(&to, ",\"sequence\":null,\"timestamp\":null");
	}
	if (state->has_clock) {
		put_mapping(&to, ",\"clock\":{\"timestamp\":", &state->clock);
		cabin_json_put(&to, "}");
	} else {
		cabin_json_put(&to, ",\"clock\":null");
	}
	return end(&to);
}

int cabin_control_write_clock(char *out, size_t out_size, uint16_t channel, uint32_t epoch,
			      const struct cabin_control_mapping *clock)
{
	struct cabin_json_writer to = {.out = out, .size = out_size};

	cabin_json_put_whole(&to, "{\"type\":\"clock\",\"channel\":", channel);
	cabin_json_put_whole(&to, ",\"epoch\":", epoch);
	put_mapping(&to, ",\"timestamp\":", clock);
	return end(&to);
}

int cabin_control_write_pong(char *out, size_t out_size, const struct cabin_client_ping *ping, uint64_t t2_us,
			     uint64_t t3_us)
{
	struct cabin_json_writer to = {.out = out, .size = out_size};

	cabin_json_put_whole(&to, "{\"type\":\"pong\",\"id\":", ping->id);
	cabin_json_put_decimal(&to, ",\"t1\":", ping->t1, 6);
	cabin_json_put_whole(&to, ",\"t2\":", t2_us);
	cabin_json_put_whole(&to, ",\"t3\":", t3_us);
	return end(&to);
}

int cabin_control_write_error(char *out, size_t out_size, const char *code, const char *text)
{
	struct cabin_json_writer to = {.out = out, .size = out_size};

	cabin_json_put_string(&to, "{\"type\":\"error\",\"code\":", code);
	cabin_json_put_string(&to, ",\"text\":", text);
	return end(&to);
}

int cabin_control_write_bye(char *out, size_t out_size, const char *reason, uint32_t retry_ms)
{
	struct cabin_json_writer to = {.out = out, .size = out_size};

	cabin_json_put_string(&to, "{\"type\":\"bye\",\"reason\":", reason);
	cabin_json_put_whole(&to, ",\"retry_ms\":", retry_ms);
	return end(&to);
}
