/**
 * How late packets arrive, and what the jitter buffer should hold because of it. Pure; all
 * times are samples at 48 kHz, `frame` is the audio device's frame at arrival.
 *
 * Transit = arrival − timestamp, of unknown zero. The smallest of the last 15 to 30 s is the
 * base; lateness is what a packet has above it. Three things make the target:
 *
 *  - the everyday jitter: the 99th percentile of lateness, forgotten over 20 s, and a margin;
 *  - what a busy machine does now and then: the latest packet of the last minutes, as long as
 *    covering it costs next to nothing;
 *  - stalls (the radio pauses, TCP waits for a lost segment). Holding a buffer for them costs
 *    delay all the time, not holding it costs concealed sound each time: the target is where
 *    the sum is smallest. Stalls that stop coming are soon forgotten.
 *
 * And for a second, it is never less than what just came late: a path that got longer, or a
 * stall in parts, is not met with a buffer that is being emptied.
 *
 * Measured arrivals alone decide, never the round-trip time.
 */
import { RATE_HZ } from './wire.ts';

const MS = RATE_HZ / 1000;
const BUCKET = 15 * RATE_HZ;
/**
 * An output fills its buffers when it starts, so its frames run ahead for a while; and the page has much to do
 * then. So long the base is soon forgotten, and at the end of it everything else: it was the start's.
 */
const SETTLING = 3 * RATE_HZ;
const SETTLING_BUCKET = RATE_HZ / 2;
const BIN = 2 * MS;
const BIN_COUNT = 201;
/** Each packet weighs this much more than the one before; at 50 a second, 20 s are a factor e. */
const WEIGHT_GROWTH = 1.001;
const WEIGHT_LIMIT = 1e12;
const PERCENTILE = 0.99;
const MARGIN = 6 * MS;
/** Now and then: remembered for one to two of these. Until something is known, the first value is assumed. */
const RARE_BUCKET = 120 * RATE_HZ;
const RARE_FIRST = 12 * MS;
const RARE_MARGIN = 4 * MS;
const RARE_MOST = 26 * MS;
/** A stall: everything within a second that is later than this. */
const STALL_LATE = 25 * MS;
const STALL_LENGTH = RATE_HZ;
const STALL_MARGIN = 8 * MS;
const STALL_WINDOW = 45 * RATE_HZ;
const STALL_KEEP = 64;
const STALLS_FEWEST = 2;
/** Stalls are over after this many times their usual distance, but not before this. */
const STALLS_OVER_DISTANCES = 3;
const STALLS_OVER_LEAST = 6 * RATE_HZ;
/**
 * What concealing x ms once a minute is worth, in ms of delay: COST · x² / 20 ms. A square, as
 * the first 10 ms that a decoder makes up are hardly heard, and the sixth are a hole.
 */
const CONCEALED_COST = 0.2;
const CONCEALED_UNHEARD = 20 * MS;
const STEP = 4 * MS;
const RECENT_BUCKET = RATE_HZ / 2;
/**
 * Later than this is an outage: to be skipped, not to be buffered for. What stays that late for
 * longer is no backlog but a longer path.
 */
const OUTAGE = 400 * MS;
const OUTAGE_LONGEST = RATE_HZ;
const EARLIER_THAN_LIFE = 80 * MS;

export const TARGET_MIN = 10 * MS;
export const TARGET_MAX = 400 * MS;
/** Until enough has been seen to know better: this, and what the output is known to ask for at once with a margin. */
const TARGET_FIRST = 36 * MS;
const FIRST_OVER_BURST = 16 * MS;
const PACKETS_TO_KNOW = 75;
/** As if so many had been in time before the first one: a hiccup of the start is not a network's habit. */
const PACKETS_ASSUMED = 200;

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
	/** When the outage that lasts ended for its first packet; −1 when there is none. */
	private outageFrame = -1;

	/** Latest packet in the running half second and in the one before it. */
	private recentNow = 0;
	private recentBefore = 0;
	private recentEnd = 0;

	/** Latest packet in the running bucket of minutes and in the one before it. */
	private rareNow = 0;
	private rareBefore = 0;
	private rareEnd = -1;

	/** When the output is settled; −1 before the first packet, Infinity from then on. */
	private settledFrame = -1;
	private targetNow: number;
	private lateMax = 0;
	private readonly targetFirst: number;

	/** `burst`: frames that the output is known to ask for at once, 0 when they are to be found out. */
	constructor(private readonly burst: number) {
		this.targetFirst = Math.max(TARGET_FIRST, burst + FIRST_OVER_BURST);
		this.targetNow = this.targetFirst;
		this.forget();
	}

	private forget(): void {
		this.bins.fill(0);
		this.bins[0] = PACKETS_ASSUMED;
		this.binsSum = PACKETS_ASSUMED;
		this.weight = 1;
		this.stallCount = 0;
		this.rareNow = Math.max(RARE_FIRST, this.burst);
		this.rareBefore = 0;
		this.rareEnd = -1;
	}

	/** Smallest transit: what the fastest packet needed. Infinity before the first. */
	get base(): number {
		return Math.min(this.baseNow, this.baseBefore);
	}

	/** Delay above the fastest packet that the buffer should hold. */
	get target(): number {
		return this.targetNow;
	}

	/** Packets come that had to wait for the end of an outage. */
	get isOutage(): boolean {
		return this.outageFrame >= 0;
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
		this.recentNow = 0;
		this.recentBefore = 0;
	}

	/** A packet with this timestamp came at this frame. Tells its lateness. */
	add(frame: number, timestamp: number): number {
		const transit = frame - timestamp;
		if (this.settledFrame < 0) this.settledFrame = frame + SETTLING;
		if (frame >= this.settledFrame) {
			this.forget();
			this.settledFrame = Infinity;
		}
		if (transit < this.base - EARLIER_THAN_LIFE) this.newTimeline();
		this.updateBase(frame, transit);
		const late = transit - this.base;
		this.lateMax = Math.max(this.lateMax, late);
		if (this.isBacklog(frame, late)) return late;
		if (late > STALL_LATE) this.noteStall(frame, late);
		else this.count(frame, late);
		this.noteRecent(frame, late);
		this.targetNow = clamp(Math.max(this.findTarget(frame), Math.max(this.recentNow, this.recentBefore)));
		return late;
	}

	/** What had to wait for the end of an outage says nothing about how late packets will be. */
	private isBacklog(frame: number, late: number): boolean {
		if (late > OUTAGE && this.outageFrame < 0) this.outageFrame = frame;
		if (this.outageFrame < 0) return false;
		if (late < STALL_LATE) {
			this.outageFrame = -1;
		} else if (frame - this.outageFrame > OUTAGE_LONGEST) {
			this.outageFrame = -1;
			this.newTimeline();
		}
		return true;
	}

	private noteRecent(frame: number, late: number): void {
		if (frame >= this.recentEnd) {
			this.recentBefore = frame - this.recentEnd < RECENT_BUCKET ? this.recentNow : 0;
			this.recentNow = 0;
			this.recentEnd = frame + RECENT_BUCKET;
		}
		this.recentNow = Math.max(this.recentNow, late);
	}

	private updateBase(frame: number, transit: number): void {
		const isNew = this.base === Infinity;
		if (isNew || frame >= this.bucketEnd) {
			if (!isNew) this.baseBefore = this.baseNow;
			this.baseNow = Infinity;
			this.bucketEnd = frame + (this.settledFrame < Infinity ? SETTLING_BUCKET : BUCKET);
		}
		this.baseNow = Math.min(this.baseNow, transit);
	}

	private count(frame: number, late: number): void {
		this.noteRare(frame, late);
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

	private noteRare(frame: number, late: number): void {
		if (this.rareEnd < 0) this.rareEnd = frame + RARE_BUCKET;
		if (frame >= this.rareEnd) {
			this.rareBefore = this.rareNow;
			this.rareNow = 0;
			this.rareEnd = frame + RARE_BUCKET;
		}
		this.rareNow = Math.max(this.rareNow, late);
	}

	private noteStall(frame: number, late: number): void {
		const newest = (this.stallCount - 1) % STALL_KEEP;
		if (this.stallCount > 0 && frame - this.stallFrame[newest]! < STALL_LENGTH) {
			this.stallPeak[newest] = Math.max(this.stallPeak[newest]!, late);
			return;
		}
		const next = this.stallCount % STALL_KEEP;
		this.stallPeak[next] = late;
		this.stallFrame[next] = frame;
		this.stallCount++;
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
		const rare = Math.min(RARE_MOST, Math.max(this.rareNow, this.rareBefore) + RARE_MARGIN);
		let usual = Math.max(this.everydayJitter() + MARGIN, rare);
		if (this.packetCount < PACKETS_TO_KNOW) usual = Math.max(usual, this.targetFirst);
		const first = Math.max(0, this.stallCount - STALL_KEEP);
		let oldest = this.stallCount;
		while (oldest > first && frame - this.stallFrame[(oldest - 1) % STALL_KEEP]! < STALL_WINDOW) oldest--;
		const stalls = this.stallCount - oldest;
		if (stalls < STALLS_FEWEST) return usual;
		const newestFrame = this.stallFrame[(this.stallCount - 1) % STALL_KEEP]!;
		const distance = (newestFrame - this.stallFrame[oldest % STALL_KEEP]!) / (stalls - 1);
		const over = Math.max(STALLS_OVER_DISTANCES * distance, STALLS_OVER_LEAST);
		if (frame - newestFrame > over) return usual;
		return this.cheapest(usual, oldest, (60 * RATE_HZ) / distance);
	}

	/** The delay from `usual` to the highest peak that is cheapest. */
	private cheapest(usual: number, oldest: number, stallsPerMinute: number): number {
		let highest = usual;
		for (let i = oldest; i < this.stallCount; i++) {
			highest = Math.max(highest, this.stallPeak[i % STALL_KEEP]! + STALL_MARGIN);
		}
		let best = usual;
		let bestCost = Infinity;
		for (let delay = usual; delay < highest + STEP; delay += STEP) {
			const cost = this.cost(delay, oldest, stallsPerMinute);
			if (cost >= bestCost) break;
			best = delay;
			bestCost = cost;
		}
		return Math.min(best, highest);
	}

	private cost(delay: number, oldest: number, stallsPerMinute: number): number {
		let heard = 0;
		for (let i = oldest; i < this.stallCount; i++) {
			const concealed = Math.max(0, this.stallPeak[i % STALL_KEEP]! + STALL_MARGIN - delay);
			heard += (concealed * concealed) / CONCEALED_UNHEARD;
		}
		return delay + (CONCEALED_COST * heard * stallsPerMinute) / (this.stallCount - oldest);
	}
}

function clamp(target: number): number {
	return Math.min(Math.max(Math.round(target), TARGET_MIN), TARGET_MAX);
}
