// Which channel the page offers. A wish is a channel's language id, or "floor".
import { onAir } from '../shared/agenda.ts';
import type { Channel, Event, Room } from '../shared/programme.ts';

export interface Place {
	room: Room;
	channel: Channel;
}

export function wishOf(channel: Channel): string {
	return channel.language ?? 'floor';
}

export function findPlace(event: Event, channelId: string | null | undefined): Place | null {
	for (const room of event.rooms) {
		const channel = room.channels.find((each) => each.id === channelId);
		if (channel) return { room, channel };
	}
	return null;
}

/** The room's channel for the first wish that it can fulfil, else any; null when it has none. */
export function channelFor(room: Room, wishes: readonly string[]): Channel | null {
	for (const wish of wishes) {
		const channel = room.channels.find((each) => wishOf(each) === wish);
		if (channel) return channel;
	}
	return room.channels[0] ?? null;
}

/** The wished channel first, the floor last, the rest as the event has them. */
export function inOrder(channels: readonly Channel[], wish: string): Channel[] {
	const rank = (channel: Channel) => (wishOf(channel) === wish ? 0 : channel.kind === 'floor' ? 2 : 1);
	return [...channels].sort((a, b) => rank(a) - rank(b));
}

/** "#plenary.fr" names a channel, "#plenary" a room; anything else is no wish. */
export function placeOfHash(event: Event, hash: string, wish: string): Place | null {
	let id = hash.replace(/^#/, '');
	try {
		id = decodeURIComponent(id);
	} catch {
		// a stray % in a link: take it as it stands
	}
	const room = event.rooms.find((each) => each.id === id);
	const channel = room && channelFor(room, [wish]);
	return room && channel ? { room, channel } : findPlace(event, id);
}

/** First offer: the link's channel, else the remembered one, else the wished language in the room
 * where a session is on now, else in the first room. */
export function firstPlace(
	event: Event,
	hash: string,
	remembered: string | null,
	wish: string,
	nowMs: number,
): Place | null {
	const asked = placeOfHash(event, hash, wish) ?? findPlace(event, remembered);
	if (asked) return asked;
	const open = event.rooms.filter((room) => room.channels.length > 0);
	const room = open.find((each) => onAir(event.agenda, each.id, nowMs).now) ?? open[0];
	const channel = room && channelFor(room, [wish]);
	return room && channel ? { room, channel } : null;
}

/** Where somebody goes on whose channel is not in the event any more: the same room, its floor unless
 * the language is there by another id. */
export function nearestPlace(event: Event, before: Place): Place | null {
	const room = event.rooms.find((each) => each.id === before.room.id);
	const channel = room && channelFor(room, [wishOf(before.channel), 'floor']);
	return room && channel ? { room, channel } : null;
}
