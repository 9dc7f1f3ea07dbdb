#include "media/a_weighting.h"

#include <math.h>

#include "base/limits.h"

static const struct {
	double hz, sign;
} poles[CABIN_A_WEIGHTING_SECTIONS] = {
    {20.598997, -1}, {20.598997, -1}, {107.65265, -1}, {737.86223, -1}, {12194.217, 1}, {12194.217, 1},
};

/* Magnitude at 1 kHz of the sections as they are computed: 1 ± z⁻¹ over 1 − feedback z⁻¹. */
static double magnitude_at_1khz(const struct cabin_a_weighting *weighting)
{
	double phase = 2 * M_PI * 1000 / CABIN_RATE_HZ;
	double magnitude = 1;
	for (int i = 0; i < CABIN_A_WEIGHTING_SECTIONS; i++) {
		const struct cabin_a_weighting_section *section = &weighting->sections[i];
		double zero = hypot(1 + section->sign * cos(phase), section->sign * sin(phase));
		double pole = hypot(1 - section->feedback * cos(phase), section->feedback * sin(phase));
		magnitude *= zero / pole;
	}
	return magnitude;
}

void cabin_a_weighting_init(struct cabin_a_weighting *weighting)
{
	*weighting = (struct cabin_a_weighting){0};
	for (int i = 0; i < CABIN_A_WEIGHTING_SECTIONS; i++) {
		double k = M_PI * poles[i].hz / CABIN_RATE_HZ;
		weighting->sections[i].feedback = (1 - k) / (1 + k);
		weighting->sections[i].sign = poles[i].sign;
	}
	weighting->gain = 1 / magnitude_at_1khz(weighting);
}

double cabin_a_weighting_next(struct cabin_a_weighting *weighting, double sample)
{
	double value = sample * weighting->gain;
	for (int i = 0; i < CABIN_A_WEIGHTING_SECTIONS; i++) {
		struct cabin_a_weighting_section *section = &weighting->sections[i];
		double output = value + section->sign * section->input + section->feedback * section->output;
		section->input = value;
		section->output = output;
		value = output;
	}
	return value;
}

void cabin_a_weighting_settle(struct cabin_a_weighting *weighting)
{
	for (int i = 0; i < CABIN_A_WEIGHTING_SECTIONS; i++) {
		struct cabin_a_weighting_section *section = &weighting->sections[i];
		if (fabs(section->input) < 1e-30)
			section->input = 0;
		if (fabs(section->output) < 1e-30)
			section->output = 0;
	}
}
