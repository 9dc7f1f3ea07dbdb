/* common/media/a_weighting: the standard's table, within class 1. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdio.h>

#include "sounds.h"

#include "media/a_weighting.h"

static double response_db(double hz)
{
	struct cabin_a_weighting weighting;
	cabin_a_weighting_init(&weighting);
	double in = 0, out = 0;
	for (int i = 0; i < 2 * SECOND; i++) {
		double sample = sin(2 * M_PI * hz * i / SECOND);
		double weighted = cabin_a_weighting_next(&weighting, sample);
		if (i < SECOND)
			continue;
		in += sample * sample;
		out += weighted * weighted;
	}
	return 10 * log10(out / in);
}

static void every_third_octave_is_within_class_1(void **state)
{
	/* IEC 61672-1:2013, table 3: weighting and acceptance limits of class 1. */
	static const struct {
		double hz, db, above, below;
	} table[] = {
	    {31.5, -39.4, 1.5, 1.5}, {40, -34.6, 1.0, 1.0},   {50, -30.2, 1.0, 1.0},   {63, -26.2, 1.0, 1.0},
	    {80, -22.5, 1.0, 1.0},   {100, -19.1, 1.0, 1.0},  {125, -16.1, 1.0, 1.0},  {160, -13.4, 1.0, 1.0},
	    {200, -10.9, 1.0, 1.0},  {250, -8.6, 1.0, 1.0},   {315, -6.6, 1.0, 1.0},   {400, -4.8, 1.0, 1.0},
	    {500, -3.2, 1.0, 1.0},   {630, -1.9, 1.0, 1.0},   {800, -0.8, 1.0, 1.0},   {1000, 0, 0.05, 0.05},
	    {1250, 0.6, 1.0, 1.0},   {1600, 1.0, 1.0, 1.0},   {2000, 1.2, 1.0, 1.0},   {2500, 1.3, 1.0, 1.0},
	    {3150, 1.2, 1.0, 1.0},   {4000, 1.0, 1.0, 1.0},   {5000, 0.5, 1.5, 1.5},   {6300, -0.1, 1.5, 2.0},
	    {8000, -1.1, 1.5, 2.5},  {10000, -2.5, 2.0, 3.0}, {12500, -4.3, 2.0, 5.0}, {16000, -6.6, 2.5, 16.0},
	};
	for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++) {
		double db = response_db(table[i].hz);
		printf("%7.1f Hz  %6.2f dB, table %5.1f\n", table[i].hz, db, table[i].db);
		assert_true(db <= table[i].db + table[i].above && db >= table[i].db - table[i].below);
	}
}

static void silence_settles_to_nothing(void **state)
{
	struct cabin_a_weighting weighting;
	cabin_a_weighting_init(&weighting);
	cabin_a_weighting_next(&weighting, 1);
	for (int i = 0; i < 10 * SECOND; i++) {
		double weighted = cabin_a_weighting_next(&weighting, 0);
		if (i % 48 == 0)
			cabin_a_weighting_settle(&weighting);
		assert_true(weighted == 0 || isnormal(weighted));
	}
	assert_true(cabin_a_weighting_next(&weighting, 0) == 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_third_octave_is_within_class_1),
	    cmocka_unit_test(silence_settles_to_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
