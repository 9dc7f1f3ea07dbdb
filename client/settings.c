#include "client/settings.h"

#include <errno.h>
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "client/session_fields.h"
#include "media/protection.h"

void cabin_booth_settings_default(struct cabin_settings *settings)
{
	*settings = (struct cabin_settings){
	    .sound = {.volume_db = -6, .monitor_db = -12},
	    .shift_minutes = 30,
	};
}

int cabin_booth_settings_path(char *out, size_t out_size)
{
	const char *config = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");
	int size;
	if (config && config[0] == '/')
		size = snprintf(out, out_size, "%s/cabin/booth.json", config);
	else if (home && home[0])
		size = snprintf(out, out_size, "%s/.config/cabin/booth.json", home);
	else
		return CABIN_ENOTFOUND;
	return size > 0 && (size_t)size < out_size ? 0 : CABIN_ETOOBIG;
}

static double within(const json_t *object, const char *key, double otherwise, double low, double high)
{
	double value = cabin_field_real(object, key, otherwise);
	return !isfinite(value) ? otherwise : value < low ? low : value > high ? high : value;
}

int cabin_booth_settings_load(struct cabin_settings *out, const char *path)
{
	json_error_t error;
	cabin_booth_settings_default(out);
	json_t *root = json_load_file(path, 0, &error);
	if (!json_is_object(root)) {
		json_decref(root);
		return json_error_code(&error) == json_error_cannot_open_file ? 0 : CABIN_EFORMAT;
	}
	struct cabin_sound_settings *sound = &out->sound;
	sound->volume_db = within(root, "volume_db", sound->volume_db, -60, 0);
	sound->bass_db = within(root, "bass_db", 0, -12, 6);
	sound->treble_db = within(root, "treble_db", 0, -12, 6);
	sound->monitor_db = within(root, "monitor_db", sound->monitor_db, -40, 0);
	double sensitivity = cabin_field_real(root, "headset_db_spl", 0);
	bool known =
	    sensitivity >= CABIN_PROTECTION_SENSITIVITY_MIN_DB && sensitivity <= CABIN_PROTECTION_SENSITIVITY_MAX_DB;
	sound->sensitivity_db_spl = known ? sensitivity : 0;
	sound->bell = cabin_field_flag(root, "bell");
	out->shift_minutes = (uint32_t)within(root, "shift_minutes", 30, 1, 240);
	cabin_field_text(out->name, sizeof(out->name), root, "name");
	for (size_t i = 0; i < CABIN_PRESETS; i++) {
		const char *id = json_string_value(json_array_get(json_object_get(root, "presets"), i));
		if (id && strlen(id) < sizeof(out->presets[i]))
			memcpy(out->presets[i], id, strlen(id) + 1);
	}
	json_decref(root);
	return 0;
}

/* Every folder above the file, mode 700 where it is made. */
static int make_folders(const char *path)
{
	char folder[4096];
	if (snprintf(folder, sizeof(folder), "%s", path) >= (int)sizeof(folder))
		return CABIN_EIO;
	for (char *slash = strchr(folder + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		if (mkdir(folder, 0700) != 0 && errno != EEXIST)
			return CABIN_EIO;
		*slash = '/';
	}
	return 0;
}

int cabin_booth_settings_save(const struct cabin_settings *settings, const char *path)
{
	const struct cabin_sound_settings *sound = &settings->sound;
	char temporary[4096];
	if (make_folders(path) || snprintf(temporary, sizeof(temporary), "%s.new", path) >= (int)sizeof(temporary))
		return CABIN_EIO;
	json_t *root = json_pack("{s:f,s:f,s:f,s:f,s:f,s:b,s:i,s:s,s:[s,s,s]}", "volume_db", sound->volume_db,
				 "bass_db", sound->bass_db, "treble_db", sound->treble_db, "monitor_db",
				 sound->monitor_db, "headset_db_spl", sound->sensitivity_db_spl, "bell", sound->bell,
				 "shift_minutes", (int)settings->shift_minutes, "name", settings->name, "presets",
				 settings->presets[0], settings->presets[1], settings->presets[2]);
	int result = root && json_dump_file(root, temporary, JSON_INDENT(2)) == 0 ? 0 : CABIN_EIO;
	json_decref(root);
	if (!result && rename(temporary, path) != 0)
		result = CABIN_EIO;
	return result;
}
