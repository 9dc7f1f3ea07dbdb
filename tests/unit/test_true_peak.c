/* common/media/true_peak against EBU Tech 3341, cases 15 to 23: +0.2, −0.4 dB. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "media/true_peak.h"

enum { COUNT = 4800, TIMES = 4, EDGE = 480, ODD_SAMPLES = 4801 };

static double true_peak_db(const float *samples, uint32_t step)
{
	struct cabin_true_peak peak = {0};
	float most = 0;
	for (uint32_t at = 0; at < COUNT; at += step)
		most = fmaxf(most, cabin_true_peak_add(&peak, samples + at, step));
	return 20 * log10((double)most);
}

static void check(double measured, double expected)
{
	if (!(measured <= expected + 0.2 && measured >= expected - 0.4))
		fail_msg("%.3f dBTP, not %.1f", measured, expected);
}

/* Faded in and out: an edge has peaks of its own. */
static double faded(int i, int count, int edge)
{
	int from_end = i < count - 1 - i ? i : count - 1 - i;
	return from_end < edge ? (1 - cos(M_PI * from_end / edge)) / 2 : 1;
}

static void cases_15_to_19(void **state)
{
	static const struct {
		double samples_per_turn, degrees, amplitude, dbtp;
	} cases[] = {{4, 0, 0.5, -6}, {4, 45, 0.5, -6}, {6, 60, 0.5, -6}, {8, 67.5, 0.5, -6}, {4, 45, 1.41, 3}};
	float samples[COUNT];
	for (int c = 0; c < 5; c++) {
		for (int i = 0; i < COUNT; i++)
			samples[i] =
			    (float)(faded(i, COUNT, EDGE) * cases[c].amplitude *
				    sin(2 * M_PI * i / cases[c].samples_per_turn + cases[c].degrees * M_PI / 180));
		check(true_peak_db(samples, 960), cases[c].dbtp);
	}
}

/* At four times the rate, a sine of fs/6 at half of full scale with one turn of fs/4 at all
 * of it; of each four samples one is kept, which one is the case's. What the sound's peak
 * really is, with nothing above the half rate, is told by an interpolation 64 times as
 * fine. */
static void cases_20_to_23(void **state)
{
	enum { FINE = 64, REACH = 200 };
	static double oversampled[COUNT * TIMES];
	static float samples[COUNT];
	for (int i = 0, at = COUNT * TIMES / 2 / (6 * TIMES) * (6 * TIMES); i < COUNT * TIMES; i++) {
		double fast = sin(2 * M_PI * (i - at) / (4.0 * TIMES));
		bool inside = i >= at && i < at + 4 * TIMES;
		int later = i >= at + 4 * TIMES ? i - 4 * TIMES : i;
		double slow = 0.5 * sin(2 * M_PI * later / (6.0 * TIMES));
		oversampled[i] = (inside ? fast : slow) * faded(i, COUNT * TIMES, EDGE * TIMES);
	}
	for (int offset = 0; offset < TIMES; offset++) {
		double real = 0;
		for (int i = 0; i < COUNT; i++)
			samples[i] = (float)oversampled[i * TIMES + offset];
		for (int i = (COUNT / 2 - 20) * FINE; i < (COUNT / 2 + 20) * FINE; i++) {
			double at = (double)i / FINE, value = 0;
			for (int k = (int)at - REACH; k <= (int)at + REACH; k++) {
				double away = at - k;
				double window = cos(M_PI / 2 * away / (REACH + 1));
				value += samples[k] * (away == 0 ? 1 : sin(M_PI * away) / (M_PI * away) * window);
			}
			real = fmax(real, fabs(value));
		}
		assert_float_equal(20 * log10(real), 0, 1.0);
		check(true_peak_db(samples, 960), 20 * log10(real));
	}
}

static void pieces_of_any_length(void **state)
{
	static const uint32_t pieces[] = {1, 2, 3, 4, 5, 7, 479, 481, 960};
	static float sound[ODD_SAMPLES];
	struct cabin_true_peak whole = {0};
	for (int i = 0; i < ODD_SAMPLES; i++)
		sound[i] = 0.5f * sinf(6.2831853f * 11025.f * (float)i / 48000.f + 0.785f);
	float expected = cabin_true_peak_add(&whole, sound, ODD_SAMPLES);
	/* Between the samples it is as high as the sine. */
	assert_true(expected > 0.48f && expected < 0.55f);
	for (unsigned p = 0; p < sizeof(pieces) / sizeof(pieces[0]); p++) {
		struct cabin_true_peak in_pieces = {0};
		float most = 0;
		for (uint32_t at = 0; at < ODD_SAMPLES; at += pieces[p]) {
			uint32_t count = ODD_SAMPLES - at < pieces[p] ? ODD_SAMPLES - at : pieces[p];
			most = fmaxf(most, cabin_true_peak_add(&in_pieces, sound + at, count));
		}
		assert_true(fabsf(most - expected) < 1e-6f);
	}
}

static void a_peak_between_two_pieces_is_told(void **state)
{
	struct cabin_true_peak peak = {0};
	float samples[960];
	for (int i = 0; i < 960; i++)
		samples[i] = i == 479 || i == 480 ? 0.9f : 0;
	float first = cabin_true_peak_add(&peak, samples, 480);
	float second = cabin_true_peak_add(&peak, samples + 480, 480);
	assert_true(first < 1 && second > 1.05f);
	memset(samples, 0, sizeof(samples));
	cabin_true_peak_add(&peak, samples, 480);
	assert_true(cabin_true_peak_add(&peak, samples, 480) == 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(cases_15_to_19),
	    cmocka_unit_test(cases_20_to_23),
	    cmocka_unit_test(pieces_of_any_length),
	    cmocka_unit_test(a_peak_between_two_pieces_is_told),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
