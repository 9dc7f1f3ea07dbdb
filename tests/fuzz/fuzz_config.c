/* The configuration's text: nothing may crash, hang or leak, every refusal says why,
 * and what is accepted prints, loads again and has its JSON. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "config/config.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
const char *__lsan_default_suppressions(void);

/* libfyaml 0.7.12 itself loses a buffer on some broken quoted scalars. What this
 * program must give back to it is checked without this in tests/unit/test_config.c. */
const char *__lsan_default_suppressions(void)
{
	return "leak:libfyaml.so";
}

static struct cabin_config *parse(const char *text, size_t size)
{
	char *errors;
	size_t errors_size;
	FILE *to = open_memstream(&errors, &errors_size);
	CABIN_ASSERT(to);
	struct cabin_config *config;
	int result = cabin_config_parse(&config, text, size, "f", "/nowhere", to);
	fclose(to);
	CABIN_ASSERT((result == 0) == (config != NULL));
	CABIN_ASSERT((result == 0) == (errors[0] == '\0'));
	free(errors);
	return config;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cabin_config *config = parse((const char *)data, size);
	if (!config)
		return 0;
	char *text, *json = cabin_config_event_json(config);
	size_t text_size;
	FILE *to = open_memstream(&text, &text_size);
	CABIN_ASSERT(json && to);
	cabin_config_print(config, to);
	fclose(to);
	struct cabin_config *again = parse(text, text_size);
	CABIN_ASSERT(again);
	char *json_again = cabin_config_event_json(again);
	CABIN_ASSERT(json_again && strcmp(json, json_again) == 0);
	free(json_again);
	free(json);
	free(text);
	cabin_config_destroy(again);
	cabin_config_destroy(config);
	return 0;
}
