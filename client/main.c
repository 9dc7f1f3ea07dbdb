#include <stdlib.h>
#include <string.h>

#include "audio/device.h"
#include "audio/helper.h"
#include "base/log.h"
#include "client/app.h"

/* What scripts see when the console cannot begin. */
enum { STATUS_CANNOT_BEGIN = 2 };

static void set_log_level(const char *name)
{
	static const char *const names[] = {[CABIN_LOG_DEBUG] = "debug",
					    [CABIN_LOG_INFO] = "info",
					    [CABIN_LOG_WARN] = "warn",
					    [CABIN_LOG_ERROR] = "error"};
	for (int level = CABIN_LOG_DEBUG; level <= CABIN_LOG_ERROR; level++) {
		if (strcmp(names[level], name) == 0)
			cabin_log_set_level((enum cabin_log_level)level);
	}
}

int main(int argc, char **argv)
{
	if (argc > 1 && strcmp(argv[1], CABIN_AUDIO_HELPER_OPTION) == 0)
		return cabin_audio_helper_main(argc - 2, argv + 2);
	struct cabin_booth_options options;
	if (cabin_booth_options_parse(&options, argc, argv, getenv, stderr))
		return STATUS_CANNOT_BEGIN;
	set_log_level(options.log_level ? options.log_level : "warn");
	switch (options.command) {
	case CABIN_BOOTH_HELP:
		cabin_booth_options_help(stdout);
		return EXIT_SUCCESS;
	case CABIN_BOOTH_VERSION:
		puts("cabin-booth " CABIN_VERSION);
		return EXIT_SUCCESS;
	case CABIN_BOOTH_LIST_DEVICES:
		return cabin_audio_list_devices(options.jack_server, true, stdout) ? STATUS_CANNOT_BEGIN : EXIT_SUCCESS;
	default:
		return cabin_console_main(&options) ? STATUS_CANNOT_BEGIN : EXIT_SUCCESS;
	}
}
