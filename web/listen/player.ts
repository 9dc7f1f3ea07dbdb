// The player of web/shared with this page's files. The one place where the page meets it.

export interface PlayerStatus {
	connection: 'idle' | 'connecting' | 'open' | 'reconnecting';
	playback: 'idle' | 'starting' | 'live' | 'stalled' | 'interrupted';
	channelId: string | null;
	feed: 'floor' | 'booth' | 'pass-through' | 'silence' | null;
	source: 'ok' | 'silent' | 'lost' | null;
	bufferMs: number;
	targetMs: number;
	lateMs: number;
	concealedMs: number;
	underruns: number;
	mouthToEarMs: number | null;
	roundTripMs: number | null;
	outputLatencyMs: number | null;
	fallback: string;
	skips: number;
	eventRevision: string | null;
	firstSoundMs: number | null;
}

export interface Listening {
	start(channelId: string): void;
	listen(channelId: string): void;
	stop(): void;
	setVolume(volume: number): void;
}

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
	firstSoundMs: null,
};

export function createPlayer(_onStatus: (status: PlayerStatus) => void): Listening {
	return { start() {}, listen() {}, stop() {}, setVolume() {} };
}
