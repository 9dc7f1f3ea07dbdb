// @vitest-environment jsdom
import { expect, test } from 'vitest';
import { EVENT, roomMessage } from '../../booth/test/states.ts';
import type { Event } from '../../shared/programme.ts';
import { leftText, roomOfPath, signOf } from '../model.ts';
import { page } from '../view.ts';

const event: Event = {
	...EVENT,
	agenda: [
		{
			id: 'a',
			room: 'plenary',
			start: '2027-03-02T08:30:00+07:00',
			end: '2027-03-02T09:15:00+07:00',
			title: { vi: 'a', fr: 'a', en: 'a' },
		},
	],
};
const at = (time: string) => Date.parse(`2027-03-02T${time}+07:00`);
const sign = (room = roomMessage(), time = '09:00:00', serverUs: number | null = 5e6, isConnected = true) =>
	signOf(room, event, 'plenary', at(time), serverUs, isConnected);

test('the address names the room', () => {
	expect(roomOfPath('/stage/plenary')).toBe('plenary');
	expect(roomOfPath('/stage/s%C3%A1ng/')).toBe('sáng');
	expect(roomOfPath('/stage/')).toBeNull();
	expect(roomOfPath('/stage/%')).toBeNull();
});

test('signals fall by the server’s clock, the most urgent is shown', () => {
	const room = roomMessage();
	room.signals = [
		{ kind: 'slow-down', until_us: 6e6 },
		{ kind: 'cannot-hear', until_us: 7e6 },
	];
	expect(sign(room).signal).toBe('cannot-hear');
	expect(sign(room, '09:00:00', 8e6).signal).toBeNull();
	expect(sign(room, '09:00:00', 5e6, false).signal).toBeNull();
});

test('time left counts down, and stays a while when it is over', () => {
	expect(sign().leftMs).toBe(15 * 60_000);
	expect(sign(roomMessage(), '09:18:20').leftMs).toBe(-200_000);
	expect(sign(roomMessage(), '09:40:00').leftMs).toBeNull();
	expect(leftText(15 * 60_000)).toBe('15:00');
	expect(leftText(-200_000)).toBe('−3:20');
});

test('the sign is in all three languages, the floor’s first', () => {
	const room = roomMessage();
	room.signals = [{ kind: 'slow-down', until_us: 6e6 }];
	const drawn = page(sign(room), event, '09:00', true);
	const words = [...drawn.querySelectorAll('.words span')].map((span) => [span.getAttribute('lang'), span.textContent]);
	expect(words[0]).toEqual(['fr', 'RALENTISSEZ']);
	expect(words).toHaveLength(3);
	expect(drawn.querySelector('.clock')?.textContent).toBe('09:00');
	expect(page(sign(), event, '09:00', true).querySelector('.floor')?.textContent).toBe('Français');
});
