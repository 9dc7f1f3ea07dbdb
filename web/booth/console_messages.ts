/** What the page, its worker and its audio worklets say to each other. Types only. */
import type { Connection, EngineReport, PageState } from '../shared/messages.ts';
import type {
	BoothMessage,
	ConsoleMessage,
	JoinedMessage,
	RefusedMessage,
	RoomMessage,
	TalkbackMessage,
	TalkMessage,
} from './console_wire.ts';
import type { MicrophoneKey } from './microphone_key.ts';
import type { ProtectionMeter } from './protection.ts';
import type { VoiceFigures } from './voice_level.ts';

/** Ports to the jitter buffers of the ears' worklet: what is listened to, the monitor, the technician's voice. */
export interface EarPorts {
	main: MessagePort;
	monitor: MessagePort;
	talkback: MessagePort;
}

/** Page to worker. */
export type ConsoleCommand =
	| {
			type: 'open';
			url: string;
			token: string;
			/** Only with a technician's token: the booth that it takes a seat in. */
			booth?: string;
			name: string | null;
			/** Of an earlier life of this page: the same seat, and the microphone as it was. */
			resume: string | null;
			seat: number | null;
			/** The modules opus-encoder.wasm and ears.wasm. */
			encoder: ArrayBuffer;
			ears: ArrayBuffer;
	  }
	| ({ type: 'ears' } & EarPorts)
	/** Port to the microphone's worklet; null: there is none. `latencyUs`: what the browser tells of it. */
	| { type: 'microphone'; port: MessagePort | null; latencyUs: number }
	| { type: 'listen'; channelId: string }
	| { type: 'monitor'; channel: number | null }
	| { type: 'mic'; on: boolean; take: boolean }
	| { type: 'cough'; on: boolean }
	| { type: 'echo'; on: boolean }
	| { type: 'say'; message: ConsoleMessage }
	| { type: 'hurry' }
	| { type: 'leave' }
	| ({ type: 'page' } & PageState);

/** A block of the microphone's worklet: BLOCK_FRAMES samples, `frame` the context's frame of the first. */
export interface MicrophoneBlock {
	frame: number;
	samples: Float32Array;
}

/** Worker to page, ten times a second and on each change. */
export interface ConsoleStatus {
	type: 'status';
	connection: Connection;
	/** Why nobody joined: an `error`'s code, `replaced` or `no-access`; null: joined, or on the way. */
	refused: string | null;
	joined: JoinedMessage | null;
	microphone: MicrophoneKey;
	/** My packets leave now. */
	sends: boolean;
	sentPackets: number;
	droppedPackets: number;
	own: VoiceFigures | null;
	/** Client clock (performance.timeOrigin + performance.now()) of the newest block; null: no microphone. */
	blockAt: number | null;
	channelId: string | null;
	eventRevision: string | null;
	/** What the channel's `state` applies already. */
	gainDb: number;
	roundTripMs: number | null;
	clockOffsetUs: number | null;
	engine: EngineReport | null;
	monitor: EngineReport | null;
	/** The technician speaks to this booth now; null: nobody does. */
	talkback: TalkbackMessage | null;
	/** Packets that came back in the preflight. */
	echoes: number;
}

export type WorkerMessage =
	| ConsoleStatus
	| { type: 'told'; message: BoothMessage | RoomMessage | TalkMessage | JoinedMessage | RefusedMessage };

/** Page to the ears' worklet. */
export type EarsCommand =
	| ({ type: 'engines' } & EarPorts)
	| {
			type: 'sound';
			/** Amplitudes, 0 … 1. */
			volume: number;
			monitor: number;
			bassDb: number;
			trebleDb: number;
			/** dB SPL of a full-scale sine; 0: not calibrated. */
			sensitivityDb: number;
	  }
	/** What brings the source to the loudness of the others. */
	| { type: 'match'; gainDb: number }
	/** The test tone of preflight and calibration. */
	| { type: 'tone'; on: boolean }
	/** A soft note: somebody wrote. Only where it was chosen. */
	| { type: 'chime' }
	| { type: 'end' };

/** The ears' worklet to the page, ten times a second. */
export interface EarsReport {
	/** Loudest of the last 100 ms of what is listened to, before volume and tone, RMS. */
	sourceDbfs: number;
	monitorDbfs: number;
	meter: ProtectionMeter;
}
