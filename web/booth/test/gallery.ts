// Draws the booth's page and the stage's sign in every state, for looking at (harness.mjs).
import { morph } from '../../shared/dom.ts';
import type { Language } from '../../shared/languages.ts';
import type { Event } from '../../shared/programme.ts';
import { signOf } from '../../stage/model.ts';
import { page as sign } from '../../stage/view.ts';
import type { SignalKind } from '../console_wire.ts';
import { type Model, say } from '../model.ts';
import type { ProtectionMeter } from '../protection.ts';
import { page } from '../view.ts';
import { boothMessage, consoleModel, EVENT, onAir, roomMessage } from './states.ts';

const NOW = 1_000_000;
const METER: ProtectionMeter = {
	ceilingReductionDb: 0,
	sustainedReductionDb: 0,
	averageReductionDb: 0,
	levelDb: -30,
	minuteAverageDb: -33,
	minuteLimitDb: -26,
	ceilingDbfs: -3,
	sensitivityDb: null,
	isCalibrated: false,
	isWarning: false,
};

function partnerOnAir(model: Model): void {
	model.booth = boothMessage({ on_air: 2, since_us: 1e8 });
	model.booth.seats[1]!.mic = true;
	Object.assign(model.room!.channels[1]!, { feed: 'booth', booth: 'plenary-vi-fr', seat: 2 });
}

const SCENES: Record<string, (model: Model) => void> = {
	start: (model) => {
		model.isStarted = false;
	},
	'no-token': (model) => {
		model.hasToken = false;
		model.joined = null;
	},
	preflight: (model) => {
		model.panel = 'check';
		model.checks.microphone = 'good';
		model.checks.headset = 'bad';
		model.isEchoOn = true;
	},
	off: () => {},
	asked: (model) => {
		model.status!.microphone = 'asked';
	},
	'on-air': onAir,
	'too-loud': (model) => {
		onAir(model);
		Object.assign(model.status!.own!, { verdict: 'too-loud', rmsDbfs: -7, peakDbfs: 0 });
	},
	cough: (model) => {
		onAir(model);
		model.isCoughing = true;
	},
	'partner-on-air': partnerOnAir,
	'partner-lost': (model) => {
		partnerOnAir(model);
		Object.assign(model.booth!.seats[1]!, { late: true });
	},
	'offered-to-me': (model) => {
		partnerOnAir(model);
		model.booth!.handover = { from: 2, to: 1, by: 2, state: 'offered', at_us: null };
	},
	'asked-of-me': (model) => {
		onAir(model);
		model.booth!.handover = { from: 1, to: 2, by: 2, state: 'asked', at_us: null };
	},
	soon: (model) => {
		partnerOnAir(model);
		model.status!.microphone = 'asked';
		model.booth!.handover = { from: 2, to: 1, by: 2, state: 'agreed', at_us: 5 };
	},
	held: (model) => {
		model.booth = boothMessage({ on_air: 1, held: true, since_us: 1e8 });
		Object.assign(model.room!.channels[1]!, { feed: 'booth', booth: 'plenary-vi-fr', seat: 1 });
	},
	'channel-held': (model) => {
		onAir(model);
		Object.assign(model.room!.channels[2]!, { feed: 'booth', booth: 'plenary-fr-2', seat: 2 });
		say(model, { code: 'take-channel', booth: 'plenary-fr-2', seat: 2 }, NOW);
	},
	talkback: (model) => {
		onAir(model);
		model.status!.talkback = { type: 'talkback', on: true, channel: 71, name: null };
	},
	'talkback-message': (model) => {
		model.status!.talkback = { type: 'talkback', on: true, channel: 71, name: 'Trần Minh' };
		model.panel = 'messages';
		say(model, { code: 'take-channel', booth: 'plenary-fr-2', seat: 2 }, NOW);
	},
	reconnecting: (model) => {
		onAir(model);
		model.status!.connection = 'reconnecting';
	},
	'no-microphone': (model) => {
		onAir(model);
		model.microphone = 'lost';
	},
	'protection-warning': (model) => {
		onAir(model);
		model.ears!.meter = { ...METER, averageReductionDb: 6, minuteAverageDb: -24, isWarning: true };
	},
	'relay-of-relay': (model) => {
		model.status!.channelId = 'plenary.en';
		Object.assign(model.booth!.seats[0]!, { channel: 4, quality: 'relay-of-relay' });
		model.isMonitoring = true;
		model.room!.signals = [{ kind: 'slow-down', until_us: 1e12 }];
		model.booth!.seats[0]!.call = 'seen';
	},
	'shift-over': (model) => {
		onAir(model);
		model.shiftBegan = NOW - 32 * 60_000;
		say(model, { code: 'shift-over' }, NOW);
		model.unread = 2;
	},
	messages: (model) => {
		partnerOnAir(model);
		model.panel = 'messages';
		const at = { type: 'message', to: 'partner', at_us: 1 } as const;
		model.messages = [
			{ ...at, from: { booth: 'plenary-vi-fr', seat: 2 }, text: null, canned: 'take-over-soon' },
			{ ...at, from: { booth: 'plenary-vi-fr', seat: 1 }, text: null, canned: 'yes' },
			{ ...at, from: { booth: null, seat: null }, text: 'Micro 2 : rapprochez-le de 5 cm', canned: null },
		];
	},
	documents: (model) => {
		model.panel = 'documents';
		model.documents = [
			{ number: 1, title: 'Discours d’ouverture', url: null, file: 'discours.pdf' },
			{ number: 2, title: 'Glossaire', url: 'https://example.org/glossaire', file: null },
		];
	},
	idle: (model) => {
		model.panel = 'idle';
	},
	sound: (model) => {
		model.panel = 'sound';
		model.inputs = [{ id: 'a', label: 'Beyerdynamic USB' }];
		model.outputs = [{ id: 'b', label: 'Beyerdynamic USB' }];
	},
	help: (model) => {
		model.panel = 'help';
	},
};

const SIGNS: Record<string, { signal?: SignalKind; time?: string; isConnected?: boolean }> = {
	'stage-idle': {},
	'stage-slow-down': { signal: 'slow-down' },
	'stage-louder': { signal: 'louder', time: '09:12:30' },
	'stage-cannot-hear': { signal: 'cannot-hear', time: '09:17:10' },
	'stage-over': { time: '09:17:10' },
	'stage-lost': { isConnected: false },
};

const agenda: Event = {
	...EVENT,
	agenda: [
		{
			id: 'a',
			room: 'plenary',
			start: '2027-03-02T08:30:00+07:00',
			end: '2027-03-02T09:15:00+07:00',
			title: { vi: 'Khai mạc', fr: 'Ouverture', en: 'Opening' },
		},
	],
};

function drawSign(name: string): HTMLElement {
	const { signal, time = '08:57:25', isConnected = true } = SIGNS[name]!;
	const room = roomMessage();
	if (signal) room.signals = [{ kind: signal, until_us: 1e12 }];
	const wallMs = Date.parse(`2027-03-02T${time}+07:00`);
	return sign(signOf(room, agenda, 'plenary', wallMs, 1, isConnected), agenda, time.slice(0, 5), true);
}

function draw(name: string, language: Language): HTMLElement {
	const model = consoleModel();
	model.language = language;
	model.wallOffsetMs = Date.parse('2027-03-02T09:40:00') - NOW;
	model.status!.own = { peakDbfs: -10, rmsDbfs: -20, speechDbfs: -21, verdict: 'good', clipCount: 0 };
	model.ears = { sourceDbfs: -24, monitorDbfs: -40, meter: METER };
	model.mouthToEarMs = 62;
	model.shiftBegan = name === 'on-air' ? NOW - 754_000 : null;
	SCENES[name]!(model);
	return page(model, NOW);
}

Object.assign(window, {
	scenes: Object.keys(SCENES),
	signs: Object.keys(SIGNS),
	show(name: string, language: Language) {
		document.documentElement.lang = language;
		morph(document.getElementById('page')!, name.startsWith('stage-') ? drawSign(name) : draw(name, language));
	},
});
