/* The file that tells scripts on which port the server listens. Main thread. */
#ifndef CABIN_CABIND_PORT_FILE_H
#define CABIN_CABIND_PORT_FILE_H

#include <stdint.h>

#include "base/error.h"

/* Writes the number and a newline; whoever sees the file sees all of it. NULL `path`
 * is fine. CABIN_EIO, CABIN_ETOOBIG: logged with what to do. */
CABIN_MUST_CHECK int cabin_port_file_write(const char *path, uint16_t port);

#endif
