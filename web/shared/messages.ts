/** What the page, the socket's worker and the audio engine say to each other. Types only. */
import type { ClockMessage, Feed, ReportMessage, Source, StateMessage } from './wire.ts';

export type Fallback = 'none' | 'script-processor';
export type Connection = 'idle' | 'connecting' | 'open' | 'reconnecting';
export type Playback = 'idle' | 'starting' | 'live' | 'stalled' | 'interrupted';

/** Page to worker. `engine` comes with the port to the engine. */
export type WorkerCommand =
	| { type: 'engine'; port: MessagePort }
	/** `pin`: what is known of the room's; it is said again with each joining. */
	| { type: 'listen'; channelId: string; pin?: string | undefined }
	| { type: 'stop' }
	/** The page came back, or the network did: look at the connection at once. */
	| { type: 'hurry' }
	| ({ type: 'page' } & PageState);

/** What only the page knows of what the report tells. */
export interface PageState {
	hidden: boolean;
	interrupted: boolean;
	mouthToEarMs: number | null;
	fallback: Fallback;
}

/** Worker to engine; packets come as bare ArrayBuffers. */
export type EngineCommand =
	| { type: 'channel'; number: number | null }
	| { type: 'connected' }
	| StateMessage
	| ClockMessage;

/** Engine to worker, four times a second. Milliseconds and counts are totals unless they say otherwise. */
export interface EngineReport {
	frame: number;
	/** Server clock when the sound of `frame` was at the microphone; null when unknown. */
	microphoneUs: number | null;
	feed: Feed | null;
	source: Source | null;
	delayMs: number;
	bufferMs: number;
	targetMs: number;
	/** Largest lateness since the last report. */
	lateMs: number;
	concealedMs: number;
	underruns: number;
	skips: number;
	isStarted: boolean;
	isStalled: boolean;
	/** performance.timeOrigin + performance.now() is not to be had in a worklet: Date.now() at the first decoded sample, null before it. */
	firstSoundAt: number | null;
}

/** The server keeps the channel, whose room is locked. */
export interface Lock {
	/** A PIN was said, and it was not the room's. */
	isWrong: boolean;
	/** How often in a row, so that each shows: 1, 2, 3 … */
	refusals: number;
}

/** Worker to page: at each engine report, and on change of the connection. */
export interface WorkerStatus {
	type: 'status';
	connection: Connection;
	channelId: string | null;
	eventRevision: string | null;
	/** Null: it lets us in, or has not answered yet. */
	lock: Lock | null;
	roundTripMs: number | null;
	/** Server clock − (performance.timeOrigin + performance.now()) in µs; null before the first pong. */
	clockOffsetUs: number | null;
	engine: EngineReport | null;
}

export type { ReportMessage };
