/* The device list, made inside a helper process: see cabin_audio_list_devices. */
#ifndef CABIN_AUDIO_HELPER_LIST_H
#define CABIN_AUDIO_HELPER_LIST_H

#include <stdbool.h>
#include <stdio.h>

/* Writes a table of all input devices (and with `outputs` all output devices), or what
 * to do when there is none. Needs Pa_Initialize to have succeeded. `jack_server` NULL:
 * the default one. */
void cabin_helper_list(FILE *to, const char *jack_server, bool outputs);

#endif
