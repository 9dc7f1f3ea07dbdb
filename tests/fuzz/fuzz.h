/* What every fuzz driver defines (libFuzzer's entry point). */
#ifndef CABIN_TESTS_FUZZ_H
#define CABIN_TESTS_FUZZ_H

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

#endif
