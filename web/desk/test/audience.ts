// How eight hundred listeners are, for tests and for pictures.
import type { AudienceMessage } from '../desk_wire.ts';
import { deskMessage } from './states.ts';

export function audience(): AudienceMessage {
	const desk = deskMessage();
	return {
		type: 'audience',
		total: desk.channels.reduce((sum, one) => sum + one.listeners, 0),
		rooms: desk.rooms.map(({ room }) => ({
			room,
			listeners: desk.channels.filter((one) => one.room === room).reduce((sum, one) => sum + one.listeners, 0),
		})),
		channels: desk.channels.map(({ channel, listeners }, index) => ({
			channel,
			listeners,
			states: { starting: 1, live: listeners - 2, stalled: index === 9 ? 12 : 0, interrupted: 1 },
			fallbacks: { none: listeners - 3, 'script-processor': 1, 'ogg-http': 2, native: 0 },
			hidden: Math.round(listeners / 30),
			trouble: index === 9 ? 12 : 0,
		})),
		bounds_ms: [5, 10, 20, 40, 60, 80, 120, 160, 240, 320, 480, 640, 1000],
		histograms: {
			mouth_to_ear: [0, 0, 0, 0, 3, 40, 300, 420, 90, 30, 9, 3, 1, 1],
			buffer: [0, 0, 12, 300, 420, 120, 30, 9, 2, 1, 0, 0, 0, 0],
			concealed: [780, 20, 14, 9, 4, 2, 1, 1, 0, 0, 0, 0, 0, 0],
			round_trip: [300, 310, 120, 60, 20, 9, 5, 2, 1, 0, 0, 0, 0, 0],
		},
		worst: [812, 77, 405].map((listener, index) => ({
			listener,
			channel: 10,
			state: index === 0 ? 'stalled' : 'live',
			fallback: index === 1 ? 'ogg-http' : 'none',
			hidden: index === 2,
			mouth_to_ear_ms: index === 0 ? null : 640,
			buffer_ms: 12,
			concealed_ms: 2300,
			underruns: 7,
			round_trip_ms: 410,
			queue_ms: 380,
			skips: 3,
			retransmissions: 44,
			rtt_ms: 390,
		})),
	};
}
