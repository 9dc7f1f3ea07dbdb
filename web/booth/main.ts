/** The booth page: the worker, the sound, the keys and the view around one model. */

import { mouthToEarMs } from '../shared/device_time.ts';
import { morph } from '../shared/dom.ts';
import { chooseLanguage, isLanguage } from '../shared/languages.ts';
import { now } from '../shared/link.ts';
import { fetchEvent } from '../shared/programme.ts';
import { act, type Effect, followMonitor, setEcho, setTone } from './actions.ts';
import { createWorker, soundFiles, voiceFiles } from './build.ts';
import type { ConsoleCommand, EarsReport, WorkerMessage } from './console_messages.ts';
import { loadDocuments, openDocument } from './documents.ts';
import { type Action, Keys } from './keys.ts';
import { matchDb } from './level_match.ts';
import {
	airOf,
	amOnAir,
	figuresOf,
	floorOf,
	isJoined,
	type Model,
	receiveBooth,
	receiveError,
	receiveMessage,
	say,
	sourceOf,
} from './model.ts';
import { newModel } from './new_model.ts';
import { applySetting } from './setting_change.ts';
import { loadSettings, saveSettings } from './settings.ts';
import { Sound } from './sound.ts';
import { WORDS } from './texts.ts';
import { keep, takeToken } from './token.ts';
import { page } from './view.ts';
import { watchSleep } from './watch_sleep.ts';

const DRAW_MS = 100;
const EVENT_AGAIN_MS = 5000;

const settings = loadSettings();
const kept = takeToken();
const model: Model = newModel(
	settings,
	kept !== null,
	chooseLanguage(navigator.languages ?? [navigator.language], settings.language),
);
const keys = new Keys();
keys.isPushToTalk = settings.isPushToTalk;

let worker: Worker | null = null;
let fetchedRevision: string | null = null;
let isFetching = false;
let match = 0;
let wakeLock: { release(): Promise<void> } | null = null;
let isWakeLockAsked = false;
/** What was asked for last that another booth may hold. */
let pressed: 'microphone' | 'a' | 'b' = 'microphone';

const sound = new Sound(soundFiles, {
	earsPorts: (ports) => post({ type: 'ears', ...ports }, Object.values(ports)),
	microphonePort: (port, latencyUs) => post({ type: 'microphone', port, latencyUs }, port === null ? [] : [port]),
	heard: (report) => heard(report),
	changed: () => followSound(),
});

function post(command: ConsoleCommand, transfer: Transferable[] = []): void {
	worker?.postMessage(command, transfer);
}

// --- what comes --------------------------------------------------------------------

function receive(message: WorkerMessage): void {
	const time = now();
	if (message.type === 'status') {
		const was = model.status;
		model.status = message;
		if (was?.connection === 'reconnecting' && isJoined(model)) say(model, { code: 'resumed' }, time, 2500);
		if (was !== null && was.microphone !== 'off' && message.microphone === 'off') endHeld();
		if (message.joined === null && message.refused !== null) model.joined = null;
		if (message.eventRevision !== null && message.eventRevision !== fetchedRevision) void loadEvent();
		listenAtAll();
		return;
	}
	const told = message.message;
	switch (told.type) {
		case 'joined':
			model.joined = told;
			if (kept !== null) keep({ token: kept.token, resume: told.resume, seat: told.seat });
			break;
		case 'booth': {
			const output = model.booth?.output;
			receiveBooth(model, told, time);
			if (model.isMonitoring && output !== told.output) effects(followMonitor(model));
			break;
		}
		case 'room':
			model.room = told;
			break;
		case 'message':
			receiveMessage(model, told, time);
			if (settings.hasChime && told.from.seat !== model.joined?.seat) sound.tellEars({ type: 'chime' });
			break;
		case 'error':
			receiveError(model, told, pressed, time);
			break;
	}
	draw();
}

/** Nobody has chosen yet: the floor. */
function listenAtAll(): void {
	if (model.status?.channelId == null && model.joined !== null) {
		const floor = floorOf(model);
		if (floor !== null) post({ type: 'listen', channelId: floor.id });
	}
}

async function loadEvent(): Promise<void> {
	if (isFetching) return;
	isFetching = true;
	try {
		const { event, clockOffsetMs } = await fetchEvent();
		model.event = event;
		model.wallOffsetMs = clockOffsetMs;
		fetchedRevision = event.revision;
		document.title = `${model.joined?.booth ?? 'Cabin'} · ${WORDS.booth[2]}`;
	} catch {
		setTimeout(() => void loadEvent(), EVENT_AGAIN_MS);
	}
	isFetching = false;
}

function heard(report: EarsReport): void {
	model.ears = report;
	const source = sourceOf(model);
	const figures = figuresOf(model, source?.number ?? null);
	const wanted = matchDb(figures?.lufs ?? null, model.status?.gainDb ?? 0, match);
	if (wanted !== match) {
		match = wanted;
		sound.tellEars({ type: 'match', gainDb: match });
	}
}

function followSound(): void {
	model.microphone = sound.microphone;
	model.microphoneLabel = sound.microphoneLabel;
	model.inputs = sound.inputs;
	model.outputs = sound.outputs;
	model.isSoundRunning = sound.isRunning;
	model.hasSoundFailed = sound.hasFailed;
	draw();
}

// --- what goes ---------------------------------------------------------------------

function effects(list: Effect[]): void {
	for (const effect of list) {
		if (effect.type === 'sound') setSound();
		else if (effect.type === 'keep') saveSettings(settings);
		else if (effect.type === 'panel') panelChanged();
		else {
			if (effect.type === 'mic' && effect.on) pressed = 'microphone';
			if (effect.type === 'say' && effect.message.type === 'output') pressed = effect.message.output;
			post(effect);
		}
	}
}

function panelChanged(): void {
	keys.hasPicks = model.panel === 'messages' || model.panel === 'idle';
	if (model.panel === 'documents' && kept !== null) void loadDocuments(model, kept.token).then(draw);
	draw();
	// A panel's first control is where its reader is; closed, the microphone key works anywhere.
	if (model.panel === null) (document.activeElement as HTMLElement | null)?.blur();
	else document.querySelector<HTMLElement>('.panel .close')?.focus();
}

function setSound(): void {
	const amplitude = (db: number) => (db <= -60 ? 0 : 10 ** (db / 20));
	const isHeard = model.isMonitoring || model.isEchoOn;
	sound.tellEars({
		type: 'sound',
		volume: amplitude(settings.volumeDb),
		monitor: isHeard ? amplitude(model.isEchoOn ? 0 : settings.monitorDb) : 0,
		bassDb: settings.bassDb,
		trebleDb: settings.trebleDb,
		sensitivityDb: settings.sensitivityDb,
	});
	sound.tellEars({ type: 'tone', on: model.isToneOn });
}

function run(actions: Action[]): void {
	if (actions.length === 0) return;
	for (const action of actions) effects(act(model, action, now()));
	draw();
}

/** The microphone went off by another way than the key. */
function endHeld(): void {
	if (model.isCoughing) effects(act(model, { do: 'cough', on: false }, now()));
	keys.reset();
}

async function start(): Promise<void> {
	if (model.isStarted || kept === null) return;
	model.isStarted = true;
	model.panel = 'check';
	draw();
	openWorker(await voiceFiles());
	try {
		await sound.start(settings.outputId);
		setSound();
		await sound.openMicrophone(settings.microphone);
	} catch {
		model.hasSoundFailed = true;
	}
	draw();
}

function openWorker(files: { encoder: ArrayBuffer; ears: ArrayBuffer }): void {
	worker = createWorker();
	worker.onmessage = (event: MessageEvent<WorkerMessage>) => receive(event.data);
	const scheme = location.protocol === 'https:' ? 'wss:' : 'ws:';
	const { token, resume, seat } = kept!;
	const name = settings.name.trim() === '' ? null : settings.name.trim();
	post({ type: 'open', url: `${scheme}//${location.host}/ws?console`, token, name, resume, seat, ...files });
}

// --- the page ----------------------------------------------------------------------

function draw(): void {
	document.documentElement.lang = model.language;
	document.documentElement.dataset.air = model.isStarted ? airOf(model) : '';
	morph(document.getElementById('page')!, page(model, now()));
	for (const input of document.querySelectorAll<HTMLInputElement>('input[type=range][data-setting]')) {
		if (input.value !== input.getAttribute('value')) input.value = input.getAttribute('value')!;
	}
}

function tick(): void {
	const time = now();
	run(keys.tick(time));
	const { status } = model;
	model.mouthToEarMs =
		sound.context !== null && status?.engine != null && status.clockOffsetUs !== null
			? smooth(model.mouthToEarMs, mouthToEarMs(sound.context, status.engine, status.clockOffsetUs))
			: null;
	post({
		type: 'page',
		hidden: document.hidden,
		interrupted: model.isStarted && !sound.isRunning,
		mouthToEarMs: model.mouthToEarMs,
		fallback: 'none',
	});
	followCheck();
	followShift(time);
	void followWakeLock();
	draw();
}

const smooth = (before: number | null, value: number | null) =>
	value === null ? null : before === null || Math.abs(value - before) > 200 ? value : before + (value - before) * 0.05;

/** A good level that lasts ticks the microphone off the list. */
let goodTicks = 0;
function followCheck(): void {
	const verdict = model.status?.own?.verdict ?? 'none';
	if (verdict === 'good') goodTicks++;
	else if (verdict !== 'none') goodTicks = 0;
	if (goodTicks >= 15) model.checks.microphone = 'good';
	if (model.microphone === 'denied' || model.microphone === 'missing') model.checks.microphone = 'bad';
}

function followShift(time: number): void {
	if (model.shiftBegan === null || model.isShiftTold) return;
	if (time - model.shiftBegan < settings.shiftMinutes * 60_000) return;
	model.isShiftTold = true;
	say(model, { code: 'shift-over' }, time);
}

/** The screen stays on while on air. */
async function followWakeLock(): Promise<void> {
	const wants = amOnAir(model) && !document.hidden;
	if (wants && wakeLock === null && !isWakeLockAsked && 'wakeLock' in navigator) {
		isWakeLockAsked = true;
		try {
			const lock = await navigator.wakeLock.request('screen');
			lock.addEventListener('release', () => {
				wakeLock = null;
			});
			wakeLock = lock;
		} catch {
			// low battery: nothing to be done
		}
		isWakeLockAsked = false;
	} else if (!wants && wakeLock !== null) {
		await wakeLock.release().catch(() => {});
		wakeLock = null;
	}
}

function click(what: string | undefined, id: string | undefined): void {
	const time = now();
	switch (what) {
		case 'start':
			void start();
			break;
		case 'resume':
			sound.resume();
			break;
		case 'language':
			if (isLanguage(id)) {
				model.language = id;
				settings.language = id;
				saveSettings(settings);
			}
			break;
		case 'tone':
			effects(setTone(model, !model.isToneOn));
			break;
		case 'echo':
			effects(setEcho(model, !model.isEchoOn));
			break;
		case 'check-yes':
		case 'check-no':
			if (id === 'headset' || id === 'voice') model.checks[id] = what === 'check-yes' ? 'good' : 'bad';
			effects([...setEcho(model, false), ...setTone(model, false)]);
			break;
		case 'uncalibrate':
			settings.sensitivityDb = 0;
			saveSettings(settings);
			setSound();
			break;
		case 'to':
			if (id === 'partner' || id === 'room' || id === 'technician') model.messageTo = id;
			break;
		case 'document':
			if (kept !== null) void openDocument(model, kept.token, Number(id));
			break;
		case 'microphone':
			if (!settings.isPushToTalk) effects(act(model, { do: 'microphone' }, time));
			break;
		default: {
			const action = actionOf(what, id);
			if (action !== null) effects(act(model, action, time));
		}
	}
	draw();
}

/** Buttons that are keys, too. */
function actionOf(what: string | undefined, id: string | undefined): Action | null {
	switch (what) {
		case 'output':
			return id === 'a' || id === 'b' ? { do: 'output', output: id } : null;
		case 'relay':
			return { do: 'relay', preset: Number(id) };
		case 'volume':
			return { do: 'volume', step: id === '1' ? 1 : -1 };
		case 'signal':
			return { do: 'signal', kind: id as 'slow-down' };
		case 'panel':
			return { do: 'panel', panel: id as 'sound' };
		case 'pick':
			return { do: 'pick', index: Number(id) };
		case 'handover':
		case 'decline':
		case 'floor':
		case 'monitor':
		case 'technician':
		case 'shift':
		case 'close':
			return { do: what };
		default:
			return null;
	}
}

function listenToPage(): void {
	document.addEventListener('click', (event) => {
		const target = (event.target as Element).closest<HTMLElement>('[data-do]');
		if (target === null || target.dataset.do === 'cough') return;
		if (target.dataset.do === 'microphone' && settings.isPushToTalk) return;
		click(target.dataset.do, target.dataset.id);
	});
	document.addEventListener('pointerdown', (event) => held(event, true));
	for (const name of ['pointerup', 'pointercancel'] as const) {
		document.addEventListener(name, (event) => held(event, false));
	}
	document.addEventListener('keydown', keyDown);
	document.addEventListener('keyup', (event) => {
		// A button in the focus would be pressed by the microphone's key.
		if (event.code === 'Space' && model.isStarted && !isTextField(event.target)) event.preventDefault();
		run(keys.up(event.key, event.code));
	});
	document.addEventListener('contextmenu', (event) => {
		// A long press is how cough is held on a tablet.
		if ((event.target as Element).closest('[data-do=cough], [data-do=microphone]') !== null) event.preventDefault();
	});
	document.addEventListener('input', changed);
	document.addEventListener('change', changed);
	document.addEventListener('submit', (event) => {
		event.preventDefault();
		sendText((event.target as HTMLFormElement).querySelector('input')!);
	});
	window.addEventListener('blur', () => {
		if (model.isCoughing) say(model, { code: 'cough-blind' }, now(), 3000);
		run(keys.blur(now()));
	});
	window.addEventListener('focus', () => keys.focus(now()));
	document.addEventListener('visibilitychange', () => {
		if (document.hidden) run(keys.blur(now()));
		else returned();
	});
	window.addEventListener('pageshow', returned);
	window.addEventListener('online', returned);
	window.addEventListener('beforeunload', (event) => {
		// A tab that is closed on air takes a second word.
		if (model.status !== null && model.status.microphone !== 'off') event.preventDefault();
	});
	watchSleep(() => {
		say(model, { code: 'slept' }, now());
		returned();
	});
}

function returned(): void {
	sound.resume();
	post({ type: 'hurry' });
}

/** Cough, and push-to-talk, under a finger or a mouse: held on to wherever the pointer goes. */
function held(event: PointerEvent, isDown: boolean): void {
	const target = (event.target as Element).closest<HTMLElement>('[data-do]');
	if (!isDown) {
		if (model.isCoughing && !keys.isCoughKeyDown) run(keys.coughButton(false));
		if (keys.isTalkButtonDown) run(keys.talkButton(false));
		return;
	}
	if (target?.dataset.do === 'cough' && !target.hasAttribute('disabled')) {
		target.setPointerCapture(event.pointerId);
		run(keys.coughButton(true));
	} else if (target?.dataset.do === 'microphone' && settings.isPushToTalk && !target.hasAttribute('disabled')) {
		target.setPointerCapture(event.pointerId);
		run(keys.talkButton(true));
	}
}

function keyDown(event: KeyboardEvent): void {
	const target = event.target as HTMLElement;
	if (!model.isStarted) {
		if (event.key === 'Enter' && target.closest('.languages') === null) {
			event.preventDefault();
			void start();
		}
		return;
	}
	const isText = isTextField(target);
	const actions = keys.down(
		{
			key: event.key,
			code: event.code,
			isRepeat: event.repeat,
			isModified: event.ctrlKey || event.altKey || event.metaKey,
			isTyping:
				isText ||
				target instanceof HTMLSelectElement ||
				(target instanceof HTMLInputElement && event.key.startsWith('Arrow')),
		},
		now(),
	);
	if (actions === null) return;
	event.preventDefault();
	sound.resume();
	run(actions);
}

const isTextField = (target: EventTarget | null): boolean =>
	target instanceof HTMLInputElement && ['text', 'number'].includes(target.type);

function changed(event: Event): void {
	const input = event.target as HTMLInputElement | HTMLSelectElement;
	const { setting } = input.dataset;
	if (setting === undefined) return;
	const what = applySetting(settings, setting, input);
	keys.isPushToTalk = settings.isPushToTalk;
	saveSettings(settings);
	if (what === 'sound') setSound();
	else if (what === 'microphone' && event.type === 'change') void sound.openMicrophone(settings.microphone);
	else if (what === 'output' && event.type === 'change') void sound.setOutput(settings.outputId);
	draw();
}

function sendText(input: HTMLInputElement): void {
	const text = input.value.trim();
	if (text === '' || !isJoined(model)) return;
	post({ type: 'say', message: { type: 'message', to: model.messageTo, text: cut(text), canned: null } });
	input.value = '';
}

/** As many whole characters as the server takes. */
function cut(text: string): string {
	let short = text;
	while (new TextEncoder().encode(short).length > 200) short = [...short].slice(0, -1).join('');
	return short;
}

listenToPage();
setInterval(tick, DRAW_MS);
draw();
