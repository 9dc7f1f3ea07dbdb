/* A helper's whole life, in a process of its own: see audio/helper.c. */
#ifndef CABIN_AUDIO_HELPER_H
#define CABIN_AUDIO_HELPER_H

/* The first argument of a program that is to be a helper: main() looks for it before
 * anything else, and passes on what comes after it. */
#define CABIN_AUDIO_HELPER_OPTION "--audio"

/* It leaves by _exit() with the status, because libraries' exit handlers may wait for ever. */
int cabin_audio_helper_main(int argc, char **argv);

#endif
