#include "cabind/port_file.h"

#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"

int cabin_port_file_write(const char *path, uint16_t port)
{
	if (!path)
		return 0;
	char temporary[PATH_MAX], quoted[256];
	int size = snprintf(temporary, sizeof(temporary), "%s.%ld", path, (long)getpid());
	if (size < 0 || (size_t)size >= sizeof(temporary))
		return CABIN_ETOOBIG;
	FILE *file = fopen(temporary, "we");
	bool good = file && fprintf(file, "%u\n", port) > 0;
	if (file)
		good &= fclose(file) == 0;
	if (good && rename(temporary, path) == 0)
		return 0;
	cabin_log(CABIN_LOG_ERROR, "app", "port-file-failed",
		  "file=%s error=\"%s\" hint=\"give a path in a folder that exists and may be written\"",
		  cabin_log_quote(quoted, sizeof(quoted), path), strerror(errno));
	unlink(temporary);
	return CABIN_EIO;
}
