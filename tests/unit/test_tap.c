/* audio/tap: mixing and gain, exact stamps, gaps in place, gate, DTX, and what
 * a decoder hears of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "audio/tap.h"
#include "base/packet.h"
#include "capture_fakes.h"
#include "media/decoder.h"

enum { PACKETS_MAX = 1000, LINE_SAMPLES = 48000 * 8, LOOK_AHEAD = 120 };

/* Everything that a tap gave out: packets' figures, and the sound on its time line. */
struct heard {
	struct cabin_packet_pool *pool;
	struct cabin_decoder *decoder;
	struct cabin_tap *tap;
	struct fake_clock clock;
	struct {
		uint64_t sequence, timestamp, stamp_ns;
		uint8_t flags;
		uint32_t duration_samples, payload_size;
	} packets[PACKETS_MAX];
	uint32_t count;
	float *line; /* sample n is what was captured as sample n: the look-ahead is taken away */
};

static void emit(void *context, struct cabin_packet *packet)
{
	struct heard *heard = context;
	float samples[960];
	uint32_t given = 0;
	assert_true(heard->count < PACKETS_MAX);
	heard->packets[heard->count].sequence = packet->source_sequence;
	heard->packets[heard->count].timestamp = packet->source_timestamp;
	heard->packets[heard->count].stamp_ns = packet->stamp_ns;
	heard->packets[heard->count].flags = packet->flags;
	heard->packets[heard->count].payload_size = packet->payload_size;
	heard->packets[heard->count++].duration_samples = packet->duration_samples;
	assert_int_equal(packet->source_index, 5);
	assert_int_equal(cabin_decoder_decode(heard->decoder, cabin_packet_payload(packet), packet->payload_size,
					      samples, 960, &given),
			 0);
	assert_int_equal(given, packet->duration_samples);
	for (uint32_t i = 0; i < given; i++) {
		uint64_t at = packet->source_timestamp + i;
		if (at >= LOOK_AHEAD && at - LOOK_AHEAD < LINE_SAMPLES)
			heard->line[at - LOOK_AHEAD] = samples[i];
	}
	cabin_packet_release(packet);
}

static void begin(struct heard *heard, const struct cabin_tap_sound *source, uint32_t pool_size)
{
	*heard = (struct heard){.line = calloc(LINE_SAMPLES, sizeof(float))};
	assert_int_equal(cabin_packet_pool_create(&heard->pool, pool_size), 0);
	assert_int_equal(cabin_decoder_create(&heard->decoder), 0);
	const struct cabin_tap_config config = {
	    .sound = *source,
	    .source_index = 5,
	    .pool = heard->pool,
	    .clock = fake_clock_of(&heard->clock),
	    .emit = emit,
	    .context = heard,
	};
	assert_int_equal(cabin_tap_create(&heard->tap, &config), 0);
}

static void end(struct heard *heard)
{
	cabin_tap_destroy(heard->tap);
	cabin_decoder_destroy(heard->decoder);
	cabin_packet_pool_destroy(heard->pool);
	free(heard->line);
}

static struct cabin_tap_sound plain_source(uint32_t packet_ms)
{
	return (struct cabin_tap_sound){
	    .encoder = {.mode = CABIN_ENCODER_LOW_DELAY,
			.bitrate_bps = 128000,
			.packet_ms = packet_ms,
			.complexity = 5},
	    .gate_db = -50,
	    .silent_db = -70,
	    .silent_after_ms = 1000,
	};
}

/* Microphone time of input frame `frame`. */
static uint64_t frame_ns(uint64_t frame, uint32_t rate_hz)
{
	return 3 * CABIN_NS_PER_S + frame * CABIN_NS_PER_S / rate_hz;
}

/* Gives a sine of `hz` on every channel, in blocks of `block`, from frame `from` to `to`. */
static void feed(struct heard *heard, uint32_t rate_hz, uint32_t channel_count, double hz, float amplitude,
		 uint64_t from, uint64_t to, uint32_t block)
{
	float *samples = calloc((size_t)block * channel_count, sizeof(float));
	for (uint64_t at = from; at < to; at += block) {
		for (uint32_t i = 0; i < block; i++) {
			for (uint32_t channel = 0; channel < channel_count; channel++)
				samples[i * channel_count + channel] =
				    amplitude * (float)sin(2 * M_PI * hz * (double)(at + i) / rate_hz);
		}
		const struct cabin_input_block one = {
		    .samples = samples, .frame_count = block, .frame_index = at, .stamp_ns = frame_ns(at, rate_hz)};
		cabin_tap_block(heard->tap, &one);
	}
	free(samples);
}

/* Amplitude and phase (turns, against a sine begun at sample 0) of what was heard. */
static double amplitude_of(const struct heard *heard, double hz, uint64_t from, uint64_t to, double *phase)
{
	double re = 0, im = 0;
	for (uint64_t n = from; n < to; n++) {
		re += heard->line[n] * sin(2 * M_PI * hz * (double)n / 48000);
		im += heard->line[n] * cos(2 * M_PI * hz * (double)n / 48000);
	}
	*phase = atan2(im, re) / (2 * M_PI);
	return 2 * sqrt(re * re + im * im) / (double)(to - from);
}

static void sound_comes_out_where_it_was_at_every_rate_and_packet(void **state)
{
	static const uint32_t rates_hz[] = {44100, 48000, 96000};
	for (uint32_t packet_ms = 10; packet_ms <= 20; packet_ms += 10) {
		for (size_t r = 0; r < 3; r++) {
			struct cabin_tap_sound source = plain_source(packet_ms);
			struct heard heard;
			uint32_t wanted;
			double phase;
			begin(&heard, &source, 4);
			assert_int_equal(cabin_tap_begin(heard.tap, rates_hz[r], 1, &wanted), 0);
			feed(&heard, rates_hz[r], 1, 700, 0.25f, 0, 2 * rates_hz[r], 256);
			assert_float_equal(amplitude_of(&heard, 700, 9600, 86400, &phase), 0.25, 0.01);
			assert_float_equal(phase, 0, 0.003); /* 0.2 samples */
			assert_in_range(heard.count, 1950 / packet_ms, 2020 / packet_ms);
			for (uint32_t i = 0; i < heard.count; i++) {
				int64_t mouth = (int64_t)heard.packets[i].timestamp - LOOK_AHEAD;
				int64_t exact_ns =
				    (int64_t)(3 * CABIN_NS_PER_S) + mouth * (int64_t)CABIN_NS_PER_S / 48000;
				assert_int_equal(heard.packets[i].sequence, i);
				assert_int_equal(heard.packets[i].timestamp, (uint64_t)i * packet_ms * 48);
				assert_int_equal(heard.packets[i].duration_samples, packet_ms * 48);
				assert_true(llabs((int64_t)heard.packets[i].stamp_ns - exact_ns) < 1000);
			}
			end(&heard);
		}
	}
}

static void chosen_inputs_are_averaged_with_gain_and_nothing_mad_gets_through(void **state)
{
	uint32_t inputs[] = {3, 1};
	struct cabin_tap_sound source = plain_source(20);
	source.inputs = inputs;
	source.input_count = 2;
	source.gain_db = 6.0206f;
	struct heard heard;
	uint32_t wanted;
	double phase;
	begin(&heard, &source, 4);
	assert_int_equal(cabin_tap_begin(heard.tap, 48000, 2, &wanted), CABIN_ENOTFOUND);
	assert_int_equal(wanted, 3);
	feed(&heard, 48000, 2, 700, 0.25f, 0, 9600, 480);
	assert_int_equal(heard.count, 0);
	assert_int_equal(cabin_tap_begin(heard.tap, 48000, 4, &wanted), 0);
	float frames[480 * 4];
	for (uint64_t at = 0; at < 48000; at += 480) {
		for (uint64_t i = 0; i < 480; i++) {
			float sine = (float)sin(2 * M_PI * 700 * (double)(at + i) / 48000);
			frames[4 * i] = 0.2f * sine;
			frames[4 * i + 1] = NAN;
			frames[4 * i + 2] = 0.1f * sine;
			frames[4 * i + 3] = 0.9f;
		}
		const struct cabin_input_block block = {
		    .samples = frames, .frame_count = 480, .frame_index = at, .stamp_ns = frame_ns(at, 48000)};
		cabin_tap_block(heard.tap, &block);
	}
	assert_float_equal(amplitude_of(&heard, 700, 9600, 43200, &phase), 0.3, 0.01);
	assert_float_equal(cabin_tap_figures(heard.tap)->rms_dbfs, 20 * log10(0.3 / sqrt(2)), 0.2);
	for (uint64_t i = 0; i < 480; i++) /* over full scale and not numbers: both end at the tap */
		frames[4 * i] = i % 2 ? INFINITY : 1e30f;
	for (uint64_t at = 48000; at < 52800; at += 480) {
		const struct cabin_input_block block = {
		    .samples = frames, .frame_count = 480, .frame_index = at, .stamp_ns = frame_ns(at, 48000)};
		cabin_tap_block(heard.tap, &block);
	}
	for (uint64_t n = 0; n < 52000; n++)
		assert_true(isfinite(heard.line[n]));
	end(&heard);
}

/* Of a converter that was overdriven, and of a gain that is too high. */
static void counts_what_was_clipped(void **state)
{
	struct cabin_tap_sound source = plain_source(20);
	struct heard heard;
	uint32_t wanted;
	static const struct {
		float gain_db, amplitude, limit;
		uint32_t rate_hz;
		bool clips;
	} cases[] = {{0, 0.99f, 1, 48000, false}, {0, 1, 1, 48000, false},    {-12, 1.3f, 1, 48000, true},
		     {0, 1.3f, 1, 44100, true},	  {12, 0.3f, 1, 44100, true}, {12, 0.2f, 1, 48000, false}};
	for (size_t c = 0; c < sizeof(cases) / sizeof(cases[0]); c++) {
		source.gain_db = cases[c].gain_db;
		begin(&heard, &source, 4);
		assert_int_equal(cabin_tap_begin(heard.tap, cases[c].rate_hz, 1, &wanted), 0);
		float samples[441];
		for (uint64_t at = 0; at < cases[c].rate_hz / 10 / 441 * 441; at += 441) {
			for (uint32_t i = 0; i < 441; i++)
				samples[i] =
				    fmaxf(-cases[c].limit,
					  fminf(cases[c].limit,
						cases[c].amplitude *
						    (float)sin(2 * M_PI * 500 * (double)(at + i) / cases[c].rate_hz)));
			const struct cabin_input_block block = {.samples = samples,
								.frame_count = 441,
								.frame_index = at,
								.stamp_ns = frame_ns(at, cases[c].rate_hz)};
			cabin_tap_block(heard.tap, &block);
		}
		uint32_t clips = cabin_tap_figures(heard.tap)->clips;
		if (cases[c].clips)
			assert_in_range(clips, 90, 101); /* both halves of 50 turns */
		else
			assert_int_equal(clips, 0);
		end(&heard);
	}
}

static void lost_sound_is_a_gap_and_not_a_shift(void **state)
{
	/* Lost frames: within a packet, over one edge, over many packets; at two rates. */
	static const uint64_t lost[] = {100, 960, 2000, 14400};
	static const uint32_t rates_hz[] = {48000, 44100};
	for (size_t l = 0; l < 8; l++) {
		uint32_t rate_hz = rates_hz[l / 4];
		struct cabin_tap_sound source = plain_source(20);
		struct heard heard;
		uint32_t wanted;
		double phase;
		uint64_t after = 48128 + lost[l % 4], to = after + 48128;
		begin(&heard, &source, 4);
		assert_int_equal(cabin_tap_begin(heard.tap, rate_hz, 1, &wanted), 0);
		feed(&heard, rate_hz, 1, 700, 0.25f, 0, 48128, 256);
		feed(&heard, rate_hz, 1, 700, 0.25f, after, to, 256);
		uint64_t after_sample = after * 48000 / rate_hz;
		assert_float_equal(amplitude_of(&heard, 700, after_sample + 4800, after_sample + 38400, &phase), 0.25,
				   0.01);
		assert_float_equal(phase, 0, 0.01);
		for (uint32_t i = 1; i < heard.count; i++) {
			uint64_t samples = heard.packets[i].timestamp - heard.packets[i - 1].timestamp;
			assert_int_equal(samples % 960, 0);
			assert_int_equal(heard.packets[i].sequence - heard.packets[i - 1].sequence, samples / 960);
		}
		uint64_t missing = heard.packets[heard.count - 1].sequence + 1 - heard.count;
		assert_in_range(missing, lost[l % 4] < 2000 ? 0 : 1, lost[l % 4] / 960 + 1);
		assert_int_equal(cabin_tap_figures(heard.tap)->overruns, 1);
		assert_int_equal(cabin_tap_figures(heard.tap)->lost_frames, lost[l % 4]);
		end(&heard);
	}
}

static void a_device_that_returns_goes_on_at_the_time_that_passed(void **state)
{
	struct cabin_tap_sound source = plain_source(20);
	struct heard heard;
	uint32_t wanted;
	begin(&heard, &source, 4);
	assert_int_equal(cabin_tap_begin(heard.tap, 48000, 1, &wanted), 0);
	feed(&heard, 48000, 1, 700, 0.25f, 0, 48128, 256);
	uint32_t before = heard.count;
	cabin_tap_end(heard.tap);
	/* It comes back 3.21 s later with another rate, and counts frames from 0 again. */
	assert_int_equal(cabin_tap_begin(heard.tap, 44100, 1, &wanted), 0);
	float samples[441] = {0};
	for (uint64_t i = 0; i < 100; i++) {
		const struct cabin_input_block block = {
		    .samples = samples,
		    .frame_count = 441,
		    .frame_index = i * 441,
		    .stamp_ns = frame_ns(48128, 48000) + 3210 * CABIN_NS_PER_MS + i * 10 * CABIN_NS_PER_MS,
		};
		cabin_tap_block(heard.tap, &block);
	}
	assert_true(heard.count > before + 45);
	/* The first packet after holds the instant of return, and says when it was. */
	uint64_t back_sample = 48128 + 3210 * 48;
	assert_int_equal(heard.packets[before].timestamp, back_sample / 960 * 960);
	assert_int_equal(heard.packets[before].sequence, heard.packets[before - 1].sequence + 1);
	for (uint32_t i = before; i < heard.count; i++) {
		int64_t mouth = (int64_t)heard.packets[i].timestamp - LOOK_AHEAD;
		int64_t exact_ns = (int64_t)(3 * CABIN_NS_PER_S) + mouth * (int64_t)CABIN_NS_PER_S / 48000;
		assert_true(llabs((int64_t)heard.packets[i].stamp_ns - exact_ns) < 50000);
	}
	end(&heard);
}

static void flags_follow_the_level(void **state)
{
	struct cabin_tap_sound source = plain_source(20);
	struct heard heard;
	uint32_t wanted;
	begin(&heard, &source, 4);
	assert_int_equal(cabin_tap_begin(heard.tap, 48000, 1, &wanted), 0);
	feed(&heard, 48000, 1, 700, 0, 0, 48000, 480);		 /* packets 0 … 49: nothing */
	feed(&heard, 48000, 1, 700, 0.1f, 48000, 57600, 480);	 /* 50 … 59: speech */
	feed(&heard, 48000, 1, 700, 0.001f, 57600, 124800, 480); /* 60 …: −63 dBFS, below the gate, no silence */
	for (uint32_t i = 0; i < heard.count; i++) {
		uint8_t expected = i == 49 ? CABIN_PACKET_SILENT : i >= 50 && i < 60 ? CABIN_PACKET_ACTIVE : 0;
		assert_int_equal(heard.packets[i].flags, expected);
	}
	end(&heard);
}

static void dtx_makes_empty_packets_which_are_the_hubs_to_leave_out(void **state)
{
	struct cabin_tap_sound source = plain_source(20);
	source.encoder.dtx = true;
	source.encoder.complexity = 9; /* libopus tells silence only from 7 on */
	struct heard heard;
	uint32_t wanted, empty_count = 0;
	begin(&heard, &source, 4);
	assert_int_equal(cabin_tap_begin(heard.tap, 48000, 1, &wanted), 0);
	feed(&heard, 48000, 1, 700, 0.2f, 0, 48000, 480);
	feed(&heard, 48000, 1, 700, 0, 48000, 48000 * 5, 480);
	assert_int_equal(heard.count, 250);
	for (uint32_t i = 0; i < heard.count; i++) {
		assert_int_equal(heard.packets[i].sequence, i);
		assert_int_equal(heard.packets[i].timestamp, i * 960);
		empty_count += heard.packets[i].payload_size <= 2;
	}
	assert_in_range(empty_count, 140, 199);
	assert_int_equal(heard.packets[249].flags, CABIN_PACKET_SILENT);
	end(&heard);
}

/* Keeps what it gets until it is told to give it back. */
struct keeper {
	struct cabin_packet *kept[4];
	int count;
};

static void keep(void *context, struct cabin_packet *packet)
{
	struct keeper *keeper = context;
	keeper->kept[keeper->count++] = packet;
}

static void an_empty_pool_loses_packets_and_nothing_else(void **state)
{
	struct cabin_tap_sound source = plain_source(20);
	struct keeper keeper = {0};
	struct heard heard;
	uint32_t wanted;
	begin(&heard, &source, 2);
	cabin_tap_destroy(heard.tap);
	const struct cabin_tap_config config = {.sound = source,
						.pool = heard.pool,
						.clock = fake_clock_of(&heard.clock),
						.emit = keep,
						.context = &keeper};
	assert_int_equal(cabin_tap_create(&heard.tap, &config), 0);
	assert_int_equal(cabin_tap_begin(heard.tap, 48000, 1, &wanted), 0);
	feed(&heard, 48000, 1, 700, 0.2f, 0, 960 * 5, 960);
	assert_int_equal(keeper.count, 2);
	cabin_packet_release(keeper.kept[0]);
	feed(&heard, 48000, 1, 700, 0.2f, 960 * 5, 960 * 6, 960);
	assert_int_equal(keeper.count, 3);
	assert_int_equal(keeper.kept[2]->source_sequence, 5);
	assert_int_equal(keeper.kept[2]->source_timestamp, 960 * 5);
	cabin_packet_release(keeper.kept[1]);
	cabin_packet_release(keeper.kept[2]);
	end(&heard);
}

struct chosen {
	struct heard heard; /* first: emit() takes it for its context */
	uint32_t asked;
	uint32_t skip_from, skip_to;
};

static bool choose(void *context, float *samples, uint32_t sample_count)
{
	struct chosen *chosen = context;
	uint32_t index = chosen->asked++;
	assert_int_equal(sample_count, 960);
	if (index < 5) /* a cough */
		memset(samples, 0, sample_count * sizeof(*samples));
	return index < chosen->skip_from || index >= chosen->skip_to;
}

static void a_console_silences_and_leaves_out(void **state)
{
	struct cabin_tap_sound source = plain_source(20);
	struct chosen chosen = {.skip_from = 20, .skip_to = 30};
	struct heard *heard = &chosen.heard;
	uint32_t wanted;
	double phase;
	begin(heard, &source, 4);
	cabin_tap_destroy(heard->tap);
	const struct cabin_tap_config config = {
	    .sound = source,
	    .source_index = 5,
	    .pool = heard->pool,
	    .clock = fake_clock_of(&heard->clock),
	    .prepare = choose,
	    .emit = emit,
	    .context = &chosen,
	};
	assert_int_equal(cabin_tap_create(&heard->tap, &config), 0);
	assert_int_equal(cabin_tap_begin(heard->tap, 48000, 1, &wanted), 0);
	feed(heard, 48000, 1, 700, 0.2f, 0, 960 * 50, 480);
	assert_int_equal(heard->count, 40);
	for (uint32_t i = 0; i < 40; i++) {
		assert_int_equal(heard->packets[i].sequence, i);
		assert_int_equal(heard->packets[i].timestamp, 960 * (i < 20 ? i : i + 10));
	}
	assert_int_equal(heard->packets[19].stamp_ns + 11 * 20 * CABIN_NS_PER_MS, heard->packets[20].stamp_ns);
	for (uint32_t i = 0; i < 4 * 960; i++)
		assert_true(fabsf(heard->line[i]) < 1e-4f); /* silence is silence, not quiet sound */
	assert_float_equal(amplitude_of(heard, 700, 960 * 8, 960 * 19, &phase), 0.2, 0.01);
	assert_float_equal(amplitude_of(heard, 700, 960 * 33, 960 * 48, &phase), 0.2, 0.01);
	end(heard);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(counts_what_was_clipped),
	    cmocka_unit_test(sound_comes_out_where_it_was_at_every_rate_and_packet),
	    cmocka_unit_test(chosen_inputs_are_averaged_with_gain_and_nothing_mad_gets_through),
	    cmocka_unit_test(lost_sound_is_a_gap_and_not_a_shift),
	    cmocka_unit_test(a_device_that_returns_goes_on_at_the_time_that_passed),
	    cmocka_unit_test(flags_follow_the_level),
	    cmocka_unit_test(dtx_makes_empty_packets_which_are_the_hubs_to_leave_out),
	    cmocka_unit_test(an_empty_pool_loses_packets_and_nothing_else),
	    cmocka_unit_test(a_console_silences_and_leaves_out),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
