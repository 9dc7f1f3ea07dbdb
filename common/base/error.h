/* Error codes shared by every module, and the assertion for programmer's errors.
 *
 * Functions that can fail return 0 or one of these negative codes. Outside data
 * gets a code, a counter and a log line; CABIN_ASSERT is for what only a bug in
 * this program can cause, and stays in release builds. Any thread. */
#ifndef CABIN_BASE_ERROR_H
#define CABIN_BASE_ERROR_H

enum cabin_error {
	CABIN_OK = 0,
	CABIN_EINVAL = -1,	 /* an argument or a value is out of range */
	CABIN_ENOMEM = -2,	 /* no memory, or a pool is empty */
	CABIN_EFULL = -3,	 /* a bounded queue or table is full */
	CABIN_EEMPTY = -4,	 /* nothing to take, end of a file */
	CABIN_EIO = -5,		 /* the operating system said no; errno is logged where it happened */
	CABIN_EFORMAT = -6,	 /* bytes are not what their format says */
	CABIN_ETOOBIG = -7,	 /* over a limit of limits.h */
	CABIN_ENOTFOUND = -8,	 /* no such file, device, channel … */
	CABIN_ELOST = -9,	 /* a device or a peer is gone */
	CABIN_EAGAIN = -10,	 /* would block, try when woken */
	CABIN_EUNSUPPORTED = -11 /* valid, but not by this build or device */
};

#define CABIN_MUST_CHECK __attribute__((warn_unused_result))

/* "EINVAL" … for log lines; "EUNKNOWN" for anything else. Static string. */
const char *cabin_error_name(int error);

/* Logs the place and aborts. Never on input. */
_Noreturn void cabin_assert_failed(const char *expression, const char *file, int line);
#define CABIN_ASSERT(expression) ((expression) ? (void)0 : cabin_assert_failed(#expression, __FILE__, __LINE__))

#endif
