/**
 * What the console knows, and what follows from it. Pure: a test drives it with messages.
 * The server's `booth` and `room` decide; nothing here guesses ahead of them but for what the
 * interpreter's own hands hold (cough).
 */

import type { Language } from '../shared/languages.ts';
import type { Channel, Event, Room } from '../shared/programme.ts';
import type { ConsoleStatus, EarsReport } from './console_messages.ts';
import type {
	BoothMessage,
	IdleFeed,
	JoinedMessage,
	Output,
	OutputName,
	Quality,
	RoomChannel,
	RoomMessage,
	Seat,
	TalkMessage,
} from './console_wire.ts';
import type { Panel } from './keys.ts';
import type { Settings } from './settings.ts';
import type { Device, MicrophoneState } from './sound.ts';

/** The one thing that cannot be missed. */
export type Air =
	| 'offline' // not joined, microphone off
	| 'off' // joined, microphone off, nobody of this booth on air
	| 'partner' // my partner is on air
	| 'partner-lost' // my partner has the air, and nothing comes: take over
	| 'asked' // the key was pressed, the server has not answered
	| 'soon' // a hand-over to me is agreed: my microphone is open, not on air yet
	| 'on' // listeners hear me
	| 'cough' // on air, silent
	| 'held' // my microphone is off; the channel is still ours for the hold time
	| 'uncertain' // my microphone is on, but there is no connection: nobody hears me
	| 'mute'; // on air, but there is no microphone

/** A line for the interpreter. */
export type Said =
	| { code: 'take-microphone' | 'taken' | 'handed-over' | 'handover-lapsed' | 'store' | 'stored' | 'sent' | 'resumed' }
	| { code: 'take-channel'; booth: string; seat: number | null }
	| { code: 'no-output' | 'nobody' | 'no-handover' | 'not-on-air' | 'not-joined' | 'no-microphone' | 'no-answer' }
	| { code: 'which-partner' | 'message' | 'shift-over' | 'cough-blind' | 'slept' | 'no-preset' }
	| { code: 'refused'; text: string };

export type Check = 'open' | 'good' | 'bad';
export interface Checks {
	microphone: Check;
	headset: Check;
	voice: Check;
	network: Check;
}

export interface DocumentEntry {
	number: number;
	title: string;
	url: string | null;
	file: string | null;
}

export interface Model {
	language: Language;
	event: Event | null;
	joined: JoinedMessage | null;
	booth: BoothMessage | null;
	room: RoomMessage | null;
	status: ConsoleStatus | null;
	ears: EarsReport | null;
	microphone: MicrophoneState;
	microphoneLabel: string;
	inputs: Device[];
	outputs: Device[];
	isSoundRunning: boolean;
	hasSoundFailed: boolean;
	hasToken: boolean;
	/** The sound was started by a key or tap. */
	isStarted: boolean;
	settings: Settings;
	isCoughing: boolean;
	isMonitoring: boolean;
	isToneOn: boolean;
	isEchoOn: boolean;
	mouthToEarMs: number | null;
	panel: Panel | null;
	checks: Checks;
	said: Said | null;
	saidUntil: number;
	/** Pressing again until then takes what is held. */
	take: { what: 'microphone' | 'a' | 'b'; until: number } | null;
	digit: { means: 'store' | 'seat'; until: number } | null;
	messages: TalkMessage[];
	unread: number;
	messageTo: 'partner' | 'room' | 'technician';
	documents: DocumentEntry[] | null;
	documentsFault: boolean;
	/** Client clock when the shift began, ms; null: it has not. */
	shiftBegan: number | null;
	isShiftTold: boolean;
	/** Wall clock of the server less mine. */
	wallOffsetMs: number;
}

export const SAID_MS = 6000;
export const AGAIN_MS = 3000;
const MESSAGES_KEPT = 50;

export function say(model: Model, said: Said, nowMs: number, forMs = SAID_MS): void {
	model.said = said;
	model.saidUntil = nowMs + forMs;
}

// --- the booth ---------------------------------------------------------------------

export const isJoined = (model: Model): boolean => model.joined !== null && model.status?.connection === 'open';

export function mySeat(model: Model): Seat | null {
	return model.booth?.seats.find((seat) => seat.seat === model.joined?.seat) ?? null;
}

export function partners(model: Model): Seat[] {
	return model.booth?.seats.filter((seat) => seat.seat !== model.joined?.seat) ?? [];
}

export const presentPartners = (model: Model): Seat[] => partners(model).filter((seat) => seat.present);

export const amOnAir = (model: Model): boolean =>
	model.booth !== null && model.joined !== null && model.booth.on_air === model.joined.seat && !model.booth.held;

export function airOf(model: Model): Air {
	const { status, booth, joined } = model;
	const wants = status !== null && status.microphone !== 'off';
	if (!isJoined(model)) return wants ? 'uncertain' : 'offline';
	if (booth === null || joined === null) return 'off';
	if (amOnAir(model) && wants) {
		if (model.microphone !== 'open') return 'mute';
		return model.isCoughing ? 'cough' : 'on';
	}
	if (booth.handover?.state === 'agreed' && booth.handover.to === joined.seat) return 'soon';
	if (wants) return 'asked';
	const speaker = booth.seats.find((seat) => seat.seat === booth.on_air);
	if (speaker !== undefined && speaker.seat !== joined.seat && (speaker.late || !speaker.present))
		return 'partner-lost';
	if (booth.on_air !== null && booth.held) return 'held';
	return booth.on_air !== null && booth.on_air !== joined.seat ? 'partner' : 'off';
}

/** How long the seat on air has been there, ms; null: nobody is. */
export function onAirMs(model: Model, nowMs: number): number | null {
	const { booth, status } = model;
	const offset = status?.clockOffsetUs ?? null;
	if (booth === null || booth.on_air === null || booth.since_us === null || offset === null) return null;
	return Math.max(0, (nowMs * 1000 + offset - booth.since_us) / 1000);
}

// --- channels ----------------------------------------------------------------------

export function roomOf(model: Model): Room | null {
	return model.event?.rooms.find((room) => room.id === (model.joined?.room ?? model.room?.room)) ?? null;
}

export function channelOf(model: Model, number: number | null): Channel | null {
	return roomOf(model)?.channels.find((channel) => channel.number === number) ?? null;
}

export function figuresOf(model: Model, number: number | null): RoomChannel | null {
	return model.room?.channels.find((channel) => channel.channel === number) ?? null;
}

export function outputOf(model: Model, name?: OutputName): Output | null {
	const wanted = name ?? model.booth?.output ?? 'a';
	return model.joined?.outputs.find((output) => output.output === wanted) ?? null;
}

export interface OutputView {
	output: OutputName;
	channel: number;
	language: string | null;
	isChosen: boolean;
	/** Another booth that is on air there. */
	heldBy: { booth: string; seat: number | null } | null;
	listeners: number;
}

export function outputViews(model: Model): OutputView[] {
	const { joined, booth } = model;
	return (joined?.outputs ?? []).map((output) => {
		const figures = figuresOf(model, output.channel);
		const isOther = figures?.feed === 'booth' && figures.booth !== null && figures.booth !== joined?.booth;
		return {
			output: output.output,
			channel: output.channel,
			language: output.language,
			isChosen: (booth?.output ?? 'a') === output.output,
			heldBy: isOther ? { booth: figures.booth!, seat: figures.seat } : null,
			listeners: figures?.listeners ?? 0,
		};
	});
}

/** What the listeners of my output get now. */
export type Gets =
	| { kind: 'me' | 'cough' | 'floor' | 'silence' | 'desk' | 'unknown' }
	| { kind: 'partner'; seat: number }
	| { kind: 'booth'; booth: string; seat: number | null }
	| { kind: 'channel'; channel: number | null };

export function listenersGet(model: Model, channel: number | null): Gets {
	const figures = figuresOf(model, channel);
	const { joined } = model;
	if (figures === null || joined === null || !isJoined(model)) return { kind: 'unknown' };
	switch (figures.feed) {
		case 'booth':
			if (figures.booth !== joined.booth) return { kind: 'booth', booth: figures.booth ?? '?', seat: figures.seat };
			if (figures.seat !== joined.seat) return partnerGives(model, figures.seat);
			if (model.microphone !== 'open' || !(model.status?.sends ?? false)) return { kind: 'silence' };
			return { kind: model.isCoughing ? 'cough' : 'me' };
		case 'channel':
			return { kind: 'channel', channel: figures.idle_from };
		case 'silence':
		case 'desk':
			return { kind: figures.feed };
		default:
			return { kind: 'floor' };
	}
}

/** A partner who has the air and gives nothing, for whatever reason, is silence. */
function partnerGives(model: Model, number: number | null): Gets {
	const seat = partners(model).find((one) => one.seat === number);
	const isMute = seat === undefined || !seat.present || !seat.mic || seat.late || seat.cough || model.booth!.held;
	return isMute ? { kind: 'silence' } : { kind: 'partner', seat: seat.seat };
}

/** What can be chosen for the time when nobody is on air. */
export interface IdleChoice {
	feed: IdleFeed;
	from: number | null;
	isNow: boolean;
}

export function idleChoices(model: Model): IdleChoice[] {
	const own = outputOf(model)?.channel ?? null;
	const figures = figuresOf(model, own);
	const choices: IdleChoice[] = [
		{ feed: 'pass-through', from: null, isNow: figures?.idle === 'pass-through' },
		{ feed: 'silence', from: null, isNow: figures?.idle === 'silence' },
	];
	for (const channel of roomOf(model)?.channels ?? []) {
		if (channel.kind !== 'language' || channel.number === own) continue;
		const isNow = figures?.idle === 'channel' && figures.idle_from === channel.number;
		choices.push({ feed: 'channel', from: channel.number, isNow });
	}
	return choices;
}

// --- what I hear -------------------------------------------------------------------

export function floorOf(model: Model): Channel | null {
	return roomOf(model)?.channels.find((channel) => channel.kind === 'floor') ?? null;
}

/** The three relays: what was stored, else the room's other languages in their order. */
export function presets(model: Model): (Channel | null)[] {
	const own = new Set(model.joined?.outputs.map((output) => output.channel));
	const all = roomOf(model)?.channels.filter((channel) => channel.kind === 'language') ?? [];
	const others = [
		...all.filter((channel) => !own.has(channel.number)),
		...all.filter((channel) => own.has(channel.number)),
	];
	const stored = model.settings.presets.map((id) => all.find((channel) => channel.id === id) ?? null);
	const rest = others.filter((channel) => !stored.includes(channel));
	return stored.map((channel) => channel ?? rest.shift() ?? null);
}

export function sourceOf(model: Model): Channel | null {
	return roomOf(model)?.channels.find((channel) => channel.id === model.status?.channelId) ?? null;
}

/** The mark of what I hear: the server's word for my seat, as it knows what that interpreter hears. */
export function sourceQuality(model: Model): Quality | null {
	const source = sourceOf(model);
	if (source?.kind === 'floor') return 'direct';
	const seat = mySeat(model);
	return seat !== null && seat.channel === source?.number ? seat.quality : null;
}

export type SourceTrouble = 'none' | 'stalled' | 'lost' | 'silent';

export function sourceTrouble(model: Model): SourceTrouble {
	const engine = model.status?.engine ?? null;
	if (engine === null) return 'none';
	if (engine.source === 'lost') return 'lost';
	if (engine.feed === 'silence') return 'silent';
	if (engine.isStalled) return 'stalled';
	return engine.source === 'silent' ? 'silent' : 'none';
}

// --- what comes --------------------------------------------------------------------

export function receiveBooth(model: Model, booth: BoothMessage, nowMs: number): void {
	const before = model.booth;
	const me = model.joined?.seat;
	const wasOnAir = before !== null && before.on_air === me && !before.held;
	model.booth = booth;
	const isOnAir = booth.on_air === me && !booth.held;
	if (isOnAir && !wasOnAir) {
		model.shiftBegan ??= nowMs;
		model.take = null;
	}
	if (before === null) return;
	const was = before.handover;
	if (wasOnAir && !isOnAir && booth.on_air !== null && booth.on_air !== me) {
		say(model, { code: was?.state === 'agreed' && was.from === me ? 'handed-over' : 'taken' }, nowMs);
		model.shiftBegan = null;
		model.isShiftTold = false;
	} else if (was !== null && booth.handover === null && was.by === me && booth.on_air === before.on_air) {
		say(model, { code: 'handover-lapsed' }, nowMs);
	}
}

export function receiveMessage(model: Model, message: TalkMessage, nowMs: number): void {
	model.messages = [...model.messages, message].slice(-MESSAGES_KEPT);
	const isMine = message.from.booth === model.joined?.booth && message.from.seat === model.joined?.seat;
	if (isMine) {
		say(model, { code: 'sent' }, nowMs, 2500);
	} else if (model.panel !== 'messages') {
		model.unread++;
		say(model, { code: 'message' }, nowMs);
	}
}

/** A refusal. True: it may be taken by pressing again. */
export function receiveError(
	model: Model,
	error: { code: string; text: string; booth?: string | null; seat?: number | null },
	pressed: 'microphone' | 'a' | 'b',
	nowMs: number,
): boolean {
	switch (error.code) {
		case 'mic-held':
			model.take = { what: 'microphone', until: nowMs + AGAIN_MS };
			say(model, { code: 'take-microphone' }, nowMs, AGAIN_MS);
			return true;
		case 'channel-held':
			model.take = { what: pressed, until: nowMs + AGAIN_MS };
			say(model, { code: 'take-channel', booth: error.booth ?? '?', seat: error.seat ?? null }, nowMs, AGAIN_MS);
			return true;
		case 'handover-nobody':
			say(model, { code: 'nobody' }, nowMs);
			return false;
		case 'handover-none':
			say(model, { code: 'no-handover' }, nowMs);
			return false;
		case 'not-on-air':
			say(model, { code: 'not-on-air' }, nowMs);
			return false;
		case 'air-taken':
			say(model, { code: 'taken' }, nowMs);
			return false;
		case 'no-answer':
			say(model, { code: 'no-answer' }, nowMs);
			return false;
		default:
			if (model.joined !== null) say(model, { code: 'refused', text: error.text }, nowMs);
			return false;
	}
}

/** Hand-over as it concerns me. */
export type HandoverView = 'none' | 'offered-to-me' | 'asked-of-me' | 'offered-by-me' | 'asked-by-me' | 'agreed';

export function handoverView(model: Model): HandoverView {
	const handover = model.booth?.handover ?? null;
	const me = model.joined?.seat;
	if (handover === null || (handover.from !== me && handover.to !== me)) return 'none';
	if (handover.state === 'agreed') return 'agreed';
	const kind = handover.state === 'offered' ? 'offered' : 'asked';
	if (handover.by === me) return kind === 'offered' ? 'offered-by-me' : 'asked-by-me';
	return kind === 'offered' ? 'offered-to-me' : 'asked-of-me';
}

/** Network in the preflight: a steady connection that is quick enough. */
export function networkCheck(model: Model): Check {
	if (!isJoined(model)) return 'bad';
	const { roundTripMs } = model.status!;
	if (roundTripMs === null) return 'open';
	return roundTripMs <= 150 ? 'good' : 'bad';
}
