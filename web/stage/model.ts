/** What the sign shows, of what the server says and the clock. Pure. */

import type { RoomMessage, SignalKind } from '../booth/console_wire.ts';
import { onAir } from '../shared/agenda.ts';
import type { Event } from '../shared/programme.ts';

/** What matters most to a speaker comes first. */
const URGENCY: readonly SignalKind[] = ['cannot-hear', 'slow-down', 'louder'];

export interface Sign {
	/** The one to show; others wait until it falls. */
	signal: SignalKind | null;
	floorLanguage: string | null;
	/** Minutes and seconds left in the agenda's item, or since its end; null: none. */
	leftMs: number | null;
	title: Partial<Record<string, string>> | null;
	isConnected: boolean;
}

/** An item that is over stays for so long: the speaker is to see that time is up. */
const OVER_SHOWN_MS = 15 * 60_000;

/** The room of `/stage/ROOM`. */
export function roomOfPath(path: string): string | null {
	const id = /^\/stage\/([^/]+)\/?$/.exec(path)?.[1];
	try {
		return id === undefined ? null : decodeURIComponent(id);
	} catch {
		return null;
	}
}

/** `serverUs`: the server's clock now, null unknown: then signals are believed as they were told. */
export function signOf(
	room: RoomMessage | null,
	event: Event | null,
	roomId: string,
	wallMs: number,
	serverUs: number | null,
	isConnected: boolean,
): Sign {
	const alive = (room?.signals ?? []).filter((signal) => serverUs === null || signal.until_us > serverUs);
	const signal = isConnected ? (URGENCY.find((kind) => alive.some((one) => one.kind === kind)) ?? null) : null;
	const item = event === null ? null : current(event, roomId, wallMs);
	return {
		signal,
		floorLanguage: isConnected ? (room?.floor_language ?? null) : null,
		leftMs: item === null ? null : Date.parse(item.end) - wallMs,
		title: item?.title ?? null,
		isConnected,
	};
}

function current(event: Event, roomId: string, wallMs: number) {
	const { now } = onAir(event.agenda, roomId, wallMs);
	if (now !== null) return now;
	let last = null;
	for (const item of event.agenda) {
		const end = Date.parse(item.end);
		if (item.room !== roomId || end > wallMs || wallMs - end > OVER_SHOWN_MS) continue;
		if (last === null || end > Date.parse(last.end)) last = item;
	}
	return last;
}

/** 12:05 of time left; −3:20 when it is over. */
export function leftText(ms: number): string {
	const seconds = Math.floor(Math.abs(ms) / 1000);
	return `${ms < 0 ? '−' : ''}${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}
