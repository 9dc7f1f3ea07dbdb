/**
 * Finds what can be cut or repeated at the head of the queue without being heard: a stretch of
 * silence, or one pitch period of a voice. Pure, no allocation after creation.
 */
import { type PcmQueue, PERIOD_MAX } from './pcm_queue.ts';

/** 2.5 ms at 48 kHz. */
export const PERIOD_MIN = 120;
/** Two stretches of a voice that are this alike can become one. */
const CORRELATION_MIN = 0.75;
/** Four samples smoothed into one blur it a little. */
const COARSE_CORRELATION_MIN = 0.6;
/** The coarse search looks at every fourth sample of a smoothed signal (12 kHz). */
const STEP = 4;
const COARSE_COUNT = (2 * PERIOD_MAX) / STEP + 1;
/** −60 dBFS: nobody hears a cut there. */
const QUIET_RMS = 0.001;
/** Below the voice by this much, and near the room's own noise: a pause of the speaker. */
const PAUSE_BELOW_VOICE = 0.06;
const PAUSE_ABOVE_FLOOR = 2;

/** What the speaker's voice and the room behind it are like: slow trackers of loudness over 10 ms. */
export class LoudnessTracker {
	private voice = 0;
	private floor = 1;

	/** One more stretch of about 10 ms was this loud (root mean square). */
	add(rms: number): void {
		this.voice = rms > this.voice ? this.voice + (rms - this.voice) * 0.2 : this.voice * 0.9995;
		this.floor = rms < this.floor ? rms : Math.min(1, this.floor * 1.002 + 1e-7);
	}

	isPause(rms: number): boolean {
		return rms < QUIET_RMS || (rms < this.voice * PAUSE_BELOW_VOICE && rms < this.floor * PAUSE_ABOVE_FLOOR);
	}
}

export function rootMeanSquare(samples: Float32Array, from: number, count: number): number {
	let sum = 0;
	for (let i = from; i < from + count; i++) sum += samples[i]! * samples[i]!;
	return count > 0 ? Math.sqrt(sum / count) : 0;
}

export class TimeStretch {
	private readonly coarse = new Float32Array(COARSE_COUNT);

	constructor(private readonly loudness: LoudnessTracker) {}

	/** Length of the period that can be taken out at the head, at most `most` samples; 0 when none. */
	removable(queue: PcmQueue, most: number, isPauseOnly: boolean): number {
		return this.find(queue, Math.min(PERIOD_MAX, most, Math.floor(queue.available / 2)), false, isPauseOnly);
	}

	/** Length of the period that can be repeated at the head, at most `most` samples; 0 when none. */
	insertable(queue: PcmQueue, most: number, isPauseOnly: boolean): number {
		return this.find(queue, Math.min(PERIOD_MAX, most, queue.available), true, isPauseOnly);
	}

	/**
	 * A period for which the samples on both sides of the seam are alike. A removal joins the
	 * first and the second period after the head (`around` false), an insertion the one before
	 * the head and the one after it (`around` true).
	 */
	private find(queue: PcmQueue, most: number, around: boolean, isPauseOnly: boolean): number {
		const longest = Math.floor(most / STEP) * STEP;
		if (longest < PERIOD_MIN) return 0;
		const { samples, head } = queue;
		const start = around ? head - longest : head;
		if (this.loudness.isPause(rootMeanSquare(samples, start, 2 * longest))) return longest;
		if (isPauseOnly) return 0;
		const lag = this.coarseLag(samples, start, longest, around);
		return lag === 0 ? 0 : fineLag(samples, head, lag, longest, around);
	}

	/** The best lag at 12 kHz, in samples at 48 kHz. */
	private coarseLag(samples: Float32Array, start: number, longest: number, around: boolean): number {
		const coarse = this.coarse;
		const last = longest / STEP;
		for (let i = 0; i < 2 * last; i++) {
			const at = start + i * STEP;
			coarse[i] = samples[at]! + samples[at + 1]! + samples[at + 2]! + samples[at + 3]!;
		}
		let best = 0;
		let bestCorrelation = COARSE_CORRELATION_MIN;
		for (let lag = PERIOD_MIN / STEP; lag <= last; lag++) {
			const correlation = similarity(coarse, around ? last - lag : 0, lag);
			if (correlation > bestCorrelation) {
				best = lag;
				bestCorrelation = correlation;
			}
		}
		return best * STEP;
	}
}

function fineLag(samples: Float32Array, head: number, near: number, longest: number, around: boolean): number {
	let best = 0;
	let bestCorrelation = CORRELATION_MIN;
	for (let lag = Math.max(PERIOD_MIN, near - STEP); lag <= Math.min(longest, near + STEP); lag++) {
		const correlation = similarity(samples, around ? head - lag : head, lag);
		if (correlation > bestCorrelation) {
			best = lag;
			bestCorrelation = correlation;
		}
	}
	return best;
}

/** Normalised correlation of the `lag` samples from `start` on with the `lag` after them, −1 … 1. */
function similarity(samples: Float32Array, start: number, lag: number): number {
	let product = 0;
	let energyHere = 1e-9;
	let energyThere = 1e-9;
	for (let i = start; i < start + lag; i++) {
		const here = samples[i]!;
		const there = samples[i + lag]!;
		product += here * there;
		energyHere += here * here;
		energyThere += there * there;
	}
	return product / Math.sqrt(energyHere * energyThere);
}
