// Draws the desk in every state, for looking at (harness.mjs), and runs its meters (bench.mjs).
import { morph } from '../../shared/dom.ts';
import type { Language } from '../../shared/languages.ts';
import { MeterCanvas } from '../meter_canvas.ts';
import { Meters } from '../meters.ts';
import type { Model } from '../model.ts';
import { page } from '../view.ts';
import { audience } from './audience.ts';
import { levelsFrame } from './frames.ts';
import { busy, channel, deskModel, ENTRIES, faulty, WALL } from './states.ts';

const SCENES: Record<string, (model: Model) => void> = {
	login: (model) => {
		model.pass = null;
		model.loginFault = 'token-expired';
	},
	calm: () => {},
	busy,
	faulty,
	lost: (model) => {
		busy(model);
		model.isJoined = false;
		model.connection = 'reconnecting';
		model.lostAt = WALL;
		model.desk!.server.stored = false;
	},
	observer: (model) => {
		faulty(model);
		model.pass = { token: 'a.b', role: 'observer', name: 'Chief' };
		model.subject = { kind: 'channel', id: 'plenary.fr' };
	},
	channel: (model) => {
		faulty(model);
		model.subject = { kind: 'channel', id: 'plenary.fr' };
		model.asking = 'mute/plenary.fr/on';
		model.outcomes.set('channel/plenary.fr', {
			state: 'failed',
			code: 'unknown-input',
			text: 'there is no input "x"; see /inputs',
		});
		model.heard = { point: 'channel:plenary.fr', channel: 'plenary.fr', isPlaying: true, fault: null };
	},
	room: (model) => {
		busy(model);
		model.subject = { kind: 'room', id: 'lotus' };
		model.outcomes.set('room/lotus', { state: 'done', stored: false, note: null });
	},
	booth: (model) => {
		busy(model);
		model.subject = { kind: 'booth', id: 'blue-vi' };
	},
	talk: (model) => {
		busy(model);
		model.subject = { kind: 'talk' };
		model.microphone = 'on-air';
		model.talk.wanted = 'booths';
		model.asking = 'announce/evacuation/event';
		model.messages = [
			{
				type: 'message',
				from: { booth: 'blue-vi', seat: 2 },
				to: 'technician',
				text: null,
				canned: 'sound-bad',
				at_us: 1,
			},
		];
		model.desk!.announcing = {
			announcement: 'lunch',
			scope: 'red',
			since: new Date(WALL).toISOString(),
			author: 'Minh',
		};
	},
	'add-room': (model) => {
		model.subject = { kind: 'add-room' };
	},
	meters: (model) => {
		faulty(model);
		model.view = 'meters';
	},
	sources: (model) => {
		model.view = 'meters';
		model.meterGroup = 'sources';
	},
	listeners: (model) => {
		model.view = 'listeners';
		model.audience = audience();
	},
	log: (model) => {
		model.view = 'log';
		model.log = ENTRIES;
		model.logNext = 9;
	},
	changes: (model) => {
		busy(model);
		model.view = 'changes';
		model.changes = [
			{
				scope: 'channel',
				subject: 'lotus.fr',
				key: 'gain_db',
				value: -3,
				configured: 0,
				author: 'Minh',
				at: new Date(WALL - 9000).toISOString(),
			},
			{
				scope: 'room',
				subject: 'lotus',
				key: 'locked',
				value: true,
				configured: false,
				author: 'Minh',
				at: new Date(WALL - 90_000).toISOString(),
			},
		];
	},
};

const meters = new Meters();
const canvases = new MeterCanvas(meters);
const clientNow = () => performance.timeOrigin + performance.now();
let model = deskModel();
let frame = 0;
/** A scene begins with ten seconds of sound that pass at once. */
let time = 0;

/** One frame, as main.ts takes it. */
function tick(): void {
	time = Math.max(clientNow(), time + 50);
	const nowMs = time;
	const silent = model
		.desk!.channels.filter((one) => one.feed === 'silence' || one.source === 'lost')
		.map((one) => one.channel);
	if (model.alarms.length > 0) silent.push(channel(model, 'plenary.fr').channel);
	meters.receive(levelsFrame(model.desk!.points, frame++, silent), nowMs);
	canvases.draw(nowMs);
}

Object.assign(window, {
	scenes: Object.keys(SCENES),
	show(name: string, language: Language) {
		document.documentElement.lang = language;
		model = deskModel();
		model.language = language;
		SCENES[name]!(model);
		if (name === 'faulty' || name === 'meters') model.clips.set(1, 7);
		if (name === 'meters') model.clips.set(43, 3);
		const root = document.getElementById('page')!;
		morph(root, page(model, WALL));
		canvases.follow(root, clientNow());
		for (let i = 0; i < 200; i++) tick();
	},
	/** For bench.mjs: twenty frames a second until the page is closed. */
	run(isDrawn: boolean) {
		setInterval(() => {
			if (isDrawn) tick();
			else meters.receive(levelsFrame(model.desk!.points, frame++, []), clientNow());
		}, 50);
	},
	/** The page as a whole, as a message of the desk makes it. */
	redraw() {
		const root = document.getElementById('page')!;
		morph(root, page(model, WALL));
		canvases.follow(root, clientNow());
	},
});
