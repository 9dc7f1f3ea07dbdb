/** What the player needs of `GET /api/v1/event` (docs/protocol.md, section 1). */

export interface EventAnswer {
	revision: string;
	rooms: { channels: { number: number; id: string }[] }[];
}

/** The address of the event's description, of the server whose socket is at `socketUrl`. */
export function eventUrl(socketUrl: string): string {
	const url = new URL(socketUrl);
	url.protocol = url.protocol === 'wss:' ? 'https:' : 'http:';
	url.pathname = url.pathname.replace(/ws$/, 'api/v1/event');
	return url.href;
}

/** Rejects when the server cannot be reached or answers something else, and when `signal` ends it. */
export async function fetchEvent(socketUrl: string, signal: AbortSignal): Promise<EventAnswer> {
	const answer = await fetch(eventUrl(socketUrl), { cache: 'no-store', signal });
	if (!answer.ok) throw new Error(`the event's description: status ${answer.status}`);
	const event = (await answer.json()) as EventAnswer;
	if (typeof event?.revision !== 'string' || !Array.isArray(event.rooms)) throw new Error('not an event');
	return event;
}

/** The channel's number in this life of the server; null when the event has no such channel. */
export function findChannel(event: EventAnswer, channelId: string): number | null {
	return channelsOf(event).find(({ id }) => id === channelId)?.number ?? null;
}

export const channelsOf = (event: EventAnswer) => event.rooms.flatMap((room) => room.channels);
