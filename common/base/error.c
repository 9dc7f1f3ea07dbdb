#include "base/error.h"

#include <stdlib.h>

#include "base/log.h"

const char *cabin_error_name(int error)
{
	switch (error) {
	case CABIN_OK:
		return "OK";
	case CABIN_EINVAL:
		return "EINVAL";
	case CABIN_ENOMEM:
		return "ENOMEM";
	case CABIN_EFULL:
		return "EFULL";
	case CABIN_EEMPTY:
		return "EEMPTY";
	case CABIN_EIO:
		return "EIO";
	case CABIN_EFORMAT:
		return "EFORMAT";
	case CABIN_ETOOBIG:
		return "ETOOBIG";
	case CABIN_ENOTFOUND:
		return "ENOTFOUND";
	case CABIN_ELOST:
		return "ELOST";
	case CABIN_EAGAIN:
		return "EAGAIN";
	case CABIN_EUNSUPPORTED:
		return "EUNSUPPORTED";
	default:
		return "EUNKNOWN";
	}
}

void cabin_assert_failed(const char *expression, const char *file, int line)
{
	char quoted[200];

	cabin_log(CABIN_LOG_ERROR, "base", "assertion-failed", "expression=%s place=%s:%d",
		  cabin_log_quote(quoted, sizeof(quoted), expression), file, line);
	abort();
}
