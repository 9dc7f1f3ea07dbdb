/**
 * What a console and the server say to each other beyond a listener's messages
 * (`docs/protocol.md`, "Consoles"). Text in, checked values out. Pure, no I/O: what is not of
 * the protocol becomes null.
 */

export type Quality = 'direct' | 'relay' | 'relay-of-relay';
export type IdleFeed = 'pass-through' | 'silence' | 'channel';
export type RoomFeed = 'floor' | 'booth' | 'desk' | IdleFeed;
export type OutputName = 'a' | 'b';
export type SignalKind = 'slow-down' | 'louder' | 'cannot-hear';
export type CallState = 'open' | 'seen' | 'done';
export type HandoverAction = 'offer' | 'ask' | 'accept' | 'decline' | 'cancel';

export const SIGNALS: readonly SignalKind[] = ['slow-down', 'louder', 'cannot-hear'];
export const CANNED = [
	'thanks',
	'yes',
	'no',
	'wait',
	'take-over-soon',
	'number-please',
	'name-please',
	'document-please',
	'relay-bad',
	'sound-bad',
	'break',
] as const;
export type Canned = (typeof CANNED)[number];

export const CLOSE_REPLACED = 4002;
export const CLOSE_NO_ACCESS = 4003;
/** Limit of a message's own text, in bytes of UTF-8. */
export const MESSAGE_TEXT_BYTES = 200;

export interface Output {
	output: OutputName;
	channel: number;
	language: string | null;
}

export interface JoinedMessage {
	type: 'joined';
	role: 'booth';
	booth: string;
	room: string;
	seat: number;
	ssrc: number;
	resume: string;
	grace_ms: number;
	packet_ms: 10 | 20;
	bitrate_bps: number;
	complexity: number;
	outputs: Output[];
}

export interface Seat {
	seat: number;
	present: boolean;
	name: string | null;
	mic: boolean;
	cough: boolean;
	late: boolean;
	channel: number | null;
	quality: Quality | null;
	call: CallState | null;
}

export interface Handover {
	from: number;
	to: number;
	by: number;
	state: 'offered' | 'asked' | 'agreed';
	at_us: number | null;
}

export interface BoothMessage {
	type: 'booth';
	booth: string;
	revision: number;
	mode: 'override' | 'interlock';
	output: OutputName;
	on_air: number | null;
	since_us: number | null;
	held: boolean;
	seats: Seat[];
	handover: Handover | null;
}

export interface RoomChannel {
	channel: number;
	feed: RoomFeed;
	booth: string | null;
	seat: number | null;
	quality: Quality | null;
	listeners: number;
	lufs: number | null;
	idle: IdleFeed | null;
	idle_from: number | null;
}

export interface Signal {
	kind: SignalKind;
	until_us: number;
}

export interface RoomMessage {
	type: 'room';
	room: string;
	revision: number;
	floor_language: string | null;
	channels: RoomChannel[];
	signals: Signal[];
}

export interface TalkMessage {
	type: 'message';
	from: { booth: string | null; seat: number | null };
	to: string;
	text: string | null;
	canned: Canned | null;
	at_us: number;
}

/** The technician speaks to this booth, on a channel of its own. */
export interface TalkbackMessage {
	type: 'talkback';
	on: boolean;
	channel: number;
	/** Who; null: not told. */
	name: string | null;
}

export interface RefusedMessage {
	type: 'error';
	code: string;
	text: string;
	booth?: string | null;
	seat?: number | null;
}

export type ConsoleServerMessage =
	| JoinedMessage
	| BoothMessage
	| RoomMessage
	| TalkMessage
	| TalkbackMessage
	| RefusedMessage;

export type ConsoleMessage =
	| { type: 'mic'; on: boolean; take: boolean }
	| { type: 'cough'; on: boolean }
	| { type: 'output'; output: OutputName; take: boolean }
	| { type: 'handover'; action: HandoverAction; seat?: number }
	| { type: 'idle'; channel: number; feed: IdleFeed; from: number | null }
	| { type: 'monitor'; channel: number | null }
	| { type: 'clock'; timestamp: number; server_us: number; rate_hz: number }
	| { type: 'signal'; kind: SignalKind; on: boolean }
	| { type: 'call'; on: boolean }
	| { type: 'message'; to: string; text: string | null; canned: Canned | null }
	| { type: 'echo'; on: boolean }
	| { type: 'watch'; room: string | null }
	| { type: 'leave' }
	| {
			type: 'join';
			token: string;
			booth?: string;
			seat: number | null;
			resume: string | null;
			name: string | null;
			mic: boolean;
			console: string;
	  };

type Fields = Record<string, unknown>;

const isObject = (value: unknown): value is Fields =>
	typeof value === 'object' && value !== null && !Array.isArray(value);
const isText = (value: unknown): value is string => typeof value === 'string';
const isFlag = (value: unknown): value is boolean => typeof value === 'boolean';
const isNumber = (value: unknown, low: number, high: number): value is number =>
	typeof value === 'number' && value >= low && value <= high;
const isWhole = (value: unknown, low: number, high: number) => isNumber(value, low, high) && Number.isInteger(value);
const isOne = (value: unknown, words: readonly unknown[]) => words.includes(value);
const orNull = (value: unknown, check: (value: unknown) => boolean) => value === null || check(value);
const isList = (value: unknown, check: (value: unknown) => boolean) => Array.isArray(value) && value.every(check);
const isChannel = (value: unknown) => isWhole(value, 1, 65535);
const isSeatNumber = (value: unknown) => isWhole(value, 1, 3);
const isTime = (value: unknown) => isNumber(value, 0, Number.MAX_SAFE_INTEGER);
const isQuality = (value: unknown) => orNull(value, (v) => isOne(v, ['direct', 'relay', 'relay-of-relay']));
const isOutputName = (value: unknown) => isOne(value, ['a', 'b']);
const isIdle = (value: unknown) => isOne(value, ['pass-through', 'silence', 'channel']);

const isOutput = (value: unknown) =>
	isObject(value) && isOutputName(value.output) && isChannel(value.channel) && orNull(value.language, isText);

const isSeat = (value: unknown) =>
	isObject(value) &&
	isSeatNumber(value.seat) &&
	[value.present, value.mic, value.cough, value.late].every(isFlag) &&
	orNull(value.name, isText) &&
	orNull(value.channel, isChannel) &&
	isQuality(value.quality) &&
	orNull(value.call, (v) => isOne(v, ['open', 'seen', 'done']));

const isHandover = (value: unknown) =>
	isObject(value) &&
	[value.from, value.to, value.by].every(isSeatNumber) &&
	isOne(value.state, ['offered', 'asked', 'agreed']) &&
	orNull(value.at_us, isTime);

const isRoomChannel = (value: unknown) =>
	isObject(value) &&
	isChannel(value.channel) &&
	(isOne(value.feed, ['floor', 'booth', 'desk']) || isIdle(value.feed)) &&
	orNull(value.booth, isText) &&
	orNull(value.seat, isSeatNumber) &&
	isQuality(value.quality) &&
	isWhole(value.listeners, 0, 1e9) &&
	orNull(value.lufs, (v) => isNumber(v, -200, 200)) &&
	orNull(value.idle, isIdle) &&
	orNull(value.idle_from, isChannel);

const CHECKS = new Map<string, (m: Fields) => boolean>(
	Object.entries({
		joined: (m: Fields) =>
			m.role === 'booth' &&
			isText(m.booth) &&
			isText(m.room) &&
			isSeatNumber(m.seat) &&
			isWhole(m.ssrc, 1, 0xffffffff) &&
			isText(m.resume) &&
			isNumber(m.grace_ms, 0, 3600000) &&
			isOne(m.packet_ms, [10, 20]) &&
			isWhole(m.bitrate_bps, 6000, 510000) &&
			isWhole(m.complexity, 0, 10) &&
			isList(m.outputs, isOutput),
		booth: (m: Fields) =>
			isText(m.booth) &&
			isTime(m.revision) &&
			isOne(m.mode, ['override', 'interlock']) &&
			isOutputName(m.output) &&
			orNull(m.on_air, isSeatNumber) &&
			orNull(m.since_us, isTime) &&
			isFlag(m.held) &&
			isList(m.seats, isSeat) &&
			orNull(m.handover, isHandover),
		room: (m: Fields) =>
			isText(m.room) &&
			isTime(m.revision) &&
			orNull(m.floor_language, isText) &&
			isList(m.channels, isRoomChannel) &&
			isList(m.signals, (s) => isObject(s) && isText(s.kind) && isTime(s.until_us)),
		message: (m: Fields) =>
			isObject(m.from) &&
			orNull(m.from.booth, isText) &&
			orNull(m.from.seat, isSeatNumber) &&
			isText(m.to) &&
			orNull(m.text, isText) &&
			orNull(m.canned, isText) &&
			isTime(m.at_us),
		talkback: (m: Fields) => isFlag(m.on) && isChannel(m.channel) && orNull(m.name, isText),
		error: (m: Fields) => isText(m.code) && isText(m.text),
	}),
);

/** A text message of the server that consoles alone know, or null: not JSON, another type, or incomplete. */
export function parseConsoleMessage(text: string): ConsoleServerMessage | null {
	let value: unknown;
	try {
		value = JSON.parse(text);
	} catch {
		return null;
	}
	if (!isObject(value) || !isText(value.type)) return null;
	return CHECKS.get(value.type)?.(value) ? (value as unknown as ConsoleServerMessage) : null;
}

/** The header of a packet of one's own, before `payload`. */
export function writeRtp(
	ssrc: number,
	sequence: number,
	timestamp: number,
	payload: Uint8Array,
): Uint8Array<ArrayBuffer> {
	const bytes = new Uint8Array(12 + payload.length);
	const view = new DataView(bytes.buffer);
	view.setUint16(0, 0x806f);
	view.setUint16(2, sequence & 0xffff);
	view.setUint32(4, timestamp % 0x100000000);
	view.setUint32(8, ssrc);
	bytes.set(payload, 12);
	return bytes;
}
