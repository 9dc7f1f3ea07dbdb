/** What follows from what the desk knows: names, places, who is on air, what is wrong where. Pure. */
import type { BoothMessage, Seat } from '../booth/console_wire.ts';
import { say } from '../shared/languages.ts';
import type { Alarm, DeskChannel, DeskInput, DeskRoom, Names, Point, Session } from './desk_wire.ts';
import type { Model } from './model.ts';
import { word } from './texts.ts';

/** Where technicians speak from: a booth of no room. */
export const DESK_BOOTH = 'desk';

export const isTechnician = (model: Model): boolean => model.pass?.role === 'technician';

export const nameOf = (model: Model, names: Names | null | undefined, otherwise: string): string =>
	(names && say(names, model.language).text) || otherwise;

export function roomOf(model: Model, id: string): DeskRoom | null {
	return model.desk?.rooms.find((room) => room.room === id) ?? null;
}

export function channelsOf(model: Model, room: string): DeskChannel[] {
	return model.desk?.channels.filter((channel) => channel.room === room) ?? [];
}

/** By number or by id. */
export function channelOf(model: Model, key: number | string | null): DeskChannel | null {
	if (key === null) return null;
	return model.desk?.channels.find((one) => one.channel === key || one.id === key) ?? null;
}

export const inputOf = (model: Model, id: string): DeskInput | null =>
	model.desk?.inputs.find((one) => one.input === id) ?? null;

export const roomName = (model: Model, id: string): string => nameOf(model, roomOf(model, id)?.name, id);

export const channelName = (model: Model, channel: DeskChannel | null): string =>
	channel === null ? '–' : nameOf(model, channel.name, channel.id);

/** Short: VI, FR, or the floor's own word. */
export const channelTag = (channel: DeskChannel, floor: string): string =>
	channel.kind === 'floor' ? floor : (channel.language ?? channel.id).toUpperCase();

export function languageName(model: Model, id: string | null): string | null {
	if (id === null) return null;
	const names = model.event?.languages.find((one) => one.id === id)?.name;
	return nameOf(model, names as Names | undefined, id.toUpperCase());
}

interface EventBooth {
	id: string;
	name: Names;
	room?: string;
	outputs?: number[];
}

const eventBooth = (model: Model, id: string): EventBooth | undefined =>
	(model.event?.booths as EventBooth[] | undefined)?.find((one) => one.id === id);

export const boothName = (model: Model, id: string): string => nameOf(model, eventBooth(model, id)?.name, id);

/** With its room: where it is named outside of it. */
export function boothPlace(model: Model, id: string): string {
	const room = boothRoom(model, id);
	return room === null ? boothName(model, id) : `${roomName(model, room)} · ${boothName(model, id)}`;
}

/** The room that a booth works in: as the event says; of an added room, by its name. */
export function boothRoom(model: Model, id: string): string | null {
	const known = eventBooth(model, id)?.room;
	if (known !== undefined) return known;
	const onAir = model.desk?.channels.find((one) => one.booth === id)?.room;
	if (onAir !== undefined) return onAir;
	const rooms = model.desk?.rooms.map((one) => one.room) ?? [];
	return rooms.filter((room) => id.startsWith(`${room}-`)).sort((a, b) => b.length - a.length)[0] ?? null;
}

export const boothsOf = (model: Model, room: string | null): BoothMessage[] =>
	[...model.booths.values()]
		.filter((booth) => booth.booth !== DESK_BOOTH && boothRoom(model, booth.booth) === room)
		.sort((a, b) => a.booth.localeCompare(b.booth));

export function seatOf(model: Model, booth: string | null, seat: number | null): Seat | null {
	if (booth === null || seat === null) return null;
	return model.booths.get(booth)?.seats.find((one) => one.seat === seat) ?? null;
}

/** Everybody who calls the technician now. */
export function calls(model: Model): { booth: string; seat: Seat }[] {
	return [...model.booths.values()]
		.flatMap((booth) => booth.seats.map((seat) => ({ booth: booth.booth, seat })))
		.filter(({ seat }) => seat.call === 'open' || seat.call === 'seen');
}

// --- points: what has a level ----------------------------------------------------------

/** A point by one word: `channel:plenary.vi`, `input:hall`, `seat:plenary-vi:1`. */
export function pointKey(model: Model, point: Point): string | null {
	if (point === null) return null;
	if (point.kind === 'seat') return `seat:${point.booth}:${point.seat}`;
	if (point.kind !== 'channel') return `${point.kind}:${point.id}`;
	const channel = channelOf(model, point.channel);
	return channel === null ? null : `channel:${channel.id}`;
}

/** Its place in a levels frame; null: it has none. */
export function pointIndex(model: Model, key: string): number | null {
	const index = model.desk?.points.findIndex((point) => pointKey(model, point) === key) ?? -1;
	return index < 0 ? null : index;
}

export const pointName = (model: Model, key: string): string => {
	const [kind, id = '', seat] = key.split(':');
	if (kind === 'channel') {
		const channel = channelOf(model, id);
		return channel === null ? id : `${roomName(model, channel.room)} · ${channelName(model, channel)}`;
	}
	if (kind === 'seat') return `${boothPlace(model, id)} · ${seat}`;
	return id;
};

// --- alarms ----------------------------------------------------------------------------

const RANK = { critical: 0, warning: 1 } as const;

/** Those that nobody has seen first, then the worse, then the newer. */
export function sortedAlarms(model: Model): Alarm[] {
	return [...model.alarms].sort(
		(a, b) =>
			Number(a.acknowledged_by !== null) - Number(b.acknowledged_by !== null) ||
			RANK[a.severity] - RANK[b.severity] ||
			b.since.localeCompare(a.since),
	);
}

export const alarmsOf = (model: Model, ...subjects: (string | null)[]): Alarm[] =>
	model.alarms.filter((alarm) => subjects.includes(alarm.subject));

export type Health = 'good' | 'resting' | 'warning' | 'critical';

/** Alarms of a channel, and of what feeds it now: the booth on air, or the floor's input. */
export function channelAlarms(model: Model, channel: DeskChannel): Alarm[] {
	const input = channel.feed === 'floor' ? (roomOf(model, channel.room)?.input ?? null) : null;
	return alarmsOf(model, channel.id, channel.feed === 'booth' ? channel.booth : null, input);
}

/** How a channel is, in one word. What an alarm says wins; what the desk did on purpose is no fault. */
export function healthOf(model: Model, channel: DeskChannel): Health {
	const alarms = channelAlarms(model, channel);
	if (alarms.some((alarm) => alarm.severity === 'critical')) return 'critical';
	if (channel.source === 'lost' && channel.feed !== 'silence') return 'critical';
	if (alarms.length > 0) return 'warning';
	if (channel.muted || channel.feed === 'silence' || channel.hidden) return 'resting';
	if (channel.source === 'silent') return 'resting';
	return 'good';
}

/** What a room's input, its channels and booths suffer from together. */
export function roomHealth(model: Model, room: DeskRoom): Health {
	const channels = channelsOf(model, room.room);
	const booths = boothsOf(model, room.room).map((booth) => booth.booth);
	const others = alarmsOf(model, room.room, room.input, ...booths);
	const all = [
		...channels.map((channel) => healthOf(model, channel)),
		...others.map((alarm): Health => alarm.severity),
	];
	for (const health of ['critical', 'warning'] as const) if (all.includes(health)) return health;
	return all.includes('good') ? 'good' : 'resting';
}

/** Where an alarm's subject is shown. */
export function subjectOf(
	model: Model,
	alarm: Alarm,
): { kind: 'channel' | 'room' | 'input' | 'booth'; id: string } | null {
	const { subject } = alarm;
	if (channelOf(model, subject) !== null) return { kind: 'channel', id: subject };
	if (roomOf(model, subject) !== null) return { kind: 'room', id: subject };
	if (inputOf(model, subject) !== null) return { kind: 'input', id: subject };
	const booth = subject.replace(/[:/]\d$/, '');
	return model.booths.has(booth) ? { kind: 'booth', id: booth } : null;
}

export function subjectName(model: Model, alarm: Alarm): string {
	const at = subjectOf(model, alarm);
	if (alarm.subject === 'server') return word('server', model.language);
	if (at?.id === DESK_BOOTH) return word('ownMicrophone', model.language);
	if (at?.kind === 'channel') return pointName(model, `channel:${at.id}`);
	if (at?.kind === 'room') return roomName(model, at.id);
	if (at?.kind === 'booth') {
		const seat = /[:/](\d)$/.exec(alarm.subject)?.[1];
		return seat === undefined ? boothPlace(model, at.id) : `${boothPlace(model, at.id)} · ${seat}`;
	}
	if (at?.kind === 'input') {
		const rooms =
			model.desk?.rooms.filter((room) => room.input === at.id).map((room) => roomName(model, room.room)) ?? [];
		return rooms.length > 0 ? `${at.id} (${rooms.join(', ')})` : at.id;
	}
	return alarm.subject;
}

// --- time ------------------------------------------------------------------------------

/** The venue's offset from UTC in minutes, as the agenda writes it; without one, this computer's. */
export function venueOffset(model: Model): number {
	const written = model.event?.agenda[0]?.start ?? '';
	const found = /([+-])(\d\d):(\d\d)$/.exec(written);
	if (found !== null) return (found[1] === '-' ? -1 : 1) * (Number(found[2]) * 60 + Number(found[3]));
	return written.endsWith('Z') ? 0 : -new Date().getTimezoneOffset();
}

/** HH:MM:SS where the event is. */
export function venueTime(model: Model, wallMs: number): string {
	return new Date(wallMs + venueOffset(model) * 60_000).toISOString().slice(11, 19);
}

/** HH:MM:SS of an RFC 3339 time, where the event is. */
export function venueTimeOf(model: Model, time: string): string {
	const ms = Date.parse(time);
	return Number.isNaN(ms) ? time : venueTime(model, ms);
}

export const sessionTitle = (model: Model, session: Session | null): string | null =>
	session === null ? null : nameOf(model, session.title, session.id);
