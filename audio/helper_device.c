#include "audio/helper_device.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/limits.h"

enum { MATCH_NONE = -1, MATCH_SEVERAL = -2, CANDIDATES_MAX = 512 };

static int match_by(const char *const *names, int count, const char *name, bool (*same)(const char *, const char *))
{
	int found = MATCH_NONE;
	for (int i = 0; i < count; i++) {
		if (!same(names[i], name))
			continue;
		if (found >= 0)
			return MATCH_SEVERAL;
		found = i;
	}
	return found;
}

static bool same_exactly(const char *a, const char *b)
{
	return strcmp(a, b) == 0;
}

static bool same_but_case(const char *a, const char *b)
{
	return strcasecmp(a, b) == 0;
}

static bool has_part(const char *whole, const char *part)
{
	return strcasestr(whole, part) != NULL;
}

int cabin_device_match(const char *const *names, int count, const char *name)
{
	int found = match_by(names, count, name, same_exactly);
	if (found == MATCH_NONE)
		found = match_by(names, count, name, same_but_case);
	if (found == MATCH_NONE)
		found = match_by(names, count, name, has_part);
	return found;
}

static void append(char *message, size_t message_size, const char *format, ...) __attribute__((format(printf, 3, 4)));
static void append(char *message, size_t message_size, const char *format, ...)
{
	size_t used = strlen(message);
	va_list arguments;
	va_start(arguments, format);
	vsnprintf(message + used, message_size - used, format, arguments);
	va_end(arguments);
}

static int find_api(const char *api, char *message, size_t message_size)
{
	const char *names[CABIN_DEVICES_MAX];
	int count = 0;
	for (PaHostApiIndex i = 0; i < Pa_GetHostApiCount() && count < CABIN_DEVICES_MAX; i++)
		names[count++] = Pa_GetHostApiInfo(i)->name;
	int found = cabin_device_match(names, count, api);
	if (found >= 0)
		return found;
	const char *server = getenv("JACK_DEFAULT_SERVER");
	append(message, message_size,
	       "%s audio API matches '%s'; there is:", found == MATCH_NONE ? "no" : "more than one", api);
	for (int i = 0; i < count; i++)
		append(message, message_size, " '%s'", names[i]);
	if (count == 0)
		append(message, message_size, " none");
	if (strcasestr(api, "jack"))
		append(message, message_size, "; JACK is there only while its server '%s' runs: start it",
		       server ? server : "default");
	else
		append(message, message_size, "; correct api, or leave it out");
	return CABIN_ENOTFOUND;
}

static int channel_count(const PaDeviceInfo *info, enum cabin_audio_direction direction)
{
	return direction == CABIN_AUDIO_CAPTURE ? info->maxInputChannels : info->maxOutputChannels;
}

/* The system's, or the host API's where one is named. */
static int find_default(PaDeviceIndex *out, enum cabin_audio_direction direction, int api_index, char *message,
			size_t message_size)
{
	const PaHostApiInfo *api = api_index >= 0 ? Pa_GetHostApiInfo(api_index) : NULL;
	if (direction == CABIN_AUDIO_CAPTURE)
		*out = api ? api->defaultInputDevice : Pa_GetDefaultInputDevice();
	else
		*out = api ? api->defaultOutputDevice : Pa_GetDefaultOutputDevice();
	if (*out != paNoDevice)
		return 0;
	append(message, message_size, "there is no %s device%s%s; is it plugged in?",
	       direction == CABIN_AUDIO_CAPTURE ? "input" : "output", api ? " in " : "", api ? api->name : "");
	return CABIN_ENOTFOUND;
}

int cabin_device_find(PaDeviceIndex *out, enum cabin_audio_direction direction, const char *api, const char *name,
		      char *message, size_t message_size)
{
	const char *names[CANDIDATES_MAX];
	PaDeviceIndex indices[CANDIDATES_MAX];
	int api_index = -1, count = 0;

	message[0] = '\0';
	if (api) {
		api_index = find_api(api, message, message_size);
		if (api_index < 0)
			return CABIN_ENOTFOUND;
	}
	if (!name)
		return find_default(out, direction, api_index, message, message_size);
	for (PaDeviceIndex i = 0; i < Pa_GetDeviceCount() && count < CANDIDATES_MAX; i++) {
		const PaDeviceInfo *info = Pa_GetDeviceInfo(i);
		if (channel_count(info, direction) <= 0 || (api_index >= 0 && info->hostApi != api_index))
			continue;
		indices[count] = i;
		names[count++] = info->name;
	}
	int found = cabin_device_match(names, count, name);
	if (found >= 0) {
		*out = indices[found];
		return 0;
	}
	append(message, message_size,
	       "%s %s device matches '%s'; there is:", found == MATCH_NONE ? "no" : "more than one",
	       direction == CABIN_AUDIO_CAPTURE ? "input" : "output", name);
	for (int i = 0; i < count; i++)
		append(message, message_size, " '%s' (%s)", names[i],
		       Pa_GetHostApiInfo(Pa_GetDeviceInfo(indices[i])->hostApi)->name);
	append(message, message_size, "%s", count ? "; correct name or api" : " none; is it plugged in?");
	return CABIN_ENOTFOUND;
}
