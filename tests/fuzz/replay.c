/* Runs a fuzz driver over every file of the folders and files named on the command
 * line: the committed corpus, in every test run and under every compiler. */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "fuzz.h"

enum { INPUT_MAX_BYTES = 1 << 20 };

static int replay_file(const char *path)
{
	static uint8_t whole[INPUT_MAX_BYTES];
	FILE *file = fopen(path, "rb");
	uint8_t *bytes;
	size_t size;

	if (!file) {
		perror(path);
		return -1;
	}
	size = fread(whole, 1, sizeof(whole), file);
	fclose(file);
	/* A block of just its size, so that a sanitizer sees a read beyond its end. */
	bytes = malloc(size ? size : 1);
	if (!bytes)
		return -1;
	memcpy(bytes, whole, size);
	LLVMFuzzerTestOneInput(bytes, size);
	free(bytes);
	return 1;
}

/* Count of files replayed, negative when one could not be read. */
static int replay(const char *path)
{
	struct dirent *entry;
	struct stat status;
	int count = 0;
	DIR *folder;

	if (stat(path, &status) == 0 && S_ISREG(status.st_mode))
		return replay_file(path);
	folder = opendir(path);
	if (!folder) {
		perror(path);
		return -1;
	}
	while ((entry = readdir(folder))) {
		char name[4096];
		int result;

		if (entry->d_name[0] == '.')
			continue;
		snprintf(name, sizeof(name), "%s/%s", path, entry->d_name);
		result = replay_file(name);
		if (result < 0) {
			count = result;
			break;
		}
		count += result;
	}
	closedir(folder);
	return count;
}

int main(int argc, char **argv)
{
	int total = 0;

	for (int i = 1; i < argc; i++) {
		int count = replay(argv[i]);

		if (count < 0)
			return 1;
		total += count;
	}
	printf("%d inputs replayed\n", total);
	/* A corpus that is not there must not look like one that passed. */
	return total > 0 ? 0 : 1;
}
