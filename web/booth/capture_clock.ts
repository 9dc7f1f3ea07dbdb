/**
 * When a captured sample was at the microphone: the device's frames against the client's clock.
 * Pure; times are the client's microseconds, frames those of the AudioContext at 48 kHz.
 *
 * A block of sound is told together with the moment when the worker has it. That is never
 * before its last sample was captured, and mostly somewhat later, by hops between threads and
 * by the context's rendering in bursts. So the earliest arrival of each second lies close above
 * a straight line of which the slope is the sound card's rate; the line under those of the last
 * half minute is what is kept. From it goes what the browser tells of its own input latency.
 * Not known, and not corrected: what the sound card adds before the browser sees a sample, as
 * nothing tells it (a few ms), and the shortest hop itself (below 1 ms).
 */

const BUCKET_US = 1_000_000;
const BUCKETS = 30;
/** With less of the past the slope would be noise: then the rate is the nominal one. */
const BUCKETS_FOR_RATE = 8;
const RATE_LIMIT = 500e-6;
/** Sound that is later or earlier than the line by this is of another time line: the device stopped, or the laptop slept. */
export const JUMP_US = 150_000;
/** So many blocks in a row, so that one that a busy machine delays is no jump. */
const JUMP_BLOCKS = 5;

interface Point {
	frame: number;
	us: number;
}

export class CaptureClock {
	private buckets: Point[] = [];
	private current: Point | null = null;
	private bucketEnd = 0;
	private strange = 0;
	private slopeUs = 1e6 / 48000;
	private anchor: Point | null = null;

	/** `latencyUs`: the browser's own figure for the track, 0 when it tells none. */
	constructor(private readonly latencyUs = 0) {}

	/**
	 * Sound up to `frame` was there at `us`. True: the time line broke, what is known begins anew
	 * with this block.
	 */
	add(frame: number, us: number): boolean {
		const late = this.anchor === null ? 0 : us - this.at(frame);
		this.strange = this.anchor !== null && (late > JUMP_US || late < -JUMP_US) ? this.strange + 1 : 0;
		const broke = this.strange >= JUMP_BLOCKS || (this.current !== null && frame < this.current.frame - 48000);
		if (broke) this.reset();
		if (this.strange > 0) return false;
		if (this.current === null || us >= this.bucketEnd) {
			this.current = { frame, us };
			this.bucketEnd = us + BUCKET_US;
			this.buckets.push(this.current);
			if (this.buckets.length > BUCKETS) this.buckets.shift();
		} else if (us - frame * this.slopeUs < this.current.us - this.current.frame * this.slopeUs) {
			this.current.frame = frame;
			this.current.us = us;
		}
		this.follow();
		return broke;
	}

	private reset(): void {
		this.buckets = [];
		this.current = null;
		this.anchor = null;
		this.strange = 0;
		this.slopeUs = 1e6 / 48000;
	}

	/** Least squares for the slope, then down until no earliest arrival lies below. */
	private follow(): void {
		const { buckets } = this;
		const first = buckets[0]!;
		if (buckets.length >= BUCKETS_FOR_RATE) {
			let x = 0;
			let y = 0;
			for (const point of buckets) {
				x += point.frame - first.frame;
				y += point.us - first.us;
			}
			x /= buckets.length;
			y /= buckets.length;
			let xx = 0;
			let xy = 0;
			for (const point of buckets) {
				xx += (point.frame - first.frame - x) ** 2;
				xy += (point.frame - first.frame - x) * (point.us - first.us - y);
			}
			const nominal = 1e6 / 48000;
			const slope = xx > 0 ? xy / xx : nominal;
			this.slopeUs = Math.min(Math.max(slope, nominal * (1 - RATE_LIMIT)), nominal * (1 + RATE_LIMIT));
		}
		let lowest = buckets[buckets.length - 1]!;
		const above = (point: Point) => point.us - (point.frame - first.frame) * this.slopeUs;
		for (const point of buckets) if (above(point) < above(lowest)) lowest = point;
		this.anchor = { frame: lowest.frame, us: lowest.us };
	}

	private at(frame: number): number {
		return this.anchor!.us + (frame - this.anchor!.frame) * this.slopeUs;
	}

	/** Client's clock when the sample after `frame` samples was at the microphone; null before the first block. */
	capturedUs(frame: number): number | null {
		return this.anchor === null ? null : this.at(frame) - this.latencyUs;
	}

	/** Of the sound card, against the client's clock. */
	rateHz(): number {
		return 1e6 / this.slopeUs;
	}
}
