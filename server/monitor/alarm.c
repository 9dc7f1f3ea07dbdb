#include "monitor/alarm.h"

#include <math.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/counter.h"

enum verdict { NOTHING, GOOD, BAD };

/* One kind for one subject. */
struct instance {
	struct cabin_alarm alarm;
	bool raised;
	enum verdict last;	  /* of the newest observation */
	uint64_t last_ns;	  /* when that was; 0: never */
	uint64_t bad_ns, good_ns; /* how long it has been so: the hold's, the clear time's */
};

/* A row as the settings leave it, and where its instances begin. */
struct rule {
	double threshold, critical;
	uint32_t hold_ms;
	bool off;
	uint32_t first, count;
};

struct cabin_alarms {
	struct rule rules[CABIN_ALARM_KINDS];
	struct instance *instances;
	struct instance **active; /* oldest first */
	uint32_t instance_count, active_count;
	uint64_t next_id;
	void (*transition)(void *context, const struct cabin_alarm *alarm, enum cabin_alarm_transition transition);
	void *context;
	/* Written by the owner, read by any thread: relaxed. */
	_Atomic uint64_t raised_total[CABIN_ALARM_KINDS], active_now[CABIN_ALARM_KINDS];
};

/* Is `value` worse than `limit`, or no better than it by `margin`? */
static bool is_beyond(enum cabin_alarm_side side, double value, double limit, double margin)
{
	return side == CABIN_ALARM_BELOW ? value < limit + margin : value >= limit - margin;
}

static double stricter(enum cabin_alarm_side side, double a, double b)
{
	return side == CABIN_ALARM_BELOW ? fmax(a, b) : fmin(a, b);
}

static double worse(enum cabin_alarm_side side, double a, double b)
{
	return side == CABIN_ALARM_BELOW ? fmin(a, b) : fmax(a, b);
}

static int apply_settings(struct cabin_alarms *alarms, const struct cabin_alarms_config *config)
{
	for (uint32_t i = 0; i < config->setting_count; i++) {
		const struct cabin_alarm_setting *setting = &config->settings[i];
		if ((unsigned)setting->kind >= CABIN_ALARM_KINDS)
			return CABIN_EINVAL;
		const struct cabin_alarm_row *row = cabin_alarm_row(setting->kind);
		struct rule *rule = &alarms->rules[setting->kind];
		rule->threshold = isnan(setting->threshold) ? row->threshold : setting->threshold;
		rule->hold_ms = setting->hold_ms == UINT32_MAX ? row->hold_ms : setting->hold_ms;
		rule->off = setting->off;
		/* What is not yet an alarm cannot be a critical one. */
		rule->critical = isnan(row->critical) ? NAN : worse(row->side, row->critical, rule->threshold);
	}
	return 0;
}

int cabin_alarms_create(struct cabin_alarms **out, const struct cabin_alarms_config *config)
{
	*out = NULL;
	struct cabin_alarms *alarms = calloc(1, sizeof(*alarms));
	if (!alarms)
		return CABIN_ENOMEM;
	for (int kind = 0; kind < CABIN_ALARM_KINDS; kind++) {
		const struct cabin_alarm_row *row = cabin_alarm_row(kind);
		uint32_t count = row->subject == CABIN_ALARM_SUBJECT_SERVER ? 1 : config->counts[row->subject];
		alarms->rules[kind] = (struct rule){.threshold = row->threshold,
						    .critical = row->critical,
						    .hold_ms = row->hold_ms,
						    .first = alarms->instance_count,
						    .count = count};
		alarms->instance_count += count;
	}
	alarms->next_id = config->first_id ? config->first_id : 1;
	alarms->transition = config->transition;
	alarms->context = config->context;
	alarms->instances = calloc(alarms->instance_count, sizeof(alarms->instances[0]));
	alarms->active = calloc(alarms->instance_count, sizeof(struct instance *));
	int result = alarms->instances && alarms->active ? apply_settings(alarms, config) : CABIN_ENOMEM;
	if (result != 0) {
		cabin_alarms_destroy(alarms);
		return result;
	}
	for (int kind = 0; kind < CABIN_ALARM_KINDS; kind++) {
		for (uint32_t i = 0; i < alarms->rules[kind].count; i++) {
			struct cabin_alarm *alarm = &alarms->instances[alarms->rules[kind].first + i].alarm;
			alarm->kind = kind;
			alarm->subject_index = (uint16_t)i;
		}
	}
	*out = alarms;
	return 0;
}

void cabin_alarms_destroy(struct cabin_alarms *alarms)
{
	if (!alarms)
		return;
	free(alarms->active);
	free(alarms->instances);
	free(alarms);
}

uint32_t cabin_alarms_hold_ms(const struct cabin_alarms *alarms, enum cabin_alarm_kind kind)
{
	CABIN_ASSERT((unsigned)kind < CABIN_ALARM_KINDS);
	return alarms->rules[kind].hold_ms;
}

static void tell(struct cabin_alarms *alarms, const struct instance *instance, enum cabin_alarm_transition transition)
{
	if (alarms->transition)
		alarms->transition(alarms->context, &instance->alarm, transition);
}

static void count_active(struct cabin_alarms *alarms, enum cabin_alarm_kind kind, int by)
{
	uint64_t now = cabin_counter_get(&alarms->active_now[kind]);
	atomic_store_explicit(&alarms->active_now[kind], by > 0 ? now + 1 : now - 1, memory_order_relaxed);
}

static bool is_critical(const struct cabin_alarms *alarms, const struct instance *instance)
{
	const struct cabin_alarm_row *row = cabin_alarm_row(instance->alarm.kind);
	double critical = alarms->rules[instance->alarm.kind].critical;
	return row->severity == CABIN_ALARM_CRITICAL ||
	       (!isnan(critical) && is_beyond(row->side, instance->alarm.worst, critical, 0));
}

static void raise_alarm(struct cabin_alarms *alarms, struct instance *instance, uint64_t now_ns)
{
	struct cabin_alarm *alarm = &instance->alarm;
	instance->raised = true;
	instance->good_ns = 0;
	alarm->id = alarms->next_id++;
	alarm->severity = is_critical(alarms, instance) ? CABIN_ALARM_CRITICAL : CABIN_ALARM_WARNING;
	alarm->raised_ns = now_ns;
	alarm->acknowledged_ns = alarm->cleared_ns = 0;
	alarm->acknowledged_by[0] = '\0';
	alarms->active[alarms->active_count++] = instance;
	cabin_counter_add(&alarms->raised_total[alarm->kind], 1);
	count_active(alarms, alarm->kind, 1);
	tell(alarms, instance, CABIN_ALARM_RAISED);
}

static void clear_alarm(struct cabin_alarms *alarms, struct instance *instance, uint64_t now_ns)
{
	uint32_t at = 0;
	while (alarms->active[at] != instance)
		at++;
	alarms->active_count--;
	for (; at < alarms->active_count; at++)
		alarms->active[at] = alarms->active[at + 1];
	instance->raised = false;
	instance->alarm.cleared_ns = now_ns;
	count_active(alarms, instance->alarm.kind, -1);
	tell(alarms, instance, CABIN_ALARM_CLEARED);
}

/* A figure that is bad: towards the alarm, or a worse one. */
static void take_bad(struct cabin_alarms *alarms, struct instance *instance, uint64_t step_ns, uint64_t now_ns)
{
	struct cabin_alarm *alarm = &instance->alarm;
	uint32_t hold_ms = cabin_alarm_row(alarm->kind)->counted ? 0 : alarms->rules[alarm->kind].hold_ms;
	instance->bad_ns += step_ns;
	instance->good_ns = 0;
	if (!instance->raised) {
		if (instance->bad_ns >= hold_ms * CABIN_NS_PER_MS)
			raise_alarm(alarms, instance, now_ns);
	} else if (alarm->severity == CABIN_ALARM_WARNING && is_critical(alarms, instance)) {
		alarm->severity = CABIN_ALARM_CRITICAL;
		alarm->acknowledged_ns = 0;
		alarm->acknowledged_by[0] = '\0';
		tell(alarms, instance, CABIN_ALARM_WORSENED);
	}
}

static void take_good(struct cabin_alarms *alarms, struct instance *instance, uint64_t step_ns, uint64_t now_ns)
{
	instance->bad_ns = 0;
	instance->good_ns += step_ns;
	if (instance->raised && instance->good_ns >= cabin_alarm_row(instance->alarm.kind)->clear_ms * CABIN_NS_PER_MS)
		clear_alarm(alarms, instance, now_ns);
}

static struct instance *instance_of(struct cabin_alarms *alarms, enum cabin_alarm_kind kind, uint16_t subject_index)
{
	CABIN_ASSERT((unsigned)kind < CABIN_ALARM_KINDS && subject_index < alarms->rules[kind].count);
	return &alarms->instances[alarms->rules[kind].first + subject_index];
}

static void take(struct cabin_alarms *alarms, struct instance *instance, enum verdict verdict, uint64_t now_ns)
{
	uint64_t step_ns = now_ns - instance->last_ns;
	if (instance->last != verdict)
		step_ns = 0;
	else if (step_ns > CABIN_ALARM_STEP_MAX_MS * CABIN_NS_PER_MS)
		step_ns = CABIN_ALARM_STEP_MAX_MS * CABIN_NS_PER_MS;
	instance->last = verdict;
	instance->last_ns = now_ns;
	if (verdict == BAD)
		take_bad(alarms, instance, step_ns, now_ns);
	else if (verdict == GOOD)
		take_good(alarms, instance, step_ns, now_ns);
}

static void observe(struct cabin_alarms *alarms, enum cabin_alarm_kind kind, uint16_t subject_index, double value,
		    double threshold, uint64_t now_ns)
{
	struct instance *instance = instance_of(alarms, kind, subject_index);
	struct cabin_alarm *alarm = &instance->alarm;
	const struct cabin_alarm_row *row = cabin_alarm_row(kind);
	if (alarms->rules[kind].off)
		return;
	if (isnan(value)) {
		take(alarms, instance, NOTHING, now_ns);
		return;
	}
	bool bad = is_beyond(row->side, value, threshold, 0);
	/* Neither bad nor good again: a raised alarm stays, and its clear time begins anew. */
	bool between = !bad && instance->raised && is_beyond(row->side, value, threshold, row->margin);
	if (bad && !instance->raised && instance->bad_ns == 0 && instance->last != BAD) {
		alarm->since_ns = now_ns;
		alarm->worst = value;
	}
	alarm->value = value;
	alarm->threshold = threshold;
	if (bad || instance->raised)
		alarm->worst = worse(row->side, alarm->worst, value);
	if (between)
		instance->good_ns = 0;
	take(alarms, instance, bad ? BAD : between ? NOTHING : GOOD, now_ns);
}

void cabin_alarms_observe(struct cabin_alarms *alarms, enum cabin_alarm_kind kind, uint16_t subject_index, double value,
			  uint64_t now_ns)
{
	CABIN_ASSERT((unsigned)kind < CABIN_ALARM_KINDS);
	observe(alarms, kind, subject_index, value, alarms->rules[kind].threshold, now_ns);
}

void cabin_alarms_observe_limit(struct cabin_alarms *alarms, enum cabin_alarm_kind kind, uint16_t subject_index,
				double value, double threshold, uint64_t now_ns)
{
	CABIN_ASSERT((unsigned)kind < CABIN_ALARM_KINDS);
	threshold = stricter(cabin_alarm_row(kind)->side, threshold, alarms->rules[kind].threshold);
	observe(alarms, kind, subject_index, value, threshold, now_ns);
}

void cabin_alarms_rest(struct cabin_alarms *alarms, enum cabin_alarm_kind kind, uint16_t subject_index, uint64_t now_ns)
{
	take(alarms, instance_of(alarms, kind, subject_index), GOOD, now_ns);
}

void cabin_alarms_tick(struct cabin_alarms *alarms, uint64_t now_ns)
{
	for (uint32_t i = 0; i < alarms->instance_count; i++) {
		struct instance *instance = &alarms->instances[i];
		if (now_ns - instance->last_ns < CABIN_ALARM_STALE_MS * CABIN_NS_PER_MS)
			continue;
		instance->bad_ns = instance->good_ns = 0;
		instance->last = NOTHING;
		if (instance->raised)
			clear_alarm(alarms, instance, now_ns);
	}
}

/* Not in the middle of a letter: bytes 10xxxxxx go on with one. */
static void copy_who(char *to, const char *who)
{
	size_t size = strlen(who);
	if (size >= CABIN_ALARM_WHO_MAX_BYTES) {
		size = CABIN_ALARM_WHO_MAX_BYTES - 1;
		while (size > 0 && ((unsigned char)who[size] & 0xC0) == 0x80)
			size--;
	}
	memcpy(to, who, size);
	to[size] = '\0';
}

int cabin_alarms_acknowledge(struct cabin_alarms *alarms, uint64_t id, const char *who, uint64_t now_ns)
{
	for (uint32_t i = 0; i < alarms->active_count; i++) {
		struct instance *instance = alarms->active[i];
		if (instance->alarm.id != id)
			continue;
		if (instance->alarm.acknowledged_ns == 0) {
			copy_who(instance->alarm.acknowledged_by, who);
			instance->alarm.acknowledged_ns = now_ns;
			tell(alarms, instance, CABIN_ALARM_ACKNOWLEDGED);
		}
		return 0;
	}
	return CABIN_ENOTFOUND;
}

void cabin_alarms_each(const struct cabin_alarms *alarms, bool (*each)(void *context, const struct cabin_alarm *alarm),
		       void *context)
{
	for (uint32_t i = 0; i < alarms->active_count; i++) {
		if (!each(context, &alarms->active[i]->alarm))
			return;
	}
}

void cabin_alarms_figures(const struct cabin_alarms *alarms, struct cabin_alarm_figures *out)
{
	for (int kind = 0; kind < CABIN_ALARM_KINDS; kind++) {
		out->raised[kind] = cabin_counter_get(&alarms->raised_total[kind]);
		out->active[kind] = cabin_counter_get(&alarms->active_now[kind]);
	}
}
