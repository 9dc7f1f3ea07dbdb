/* Finding a PortAudio device by name, inside a helper process (Pa_Initialize done).
 *
 * Errors are sentences for people: what is wrong, what there is, what to do. */
#ifndef CABIN_AUDIO_HELPER_DEVICE_H
#define CABIN_AUDIO_HELPER_DEVICE_H

#include <portaudio.h>
#include <stddef.h>

#include "audio/device.h"
#include "base/error.h"

/* The device of that direction that `name` means: exactly, or as a part (whatever the
 * case) of one device's name only; NULL: the default one. In the host API that `api`
 * means in the same way, NULL: in any. CABIN_ENOTFOUND (none, or more than one) with a
 * sentence in `message`. */
CABIN_MUST_CHECK int cabin_device_find(PaDeviceIndex *out, enum cabin_audio_direction direction, const char *api,
				       const char *name, char *message, size_t message_size);

/* The same rule for any list: index of `name` in `names`, −1 none, −2 several. An
 * exact match wins, then a match but for case, then the only part. */
int cabin_device_match(const char *const *names, int count, const char *name);

#endif
