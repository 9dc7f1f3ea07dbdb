#include <math.h>
#include <stdio.h>
#include <string.h>

#include "wire/control.h"

static const double exact_max = 9007199254740992.0; /* 2^53 */

/* Collects one message; overflow is remembered and told at the end. */
struct writer {
	char *out;
	size_t size, used;
	bool overflow;
};

static void put(struct writer *to, const char *text, size_t size)
{
	if (to->overflow || size >= to->size - to->used) {
		to->overflow = true;
		return;
	}
	memcpy(to->out + to->used, text, size);
	to->used += size;
}

static void put_text(struct writer *to, const char *text)
{
	put(to, text, strlen(text));
}

static void put_whole(struct writer *to, const char *key, uint64_t value)
{
	char digits[24];

	put_text(to, key);
	put(to, digits, (size_t)snprintf(digits, sizeof(digits), "%llu", (unsigned long long)value));
}

/* With `decimals` digits at most and a point in every locale: whole numbers are
 * printed and the point put between. */
static void put_decimal(struct writer *to, const char *key, double value, unsigned decimals)
{
	unsigned long long scale = 1, scaled, fraction;
	char digits[64];
	int size;

	put_text(to, key);
	if (!isfinite(value) || fabs(value) > exact_max) {
		put_text(to, "null");
		return;
	}
	/* No more digits than a double holds. */
	while (decimals && fabs(value) > exact_max / pow(10, decimals))
		decimals--;
	for (unsigned i = 0; i < decimals; i++)
		scale *= 10;
	scaled = (unsigned long long)llround(fabs(value) * (double)scale);
	fraction = scaled % scale;
	while (decimals && fraction % 10 == 0) {
		fraction /= 10;
		decimals--;
	}
	size = snprintf(digits, sizeof(digits), value < 0 && scaled ? "-%llu" : "%llu", scaled / scale);
	put(to, digits, (size_t)size);
	if (decimals) {
		size = snprintf(digits, sizeof(digits), ".%0*llu", (int)decimals, fraction);
		put(to, digits, (size_t)size);
	}
}

static void put_string(struct writer *to, const char *key, const char *text)
{
	put_text(to, key);
	if (!text) {
		put_text(to, "null");
		return;
	}
	put_text(to, "\"");
	for (const char *c = text; *c; c++) {
		char escaped[8];

		if (*c == '"' || *c == '\\') {
			escaped[0] = '\\';
			escaped[1] = *c;
			put(to, escaped, 2);
		} else if ((unsigned char)*c < ' ') {
			put(to, escaped, (size_t)snprintf(escaped, sizeof(escaped), "\\u%04x", (unsigned char)*c));
		} else {
			put(to, c, 1);
		}
	}
	put_text(to, "\"");
}

static int end(struct writer *to)
{
	put_text(to, "}");
	if (to->overflow)
		return CABIN_ETOOBIG;
	to->out[to->used] = '\0';
	return (int)to->used;
}

int cabin_control_write_welcome(char *out, size_t out_size, const struct cabin_control_welcome *welcome)
{
	struct writer to = {.out = out, .size = out_size};

	put_string(&to, "{\"type\":\"welcome\",\"protocol\":1,\"server\":", welcome->server);
	put_whole(&to, ",\"listener\":", welcome->listener);
	put_whole(&to, ",\"clock_us\":", welcome->clock_us);
	put_whole(&to, ",\"queue_limit_ms\":", welcome->queue_limit_ms);
	put_whole(&to, ",\"report_interval_ms\":", welcome->report_interval_ms);
	return end(&to);
}

static void put_mapping(struct writer *to, const char *before, const struct cabin_control_mapping *clock)
{
	put_whole(to, before, clock->timestamp);
	put_whole(to, ",\"server_us\":", clock->server_us);
	put_decimal(to, ",\"rate_hz\":", clock->rate_hz, 4);
}

int cabin_control_write_state(char *out, size_t out_size, const struct cabin_control_state *state)
{
	struct writer to = {.out = out, .size = out_size};

	put_whole(&to, "{\"type\":\"state\",\"channel\":", state->channel);
	put_whole(&to, ",\"epoch\":", state->epoch);
	put_string(&to, ",\"feed\":", state->feed);
	put_string(&to, ",\"source\":", state->source);
	put_string(&to, ",\"booth\":", state->booth);
	if (state->seat < 0)
		put_text(&to, ",\"seat\":null");
	else
		put_whole(&to, ",\"seat\":", (uint64_t)state->seat);
	put_decimal(&to, ",\"gain_db\":", state->gain_db, 2);
	put_whole(&to, ",\"fade_ms\":", state->fade_ms);
	if (state->has_first) {
		put_whole(&to, ",\"sequence\":", state->sequence);
		put_whole(&to, ",\"timestamp\":", state->timestamp);
	} else {
		put_text(&to, ",\"sequence\":null,\"timestamp\":null");
	}
	if (state->has_clock) {
		put_mapping(&to, ",\"clock\":{\"timestamp\":", &state->clock);
		put_text(&to, "}");
	} else {
		put_text(&to, ",\"clock\":null");
	}
	return end(&to);
}

int cabin_control_write_clock(char *out, size_t out_size, uint16_t channel, uint32_t epoch,
			      const struct cabin_control_mapping *clock)
{
	struct writer to = {.out = out, .size = out_size};

	put_whole(&to, "{\"type\":\"clock\",\"channel\":", channel);
	put_whole(&to, ",\"epoch\":", epoch);
	put_mapping(&to, ",\"timestamp\":", clock);
	return end(&to);
}

int cabin_control_write_pong(char *out, size_t out_size, const struct cabin_client_ping *ping, uint64_t t2_us,
			     uint64_t t3_us)
{
	struct writer to = {.out = out, .size = out_size};

	put_whole(&to, "{\"type\":\"pong\",\"id\":", ping->id);
	put_decimal(&to, ",\"t1\":", ping->t1, 6);
	put_whole(&to, ",\"t2\":", t2_us);
	put_whole(&to, ",\"t3\":", t3_us);
	return end(&to);
}

int cabin_control_write_error(char *out, size_t out_size, const char *code, const char *text)
{
	struct writer to = {.out = out, .size = out_size};

	put_string(&to, "{\"type\":\"error\",\"code\":", code);
	put_string(&to, ",\"text\":", text);
	return end(&to);
}

int cabin_control_write_bye(char *out, size_t out_size, const char *reason, uint32_t retry_ms)
{
	struct writer to = {.out = out, .size = out_size};

	put_string(&to, "{\"type\":\"bye\",\"reason\":", reason);
	put_whole(&to, ",\"retry_ms\":", retry_ms);
	return end(&to);
}
