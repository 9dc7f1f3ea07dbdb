import { describe, expect, it } from 'vitest';
import { clockTime, daysAhead, offsetMinutes, onAir, startWords } from '../../shared/agenda.ts';
import type { Session } from '../../shared/programme.ts';
import event from './event.json';

const agenda: Session[] = event.agenda;
const at = (time: string) => Date.parse(time);
const ids = (room: string, time: string) => {
	const { now, next } = onAir(agenda, room, at(time));
	return [now?.id ?? null, next?.id ?? null];
};

describe('onAir', () => {
	it.each([
		['2027-03-02T00:00:00+07:00', null, 'd1-opening'],
		['2027-03-02T08:29:59+07:00', null, 'd1-opening'],
		['2027-03-02T08:30:00+07:00', 'd1-opening', 'd1-plenary'],
		['2027-03-02T09:15:00+07:00', 'd1-plenary', 'd1-video'],
		['2027-03-02T10:30:00+07:00', null, 'd1-video'],
		['2027-03-02T21:00:00+07:00', null, 'd2-report'],
		['2027-03-04T11:59:59+07:00', 'd3-signing', null],
		['2027-03-04T12:00:00+07:00', null, null],
	])('in the plenary at %s: %s, then %s', (time, now, next) => {
		expect(ids('plenary', time)).toEqual([now, next]);
	});

	it('is the same moment in whatever zone it is written', () => {
		expect(ids('plenary', '2027-03-02T03:40:00+01:00')).toEqual(['d1-plenary', 'd1-video']);
		expect(ids('plenary', '2027-03-02T02:40:00Z')).toEqual(['d1-plenary', 'd1-video']);
	});

	it('keeps rooms apart, whatever order the agenda is in', () => {
		const { now, next } = onAir([...agenda].reverse(), 'water', at('2027-03-02T15:00:00+07:00'));
		expect([now?.id, next?.id]).toEqual(['d1-water', 'd2-water']);
		expect(ids('nowhere', '2027-03-02T15:00:00+07:00')).toEqual([null, null]);
	});

	it('tells the later of two sessions that overlap, and one that runs over midnight', () => {
		const long = { ...agenda[0]!, id: 'long', start: '2027-03-02T20:00:00+07:00', end: '2027-03-03T02:00:00+07:00' };
		const late = { ...long, id: 'late', start: '2027-03-02T23:00:00+07:00' };
		expect(onAir([late, long], 'plenary', at('2027-03-02T23:30:00+07:00')).now?.id).toBe('late');
		expect(onAir([long], 'plenary', at('2027-03-03T01:00:00+07:00')).now?.id).toBe('long');
	});
});

describe('times', () => {
	it('are the venue’s own', () => {
		expect(clockTime('2027-03-02T08:30:00+07:00')).toBe('08:30');
		expect(offsetMinutes('2027-03-02T08:30:00+07:00')).toBe(420);
		expect(offsetMinutes('2027-03-02T08:30:00-03:30')).toBe(-210);
		expect(offsetMinutes('2027-03-02T08:30:00Z')).toBe(0);
	});

	it('count days by the venue’s calendar', () => {
		const lateEvening = at('2027-03-02T23:59:00+07:00');
		expect(daysAhead('2027-03-02T08:30:00+07:00', lateEvening)).toBe(0);
		expect(daysAhead('2027-03-03T00:30:00+07:00', lateEvening)).toBe(1);
		// 16:59 UTC on the 2nd: a calendar in UTC would call both the same day
		expect(daysAhead('2027-03-03T06:00:00+07:00', lateEvening)).toBe(1);
		expect(daysAhead('2027-03-04T08:30:00-05:00', at('2027-03-04T03:00:00Z'))).toBe(1);
		expect(daysAhead('2027-03-01T08:30:00+07:00', at('2027-02-28T12:00:00+07:00'))).toBe(1);
	});

	it('are told in words that fit the day', () => {
		const now = at('2027-03-02T21:00:00+07:00');
		expect(startWords('2027-03-02T22:00:00+07:00', now, 'en', 'Tomorrow')).toBe('22:00');
		expect(startWords('2027-03-03T14:00:00+07:00', now, 'vi', 'Ngày mai')).toBe('Ngày mai, 14:00');
		expect(startWords('2027-03-04T09:00:00+07:00', now, 'en', 'Tomorrow')).toMatch(/^Thursday,? 4 March, 09:00$/);
		expect(startWords('2027-03-04T09:00:00+07:00', now, 'fr', 'Demain')).toBe('Jeudi 4 mars, 09:00');
		expect(startWords('2027-03-04T09:00:00+07:00', now, 'vi', 'Ngày mai')).toMatch(/^Thứ Năm.* 4 tháng 3, 09:00$/);
	});
});
