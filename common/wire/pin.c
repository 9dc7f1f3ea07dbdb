#include "wire/pin.h"

uint32_t cabin_pin_read(const char *text, size_t size)
{
	uint32_t pin = 1;
	if (size < CABIN_PIN_MIN_DIGITS || size > CABIN_PIN_MAX_DIGITS)
		return CABIN_PIN_IMPOSSIBLE;
	for (size_t i = 0; i < size; i++) {
		if (text[i] < '0' || text[i] > '9')
			return CABIN_PIN_IMPOSSIBLE;
		pin = pin * 10 + (uint32_t)(text[i] - '0');
	}
	return pin;
}
