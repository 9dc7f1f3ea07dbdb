/* common/media/spectrum. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>

#include "media/spectrum.h"

enum { SIZE = 256 };

static void a_sine_is_on_its_line(void **state)
{
	struct cabin_spectrum *spectrum;
	float samples[SIZE], power[SIZE / 2];
	assert_int_equal(cabin_spectrum_create(&spectrum, SIZE), 0);
	for (int line = 3; line < SIZE / 2 - 3; line += 20) {
		for (int i = 0; i < SIZE; i++)
			samples[i] = (float)(0.5 * sin(2 * M_PI * line * i / SIZE + line));
		cabin_spectrum_power(spectrum, samples, power);
		for (int k = 0; k < SIZE / 2; k++) {
			float expected = k == line ? 0.125f : k == line - 1 || k == line + 1 ? 0.125f / 4 : 0;
			assert_float_equal(power[k], expected, 1e-5);
		}
	}
	cabin_spectrum_destroy(spectrum);
}

static void a_constant_is_at_0_hz(void **state)
{
	struct cabin_spectrum *spectrum;
	float samples[SIZE], power[SIZE / 2];
	assert_int_equal(cabin_spectrum_create(&spectrum, SIZE), 0);
	for (int i = 0; i < SIZE; i++)
		samples[i] = 0.5f;
	cabin_spectrum_power(spectrum, samples, power);
	assert_true(power[0] > 0.1f && power[3] < 1e-9f);
	cabin_spectrum_destroy(spectrum);
}

static void other_sizes_are_refused(void **state)
{
	static const uint32_t sizes[] = {0, 4, 100, 131072};
	struct cabin_spectrum *spectrum;
	for (int i = 0; i < 4; i++)
		assert_int_equal(cabin_spectrum_create(&spectrum, sizes[i]), CABIN_EINVAL);
	cabin_spectrum_destroy(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_sine_is_on_its_line),
	    cmocka_unit_test(a_constant_is_at_0_hz),
	    cmocka_unit_test(other_sizes_are_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
