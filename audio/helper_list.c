#include "audio/helper_list.h"

#include <portaudio.h>
#include <stdbool.h>
#include <string.h>

static const double rates_hz[] = {44100, 48000, 96000};

enum { RATES_BYTES = 64 };

/* "44100 48000", or "-" when the device takes none of the usual rates. */
static void supported_rates(char *out, PaDeviceIndex device, const PaDeviceInfo *info)
{
	const PaStreamParameters parameters = {
	    .device = device,
	    .channelCount = info->maxInputChannels,
	    .sampleFormat = paFloat32,
	    .suggestedLatency = info->defaultLowInputLatency,
	};
	size_t used = 0;
	out[0] = '\0';
	for (size_t i = 0; i < sizeof(rates_hz) / sizeof(rates_hz[0]); i++) {
		if (Pa_IsFormatSupported(&parameters, NULL, rates_hz[i]) == paFormatIsSupported)
			used +=
			    (size_t)snprintf(out + used, RATES_BYTES - used, "%s%.0f", used ? " " : "", rates_hz[i]);
	}
	if (used == 0)
		snprintf(out, RATES_BYTES, "-");
}

static bool has_jack(void)
{
	return Pa_HostApiTypeIdToHostApiIndex(paJACK) >= 0;
}

static bool is_listed(const PaDeviceInfo *info, bool outputs)
{
	return info->maxInputChannels > 0 || (outputs && info->maxOutputChannels > 0);
}

static int widest_name(bool outputs)
{
	int widest = (int)strlen("DEVICE");
	for (PaDeviceIndex i = 0; i < Pa_GetDeviceCount(); i++) {
		const PaDeviceInfo *info = Pa_GetDeviceInfo(i);
		if (is_listed(info, outputs) && (int)strlen(info->name) > widest)
			widest = (int)strlen(info->name);
	}
	return widest;
}

static void list_inputs(FILE *to, PaDeviceIndex index, const PaDeviceInfo *info, int name_width)
{
	char rates[RATES_BYTES];
	supported_rates(rates, index, info);
	fprintf(to, "%-26s %-*s %8d %10.0f %-18s %8.1f %8.1f\n", Pa_GetHostApiInfo(info->hostApi)->name, name_width,
		info->name, info->maxInputChannels, info->defaultSampleRate, rates, 1000 * info->defaultLowInputLatency,
		1000 * info->defaultHighInputLatency);
}

static void list_both(FILE *to, const PaDeviceInfo *info, int name_width)
{
	fprintf(to, "%-26s %-*s %8d %8d %10.0f %10.1f %10.1f\n", Pa_GetHostApiInfo(info->hostApi)->name, name_width,
		info->name, info->maxInputChannels, info->maxOutputChannels, info->defaultSampleRate,
		1000 * info->defaultLowInputLatency, 1000 * info->defaultLowOutputLatency);
}

void cabin_helper_list(FILE *to, const char *jack_server, bool outputs)
{
	int name_width = widest_name(outputs), listed = 0;
	for (PaDeviceIndex i = 0; i < Pa_GetDeviceCount(); i++) {
		const PaDeviceInfo *info = Pa_GetDeviceInfo(i);
		if (!is_listed(info, outputs))
			continue;
		if (listed++ == 0 && outputs)
			fprintf(to, "%-26s %-*s %8s %8s %10s %10s %10s\n", "API", name_width, "DEVICE", "INPUTS",
				"OUTPUTS", "DEFAULT HZ", "LOW IN MS", "LOW OUT MS");
		else if (listed == 1)
			fprintf(to, "%-26s %-*s %8s %10s %-18s %8s %8s\n", "API", name_width, "DEVICE", "CHANNELS",
				"DEFAULT HZ", "RATES HZ", "LOW MS", "HIGH MS");
		if (outputs)
			list_both(to, info, name_width);
		else
			list_inputs(to, i, info, name_width);
	}
	if (listed == 0)
		fprintf(to,
			"No %s device. Plug in a sound card (and check that this user is in the group 'audio'),\n"
			"or start a JACK server.%s\n",
			outputs ? "sound" : "input",
			outputs ? "" : " A source of kind file or tone, and --demo, need none.");
	if (!has_jack())
		fprintf(to,
			"JACK's devices are not listed: no answer from the JACK server '%s'. Start it to see them.\n",
			jack_server ? jack_server : "default");
}
