#include <string.h>
#include <time.h>

#include "base/log.h"
#include "sim.h"

static const char *program;

struct sim_options sim_begin(const char *name, int argc, char **argv, uint64_t step_count)
{
	struct sim_options options = {.seed = (uint64_t)time(NULL), .step_count = step_count};

	program = name;
	if (argc > 1)
		options.seed = strtoull(argv[1], NULL, 10);
	if (argc > 2)
		options.step_count = strtoull(argv[2], NULL, 10);
	cabin_log_set_level((enum cabin_log_level)(CABIN_LOG_ERROR + 1));
	printf("%s %llu %llu\n", name, (unsigned long long)options.seed, (unsigned long long)options.step_count);
	fflush(stdout);
	return options;
}

void sim_fail(const struct sim *sim, const char *condition, const char *file, int line)
{
	fprintf(stderr, "%s:%d: %s does not hold\nat step %llu; again with: %s %llu %llu\n", file, line, condition,
		(unsigned long long)sim->step, program, (unsigned long long)sim->seed,
		(unsigned long long)sim->step + 1);
	abort();
}

const char *sim_text_of(const struct cabin_packet *packet)
{
	static char text[CABIN_PACKET_BYTES + 1];
	const uint8_t *wire = cabin_packet_wire(packet);
	size_t header = wire[1] == 126 ? 4 : 2;

	memcpy(text, wire + header, packet->wire_size - header);
	text[packet->wire_size - header] = '\0';
	return text;
}
