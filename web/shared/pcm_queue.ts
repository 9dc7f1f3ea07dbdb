/**
 * Decoded sound on its way to the ear: a queue of samples that keeps what it gave out for a
 * while, so that time can be stretched at its head. Pure, no allocation after creation.
 *
 *        history (given out)      available
 *   ├──────────────────────────┼──────────────────┤
 *                            head               tail
 */

/** The longest period that an operation at the head may have: 15 ms at 48 kHz. */
export const PERIOD_MAX = 720;
const HISTORY = 2 * PERIOD_MAX;
const CAPACITY = 32768;
/** Room for an insertion to move the history to the left. */
const HEAD_FIRST = HISTORY + PERIOD_MAX;

export class PcmQueue {
	readonly samples = new Float32Array(CAPACITY);
	private headIndex = HEAD_FIRST;
	private tailIndex = HEAD_FIRST;

	/** Index in `samples` of the next one to give out. At least PERIOD_MAX given out ones are before it. */
	get head(): number {
		return this.headIndex;
	}

	get available(): number {
		return this.tailIndex - this.headIndex;
	}

	/** Drops what is there, history too. */
	clear(): void {
		this.samples.fill(0);
		this.headIndex = HEAD_FIRST;
		this.tailIndex = HEAD_FIRST;
	}

	/** Drops `count` samples (at most what is available) from the head. */
	drop(count: number): void {
		this.headIndex += Math.min(count, this.available);
	}

	/** Appends `count` samples, their gain going from `gainFrom` to `gainTo` in a straight line over `rampSamples`. */
	append(source: Float32Array, count: number, gainFrom = 1, gainTo = 1, rampSamples = 0): void {
		this.makeRoom(count);
		const slope = rampSamples > 0 ? (gainTo - gainFrom) / rampSamples : 0;
		for (let i = 0; i < count; i++) {
			const gain = i < rampSamples ? gainFrom + slope * i : gainTo;
			this.samples[this.tailIndex + i] = source[i]! * gain;
		}
		this.tailIndex += count;
	}

	appendSilence(count: number): void {
		this.makeRoom(count);
		this.samples.fill(0, this.tailIndex, this.tailIndex + count);
		this.tailIndex += count;
	}

	/** Adds the next `count` samples (at most what is available) times the gain's line to `out`. */
	mixInto(out: Float32Array, at: number, count: number, gainFrom: number, gainTo: number): void {
		const slope = count > 0 ? (gainTo - gainFrom) / count : 0;
		const head = this.headIndex;
		for (let i = 0; i < count; i++) out[at + i]! += this.samples[head + i]! * (gainFrom + slope * i);
		this.headIndex += count;
	}

	/** Takes one period out at the head: its first and second period become one. Needs two available. */
	removePeriod(period: number): void {
		const { samples, headIndex: head } = this;
		for (let i = 0; i < period; i++) {
			const weight = (i + 0.5) / period;
			samples[head + period + i] = samples[head + i]! * (1 - weight) + samples[head + period + i]! * weight;
		}
		samples.copyWithin(head + period - HISTORY, head - HISTORY, head);
		this.headIndex += period;
	}

	/** Repeats one period at the head, between what was given out and what comes. Needs one available. */
	insertPeriod(period: number): void {
		if (this.headIndex - period < HEAD_FIRST) this.shift(HEAD_FIRST + period);
		const { samples, headIndex: head } = this;
		samples.copyWithin(head - HISTORY - period, head - HISTORY, head);
		for (let i = 0; i < period; i++) {
			const weight = (i + 0.5) / period;
			samples[head - period + i] = samples[head + i]! * (1 - weight) + samples[head - 2 * period + i]! * weight;
		}
		this.headIndex -= period;
	}

	/** More than fits is more than half a second: the oldest goes. */
	private makeRoom(count: number): void {
		if (this.tailIndex + count <= CAPACITY) return;
		this.drop(Math.max(0, this.available + count - (CAPACITY - HEAD_FIRST)));
		this.shift(HEAD_FIRST);
	}

	/** Moves everything so that the head is at `to`. */
	private shift(to: number): void {
		const available = this.available;
		this.samples.copyWithin(to - HISTORY, this.headIndex - HISTORY, this.tailIndex);
		this.headIndex = to;
		this.tailIndex = to + available;
	}
}
