/* The real-time guard: linked into a test binary, it ends the process (SIGABRT) when
 * an audio callback does what it must not.
 *
 * The binary is linked with --wrap=cabin_capture_callback and --wrap=cabin_playback_callback,
 * so that every call of them, PortAudio's too, goes through the guard; inside, these abort: malloc and
 * its kin, locks, sleeping and waiting, printing, files, any write but one to a
 * non-blocking eventfd, and a second reading of the clock. */
#ifndef CABIN_TESTS_REALTIME_GUARD_H
#define CABIN_TESTS_REALTIME_GUARD_H

/* Run in place of the real callback from now on; NULL: the real one. */
void guard_set_callback(void (*callback)(void));

/* How often a guarded call was entered. */
unsigned long guard_call_count(void);

#endif
