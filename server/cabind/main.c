#include <stdlib.h>
#include <string.h>

#include "audio/helper.h"
#include "cabind/app.h"
#include "cabind/options.h"

/* What systemd and scripts see when cabind cannot start. */
enum { STATUS_CANNOT_START = 2 };

int main(int argc, char **argv)
{
	if (argc > 1 && strcmp(argv[1], CABIN_AUDIO_HELPER_OPTION) == 0)
		return cabin_audio_helper_main(argc - 2, argv + 2);
	struct cabin_options options;
	if (cabin_options_parse(&options, argc, argv, getenv, stderr) != 0)
		return STATUS_CANNOT_START;
	return cabin_app_main(&options) == 0 ? EXIT_SUCCESS : STATUS_CANNOT_START;
}
