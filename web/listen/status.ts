// A player that has not been started.
import type { PlayerStatus } from './player.ts';

export const IDLE: PlayerStatus = {
	connection: 'idle',
	playback: 'idle',
	channelId: null,
	feed: null,
	source: null,
	bufferMs: 0,
	targetMs: 0,
	lateMs: 0,
	concealedMs: 0,
	underruns: 0,
	mouthToEarMs: null,
	roundTripMs: null,
	outputLatencyMs: null,
	fallback: 'none',
	skips: 0,
	eventRevision: null,
	lock: null,
	firstSoundMs: null,
};
