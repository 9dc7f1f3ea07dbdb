/* common/media/true_peak: the same in pieces of any length as in one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>

#include "media/true_peak.h"

enum { SAMPLES = 4801 };

static void pieces_of_any_length(void **state)
{
	static const uint32_t pieces[] = {1, 2, 3, 4, 5, 7, 479, 481, 960};
	static float sound[SAMPLES];
	struct cabin_true_peak whole = {0};
	for (int i = 0; i < SAMPLES; i++)
		sound[i] = 0.5f * sinf(6.2831853f * 11025.f * (float)i / 48000.f + 0.785f);
	float expected = cabin_true_peak_add(&whole, sound, SAMPLES);
	/* Between the samples it is as high as the sine. */
	assert_true(expected > 0.48f && expected < 0.55f);
	for (unsigned p = 0; p < sizeof(pieces) / sizeof(pieces[0]); p++) {
		struct cabin_true_peak in_pieces = {0};
		float most = 0;
		for (uint32_t at = 0; at < SAMPLES; at += pieces[p]) {
			uint32_t count = SAMPLES - at < pieces[p] ? SAMPLES - at : pieces[p];
			most = fmaxf(most, cabin_true_peak_add(&in_pieces, sound + at, count));
		}
		assert_true(fabsf(most - expected) < 1e-6f);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(pieces_of_any_length)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
