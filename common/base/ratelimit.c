#include "base/ratelimit.h"

#include "base/error.h"

void cabin_ratelimit_init(struct cabin_ratelimit *limit, uint64_t interval_ns, uint32_t burst)
{
	CABIN_ASSERT(interval_ns > 0 && burst > 0);
	*limit = (struct cabin_ratelimit){
	    .interval_ns = interval_ns,
	    .burst_ns = interval_ns * (burst - 1),
	};
}

bool cabin_ratelimit_take(struct cabin_ratelimit *limit, uint64_t now_ns, uint64_t *swallowed)
{
	uint64_t due_ns = limit->due_ns > now_ns ? limit->due_ns : now_ns;

	if (due_ns - now_ns > limit->burst_ns) {
		limit->swallowed++;
		return false;
	}
	limit->due_ns = due_ns + limit->interval_ns;
	if (swallowed)
		*swallowed = limit->swallowed;
	limit->swallowed = 0;
	return true;
}
