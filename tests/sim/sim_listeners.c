#include <string.h>

#include "sim.h"
#include "wire/rtp.h"

enum { KERNEL_BYTES = 1500, STALL_MAX_MS = 9000 };

static void hash_bytes(struct sim_listener *listener, const uint8_t *bytes, size_t size)
{
	uint64_t hash = listener->hash ^ listener->sim->now_ns;

	for (size_t i = 0; i < size; i++)
		hash = (hash ^ bytes[i]) * UINT64_C(0x100000001b3);
	listener->hash = hash;
}

/* A state or clock message: text that the server wrote, not ended by NUL. */
static void hear_control(struct sim_listener *listener, const uint8_t *bytes, size_t size)
{
	static const char state[] = "{\"type\":\"state\"", clock[] = "{\"type\":\"clock\"", key[] = "\"epoch\":";
	struct sim *sim = listener->sim;
	const char *epoch = memmem(bytes, size, key, strlen(key));
	uint32_t number;

	SIM_CHECK(sim, epoch);
	number = (uint32_t)strtoul(epoch + strlen(key), NULL, 10);
	if (size > strlen(state) && !memcmp(bytes, state, strlen(state))) {
		SIM_CHECK(sim, !listener->has_state || number >= listener->epoch);
		listener->has_state = true;
		listener->epoch = number;
		return;
	}
	SIM_CHECK(sim, size > strlen(clock) && !memcmp(bytes, clock, strlen(clock)));
	SIM_CHECK(sim, listener->has_state && number == listener->epoch);
}

static void hear_media(struct sim_listener *listener, const uint8_t *bytes, size_t size)
{
	struct sim *sim = listener->sim;
	const struct sim_channel *channel = &sim->channels[listener->channel_index];
	const struct sim_published *truth;
	struct cabin_rtp rtp;
	uint64_t sequence, timestamp;

	SIM_CHECK(sim, cabin_rtp_parse(&rtp, bytes, size) == 0);
	SIM_CHECK(sim, rtp.ssrc == channel->config.number);
	sequence = cabin_rtp_extend16(listener->any ? listener->sequence : channel->sequence, rtp.sequence);
	timestamp = cabin_rtp_extend32(listener->any ? listener->timestamp : channel->timestamp, rtp.timestamp);
	truth = &channel->truth[sequence % SIM_TRUTH];
	SIM_CHECK(sim, truth->sequence == sequence && truth->timestamp == timestamp);
	SIM_CHECK(sim, truth->duration_samples == rtp.duration_samples);
	/* Who feeds it was said before. */
	SIM_CHECK(sim, listener->has_state && truth->epoch == listener->epoch);
	/* Live means live. */
	SIM_CHECK(sim, sim->now_ns - truth->published_ns <= SIM_QUEUE_LIMIT_MS * CABIN_NS_PER_MS);
	if (listener->any) {
		SIM_CHECK(sim, sequence > listener->sequence);
		SIM_CHECK(sim, timestamp >= listener->timestamp + listener->duration_samples);
		SIM_CHECK(sim, truth->ordinal[listener->loop_index] > listener->ordinal);
	}
	if (listener->joined)
		sim->missed += truth->ordinal[listener->loop_index] - listener->ordinal - 1;
	sim->delivered++;
	listener->any = true;
	listener->sequence = sequence;
	listener->timestamp = timestamp;
	listener->duration_samples = rtp.duration_samples;
	listener->ordinal = truth->ordinal[listener->loop_index];
}

/* Reads whole WebSocket frames, as a browser would. */
static void hear(struct sim_listener *listener, const uint8_t *bytes, size_t size)
{
	struct sim *sim = listener->sim;

	while (size) {
		size_t header = 2, length;

		SIM_CHECK(sim, size >= 2);
		length = bytes[1];
		if (length == 126) {
			SIM_CHECK(sim, size >= 4);
			header = 4;
			length = (size_t)bytes[2] << 8 | bytes[3];
			SIM_CHECK(sim, length > 125);
		}
		SIM_CHECK(sim, length < 127 || header == 4);
		SIM_CHECK(sim, size >= header + length);
		SIM_CHECK(sim, bytes[0] == 0x81 || bytes[0] == 0x82);
		if (bytes[0] == 0x81)
			hear_control(listener, bytes + header, length);
		else
			hear_media(listener, bytes + header, length);
		bytes += header + length;
		size -= header + length;
	}
}

static int transport_write(void *connection, const uint8_t *bytes, size_t size)
{
	struct sim_listener *listener = connection;
	struct sim *sim = listener->sim;
	uint64_t newest;

	SIM_CHECK(sim, listener->listener && !listener->closing);
	SIM_CHECK(sim, listener->healthy || listener->buffered <= KERNEL_BYTES);
	hear(listener, bytes, size);
	hash_bytes(listener, bytes, size);
	/* A write brings all that there is: what it did not bring is missed, but for
	 * what was there before a listener joined. */
	newest = sim->channels[listener->channel_index].loop_count[listener->loop_index];
	if (listener->joined)
		sim->missed += newest - listener->ordinal;
	listener->joined = true;
	listener->ordinal = newest;
	sim->bytes += size;
	sim->writes++;
	listener->buffered += size;
	/* A connection that dies is noticed while it is written to. */
	if (!listener->healthy && sim_one_in(&listener->random, 20000)) {
		sim_listener_leave(listener);
		return CABIN_ELOST;
	}
	return 0;
}

static bool transport_pending(void *connection)
{
	struct sim_listener *listener = connection;

	return !listener->healthy && listener->buffered > KERNEL_BYTES;
}

static void transport_want_writable(void *connection)
{
	((struct sim_listener *)connection)->wants_writable = true;
}

static void transport_close(void *connection, enum cabin_close_reason reason)
{
	struct sim_listener *listener = connection;

	SIM_CHECK(listener->sim, !listener->healthy && !listener->closing);
	listener->closing = true;
	listener->sim->closed++;
}

const struct cabin_transport sim_transport = {transport_write, transport_pending, transport_want_writable,
					      transport_close};

void sim_listener_init(struct sim *sim, struct sim_listener *listener, uint32_t index)
{
	*listener = (struct sim_listener){
	    .sim = sim,
	    .random = {sim->seed * 7919 + index + (UINT64_C(1) << 40)},
	    .loop_index = index % SIM_LOOPS,
	    .healthy = index % 3 != 0,
	    .channel_index = CABIN_INDEX_NONE,
	};
	listener->bytes_per_step = 20 + sim_below(&listener->random, 400);
}

static void forget_session(struct sim_listener *listener)
{
	listener->has_state = false;
	listener->any = false;
	listener->joined = false;
	listener->ordinal = 0;
}

void sim_listener_leave(struct sim_listener *listener)
{
	struct sim_loop *loop = &listener->sim->loops[listener->loop_index];

	if (!listener->listener)
		return;
	cabin_fanout_detach(loop->fanout, listener->listener);
	listener->listener = NULL;
	listener->channel_index = CABIN_INDEX_NONE;
	listener->buffered = 0;
	listener->wants_writable = false;
	listener->closing = false;
	forget_session(listener);
}

static void wish(struct sim_listener *listener, uint16_t channel_index)
{
	struct sim_loop *loop = &listener->sim->loops[listener->loop_index];

	/* A loop that had no listener of the channel was not woken for it. */
	sim_loop_drain(loop);
	forget_session(listener);
	listener->channel_index = channel_index;
	cabin_fanout_listen(loop->fanout, listener->listener, channel_index);
	if (channel_index != CABIN_INDEX_NONE && sim_one_in(&listener->random, 2))
		cabin_fanout_writable(loop->fanout, listener->listener);
}

static void come(struct sim_listener *listener)
{
	struct sim *sim = listener->sim;

	SIM_CHECK(sim,
		  cabin_fanout_attach(sim->loops[listener->loop_index].fanout, &listener->listener, listener) == 0);
	wish(listener, (uint16_t)sim_below(&listener->random, SIM_CHANNELS));
}

static void move_socket(struct sim_listener *listener)
{
	struct sim *sim = listener->sim;

	if (listener->healthy) {
		listener->buffered = 0;
		return;
	}
	if (sim_one_in(&listener->random, 2000))
		listener->stalled_until_ns = sim->now_ns + sim_below(&listener->random, STALL_MAX_MS) * CABIN_NS_PER_MS;
	if (sim->now_ns < listener->stalled_until_ns)
		return;
	listener->buffered -=
	    listener->buffered < listener->bytes_per_step ? listener->buffered : listener->bytes_per_step;
	if (listener->wants_writable && !transport_pending(listener)) {
		listener->wants_writable = false;
		cabin_fanout_writable(sim->loops[listener->loop_index].fanout, listener->listener);
	}
}

void sim_listener_step(struct sim_listener *listener)
{
	if (!listener->listener) {
		if (sim_one_in(&listener->random, 100))
			come(listener);
		return;
	}
	if (listener->closing || sim_one_in(&listener->random, 5000)) {
		sim_listener_leave(listener);
		return;
	}
	if (sim_one_in(&listener->random, 1000))
		wish(listener, sim_one_in(&listener->random, 10)
				   ? CABIN_INDEX_NONE
				   : (uint16_t)sim_below(&listener->random, SIM_CHANNELS));
	move_socket(listener);
}
