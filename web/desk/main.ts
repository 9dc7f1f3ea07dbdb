/** The desk: its connection, the meters, the ear, the voice and the view around one model. */
import { morph } from '../shared/dom.ts';
import { chooseLanguage, isLanguage } from '../shared/languages.ts';
import { now } from '../shared/link.ts';
import { fetchEvent } from '../shared/programme.ts';
import { act, outcomeKey, type Press } from './actions.ts';
import { AlarmSound, AlarmTurn } from './alarm_sound.ts';
import { ask, type Request } from './api.ts';
import { venueTime } from './derive.ts';
import { DeskConnection } from './desk_connection.ts';
import type { Change, DeskServerMessage, LogEntry } from './desk_wire.ts';
import { Ear } from './listening.ts';
import { MeterCanvas } from './meter_canvas.ts';
import { Meters } from './meters.ts';
import { addEntries, joinedAnew, type Model, receive, type Subject, VIEWS } from './model.ts';
import { newModel } from './new_model.ts';
import { createPlayer } from './player.ts';
import { loadSettings, saveSettings } from './settings.ts';
import { type Talk, Talking } from './talking.ts';
import { word } from './texts.ts';
import { keepPass, passOf, takePass } from './token.ts';
import { page } from './view.ts';
import { ageText } from './view_parts.ts';
import type { Voice } from './voice.ts';

/** What comes by itself is drawn this often at most; what a hand does, at once. */
const DRAW_MS = 400;
const EVENT_AGAIN_MS = 5000;
const LOG_PAGE = 200;

const settings = loadSettings();
const model: Model = newModel(
	chooseLanguage(navigator.languages ?? [navigator.language], settings.language),
	takePass(),
);
model.hasAlarmSound = settings.hasAlarmSound;
model.volume = settings.volume;
const meters = new Meters();
const canvases = new MeterCanvas(meters);
const alarmSound = new AlarmSound();
const alarmTurn = new AlarmTurn();
let connection: DeskConnection | null = null;
let voice: Voice | null = null;
let drawTimer: ReturnType<typeof setTimeout> | null = null;
let wasStale = true;

const request = (wish: Request) => ask(model.pass?.token ?? '', wish);
const hands = { ask: request, draw };
const ear = new Ear(model, {
	ask: request,
	createPlayer: (onStatus, onFailure) => createPlayer(model.pass?.token ?? '', onStatus, onFailure),
	draw,
});
const talking = new Talking(model, { ask: request, speak: (on) => voice?.speak(on), draw });

// --- what comes --------------------------------------------------------------------

function connect(): void {
	if (model.pass === null) return;
	const scheme = location.protocol === 'https:' ? 'wss:' : 'ws:';
	connection = new DeskConnection(`${scheme}//${location.host}/ws?console`, model.pass.token, {
		message: told,
		levels,
		changed: followConnection,
		refused: (code) => leave(code),
	});
	connection.open();
	void loadEvent();
}

function told(message: DeskServerMessage): void {
	if (message.type === 'joined') {
		joinedAnew(model);
		meters.forget();
		followConnection();
		if (model.view === 'changes') void loadChanges();
		if (model.view === 'log') void loadLog(false);
		return;
	}
	if (message.type === 'event' && message.revision !== model.event?.revision) {
		setTimeout(() => void loadEvent(), Math.random() * 3000);
	}
	const before = model.desk?.changes;
	if (receive(model, message, Date.now())) drawSoon();
	if (message.type === 'desk' && before !== undefined && before !== message.changes && model.view === 'changes') {
		void loadChanges();
	}
}

function levels(bytes: Uint8Array): void {
	if (!meters.receive(bytes, now()) || document.hidden) return;
	wasStale = false;
	canvases.draw(now());
	if (meters.takeClipped()) followClips();
}

/** A lamp is an element, so it is drawn with the page. */
function followClips(): void {
	model.desk?.points.forEach((_, point) => {
		const { clips } = meters.at(point);
		if (clips > 0) model.clips.set(point, clips);
	});
	drawSoon();
}

function followConnection(): void {
	if (connection === null) return;
	const wasJoined = model.isJoined;
	model.connection = connection.state;
	model.isJoined = connection.isJoined;
	if (wasJoined && !model.isJoined) model.lostAt = Date.now();
	draw();
}

async function loadEvent(): Promise<void> {
	try {
		model.event = (await fetchEvent()).event;
		document.title = `${word('title', model.language)} · ${model.event.event.name[model.language]}`;
		draw();
	} catch {
		setTimeout(() => void loadEvent(), EVENT_AGAIN_MS);
	}
}

async function loadLog(older: boolean): Promise<void> {
	model.isLogLoading = true;
	draw();
	const kind = model.logKind === '' ? '' : `&kind=${encodeURIComponent(model.logKind)}`;
	const before = older && model.logNext !== null ? `&before=${model.logNext}` : '';
	const answer = await request({ method: 'GET', path: `/log?limit=${LOG_PAGE}${kind}${before}` });
	model.isLogLoading = false;
	if (answer.error !== null) {
		model.outcomes.set(outcomeKey('log', ''), { state: 'failed', ...answer.error });
	} else {
		model.outcomes.delete(outcomeKey('log', ''));
		addEntries(model, (answer.body.entries as LogEntry[] | undefined) ?? []);
		model.logNext = typeof answer.body.next === 'number' ? answer.body.next : null;
	}
	draw();
}

async function loadChanges(): Promise<void> {
	const answer = await request({ method: 'GET', path: '/changes' });
	model.changesFault = answer.error === null ? null : answer.error.text || answer.error.code;
	if (answer.isGood) model.changes = (answer.body.changes as Change[] | undefined) ?? [];
	draw();
}

// --- what hands do -----------------------------------------------------------------

function press(element: HTMLElement, isKeyboard: boolean): void {
	const { do: what = '', id = '', value = '' } = element.dataset;
	if (model.hasAlarmSound) alarmSound.wake();
	const wish: Press = { what, id, value };
	if (what === 'sure') {
		const [real = '', ...rest] = value.split('|');
		void act(model, { what: real, id, value: rest.join('|') }, fieldsAround(element), hands, true);
		return;
	}
	if (own(wish, isKeyboard)) return;
	void act(model, wish, fieldsAround(element), hands);
}

/** What the page does by itself. False: it is the server's. */
function own({ what, id }: Press, isKeyboard: boolean): boolean {
	switch (what) {
		case 'view':
			showView(id);
			break;
		case 'open':
			openSubject(id);
			break;
		case 'close':
			model.subject = null;
			break;
		case 'unsure':
			model.asking = null;
			break;
		case 'language':
			if (isLanguage(id)) model.language = settings.language = id;
			saveSettings(settings);
			break;
		case 'alarm-sound':
			model.hasAlarmSound = settings.hasAlarmSound = !model.hasAlarmSound;
			if (model.hasAlarmSound) {
				alarmSound.wake();
				alarmSound.play('warning');
			}
			saveSettings(settings);
			break;
		case 'leave':
			leave(null);
			return true;
		case 'hear':
			void ear.hear(id);
			return true;
		case 'hush':
			ear.stop();
			return true;
		case 'clip':
			meters.reset(Number(id));
			model.clips.delete(Number(id));
			break;
		case 'meter-group':
			model.meterGroup = id === 'sources' ? 'sources' : 'channels';
			break;
		case 'full-screen':
			void fullScreen();
			return true;
		case 'older':
			void loadLog(true);
			return true;
		default:
			return ownTalk(what, id, isKeyboard);
	}
	draw();
	return true;
}

function ownTalk(what: string, id: string, isKeyboard: boolean): boolean {
	switch (what) {
		case 'announcement-scope':
			model.announcement.scope = id;
			break;
		case 'voice-scope':
			model.talk.scope = id;
			break;
		case 'talkback-to':
			model.talk.to = id === 'all' ? [] : toggled(model.talk.to, id);
			break;
		case 'talk-to':
			model.talk.to = [id];
			model.subject = { kind: 'talk' };
			break;
		case 'latch':
			model.talk.isLatched = !model.talk.isLatched;
			break;
		case 'open-microphone':
			void openVoice();
			break;
		case 'talk-booths':
		case 'talk-listeners':
			// Held keys are followed by their own events; a click is the latch's.
			if (model.talk.isLatched || (isKeyboard && talking.wanted === null && isTouchOnly())) {
				void talk(talking.wanted === null ? (what === 'talk-booths' ? 'booths' : 'listeners') : null);
			}
			break;
		default:
			return false;
	}
	draw();
	return true;
}

/** A screen reader on a phone clicks without pointer or key: it cannot hold. */
const isTouchOnly = () => window.matchMedia('(hover: none)').matches;

const toggled = (list: string[], id: string) => (list.includes(id) ? list.filter((one) => one !== id) : [...list, id]);

function showView(id: string): void {
	const view = VIEWS.find((one) => one === id);
	if (view === undefined) return;
	model.view = view;
	model.asking = null;
	if (view === 'log') void loadLog(false);
	if (view === 'changes') void loadChanges();
}

function openSubject(id: string): void {
	const at = id.indexOf(':');
	const kind = at < 0 ? id : id.slice(0, at);
	const wish = { kind, id: id.slice(at + 1) } as Subject;
	const isSame = JSON.stringify(wish) === JSON.stringify(model.subject);
	model.subject = isSame ? null : wish;
	model.asking = null;
	if (kind === 'talk') {
		model.unread = 0;
		if (isSame || model.subject === null) return;
	}
	requestAnimationFrame(() => document.querySelector<HTMLElement>('.detail .close')?.focus());
}

async function fullScreen(): Promise<void> {
	model.isFullScreen = !model.isFullScreen;
	try {
		if (model.isFullScreen) await document.documentElement.requestFullscreen();
		else if (document.fullscreenElement !== null) await document.exitFullscreen();
	} catch {
		// the page itself still gives the meters all of its room
	}
	draw();
}

// --- the technician's voice ----------------------------------------------------------

async function openVoice(): Promise<void> {
	if (model.pass === null) return;
	if (voice === null) {
		model.microphone = 'opening';
		draw();
		const { Voice: VoiceOf } = await import('./voice.ts');
		voice ??= new VoiceOf(model.pass.token, model.pass.name, () => {
			model.microphone = voice?.phase ?? 'closed';
			draw();
		});
	}
	await voice.open();
}

async function talk(wish: Talk | null): Promise<void> {
	if (wish !== null && !voice?.isReady) {
		await openVoice();
		return;
	}
	talking.want(wish);
}

const talkOf = (element: Element | null): Talk | null => {
	const what = element?.closest<HTMLElement>('[data-do]')?.dataset.do;
	return what === 'talk-booths' ? 'booths' : what === 'talk-listeners' ? 'listeners' : null;
};

function hold(event: Event, isDown: boolean): void {
	if (model.talk.isLatched) return;
	const wish = talkOf(event.target as Element);
	if (isDown && wish !== null) {
		if (event instanceof PointerEvent) (event.target as Element).closest('button')?.setPointerCapture(event.pointerId);
		void talk(wish);
	} else if (!isDown && talking.wanted !== null) {
		void talk(null);
	}
}

// --- forms and settings --------------------------------------------------------------

function fieldsAround(element: Element): Record<string, string> {
	const fields: Record<string, string> = {};
	const place = element.closest('form, .group');
	for (const input of place?.querySelectorAll<HTMLInputElement | HTMLSelectElement>('[name]') ?? []) {
		fields[input.name] = input.value.trim();
	}
	return fields;
}

function submitted(form: HTMLFormElement): void {
	const fields = fieldsAround(form.querySelector('[name]') ?? form);
	switch (form.dataset.form) {
		case 'login': {
			const pass = passOf(fields.token ?? '');
			model.loginFault = pass === null ? 'not-a-token' : null;
			model.pass = pass;
			if (pass !== null) {
				keepPass(pass);
				connect();
			}
			break;
		}
		case 'add-room':
			void act(model, { what: 'add-room', id: '', value: '' }, fields, hands);
			break;
		case 'message': {
			const text = cut(fields.text ?? '');
			if (text === '' || !connection?.send({ type: 'message', to: fields.to ?? 'room', text, canned: null })) break;
			form.querySelector<HTMLInputElement>('[name=text]')!.value = '';
			break;
		}
	}
	draw();
}

/** As many whole characters as the server takes. */
function cut(text: string): string {
	let short = text;
	while (new TextEncoder().encode(short).length > 200) short = [...short].slice(0, -1).join('');
	return short;
}

function changed(event: Event): void {
	const input = event.target as HTMLInputElement;
	switch (input.dataset.setting) {
		case 'volume':
			ear.setVolume(Number(input.value) / 100);
			settings.volume = model.volume;
			saveSettings(settings);
			break;
		case 'log-filter':
			model.logFilter = input.value;
			break;
		case 'log-kind':
			if (model.logKind === input.value) return;
			model.logKind = input.value;
			void loadLog(false);
			break;
		default:
			return;
	}
	draw();
}

/** Out of the desk; `code`: why the server wants it so. */
function leave(code: string | null): void {
	connection?.close();
	connection = null;
	talking.want(null);
	voice?.close();
	voice = null;
	ear.stop();
	keepPass(null);
	const { language, volume, hasAlarmSound } = model;
	Object.assign(model, newModel(language, null), { volume, hasAlarmSound, loginFault: code });
	draw();
}

// --- the page ----------------------------------------------------------------------

function drawSoon(): void {
	drawTimer ??= setTimeout(draw, DRAW_MS);
}

function draw(): void {
	if (drawTimer !== null) clearTimeout(drawTimer);
	drawTimer = null;
	document.documentElement.lang = model.language;
	const root = document.getElementById('page')!;
	morph(root, page(model, Date.now()));
	canvases.follow(root, now());
}

/** Times that run are written without drawing the page. */
function tick(): void {
	const wall = Date.now() + model.wallOffsetMs;
	const clock = document.getElementById('clock');
	if (clock !== null) clock.textContent = venueTime(model, wall);
	for (const since of document.querySelectorAll<HTMLElement>('[data-since]')) {
		const text = ageText(Date.parse(since.dataset.since!), wall);
		if (since.textContent !== text) since.textContent = text;
	}
	if (!wasStale && meters.isStale(now())) {
		wasStale = true;
		canvases.draw(now());
	}
	const sound = alarmTurn.next(model.alarms, now());
	if (sound !== null && model.hasAlarmSound) alarmSound.play(sound);
}

function keyDown(event: KeyboardEvent): void {
	const isTalkKey = event.key === ' ' || event.key === 'Enter';
	if (isTalkKey && !event.repeat && talkOf(event.target as Element) !== null && !model.talk.isLatched) {
		event.preventDefault();
		hold(event, true);
	} else if (event.key === 'Escape') {
		if (model.asking !== null) model.asking = null;
		else if (model.subject !== null) model.subject = null;
		else if (model.isFullScreen) model.isFullScreen = false;
		else return;
		draw();
	}
}

document.addEventListener('click', (event) => {
	const target = event.target as Element;
	// A click into the ground of a channel opens it; one into its controls is theirs.
	const element = target.closest<HTMLElement>('[data-do]');
	if (element === null || element.hasAttribute('disabled')) return;
	press(element, event.detail === 0);
});
document.addEventListener('pointerdown', (event) => hold(event, true));
for (const name of ['pointerup', 'pointercancel'] as const)
	document.addEventListener(name, (event) => hold(event, false));
document.addEventListener('keydown', keyDown);
document.addEventListener('keyup', (event) => hold(event, false));
document.addEventListener('contextmenu', (event) => {
	if (talkOf(event.target as Element) !== null) event.preventDefault();
});
document.addEventListener('submit', (event) => {
	event.preventDefault();
	submitted(event.target as HTMLFormElement);
});
document.addEventListener('input', changed);
document.addEventListener('change', changed);
document.addEventListener('fullscreenchange', () => {
	if (document.fullscreenElement === null && model.isFullScreen) {
		model.isFullScreen = false;
		draw();
	}
});
document.addEventListener('visibilitychange', () => {
	if (document.hidden) return;
	connection?.hurry();
	draw();
});
window.addEventListener('blur', () => {
	// A key's release cannot be seen from here.
	if (!model.talk.isLatched && talking.wanted !== null) void talk(null);
});
window.addEventListener('online', () => connection?.hurry());
window.addEventListener('beforeunload', (event) => {
	if (model.microphone === 'on-air') event.preventDefault();
});
setInterval(tick, 1000);
draw();
connect();
