// Stands in for ../player.ts in the harness: does what the page asks at once, and lets a
// script put it into any state through window.fakePlayer.
import type { Listening, PlayerStatus } from '../player.ts';
import { IDLE } from '../status.ts';

export type { Listening, PlayerStatus } from '../player.ts';

const LIVE: Partial<PlayerStatus> = {
	connection: 'open',
	playback: 'live',
	feed: 'booth',
	source: 'ok',
	bufferMs: 31.4,
	targetMs: 30,
	lateMs: 4.2,
	mouthToEarMs: 71.2,
	roundTripMs: 3.4,
	outputLatencyMs: 21.5,
	firstSoundMs: 184,
};

export function createPlayer(onStatus: (status: PlayerStatus) => void): Listening {
	let status = IDLE;
	function set(change: Partial<PlayerStatus>): void {
		status = { ...status, ...change };
		onStatus(status);
	}
	function listen(channelId: string): void {
		set({ ...LIVE, channelId, feed: channelId.endsWith('.floor') ? 'floor' : 'booth' });
	}
	Object.assign(window, { fakePlayer: set });
	return { start: async (channelId) => listen(channelId), listen, stop: () => set(IDLE), setVolume() {} };
}
