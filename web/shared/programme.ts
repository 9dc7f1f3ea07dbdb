// GET /api/v1/event: the event as the page uses it (docs/protocol.md, section 1).
import type { Texts } from './languages.ts';

export interface Channel {
	number: number;
	id: string;
	kind: 'floor' | 'language';
	language: string | null;
	name: Texts;
}

export interface Room {
	id: string;
	name: Texts;
	channels: Channel[];
	/** It has a PIN. */
	locked?: boolean;
}

export interface Session {
	id: string;
	room: string;
	/** RFC 3339 with the venue's offset. */
	start: string;
	end: string;
	title: Texts;
}

export interface Event {
	protocol: number;
	revision: string;
	event: { id: string; name: Texts };
	languages: { id: string; name: Partial<Record<string, string>> }[];
	rooms: Room[];
	agenda: Session[];
	/** Left out by servers without booths. */
	booths?: { id: string; name: Partial<Texts> }[];
}

export interface Fetched {
	event: Event;
	/** Server's wall clock less this phone's, milliseconds. */
	clockOffsetMs: number;
}

/** Throws when the answer is not an event that this page understands. */
export function checkEvent(value: unknown): Event {
	const event = value as Event;
	const lists = [event?.rooms, event?.languages, event?.agenda];
	if (event?.protocol !== 1 || !event.event?.name || !lists.every(Array.isArray)) {
		throw new Error('not an event of protocol 1');
	}
	return event;
}

/** The `Date` header counts whole seconds, so on average it is half a second behind. */
export function clockOffsetMs(date: string | null, sentMs: number, receivedMs: number): number {
	const serverMs = Date.parse(date ?? '') + 500;
	return Number.isNaN(serverMs) ? 0 : serverMs - (sentMs + receivedMs) / 2;
}

/** Rejects when the server cannot be reached within 8 s, or answers anything but an event. */
export async function fetchEvent(): Promise<Fetched> {
	const abort = new AbortController();
	const timer = setTimeout(() => abort.abort(), 8000);
	try {
		const sentMs = Date.now();
		const response = await fetch('/api/v1/event', { cache: 'no-store', signal: abort.signal });
		const receivedMs = Date.now();
		if (!response.ok) throw new Error(`status ${response.status}`);
		return {
			event: checkEvent(await response.json()),
			clockOffsetMs: clockOffsetMs(response.headers.get('date'), sentMs, receivedMs),
		};
	} finally {
		clearTimeout(timer);
	}
}
