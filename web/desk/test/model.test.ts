import { beforeEach, describe, expect, it } from 'vitest';
import {
	boothRoom,
	boothsOf,
	calls,
	healthOf,
	pointIndex,
	pointName,
	roomHealth,
	sortedAlarms,
	subjectName,
	venueTime,
} from '../derive.ts';
import { parseDeskMessage } from '../desk_wire.ts';
import { addEntries, joinedAnew, type Model, receive } from '../model.ts';
import { passOf } from '../token.ts';
import { medianBound } from '../view_listeners.ts';
import { audience } from './audience.ts';
import { alarm, booth, channel, deskMessage, deskModel, ENTRIES, faulty, seat, WALL } from './states.ts';

let model: Model;
beforeEach(() => {
	model = deskModel();
});

describe('messages', () => {
	it('takes what the server writes and drops what is none', () => {
		expect(parseDeskMessage('{')).toBeNull();
		expect(parseDeskMessage('[]')).toBeNull();
		expect(parseDeskMessage('{"type":"desk"}')).toBeNull();
		expect(parseDeskMessage('{"type":"alarms","alarms":3}')).toBeNull();
		expect(parseDeskMessage('{"type":"joined","role":"booth"}')).toBeNull();
		expect(parseDeskMessage('{"type":"joined","role":"observer"}')).toEqual({ type: 'joined', role: 'observer' });
		expect(parseDeskMessage(JSON.stringify(deskMessage()))).toEqual(deskMessage());
		expect(parseDeskMessage('{"type":"pong","id":1,"t1":2,"t2":3,"t3":4}')).toMatchObject({ type: 'pong' });
	});

	it('counts listeners by the audience, which comes more often than the map', () => {
		const [first, second] = model.desk!.channels;
		const counted = audience();
		counted.channels = [{ ...counted.channels[0]!, channel: first!.channel, listeners: first!.listeners + 77 }];
		model.view = 'map';
		expect(receive(model, counted, WALL)).toBe(true);
		expect(model.desk!.channels[0]!.listeners).toBe(first!.listeners + 77);
		expect(model.desk!.channels[1]).toEqual(second);
	});

	it('keeps the newest state, also of a server that was started anew', () => {
		receive(model, { ...deskMessage(), revision: 6, clock_us: 6e9 }, WALL);
		expect(model.desk!.revision).toBe(7);
		joinedAnew(model);
		expect(model.booths.size).toBe(0);
		receive(model, { ...deskMessage(), revision: 1, clock_us: 1 }, WALL - 2000);
		expect(model.desk!.revision).toBe(1);
		expect(model.wallOffsetMs).toBe(2000);
	});

	it('keeps an older booth away, and counts what booths write', () => {
		receive(model, { ...booth('blue-vi', 1), revision: 5, on_air: null }, WALL);
		receive(model, { ...booth('blue-vi', 1), revision: 4 }, WALL);
		expect(model.booths.get('blue-vi')!.on_air).toBeNull();
		const message = { type: 'message', to: 'technician', text: 'x', canned: null, at_us: 1 } as const;
		receive(model, { ...message, from: { booth: 'blue-vi', seat: 1 } }, WALL);
		receive(model, { ...message, from: { booth: null, seat: null } }, WALL);
		expect([model.messages.length, model.unread]).toEqual([2, 1]);
	});

	it('has each entry of the log once, newest first', () => {
		addEntries(model, ENTRIES.slice(1));
		addEntries(model, ENTRIES);
		expect(model.log.map((entry) => entry.id)).toEqual([12, 11, 10]);
		const { id: _, ...told } = { ...ENTRIES[0]!, at: new Date(WALL).toISOString() };
		addEntries(model, [told]);
		expect(model.log.map((entry) => entry.id)).toEqual([undefined, 12, 11, 10]);
		addEntries(model, [{ ...told, id: 13 }]);
		expect(model.log.map((entry) => entry.id)).toEqual([13, 12, 11, 10]);
	});
});

describe('what follows', () => {
	it('has no room for the technicians’ own booth', () => {
		model.booths.set('desk', booth('desk', 0));
		expect(boothsOf(model, null)).toEqual([]);
		expect(subjectName(model, alarm(1, 'clipping', 'desk'))).toBe('The desk’s microphone');
	});

	it('marks the channel that a troubled booth is on', () => {
		model.alarms = [alarm(1, 'booth-silent-on-air', 'plenary-fr')];
		expect(healthOf(model, channel(model, 'plenary.fr'))).toBe('critical');
		expect(healthOf(model, channel(model, 'plenary.vi'))).toBe('good');
	});

	it('names points and finds their place in a frame', () => {
		expect(pointIndex(model, 'input:in-blue')).toBe(1);
		expect(pointIndex(model, 'seat:plenary-vi:2')).toBe(6);
		expect(pointIndex(model, 'channel:plenary.floor')).toBe(37);
		expect(pointIndex(model, 'channel:nowhere')).toBeNull();
		expect(pointName(model, 'channel:plenary.fr')).toBe('Plenary · French');
		expect(pointName(model, 'seat:blue-vi:2')).toBe('Blue room · Booth VI · 2');
	});

	it('knows a booth’s room by the event, and of an added room by its name', () => {
		expect(boothRoom(model, 'lotus-fr')).toBe('lotus');
		model.desk!.rooms[0]!.room = 'side';
		model.desk!.rooms[1]!.room = 'side-1';
		expect(boothRoom(model, 'side-1-vi')).toBe('side-1');
		expect(boothRoom(model, 'elsewhere')).toBeNull();
	});

	it('tells how a channel is: alarms first, then a lost source, then rest', () => {
		const fr = channel(model, 'plenary.fr');
		expect(healthOf(model, fr)).toBe('good');
		fr.source = 'silent';
		expect(healthOf(model, fr)).toBe('resting');
		fr.source = 'lost';
		expect(healthOf(model, fr)).toBe('critical');
		fr.source = 'ok';
		model.alarms = [alarm(1, 'too-low', 'plenary.fr', { severity: 'warning' })];
		expect(healthOf(model, fr)).toBe('warning');
		fr.muted = true;
		model.alarms = [];
		expect(healthOf(model, fr)).toBe('resting');
	});

	it('puts an input’s and a booth’s alarm on its room', () => {
		model.alarms = [alarm(1, 'device-lost', 'in-lotus'), alarm(2, 'uplink-late', 'red-fr', { severity: 'warning' })];
		expect(model.desk!.rooms.map((room) => roomHealth(model, room))).toEqual([
			'good',
			'good',
			'warning',
			'critical',
			'good',
		]);
		expect(model.alarms.map((one) => subjectName(model, one))).toEqual([
			'in-lotus (Lotus room)',
			'Red room · Booth FR',
		]);
	});

	it('sorts alarms: not seen, worse, newer', () => {
		model.alarms = [
			alarm(1, 'delay', 'a', { severity: 'warning' }),
			alarm(2, 'delay', 'b', { acknowledged_by: 'Minh' }),
			alarm(3, 'delay', 'c', { since: '2027-03-02T02:00:00Z' }),
			alarm(4, 'delay', 'd', { since: '2027-03-02T02:01:00Z' }),
		];
		expect(sortedAlarms(model).map(({ id }) => id)).toEqual([4, 3, 1, 2]);
	});

	it('lists who calls', () => {
		faulty(model);
		model.booths.get('red-vi')!.seats[0] = seat(1, 'Mai', { call: 'done' });
		expect(calls(model).map(({ booth: id, seat: { seat: at } }) => [id, at])).toEqual([['blue-vi', 2]]);
	});

	it('shows the venue’s time', () => {
		expect(venueTime(model, WALL)).toBe('09:04:05');
	});

	it('finds the median’s bound', () => {
		expect(medianBound([0, 0], [5])).toBeNull();
		expect(medianBound([1, 3, 1], [5, 10])).toBe('≤ 10 ms');
		expect(medianBound([1, 1, 9], [5, 10])).toBe('> 10 ms');
	});
});

describe('the token', () => {
	const token = (payload: unknown) => `${Buffer.from(JSON.stringify(payload)).toString('base64url')}.c2ln`;

	it('is read from a link, a fragment or itself', () => {
		const mine = token({ id: '1', role: 'technician', name: 'Hạnh', exp: 1 });
		const pass = { token: mine, role: 'technician', name: 'Hạnh' };
		for (const text of [
			`https://h:8443/desk/#t=${mine}`,
			`#${mine}`,
			`#t=${mine}`,
			` ${mine}\n`,
			`#x=1&t=${mine}&y=2`,
		]) {
			expect(passOf(text)).toEqual(pass);
		}
		expect(passOf(token({ role: 'observer' }))).toMatchObject({ role: 'observer', name: null });
	});

	it('of a booth, or none at all, opens nothing', () => {
		expect(passOf(token({ role: 'booth', booth: 'b' }))).toBeNull();
		for (const text of ['', 'a', 'a.b', '#', `${'a'.repeat(400)}.b`]) expect(passOf(text)).toBeNull();
	});
});
