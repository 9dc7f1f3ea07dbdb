/**
 * A listener on a synthetic network: packets of real speech arrive when the trace says so, the
 * audio device asks for sound quantum by quantum, its quanta in bursts as browsers render them.
 */
import type { Decoder } from '../decoder.ts';
import { JitterBuffer, type JitterStats } from '../jitter.ts';
import type { RtpPacket, StateMessage } from '../wire.ts';

export const PACKET_SAMPLES = 960;
const QUANTUM = 128;
const MS = 48;

export interface Arrival {
	/** Milliseconds of the device's time at which the packet is there. */
	atMs: number;
	packet: RtpPacket;
}

export interface Measured {
	stats: JitterStats;
	/** Play delay above the fastest packet of the whole trace: mean over the time, and at the end. */
	delayMs: number;
	delayAtEndMs: number;
	concealedPerMinuteMs: number;
	operationsPerMinute: number;
	/** Mean delay of each second. */
	seconds: number[];
}

export const stateMessage = (changes: Partial<StateMessage> = {}): StateMessage => ({
	type: 'state',
	channel: 2,
	epoch: 1,
	feed: 'booth',
	source: 'ok',
	booth: 'plenary-vi',
	seat: null,
	gain_db: 0,
	fade_ms: 40,
	sequence: 65500,
	timestamp: 4294900000,
	clock: null,
	...changes,
});

/** Packet number `index` of a source: sequence and timestamp start just before both wraps. */
export function packetOf(index: number, payloads: readonly Uint8Array[], changes: Partial<RtpPacket> = {}): RtpPacket {
	return {
		marker: false,
		sequence: (65500 + index) & 0xffff,
		timestamp: (4294900000 + index * PACKET_SAMPLES) % 0x100000000,
		channel: 2,
		payload: payloads[index % payloads.length]!,
		durationSamples: PACKET_SAMPLES,
		...changes,
	};
}

/** In order, as TCP delivers: a packet is never there before the one ahead of it. */
export function inOrder(latenessMs: readonly number[], payloads: readonly Uint8Array[]): Arrival[] {
	let latest = 0;
	return latenessMs.map((late, index) => {
		latest = Math.max(latest, index * 20 + late);
		return { atMs: latest, packet: packetOf(index, payloads) };
	});
}

/** Runs a trace of `seconds`. What is measured leaves out the first `skipSeconds`. */
export function simulate(
	decoders: [Decoder, Decoder],
	arrivals: readonly Arrival[],
	seconds: number,
	{ skipSeconds = 5, burst = QUANTUM, isBurstKnown = false, onBlock }: SimulationOptions = {},
): Measured {
	const jitter = new JitterBuffer(decoders, isBurstKnown ? burst : 0);
	jitter.setChannel(2);
	jitter.connected();
	jitter.state(stateMessage());
	const out = new Float32Array(QUANTUM);
	const start = 1000 * MS;
	let next = 0;
	let sum = 0;
	let count = 0;
	let before: JitterStats | null = null;
	let secondSum = 0;
	const perSecond: number[] = [];
	for (let frame = 0; frame < seconds * 48000; frame += QUANTUM) {
		const burstFrame = frame - (frame % burst);
		while (next < arrivals.length && arrivals[next]!.atMs * MS <= burstFrame) {
			jitter.packet(arrivals[next]!.packet, start + burstFrame);
			next++;
		}
		jitter.pull(out, start + frame);
		onBlock?.(out, frame, jitter);
		if (frame % 4800 < QUANTUM) {
			const stats = jitter.stats(start + frame + QUANTUM);
			secondSum += stats.delayMs;
			if (frame >= skipSeconds * 48000) {
				before ??= stats;
				sum += stats.delayMs;
				count++;
			}
		}
		if ((frame + QUANTUM) % 48000 < QUANTUM) {
			perSecond.push(secondSum / 10);
			secondSum = 0;
		}
	}
	const stats = jitter.stats(start + seconds * 48000);
	const minutes = (seconds - skipSeconds) / 60;
	const operations = (s: JitterStats) => s.removals + s.insertions;
	return {
		stats,
		delayMs: sum / count,
		delayAtEndMs: stats.delayMs,
		concealedPerMinuteMs: (stats.concealedMs - before!.concealedMs) / minutes,
		operationsPerMinute: (operations(stats) - operations(before!)) / minutes,
		seconds: perSecond,
	};
}

export interface SimulationOptions {
	skipSeconds?: number;
	/** Frames that the device renders at once. */
	burst?: number;
	/** The buffer is told. */
	isBurstKnown?: boolean;
	onBlock?: (out: Float32Array, frame: number, jitter: JitterBuffer) => void;
}
