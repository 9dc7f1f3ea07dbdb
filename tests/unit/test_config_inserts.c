/* The sources that the desk plays: which there are, for which channel, and that they are
 * no part of what is printed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>

#include "config_fakes.h"
#include "monitor/alarm.h"

#define SOUNDS CABIN_SOURCE_DIR "/deploy/sounds"

static const char plain[] = "event: {id: e, name: E}\nlanguages: [vi, de]\nsources: {a: {tone_hz: 440}}\n"
			    "rooms:\n  - {id: r, name: R, floor: {source: a}}\n";

static const char *found(const struct cabin_config *config, enum cabin_insert_kind kind, const char *group,
			 const char *language)
{
	const struct cabin_config_insert *insert = cabin_config_find_insert(config, kind, group, language);
	return insert ? insert->id : NULL;
}

static void adds_what_is_built_in(void **state)
{
	struct cabin_config *config = load_text(plain);
	char *before = print_text(config);
	assert_int_equal(cabin_config_add_inserts(config, SOUNDS), 0);
	assert_int_equal(config->insert_count, 1 + 4 * 4);
	assert_int_equal(config->source_count, 1 + config->insert_count);
	assert_false(config->sources[0].insert);
	for (uint16_t i = 0; i < config->insert_count; i++) {
		const struct cabin_config_insert *insert = &config->inserts[i];
		const struct cabin_config_source *source = &config->sources[insert->source_index];
		assert_int_equal(insert->source_index, i + 1);
		assert_true(source->insert);
		assert_memory_equal(source->id, "insert.", 7);
		assert_string_equal(source->id + 7, insert->id);
		assert_int_equal(source->opus.packet_ms, 20);
		assert_int_equal(source->opus.bitrate_bps, 48000);
		for (uint32_t k = 0; k < source->play_count; k++)
			assert_int_equal(access(source->play[k].file, R_OK), 0);
	}
	const struct cabin_config_insert *tone = cabin_config_find_insert(config, CABIN_INSERT_TONE, NULL, "vi");
	assert_string_equal(tone->id, "tone");
	assert_int_equal(config->sources[tone->source_index].kind, CABIN_SOURCE_TONE);

	assert_string_equal(found(config, CABIN_INSERT_IDENTIFICATION, NULL, "fr"), "identification.fr");
	assert_string_equal(found(config, CABIN_INSERT_IDENTIFICATION, NULL, NULL), "identification");
	assert_string_equal(found(config, CABIN_INSERT_IDENTIFICATION, NULL, "de"), "identification");
	assert_string_equal(found(config, CABIN_INSERT_ANNOUNCEMENT, "evacuation", "vi"), "evacuation.vi");
	assert_string_equal(found(config, CABIN_INSERT_ANNOUNCEMENT, "resume-soon", "en"), "resume-soon.en");
	assert_string_equal(found(config, CABIN_INSERT_ANNOUNCEMENT, "technical-break", NULL), "technical-break");
	assert_null(found(config, CABIN_INSERT_ANNOUNCEMENT, "lunch", "vi"));
	const struct cabin_config_insert *all =
	    cabin_config_find_insert(config, CABIN_INSERT_ANNOUNCEMENT, "evacuation", NULL);
	assert_int_equal(config->sources[all->source_index].play_count, 3);
	assert_string_equal(all->title.fr, "Évacuation");

	char *after = print_text(config);
	assert_string_equal(before, after);
	free(before);
	free(after);
	cabin_config_destroy(config);
}

static void replaces_what_the_file_has(void **state)
{
	char text[1000];
	snprintf(text, sizeof(text),
		 "%sannouncements:\n"
		 "  - {id: evacuation, title: Out, files: {de: speech/video-en.opus}}\n"
		 "  - {id: lunch, title: Lunch, files: {vi: speech/floor-vi.opus, en: speech/video-en.opus}}\n"
		 "  - {id: identification, title: Names, files: {de: speech/video-en.opus}}\n",
		 plain);
	struct cabin_config *config = load_text(text);
	assert_int_equal(cabin_config_add_inserts(config, SOUNDS), 0);
	assert_int_equal(config->insert_count, 1 + 2 * 4 + 2 + 3 + 2);
	assert_string_equal(found(config, CABIN_INSERT_ANNOUNCEMENT, "evacuation", "de"), "evacuation.de");
	/* Whole: none of the built-in languages is left. */
	assert_string_equal(found(config, CABIN_INSERT_ANNOUNCEMENT, "evacuation", "vi"), "evacuation");
	assert_string_equal(found(config, CABIN_INSERT_ANNOUNCEMENT, "lunch", "en"), "lunch.en");
	assert_string_equal(found(config, CABIN_INSERT_IDENTIFICATION, NULL, "de"), "identification.de");
	const struct cabin_config_insert *lunch =
	    cabin_config_find_insert(config, CABIN_INSERT_ANNOUNCEMENT, "lunch", "fr");
	assert_string_equal(lunch->id, "lunch");
	assert_string_equal(lunch->group, "lunch");
	assert_string_equal(config->sources[lunch->source_index].play[1].file,
			    CABIN_SOURCE_DIR "/deploy/demo/speech/video-en.opus");
	cabin_config_destroy(config);
}

static void is_full_at_the_limit(void **state)
{
	char *text;
	size_t size;
	FILE *to = open_memstream(&text, &size);
	fputs("event: {id: e, name: E}\nlanguages: [vi]\nsources:\n", to);
	for (int i = 0; i < 128; i++)
		fprintf(to, "  s%d: {tone_hz: 440}\n", i);
	fputs("rooms:\n  - {id: r, name: R, floor: {source: s0}}\n", to);
	fclose(to);
	struct cabin_config *config = load_text(text);
	const struct cabin_config_source *sources = config->sources;
	uint32_t room = CABIN_SOURCES_MAX - config->source_count;
	int expected = room < 17 ? CABIN_EFULL : 0;
	assert_int_equal(cabin_config_add_inserts(config, SOUNDS), expected);
	if (expected != 0) {
		assert_int_equal(config->source_count, 128);
		assert_int_equal(config->insert_count, 0);
		assert_ptr_equal(config->sources, sources);
	}
	cabin_config_destroy(config);
	free(text);
}

static void knows_the_alarms_of_the_table(void **state)
{
	size_t count = 0;
	for (; cabin_config_alarm_kinds[count]; count++) {
		assert_in_range(count, 0, CABIN_ALARM_KINDS - 1);
		assert_string_equal(cabin_config_alarm_kinds[count], cabin_alarm_ids[count]);
	}
	assert_int_equal(count, CABIN_ALARM_KINDS);
}

static void refuses_more_than_the_limit(void **state)
{
	char *text, *errors;
	size_t size, errors_size;
	struct cabin_config *config;
	FILE *to = open_memstream(&text, &size);
	fprintf(to, "%sannouncements:\n", plain);
	for (int i = 0; i < 16; i++)
		fprintf(to,
			"  - {id: a%d, title: A, files: {vi: speech/video-en.opus, fr: speech/video-en.opus, "
			"en: speech/video-en.opus}}\n",
			i);
	fclose(to);
	to = open_memstream(&errors, &errors_size);
	assert_int_equal(cabin_config_parse(&config, text, size, "f", CABIN_SOURCE_DIR "/deploy/demo", to),
			 CABIN_EFORMAT);
	fclose(to);
	assert_string_equal(errors,
			    "f:7:3: announcements make 81 sounds with the built-in ones; 64 at most, remove some\n");
	free(errors);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(adds_what_is_built_in),	   cmocka_unit_test(replaces_what_the_file_has),
	    cmocka_unit_test(is_full_at_the_limit),	   cmocka_unit_test(knows_the_alarms_of_the_table),
	    cmocka_unit_test(refuses_more_than_the_limit),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
