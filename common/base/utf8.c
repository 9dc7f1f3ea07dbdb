#include "base/utf8.h"

#include <stdint.h>

/* Bytes that follow the lead byte, and the smallest code point that needs them. */
static int lead_length(unsigned char lead, uint32_t *code, uint32_t *smallest)
{
	if (lead < 0x80) {
		*code = lead;
		*smallest = 0;
		return 0;
	}
	if ((lead & 0xE0) == 0xC0) {
		*code = lead & 0x1F;
		*smallest = 0x80;
		return 1;
	}
	if ((lead & 0xF0) == 0xE0) {
		*code = lead & 0x0F;
		*smallest = 0x800;
		return 2;
	}
	if ((lead & 0xF8) == 0xF0) {
		*code = lead & 0x07;
		*smallest = 0x10000;
		return 3;
	}
	return -1;
}

bool cabin_utf8_valid(const char *text, size_t size, size_t *bad_offset)
{
	const unsigned char *bytes = (const unsigned char *)text;
	size_t i = 0;
	while (i < size) {
		uint32_t code, smallest;
		int follow = lead_length(bytes[i], &code, &smallest);
		bool good = follow >= 0 && (size_t)follow < size - i;
		for (int k = 1; good && k <= follow; k++) {
			good = (bytes[i + k] & 0xC0) == 0x80;
			code = code << 6 | (bytes[i + k] & 0x3F);
		}
		if (!good || code < smallest || code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF)) {
			if (bad_offset)
				*bad_offset = i;
			return false;
		}
		i += (size_t)follow + 1;
	}
	return true;
}
