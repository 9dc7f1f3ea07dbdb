/* The certificate and key, checked before libwebsockets takes them, so that an
 * error can be told in words; and how long the file is still good, which may be a newer
 * one than libwebsockets took when it started. Main thread, unless said otherwise. */
#ifndef CABIN_NET_TLS_FILES_H
#define CABIN_NET_TLS_FILES_H

#include "base/error.h"

/* Both readable, PEM, and of one another. CABIN_ENOTFOUND (or not readable),
 * CABIN_EFORMAT; logged with what to do. An expired certificate only warns. */
CABIN_MUST_CHECK int cabin_tls_files_check(const char *certificate, const char *key);

/* Whole days until the certificate's end, negative after it; INT_MAX: it cannot be read.
 * Any thread; reads the file. */
int cabin_tls_files_days(const char *certificate);

#endif
