/* The device list, made inside a helper process: see cabin_capture_list_devices. */
#ifndef CABIN_CAPTURE_HELPER_LIST_H
#define CABIN_CAPTURE_HELPER_LIST_H

#include <stdio.h>

/* Writes a table of all input devices, or what to do when there is none. Needs
 * Pa_Initialize to have succeeded. `jack_server` NULL: the default one. */
void cabin_helper_list(FILE *to, const char *jack_server);

#endif
