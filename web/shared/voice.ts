/**
 * One decoder at work on one epoch: packets in, a queue of samples out, and sound made up
 * where packets are missing. The jitter buffer has two, for the cross-fade between epochs.
 *
 * Made-up sound fades to silence within 60 ms; what comes after it fades in within 5 ms.
 */
import type { Decoder } from './decoder.ts';
import type { Epoch } from './epoch.ts';
import type { StoredPacket } from './packet_store.ts';
import { PcmQueue } from './pcm_queue.ts';
import { type LoudnessTracker, rootMeanSquare } from './time_stretch.ts';

/** What a packet's redundancy covers. */
const RECOVER_STEP = 120;
const RECOVER_MOST = 960;

const FADE_OUT = 2880;
const FADE_IN = 240;
/** SILK makes nothing shorter than 10 ms up; CELT does, and so holds the clock more finely. */
const CHUNK_SILK = 480;
const CHUNK_CELT = 240;
const FIRST_CELT_TOC = 0x80;
const LOUDNESS_SAMPLES = 480;

export class Voice {
	readonly queue = new PcmQueue();
	epoch: Epoch | null = null;
	/** Extended timestamp of the sample after the queue's last one. */
	endTimestamp = 0;
	/** Extended sequence of the packet decoded last. */
	lastSequence = 0;
	/** Samples made up since the last decoded one. */
	concealedRun = 0;
	/** Those of them during which the media's clock was held, because nothing had come. */
	heldRun = 0;
	private chunk = CHUNK_SILK;

	constructor(
		private readonly decoder: Decoder,
		private readonly loudness: LoudnessTracker,
	) {}

	/** Extended timestamp of the sample that is given out next. */
	get position(): number {
		return this.endTimestamp - this.queue.available;
	}

	start(epoch: Epoch, timestamp: number): void {
		this.decoder.reset();
		this.queue.clear();
		this.epoch = epoch;
		this.endTimestamp = timestamp;
		this.concealedRun = 0;
		this.heldRun = 0;
	}

	/** Decodes a packet to the queue's end. Tells false when it was damaged and its sound is made up. */
	decode(packet: StoredPacket): boolean {
		const count = this.decoder.decode(packet.bytes, packet.sizeBytes);
		this.lastSequence = packet.sequence;
		this.endTimestamp = packet.timestamp;
		if (count === 0) {
			for (let rest = packet.durationSamples; rest > 0; ) rest -= this.conceal(rest, true);
			return false;
		}
		const samples = this.decoder.output;
		for (let at = 0; at + LOUDNESS_SAMPLES <= count; at += LOUDNESS_SAMPLES) {
			this.loudness.add(rootMeanSquare(samples, at, LOUDNESS_SAMPLES));
		}
		this.queue.append(samples, count, this.concealGain(), 1, FADE_IN);
		this.chunk = packet.bytes[0]! >= FIRST_CELT_TOC ? CHUNK_CELT : CHUNK_SILK;
		this.endTimestamp += count;
		this.concealedRun = 0;
		this.heldRun = 0;
		return true;
	}

	/**
	 * Makes up to `most` samples up. With `isAdvancing` they stand for sound that will not come; without,
	 * the media's clock is held. Tells how many.
	 */
	conceal(most: number, isAdvancing: boolean): number {
		const count = Math.min(most, this.chunk);
		const from = this.concealGain();
		this.concealedRun += count;
		const to = this.concealGain();
		if (from > 0 && this.decoder.conceal(this.chunk) >= count) {
			this.queue.append(this.decoder.output, count, from, to, count);
		} else {
			this.queue.appendSilence(count);
		}
		if (isAdvancing) this.endTimestamp += count;
		else this.heldRun += count;
		return count;
	}

	/** The sound of one lost packet before `next`, at most 20 ms, as well as `next` itself tells it. False when it cannot. */
	recover(next: StoredPacket, samples: number): boolean {
		if (this.concealedRun > 0 || samples > RECOVER_MOST || samples % RECOVER_STEP !== 0) return false;
		const count = this.decoder.recover(next.bytes, next.sizeBytes, samples);
		this.queue.append(this.decoder.output, count);
		this.endTimestamp += count;
		return count > 0;
	}

	private concealGain(): number {
		return Math.max(0, 1 - this.concealedRun / FADE_OUT);
	}
}
