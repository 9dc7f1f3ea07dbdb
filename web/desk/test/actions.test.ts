import { beforeEach, describe, expect, it } from 'vitest';
import { act, mustAsk, type Press, requestOf } from '../actions.ts';
import { AlarmTurn } from '../alarm_sound.ts';
import type { Answer, Request } from '../api.ts';
import { probeOf } from '../listening.ts';
import type { Model } from '../model.ts';
import { Talking } from '../talking.ts';
import { alarm, channel, deskModel } from './states.ts';

const good = (body: Record<string, unknown> = {}): Answer => ({
	isGood: true,
	status: 200,
	error: null,
	body,
	stored: true,
});
const bad: Answer = {
	isGood: false,
	status: 409,
	error: { code: 'busy', text: 'somebody speaks' },
	body: {},
	stored: null,
};

let model: Model;
let asked: Request[];
let answer: Answer;
const hands = {
	ask: async (request: Request) => {
		asked.push(request);
		return answer;
	},
	draw: () => {},
};
beforeEach(() => {
	model = deskModel();
	asked = [];
	answer = good();
});
const press = (what: string, id = '', value = ''): Press => ({ what, id, value });

describe('requests', () => {
	const request = (one: Press, fields = {}) => requestOf(model, one, fields)?.[1];

	it('are as the interface wants them', () => {
		channel(model, 'plenary.fr').gain_db = -3;
		expect(request(press('gain', 'plenary.fr', '-1'))).toEqual({
			method: 'PATCH',
			path: '/channels/plenary.fr',
			body: { gain_db: -4 },
		});
		expect(request(press('gain', 'plenary.fr', '0'))?.body).toEqual({ gain_db: 0 });
		expect(request(press('source', 'plenary.fr', 'channel:plenary.vi'))?.body).toEqual({
			source: 'channel:plenary.vi',
		});
		expect(request(press('move-input', 'blue', ''))).toEqual({
			method: 'PATCH',
			path: '/rooms/blue',
			body: { input: null },
		});
		expect(request(press('lock', 'blue', 'on'), { pin: '0048' })?.body).toEqual({ locked: true, pin: '0048' });
		expect(request(press('lock', 'blue', 'on'), { pin: 'x' })?.body).toEqual({ locked: true });
		expect(request(press('call', 'blue-vi', '2:seen'))?.body).toEqual({ booth: 'blue-vi', seat: 2, state: 'seen' });
		expect(request(press('announce', 'evacuation', 'event'))?.body).toEqual({
			announcement: 'evacuation',
			scope: 'event',
			repeat: 1,
		});
		expect(
			request(press('add-room'), { id: 'side-1', name: 'Side', input: '', language1: 'vi', language2: '' })?.body,
		).toEqual({ id: 'side-1', name: 'Side', input: null, languages: ['vi'] });
		expect(request(press('take-back', 'channel/plenary.fr/gain_db'))).toMatchObject({
			method: 'DELETE',
			path: '/changes/channel/plenary.fr/gain_db',
		});
		expect(request(press('view', 'map'))).toBeUndefined();
	});

	it('keep a gain within its limits', () => {
		channel(model, 'plenary.fr').gain_db = 40;
		expect(request(press('gain', 'plenary.fr', '1'))?.body).toEqual({ gain_db: 40 });
	});
});

describe('what is dangerous', () => {
	it('asks where somebody would lose something', () => {
		expect(mustAsk(model, press('mute', 'plenary.fr', 'on'))).toBe(true);
		expect(mustAsk(model, press('mute', 'plenary.fr', 'off'))).toBe(false);
		expect(mustAsk(model, press('source', 'plenary.fr', 'silence'))).toBe(true);
		expect(mustAsk(model, press('source', 'plenary.fr', 'auto'))).toBe(false);
		expect(mustAsk(model, press('announce', 'evacuation', 'event'))).toBe(true);
		expect(mustAsk(model, press('lock', 'blue', 'on'))).toBe(true);
		expect(mustAsk(model, press('move-input', 'blue', 'in-red'))).toBe(true);
		for (const one of model.desk!.channels) one.listeners = 0;
		expect(mustAsk(model, press('mute', 'plenary.fr', 'on'))).toBe(false);
		expect(mustAsk(model, press('move-input', 'blue', 'in-red'))).toBe(false);
	});

	it('is done after the second word alone', async () => {
		const mute = press('mute', 'plenary.fr', 'on');
		await act(model, mute, {}, hands);
		expect([asked.length, model.asking]).toEqual([0, 'mute/plenary.fr/on']);
		await act(model, mute, {}, hands, true);
		expect([asked.length, model.asking]).toEqual([1, null]);
	});

	it('is nothing for an observer', async () => {
		model.pass!.role = 'observer';
		await act(model, press('mute', 'plenary.fr', 'off'), {}, hands);
		expect(asked).toEqual([]);
	});
});

describe('what came of it', () => {
	it('is kept with its subject: stored, or the server’s words', async () => {
		await act(model, press('gain', 'plenary.fr', '1'), {}, hands);
		expect(model.outcomes.get('channel/plenary.fr')).toEqual({ state: 'done', stored: true, note: null });
		answer = bad;
		await act(model, press('gain', 'plenary.fr', '1'), {}, hands);
		expect(model.outcomes.get('channel/plenary.fr')).toEqual({
			state: 'failed',
			code: 'busy',
			text: 'somebody speaks',
		});
	});

	it('shows a PIN that was made at random, and the booths of a new room', async () => {
		answer = good({ pin: '004821' });
		await act(model, press('lock', 'blue', 'on'), {}, hands, true);
		expect(model.pins.get('blue')).toBe('004821');
		answer = good({ booths: ['side-1-vi', 'side-1-fr'] });
		await act(model, press('add-room'), {}, hands);
		expect(model.outcomes.get('add-room/')).toMatchObject({ note: 'side-1-vi, side-1-fr' });
	});
});

describe('the voice', () => {
	it('opens after the server made the way, and closes before it is given back', async () => {
		const done: string[] = [];
		const talking = new Talking(model, {
			ask: async ({ method, path }) => {
				done.push(`${method} ${path}`);
				return good();
			},
			speak: (on) => done.push(on ? 'speak' : 'hush'),
			draw: () => {},
		});
		talking.want('booths');
		await Promise.resolve();
		await new Promise((resolve) => setTimeout(resolve));
		talking.want(null);
		await new Promise((resolve) => setTimeout(resolve));
		expect(done).toEqual(['POST /talkback', 'speak', 'hush', 'hush', 'DELETE /talkback']);
	});

	it('leaves nothing open after a key that was let go early, or a refusal', async () => {
		const done: string[] = [];
		let give: (answer: Answer) => void = () => {};
		const talking = new Talking(model, {
			ask: ({ method, path }) => {
				done.push(`${method} ${path}`);
				return new Promise((resolve) => {
					give = resolve;
				});
			},
			speak: (on) => on && done.push('speak'),
			draw: () => {},
		});
		talking.want('listeners');
		talking.want(null);
		give(good());
		await new Promise((resolve) => setTimeout(resolve));
		give(good());
		await new Promise((resolve) => setTimeout(resolve));
		expect(done).toEqual(['POST /announcements', 'DELETE /announcements']);
		talking.want('listeners');
		give(bad);
		await new Promise((resolve) => setTimeout(resolve));
		expect(talking.wanted).toBeNull();
		expect(model.outcomes.get('talk/')).toMatchObject({ state: 'failed' });
	});
});

describe('the alarm’s sound', () => {
	it('is for what is new, and again for what is grave and not seen', () => {
		const turn = new AlarmTurn();
		const one = alarm(1, 'delay', 'x', { severity: 'warning' });
		expect(turn.next([one], 0)).toBe('warning');
		expect(turn.next([one], 60_000)).toBeNull();
		const grave = alarm(2, 'floor-silent', 'y');
		expect(turn.next([one, grave], 60_000)).toBe('critical');
		expect(turn.next([one, grave], 65_000)).toBeNull();
		expect(turn.next([one, grave], 70_000)).toBe('critical');
		expect(turn.next([one, { ...grave, acknowledged_by: 'Minh' }], 90_000)).toBeNull();
	});
});

it('a probe is for what is no channel', () => {
	expect(probeOf('channel:plenary.fr')).toBeNull();
	expect(probeOf('input:hall')).toEqual({ input: 'hall' });
	expect(probeOf('seat:plenary-vi:2')).toEqual({ booth: 'plenary-vi', seat: 2 });
});
