/**
 * What the desk is told (docs/protocol.md, docs/openapi.json): types, and a check of what would
 * break the page. A field that an older server leaves out is taken for its resting value.
 */
import { type ConsoleServerMessage, parseConsoleMessage } from '../booth/console_wire.ts';
import type { Texts } from '../shared/languages.ts';
import { parseServerMessage, type ServerMessage } from '../shared/wire.ts';

export type Names = Partial<Texts>;
export type ChannelFeed = 'floor' | 'booth' | 'pass-through' | 'silence' | 'channel' | 'desk';
export type OverrideFeed = 'silence' | 'floor' | 'channel' | 'input' | 'tone' | 'identification' | 'announcement';
export type Hide = 'never' | 'idle' | 'always';
export type SourceState = 'ok' | 'silent' | 'lost';
export type Severity = 'warning' | 'critical';

export type Point =
	| { kind: 'input' | 'insert'; id: string }
	| { kind: 'seat'; booth: string; seat: number }
	| { kind: 'channel'; channel: number }
	| null;

export interface Session {
	id: string;
	title: Names;
	start: string;
	end: string;
}

export interface DeskRoom {
	room: string;
	name: Names;
	input: string | null;
	input_configured: string | null;
	locked: boolean;
	pin: string | null;
	added: boolean;
	session: Session | null;
	next: Session | null;
}

export interface DeskChannel {
	channel: number;
	id: string;
	room: string;
	kind: 'floor' | 'language';
	language: string | null;
	name: Names;
	feed: ChannelFeed;
	source: SourceState;
	booth: string | null;
	seat: number | null;
	/** Of the feed `channel`: the number, or the id, of the channel that it carries. */
	from: number | string | null;
	quality: 'direct' | 'relay' | 'relay-of-relay' | null;
	override: { feed: OverrideFeed; from: string | number | null } | null;
	gain_db: number;
	muted: boolean;
	hide: Hide;
	hidden: boolean;
	listeners: number;
	listeners_hour: number[];
	epoch: number;
}

export interface DeskInput {
	input: string;
	kind: string;
	lost: boolean;
	overruns: number;
	bandwidth_hz: number;
	hum: boolean;
	clips: number;
	feeds: string[];
}

export interface Announcement {
	id: string;
	title: Names;
	languages: string[];
}

export interface DeskMessage {
	type: 'desk';
	revision: number;
	time: string;
	clock_us: number;
	server: {
		version: string;
		uptime_s: number;
		loops: number;
		connections: number;
		disk_free_bytes: number;
		stored: boolean;
		certificate_days: number | null;
	};
	points: Point[];
	rooms: DeskRoom[];
	channels: DeskChannel[];
	inputs: DeskInput[];
	announcements: Announcement[];
	announcing: { announcement: string; scope: string; since: string; author: string } | null;
	talkback: { to: string[]; since: string; author: string } | null;
	changes: number;
}

export interface AudienceChannel {
	channel: number;
	listeners: number;
	states: Record<string, number>;
	fallbacks: Record<string, number>;
	hidden: number;
	trouble: number;
}

export interface WorstListener {
	listener: number;
	channel: number;
	state: string;
	fallback: string;
	hidden: boolean;
	mouth_to_ear_ms: number | null;
	buffer_ms: number;
	concealed_ms: number;
	underruns: number;
	round_trip_ms: number | null;
	queue_ms: number;
	skips: number;
	retransmissions: number | null;
	rtt_ms: number | null;
}

export interface AudienceMessage {
	type: 'audience';
	total: number;
	rooms: { room: string; listeners: number }[];
	channels: AudienceChannel[];
	bounds_ms: number[];
	histograms: Record<'mouth_to_ear' | 'buffer' | 'concealed' | 'round_trip', number[]>;
	worst: WorstListener[];
}

export interface Alarm {
	id: number;
	kind: string;
	subject: string;
	severity: Severity;
	value: number | null;
	threshold: number | null;
	unit: string | null;
	since: string;
	acknowledged_by: string | null;
}

export interface LogEntry {
	/** Left out of what comes as it happens. */
	id?: number;
	at: string;
	kind: string;
	subject: string;
	author: string;
	detail: Record<string, unknown>;
}

export interface Change {
	scope: string;
	subject: string;
	key: string;
	value: unknown;
	configured: unknown;
	author: string;
	at: string;
}

/** A technician's, or an observer's, answer to `join`. */
export interface DeskJoined {
	type: 'joined';
	role: 'technician' | 'observer';
}

export type DeskServerMessage =
	| DeskMessage
	| AudienceMessage
	| { type: 'alarms'; alarms: Alarm[] }
	| { type: 'log'; entries: LogEntry[] }
	| { type: 'event'; revision: string }
	| DeskJoined
	| Exclude<ConsoleServerMessage, { type: 'joined' }>
	| Extract<ServerMessage, { type: 'pong' | 'bye' }>;

type Fields = Record<string, unknown>;
const hasLists = (value: Fields, ...names: string[]) => names.every((name) => Array.isArray(value[name]));

/** A text message for the desk, or null: not JSON, of another type, or without what the page needs. */
export function parseDeskMessage(text: string): DeskServerMessage | null {
	let value: unknown;
	try {
		value = JSON.parse(text);
	} catch {
		return null;
	}
	if (typeof value !== 'object' || value === null) return null;
	const message = value as Fields;
	switch (message.type) {
		case 'desk':
			return asDesk(message);
		case 'audience':
			return asAudience(message);
		case 'alarms':
			return hasLists(message, 'alarms') ? (message as unknown as DeskServerMessage) : null;
		case 'log':
			return hasLists(message, 'entries') ? (message as unknown as DeskServerMessage) : null;
		case 'event':
			return typeof message.revision === 'string' ? (message as unknown as DeskServerMessage) : null;
		case 'joined':
			return message.role === 'technician' || message.role === 'observer' ? (message as unknown as DeskJoined) : null;
		case 'pong':
		case 'bye':
			return parseServerMessage(text) as DeskServerMessage | null;
		default:
			return parseConsoleMessage(text) as DeskServerMessage | null;
	}
}

/** Also of GET /desk, which has no `type`. */
export function asDesk(message: Fields): DeskMessage | null {
	if (!hasLists(message, 'rooms', 'channels', 'points')) return null;
	const resting = { inputs: [], announcements: [], announcing: null, talkback: null, changes: 0 };
	const desk = { ...resting, ...message, type: 'desk' } as unknown as DeskMessage;
	for (const channel of desk.channels) channel.listeners_hour ??= [];
	return desk;
}

function asAudience(message: Fields): AudienceMessage | null {
	if (!hasLists(message, 'channels', 'worst', 'bounds_ms') || typeof message.histograms !== 'object') return null;
	return message as unknown as AudienceMessage;
}
