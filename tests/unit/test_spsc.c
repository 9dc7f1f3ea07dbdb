/* common/base/spsc: frames, indices and stamps through a shared ring. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/spsc.h"

static void *shared_memory(size_t size)
{
	void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	assert_ptr_not_equal(memory, MAP_FAILED);
	return memory;
}

static void open_both(struct cabin_spsc *writer, struct cabin_spsc *reader, void *memory, uint32_t frames,
		      uint32_t channels)
{
	assert_int_equal(cabin_spsc_open(writer, memory, frames, channels, 48000), 0);
	assert_int_equal(cabin_spsc_open(reader, memory, frames, channels, 48000), 0);
}

static void blocks_keep_their_index_and_stamp(void **state)
{
	size_t size = cabin_spsc_size_bytes(8, 2);
	void *memory = shared_memory(size);
	struct cabin_spsc writer = {0}, reader = {0};
	float in[12], out[16];
	uint64_t index, stamp;

	open_both(&writer, &reader, memory, 8, 2);
	assert_int_equal(cabin_spsc_read(&reader, out, 8, &index, &stamp), 0);
	for (uint64_t lap = 0; lap < 20; lap++) {
		for (int i = 0; i < 12; i++)
			in[i] = (float)(lap * 12 + (uint64_t)i);
		assert_true(cabin_spsc_write(&writer, in, 6, 1000000 * lap));
		/* In two parts: the second part's stamp is 4 frames later. */
		assert_int_equal(cabin_spsc_read(&reader, out, 4, &index, &stamp), 4);
		assert_int_equal(index, lap * 6);
		assert_int_equal(stamp, 1000000 * lap);
		assert_int_equal(cabin_spsc_read(&reader, out + 8, 8, &index, &stamp), 2);
		assert_int_equal(index, lap * 6 + 4);
		assert_int_equal(stamp, 1000000 * lap + 4 * 1000000000ull / 48000);
		assert_memory_equal(out, in, sizeof(in));
	}
	munmap(memory, size);
}

static void a_full_ring_drops_the_newest_and_the_index_jumps(void **state)
{
	size_t size = cabin_spsc_size_bytes(8, 1);
	void *memory = shared_memory(size);
	struct cabin_spsc writer = {0}, reader = {0};
	float in[6] = {1, 2, 3, 4, 5, 6}, out[8];
	uint64_t index, stamp;

	open_both(&writer, &reader, memory, 8, 1);
	assert_true(cabin_spsc_write(&writer, in, 6, 10));
	assert_false(cabin_spsc_write(&writer, in, 6, 20));
	assert_true(cabin_spsc_write(&writer, in, 2, 30));
	assert_int_equal(cabin_spsc_dropped_frames(&reader), 6);
	assert_int_equal(cabin_spsc_offered_frames(&reader), 14);
	assert_int_equal(cabin_spsc_newest_stamp_ns(&reader), 30);
	assert_int_equal(cabin_spsc_read(&reader, out, 8, &index, &stamp), 6);
	assert_int_equal(index, 0);
	assert_int_equal(cabin_spsc_read(&reader, out, 8, &index, &stamp), 2);
	assert_int_equal(index, 12);
	assert_int_equal(stamp, 30);
	munmap(memory, size);
}

static void many_small_blocks_are_bounded_too(void **state)
{
	size_t size = cabin_spsc_size_bytes(4096, 1);
	void *memory = shared_memory(size);
	struct cabin_spsc writer = {0}, reader = {0};
	float in = 1;

	open_both(&writer, &reader, memory, 4096, 1);
	for (int i = 0; i < CABIN_SPSC_BLOCKS; i++)
		assert_true(cabin_spsc_write(&writer, &in, 1, 0));
	assert_false(cabin_spsc_write(&writer, &in, 1, 0));
	munmap(memory, size);
}

static void a_damaged_ring_is_noticed(void **state)
{
	size_t size = cabin_spsc_size_bytes(8, 1);
	void *memory = shared_memory(size);
	struct cabin_spsc writer = {0}, reader = {0};
	float in[4] = {0}, out[8];
	uint64_t index, stamp;

	open_both(&writer, &reader, memory, 8, 1);
	assert_true(cabin_spsc_write(&writer, in, 4, 1));
	writer.shared->blocks[0].frame_count = 1000000;
	assert_int_equal(cabin_spsc_read(&reader, out, 8, &index, &stamp), CABIN_EFORMAT);
	writer.shared->blocks[0].frame_count = 4;
	writer.shared->blocks[0].position = 77;
	assert_int_equal(cabin_spsc_read(&reader, out, 8, &index, &stamp), CABIN_EFORMAT);
	munmap(memory, size);
}

static void bad_numbers_are_refused(void **state)
{
	_Alignas(64) char memory[64];
	struct cabin_spsc ring;

	assert_int_equal(cabin_spsc_size_bytes(12, 1), 0);
	assert_int_equal(cabin_spsc_size_bytes(8, 0), 0);
	assert_int_equal(cabin_spsc_open(&ring, memory, 12, 1, 48000), CABIN_EINVAL);
	assert_int_equal(cabin_spsc_open(&ring, memory + 4, 8, 1, 48000), CABIN_EINVAL);
	assert_int_equal(cabin_spsc_open(&ring, memory, 8, 1, 0), CABIN_EINVAL);
}

enum { TOTAL = 200000 };

/* A writer in another process; every frame says its own index. */
static void write_all(void *memory)
{
	struct cabin_spsc writer = {0};
	float block[2 * 37];
	uint64_t index = 0;

	if (cabin_spsc_open(&writer, memory, 1024, 2, 48000))
		_exit(1);
	while (index < TOTAL) {
		uint32_t count = 1 + (uint32_t)(index % 37);

		for (uint32_t i = 0; i < count; i++) {
			block[2 * i] = (float)(index + i);
			block[2 * i + 1] = -(float)(index + i);
		}
		cabin_spsc_write(&writer, block, count, index * 1000);
		index += count;
		if (index % 5 == 0)
			sched_yield();
	}
	_exit(0);
}

static void two_processes_agree(void **state)
{
	size_t size = cabin_spsc_size_bytes(1024, 2);
	void *memory = shared_memory(size);
	struct cabin_spsc reader = {0};
	float out[2 * 64];
	uint64_t index, stamp, received = 0;
	pid_t child = fork();
	int status;

	if (child == 0)
		write_all(memory);
	assert_true(child > 0);
	assert_int_equal(cabin_spsc_open(&reader, memory, 1024, 2, 48000), 0);
	for (bool over = false; !over;) {
		int count;

		/* Asked before the last reads, so that nothing is left behind. */
		over = waitpid(child, &status, WNOHANG) == child;
		while ((count = cabin_spsc_read(&reader, out, 64, &index, &stamp)) > 0) {
			for (int i = 0; i < count; i++) {
				assert_true(out[2 * i] == (float)(index + (uint64_t)i));
				assert_true(out[2 * i + 1] == -(float)(index + (uint64_t)i));
			}
			received += (uint64_t)count;
		}
		assert_int_equal(count, 0);
	}
	assert_int_equal(status, 0);
	assert_true(received > 0);
	assert_int_equal(received + cabin_spsc_dropped_frames(&reader), cabin_spsc_offered_frames(&reader));
	munmap(memory, size);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(blocks_keep_their_index_and_stamp),
	    cmocka_unit_test(a_full_ring_drops_the_newest_and_the_index_jumps),
	    cmocka_unit_test(many_small_blocks_are_bounded_too),
	    cmocka_unit_test(a_damaged_ring_is_noticed),
	    cmocka_unit_test(bad_numbers_are_refused),
	    cmocka_unit_test(two_processes_agree),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
