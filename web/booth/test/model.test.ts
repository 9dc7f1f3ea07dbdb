import { beforeEach, describe, expect, test } from 'vitest';
import { act } from '../actions.ts';
import { matchDb } from '../level_match.ts';
import {
	airOf,
	handoverView,
	idleChoices,
	listenersGet,
	type Model,
	outputViews,
	presets,
	receiveBooth,
	receiveError,
	sourceQuality,
} from '../model.ts';
import { readSettings } from '../settings.ts';
import { tokenOf } from '../token.ts';
import { boothMessage, consoleModel, onAir, roomMessage } from './states.ts';

let model: Model;
beforeEach(() => {
	model = consoleModel();
});

describe('air', () => {
	test('is what the server says, against what the interpreter wants', () => {
		expect(airOf(model)).toBe('off');
		model.status!.microphone = 'asked';
		expect(airOf(model)).toBe('asked');
		onAir(model);
		expect(airOf(model)).toBe('on');
		model.isCoughing = true;
		expect(airOf(model)).toBe('cough');
	});

	test('a partner, a hold, an agreed hand-over', () => {
		model.booth = boothMessage({ on_air: 2 });
		expect(airOf(model)).toBe('partner');
		model.booth.seats[1]!.late = true;
		expect(airOf(model)).toBe('partner-lost');
		model.booth = boothMessage({ on_air: 2, held: true });
		expect(airOf(model)).toBe('held');
		model.booth.seats[1]!.present = false;
		expect(airOf(model)).toBe('partner-lost');
		model.booth = boothMessage({ on_air: 1, held: true });
		expect(airOf(model)).toBe('held');
		model.booth = boothMessage({ on_air: 2, handover: { from: 2, to: 1, by: 2, state: 'agreed', at_us: 5 } });
		expect(airOf(model)).toBe('soon');
	});

	test('never says on air without connection or microphone', () => {
		onAir(model);
		model.microphone = 'lost';
		expect(airOf(model)).toBe('mute');
		expect(listenersGet(model, 2)).toEqual({ kind: 'silence' });
		model.microphone = 'open';
		model.status!.connection = 'reconnecting';
		expect(airOf(model)).toBe('uncertain');
		expect(listenersGet(model, 2)).toEqual({ kind: 'unknown' });
	});
});

describe('what listeners get', () => {
	test('me, my partner, another booth, the floor, silence, another channel', () => {
		onAir(model);
		expect(listenersGet(model, 2)).toEqual({ kind: 'me' });
		const change = (fields: object) => {
			model.room = roomMessage();
			Object.assign(model.room.channels[1]!, fields);
			return listenersGet(model, 2);
		};
		model.booth!.seats[1]!.mic = true;
		expect(change({ feed: 'booth', booth: 'plenary-vi-fr', seat: 2 })).toEqual({ kind: 'partner', seat: 2 });
		model.booth!.seats[1]!.late = true;
		expect(change({ feed: 'booth', booth: 'plenary-vi-fr', seat: 2 })).toEqual({ kind: 'silence' });
		expect(change({ feed: 'booth', booth: 'other', seat: 1 })).toEqual({ kind: 'booth', booth: 'other', seat: 1 });
		expect(change({ feed: 'pass-through' })).toEqual({ kind: 'floor' });
		expect(change({ feed: 'silence' })).toEqual({ kind: 'silence' });
		expect(change({ feed: 'desk' })).toEqual({ kind: 'desk' });
		expect(change({ feed: 'channel', idle_from: 4 })).toEqual({ kind: 'channel', channel: 4 });
	});

	test('outputs tell who else is on air there', () => {
		model.room = roomMessage();
		Object.assign(model.room.channels[2]!, { feed: 'booth', booth: 'other', seat: 1 });
		expect(outputViews(model).map(({ output, isChosen, heldBy }) => [output, isChosen, heldBy?.booth ?? null])).toEqual(
			[
				['a', true, null],
				['b', false, 'other'],
			],
		);
	});

	test('the idle feed has every language but the own one, and is sent by number', () => {
		expect(idleChoices(model).map((choice) => choice.from)).toEqual([null, null, 3, 4]);
		model.panel = 'idle';
		const effects = act(model, { do: 'pick', index: 3 }, 0);
		expect(effects[0]).toEqual({ type: 'say', message: { type: 'idle', channel: 2, feed: 'channel', from: 4 } });
		expect(model.panel).toBeNull();
	});
});

describe('what is taken is asked for twice', () => {
	test('the microphone of a partner', () => {
		expect(act(model, { do: 'microphone' }, 0)).toEqual([{ type: 'mic', on: true, take: false }]);
		receiveError(model, { code: 'mic-held', text: '' }, 'microphone', 100);
		expect(act(model, { do: 'microphone' }, 3000)).toEqual([{ type: 'mic', on: true, take: true }]);
		receiveError(model, { code: 'mic-held', text: '' }, 'microphone', 100);
		expect(act(model, { do: 'microphone' }, 3101)).toEqual([{ type: 'mic', on: true, take: false }]);
	});

	test('a channel of another booth, and only that one', () => {
		receiveError(model, { code: 'channel-held', text: '', booth: 'other', seat: 2 }, 'b', 0);
		expect(model.said).toEqual({ code: 'take-channel', booth: 'other', seat: 2 });
		expect(act(model, { do: 'microphone' }, 10)).toEqual([{ type: 'mic', on: true, take: false }]);
		receiveError(model, { code: 'channel-held', text: '', booth: 'other', seat: 2 }, 'b', 0);
		expect(act(model, { do: 'output', output: 'b' }, 10)).toEqual([
			{ type: 'say', message: { type: 'output', output: 'b', take: true } },
		]);
	});

	test('no microphone, no air', () => {
		model.microphone = 'lost';
		expect(act(model, { do: 'microphone' }, 0)).toEqual([]);
		expect(model.said).toEqual({ code: 'no-microphone' });
	});
});

describe('hand-over', () => {
	const action = () => act(model, { do: 'handover' }, 0);
	const sent = (fields: object) => [{ type: 'say', message: { type: 'handover', ...fields } }];

	test('one key: offer, ask, accept, withdraw', () => {
		model.booth = boothMessage({ on_air: 2 });
		expect(action()).toEqual(sent({ action: 'ask', seat: 2 }));
		onAir(model);
		expect(action()).toEqual(sent({ action: 'offer', seat: 2 }));
		model.booth = boothMessage({ on_air: 2, handover: { from: 2, to: 1, by: 2, state: 'offered', at_us: null } });
		expect(handoverView(model)).toBe('offered-to-me');
		expect(action()).toEqual(sent({ action: 'accept' }));
		expect(act(model, { do: 'decline' }, 0)).toEqual(sent({ action: 'decline' }));
		model.booth = boothMessage({ on_air: 2, handover: { from: 2, to: 1, by: 1, state: 'asked', at_us: null } });
		expect(action()).toEqual(sent({ action: 'cancel' }));
	});

	test('nobody there, nobody on air', () => {
		model.booth = boothMessage({});
		expect(action()).toEqual([]);
		expect(model.said).toEqual({ code: 'not-on-air' });
		model.booth.seats[1]!.present = false;
		action();
		expect(model.said).toEqual({ code: 'nobody' });
	});

	test('the one who hands over is told so, the one who is taken from, too', () => {
		onAir(model);
		model.booth = boothMessage({ on_air: 1, handover: { from: 1, to: 2, by: 1, state: 'agreed', at_us: 1 } });
		receiveBooth(model, boothMessage({ on_air: 2 }), 0);
		expect(model.said).toEqual({ code: 'handed-over' });
		model.booth = boothMessage({ on_air: 1 });
		receiveBooth(model, boothMessage({ on_air: 2 }), 0);
		expect(model.said).toEqual({ code: 'taken' });
	});
});

describe('sources', () => {
	test('relays are the other languages, until others are kept', () => {
		expect(presets(model).map((channel) => channel?.id)).toEqual(['plenary.en', 'plenary.vi', 'plenary.fr']);
		model.settings.presets[0] = 'plenary.fr';
		expect(presets(model)[0]?.id).toBe('plenary.fr');
		model.status!.channelId = 'plenary.en';
		act(model, { do: 'store' }, 0);
		expect(act(model, { do: 'relay', preset: 2 }, 100)).toEqual([{ type: 'keep' }]);
		expect(model.settings.presets[2]).toBe('plenary.en');
		expect(act(model, { do: 'relay', preset: 2 }, 200)).toEqual([{ type: 'listen', channelId: 'plenary.en' }]);
	});

	test('the mark is the server’s word for my seat', () => {
		expect(sourceQuality(model)).toBe('direct');
		model.status!.channelId = 'plenary.en';
		expect(sourceQuality(model)).toBeNull();
		Object.assign(model.booth!.seats[0]!, { channel: 4, quality: 'relay-of-relay' });
		expect(sourceQuality(model)).toBe('relay-of-relay');
	});

	test('levels are matched within limits, and silence changes nothing', () => {
		expect(matchDb(-29, 0, 0)).toBe(6);
		expect(matchDb(-29, 4, 0)).toBe(2);
		expect(matchDb(-60, 0, 3)).toBe(3);
		expect(matchDb(null, 0, 3)).toBe(3);
		expect(matchDb(-45, 0, 0)).toBe(12);
		expect(matchDb(-5, 0, 0)).toBe(-12);
	});
});

test('settings survive what others wrote', () => {
	const plain = readSettings(null);
	expect(readSettings('[]')).toEqual(plain);
	expect(readSettings('{"volumeDb":"x","bassDb":99,"presets":[1],"microphone":null}')).toEqual({
		...plain,
		bassDb: 12,
	});
	expect(readSettings('nonsense')).toEqual(plain);
	expect(readSettings(JSON.stringify({ ...plain, sensitivityDb: 40 })).sensitivityDb).toBe(0);
});

test('the token is in the fragment and nowhere else', () => {
	expect(tokenOf('#t=abc.DEF_-1')).toBe('abc.DEF_-1');
	expect(tokenOf('#x=1&t=abc')).toBe('abc');
	expect(tokenOf('#t=')).toBeNull();
	expect(tokenOf('#t=a b')).toBeNull();
});
