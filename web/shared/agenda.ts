// What is on in a room now and next. Times are shown as the venue's clocks show them
// (the offset written in the agenda), whatever zone the phone is set to.

import type { Language } from './languages.ts';
import type { Session } from './programme.ts';

export interface OnAir {
	now: Session | null;
	next: Session | null;
}

const DAY_MS = 86_400_000;

/** `nowMs`: the server's wall clock. Of sessions that overlap, the one that began last is on now. */
export function onAir(agenda: readonly Session[], room: string, nowMs: number): OnAir {
	let now: Session | null = null;
	let next: Session | null = null;
	for (const session of agenda) {
		if (session.room !== room) continue;
		const startMs = Date.parse(session.start);
		if (startMs > nowMs) {
			if (!next || startMs < Date.parse(next.start)) next = session;
		} else if (nowMs < Date.parse(session.end)) {
			if (!now || startMs >= Date.parse(now.start)) now = session;
		}
	}
	return { now, next };
}

/** Minutes east of UTC in an RFC 3339 time: +07:00 → 420, Z → 0. */
export function offsetMinutes(time: string): number {
	const found = /([+-])(\d\d):(\d\d)$/.exec(time);
	if (!found) return 0;
	return (found[1] === '-' ? -1 : 1) * (Number(found[2]) * 60 + Number(found[3]));
}

/** The venue's own hours and minutes: "08:30". */
export function clockTime(time: string): string {
	return time.slice(11, 16);
}

/** Whole days from `nowMs` to `time` by the venue's calendar: 0 today, 1 tomorrow. */
export function daysAhead(time: string, nowMs: number): number {
	const offsetMs = offsetMinutes(time) * 60_000;
	return Math.floor((Date.parse(time) + offsetMs) / DAY_MS) - Math.floor((nowMs + offsetMs) / DAY_MS);
}

/** "08:30" today, "Tomorrow, 08:30", else "Thursday, 4 March, 08:30" in the page's language. */
export function startWords(time: string, nowMs: number, language: Language, tomorrow: string): string {
	const days = daysAhead(time, nowMs);
	if (days === 0) return clockTime(time);
	if (days === 1) return `${tomorrow}, ${clockTime(time)}`;
	const venueMs = Date.parse(time) + offsetMinutes(time) * 60_000;
	const day = new Intl.DateTimeFormat(language === 'en' ? 'en-GB' : language, {
		weekday: 'long',
		day: 'numeric',
		month: 'long',
		timeZone: 'UTC',
	}).format(venueMs);
	return `${day.charAt(0).toUpperCase()}${day.slice(1)}, ${clockTime(time)}`;
}
