/**
 * How late packets arrive, and what the jitter buffer should hold because of it. Pure; all
 * times are samples at 48 kHz, `frame` is the audio device's frame at arrival.
 *
 * Transit = arrival − timestamp, of unknown zero. The smallest of the last 15 to 30 s is the
 * base; lateness is what a packet has above it. Two things make the target:
 *
 *  - the everyday jitter: the 99th percentile of lateness, forgotten over 20 s, and a margin;
 *  - stalls (the radio pauses, TCP waits for a lost segment): each one's largest lateness.
 *    Holding a buffer for them costs delay all the time, not holding it costs concealed sound
 *    each time: the target is where the sum of both is smallest. Stalls that stop coming are
 *    forgotten after three times their usual distance.
 *
 * Measured arrivals alone decide, never the round-trip time.
 */
import { RATE_HZ } from './wire.ts';

const MS = RATE_HZ / 1000;
const BUCKET = 15 * RATE_HZ;
const BIN = 2 * MS;
const BIN_COUNT = 201;
/** Each packet weighs this much more than the one before; at 50 a second, 20 s are a factor e. */
const WEIGHT_GROWTH = 1.001;
const WEIGHT_LIMIT = 1e12;
const PERCENTILE = 0.99;
const MARGIN = 6 * MS;
const STALL_LATE = 40 * MS;
const STALL_OVER = 20 * MS;
const STALL_MARGIN = 3 * MS;
const STALL_WINDOW = 60 * RATE_HZ;
const STALL_KEEP = 16;
const STALLS_FEWEST = 2;
/** What a millisecond concealed each minute is worth, in milliseconds of delay. */
const CONCEALED_COST = 0.4;
/** Later than this is an outage: to be skipped, not to be buffered for. */
const OUTAGE = 400 * MS;
const EARLIER_THAN_LIFE = 80 * MS;

export const TARGET_MIN = 10 * MS;
export const TARGET_MAX = 400 * MS;
/** Until enough has been seen to know better. */
const TARGET_FIRST = 36 * MS;
const PACKETS_TO_KNOW = 75;

export class Arrivals {
	/** Smallest transit in the running bucket and in the one before it. */
	private baseNow = Infinity;
	private baseBefore = Infinity;
	private bucketEnd = 0;

	private readonly bins = new Float64Array(BIN_COUNT);
	private binsSum = 0;
	private weight = 1;
	private packetCount = 0;

	/** The newest stalls, as a ring: largest lateness of each, and when it was. */
	private readonly stallPeak = new Float64Array(STALL_KEEP);
	private readonly stallFrame = new Float64Array(STALL_KEEP);
	private stallCount = 0;
	private stallOpen = false;
	private outage = false;

	private targetNow = TARGET_FIRST;
	private lateMax = 0;

	/** Smallest transit: what the fastest packet needed. Infinity before the first. */
	get base(): number {
		return Math.min(this.baseNow, this.baseBefore);
	}

	/** Delay above the fastest packet that the buffer should hold. */
	get target(): number {
		return this.targetNow;
	}

	/** Largest lateness since the last call. */
	takeLateMax(): number {
		const late = this.lateMax;
		this.lateMax = 0;
		return late;
	}

	/** Another time line begins (epoch, channel, server): its transit has another zero; how it jitters stays. */
	newTimeline(): void {
		this.baseNow = Infinity;
		this.baseBefore = Infinity;
	}

	/** A packet with this timestamp came at this frame. Tells its lateness. */
	add(frame: number, timestamp: number): number {
		const transit = frame - timestamp;
		if (transit < this.base - EARLIER_THAN_LIFE) this.newTimeline();
		this.updateBase(frame, transit);
		const late = transit - this.base;
		this.lateMax = Math.max(this.lateMax, late);
		// A backlog after an outage says nothing about how late packets will be.
		if (late > OUTAGE) this.outage = true;
		if (this.outage) {
			if (late < STALL_OVER) this.outage = false;
			return late;
		}
		this.count(late);
		this.noteStall(frame, late);
		this.targetNow = this.findTarget(frame);
		return late;
	}

	private updateBase(frame: number, transit: number): void {
		if (this.base === Infinity) {
			this.bucketEnd = frame + BUCKET;
		} else if (frame >= this.bucketEnd) {
			this.baseBefore = this.baseNow;
			this.baseNow = Infinity;
			this.bucketEnd = frame + BUCKET;
		}
		this.baseNow = Math.min(this.baseNow, transit);
	}

	private count(late: number): void {
		const bin = Math.min(BIN_COUNT - 1, Math.floor(late / BIN));
		this.bins[bin]! += this.weight;
		this.binsSum += this.weight;
		this.weight *= WEIGHT_GROWTH;
		this.packetCount++;
		if (this.weight > WEIGHT_LIMIT) {
			for (let i = 0; i < BIN_COUNT; i++) this.bins[i]! /= this.weight;
			this.binsSum /= this.weight;
			this.weight = 1;
		}
	}

	private noteStall(frame: number, late: number): void {
		if (this.stallOpen) {
			const newest = (this.stallCount - 1) % STALL_KEEP;
			if (late > this.stallPeak[newest]!) this.stallPeak[newest] = late;
			if (late < STALL_OVER) this.stallOpen = false;
		} else if (late > STALL_LATE) {
			const next = this.stallCount % STALL_KEEP;
			this.stallPeak[next] = late;
			this.stallFrame[next] = frame;
			this.stallCount++;
			this.stallOpen = true;
		}
	}

	private everydayJitter(): number {
		let above = this.binsSum * (1 - PERCENTILE);
		for (let i = BIN_COUNT - 1; i > 0; i--) {
			above -= this.bins[i]!;
			if (above < 0) return (i + 1) * BIN;
		}
		return BIN;
	}

	private findTarget(frame: number): number {
		let everyday = this.everydayJitter() + MARGIN;
		if (this.packetCount < PACKETS_TO_KNOW) everyday = Math.max(everyday, TARGET_FIRST);
		const first = Math.max(0, this.stallCount - STALL_KEEP);
		let oldest = this.stallCount;
		while (oldest > first && frame - this.stallFrame[(oldest - 1) % STALL_KEEP]! < STALL_WINDOW) oldest--;
		const stalls = this.stallCount - oldest;
		if (stalls < STALLS_FEWEST) return clamp(everyday);
		const newestFrame = this.stallFrame[(this.stallCount - 1) % STALL_KEEP]!;
		const span = newestFrame - this.stallFrame[oldest % STALL_KEEP]!;
		const distance = span / (stalls - 1);
		if (frame - newestFrame > 3 * distance) return clamp(everyday);
		return clamp(this.cheapest(everyday, oldest, (60 * RATE_HZ) / distance));
	}

	/** Of `everyday` and each stall's peak above it, the delay that is cheapest. */
	private cheapest(everyday: number, oldest: number, stallsPerMinute: number): number {
		let best = everyday;
		let bestCost = this.cost(everyday, oldest, stallsPerMinute);
		for (let i = oldest; i < this.stallCount; i++) {
			const delay = this.stallPeak[i % STALL_KEEP]! + STALL_MARGIN;
			const cost = this.cost(delay, oldest, stallsPerMinute);
			if (delay > everyday && cost < bestCost) {
				best = delay;
				bestCost = cost;
			}
		}
		return best;
	}

	private cost(delay: number, oldest: number, stallsPerMinute: number): number {
		let concealed = 0;
		for (let i = oldest; i < this.stallCount; i++) {
			concealed += Math.max(0, this.stallPeak[i % STALL_KEEP]! - delay);
		}
		const concealedPerMinute = (concealed * stallsPerMinute) / (this.stallCount - oldest);
		return delay + CONCEALED_COST * concealedPerMinute;
	}
}

function clamp(target: number): number {
	return Math.min(Math.max(target, TARGET_MIN), TARGET_MAX);
}
