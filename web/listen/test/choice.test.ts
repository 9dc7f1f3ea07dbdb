// @vitest-environment jsdom
import { afterEach, describe, expect, it, vi } from 'vitest';
import { checkEvent, clockOffsetMs, type Event } from '../../shared/programme.ts';
import { channelFor, findPlace, firstPlace, inOrder, placeOfHash } from '../choice.ts';
import { onLock } from '../device.ts';
import { recall, recallVolume, remember } from '../store.ts';
import json from './event.json';

const event = json as Event;
const MORNING = Date.parse('2027-03-02T09:40:00+07:00');
const AFTERNOON = Date.parse('2027-03-02T15:00:00+07:00');
const first = (hash: string, remembered: string | null, wish: string, now = MORNING) =>
	firstPlace(event, hash, remembered, wish, now)?.channel.id;

describe('firstPlace', () => {
	it('takes the link over memory over the wish', () => {
		expect(first('#water.fr', 'heritage.vi', 'vi')).toBe('water.fr');
		expect(first('', 'heritage.vi', 'fr')).toBe('heritage.vi');
		expect(first('', null, 'fr')).toBe('plenary.fr');
	});

	it('forgets channels that are gone', () => {
		expect(first('#gone.fr', 'gone.vi', 'fr')).toBe('plenary.fr');
		expect(first('#water.en', null, 'fr')).toBe('plenary.fr');
	});

	it('goes where something is on now', () => {
		expect(first('', null, 'vi', AFTERNOON)).toBe('urban.vi');
	});

	it('offers what the room has when the wish is not there, and nothing of an empty event', () => {
		expect(first('', null, 'en', AFTERNOON)).toBe('urban.floor');
		expect(firstPlace({ ...event, rooms: [] }, '', null, 'vi', MORNING)).toBeNull();
		const empty = { ...event.rooms[0]!, channels: [] };
		expect(firstPlace({ ...event, rooms: [empty] }, '', 'plenary.vi', 'vi', MORNING)).toBeNull();
	});
});

describe('links', () => {
	it('name a channel or a room', () => {
		expect(placeOfHash(event, '#urban', 'fr')?.channel.id).toBe('urban.fr');
		expect(placeOfHash(event, '#urban.floor', 'fr')?.channel.id).toBe('urban.floor');
		expect(placeOfHash(event, '#urban%2Efr', 'vi')?.channel.id).toBe('urban.fr');
		for (const hash of ['', '#', '#%', '#<b>', '#urban.', '#urban.fr.x']) {
			expect(placeOfHash(event, hash, 'fr')).toBeNull();
		}
	});
});

describe('channels', () => {
	it('stand with the wish first and the floor last', () => {
		const order = (wish: string) => inOrder(event.rooms[0]!.channels, wish).map(({ id }) => id.split('.')[1]);
		expect(order('fr')).toEqual(['fr', 'vi', 'en', 'floor']);
		expect(order('floor')).toEqual(['floor', 'vi', 'fr', 'en']);
		expect(order('de')).toEqual(['vi', 'fr', 'en', 'floor']);
	});

	it('follow the listener into another room as far as it has them', () => {
		expect(channelFor(event.rooms[1]!, ['en', 'fr'])?.id).toBe('urban.fr');
		expect(findPlace(event, 'urban.fr')?.room.id).toBe('urban');
		expect(findPlace(event, undefined)).toBeNull();
	});
});

describe('memory', () => {
	afterEach(() => {
		vi.restoreAllMocks();
		localStorage.clear();
	});

	it('keeps the last channel', () => {
		expect(recall('channel')).toBeNull();
		remember('channel', 'plenary.vi');
		expect(recall('channel')).toBe('plenary.vi');
	});

	it('does without storage that the browser refuses', () => {
		const refuse = () => {
			throw new DOMException('denied', 'SecurityError');
		};
		vi.spyOn(Storage.prototype, 'getItem').mockImplementation(refuse);
		vi.spyOn(Storage.prototype, 'setItem').mockImplementation(refuse);
		expect(() => remember('channel', 'plenary.vi')).not.toThrow();
		expect(recall('channel')).toBeNull();
		expect(recallVolume()).toBe(1);
	});

	it.each([
		['0.4', 0.4],
		['0', 0],
		['7', 1],
		['-1', 1],
		['loud', 1],
	])('takes a volume of %s as %d', (stored, volume) => {
		remember('volume', stored);
		expect(recallVolume()).toBe(volume);
	});
});

describe('the event', () => {
	it('is refused when it is not one', () => {
		expect(checkEvent(json)).toBe(json);
		for (const wrong of [
			null,
			7,
			'x',
			{},
			{ ...json, protocol: 2 },
			{ ...json, rooms: {} },
			{ ...json, agenda: null },
		]) {
			expect(() => checkEvent(wrong)).toThrow();
		}
	});

	it('tells how far the phone’s clock is off', () => {
		const date = 'Tue, 02 Mar 2027 02:40:00 GMT';
		const server = Date.parse(date) + 500;
		expect(clockOffsetMs(date, server - 3_600_000, server - 3_600_000 + 80)).toBe(3_600_000 - 40);
		expect(clockOffsetMs(null, 0, 0)).toBe(0);
		expect(clockOffsetMs('yesterday', 0, 0)).toBe(0);
	});
});

describe('onLock', () => {
	const iphone = { userAgent: 'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X)', maxTouchPoints: 5 };
	const ipad = { userAgent: 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15)', maxTouchPoints: 5 };
	const mac = { ...ipad, maxTouchPoints: 0 };
	const android = { userAgent: 'Mozilla/5.0 (Linux; Android 14) Mobile', maxTouchPoints: 5 };

	it('knows who plays on', () => {
		expect(onLock({ ...iphone, audioSession: true }, true)).toBe('goes-on');
		expect(onLock({ ...iphone, audioSession: false }, true)).toBe('stops');
		expect(onLock({ ...iphone, audioSession: true }, false)).toBe('stops');
		expect(onLock({ ...ipad, audioSession: false }, true)).toBe('stops');
		expect(onLock({ ...mac, audioSession: true }, true)).toBeNull();
		expect(onLock({ ...android, audioSession: false }, false)).toBe('goes-on');
	});
});
