/* Log lines in logfmt on stderr: `time level module event key=value …`.
 *
 * One write(2) a line, so lines of different threads never mix. Any thread but an
 * audio callback. Objects are named by never-reused ordinals (listener=812), never
 * by pointers; no secrets. */
#ifndef CABIN_BASE_LOG_H
#define CABIN_BASE_LOG_H

#include <stdint.h>

enum cabin_log_level { CABIN_LOG_DEBUG, CABIN_LOG_INFO, CABIN_LOG_WARN, CABIN_LOG_ERROR };

/* From now on nobody waits for whoever reads stderr (a terminal that is held with Ctrl-S,
 * an ssh session that hangs): a line that it does not take at once is dropped, and the
 * next one that it takes says how many were. Files are written as ever. Main thread,
 * before any other logs. */
void cabin_log_never_wait(void);

/* Lines below `level` are dropped (default INFO). */
void cabin_log_set_level(enum cabin_log_level level);
enum cabin_log_level cabin_log_get_level(void);

/* `event` is a few lower-case words joined by '-'. `format` makes the key=value
 * part; values with spaces are quoted by the caller as key=\"%s\" (quotes and
 * control characters inside the finished line's values are escaped by
 * cabin_log_quote). Lines over 1,000 bytes are cut. */
void cabin_log(enum cabin_log_level level, const char *module, const char *event, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* Writes `text` quoted and escaped for logfmt into `out` (always terminated, cut
 * when it does not fit); returns `out`. */
const char *cabin_log_quote(char *out, uint32_t out_size, const char *text);

#endif
