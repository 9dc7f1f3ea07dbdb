/**
 * What each meter shows: the newest figures with a meter's ballistics (up at once, down 11.8 dB a
 * second as IEC 60268-10 type I), the peak hold, and the clip lamp, which stays until it is put
 * out. Pure; time is the client's, in ms.
 */
import { type PointLevels, parseLevels } from './levels.ts';

export const LOWEST_DB = -60;
const SILENCE_DB = -120;
/** EBU R 68: alignment level, and the permitted maximum of a programme's peaks. */
export const ALIGNMENT_DBFS = -18;
export const PERMITTED_DBFS = -9;
/** EBU R 128. */
export const TRUE_PEAK_LIMIT_DBTP = -1;
export const TARGET_LUFS = -23;
const HOLD_MS = 2000;
const FALL_DB_A_MS = 0.0118;
/** Without a frame for so long the meters know nothing. */
export const STALE_MS = 1000;
/** A number that changes twenty times a second cannot be read. */
const NUMBER_MS = 250;

export interface Meter {
	/** False: no packet came of this point within the last half second. */
	isFed: boolean;
	peakDbfs: number;
	rmsDbfs: number;
	holdDbfs: number;
	/** Held as the peak is: a number that comes and goes with each syllable cannot be read. */
	truePeakDbtp: number;
	momentaryLufs: number | null;
	shortTermLufs: number | null;
	/** Clips since the lamp was put out; 0: it is dark. */
	clips: number;
	heldAt: number;
	truePeakAt: number;
	numbersAt: number;
	lastClips: number | null;
}

const newMeter = (): Meter => ({
	isFed: false,
	peakDbfs: SILENCE_DB,
	rmsDbfs: SILENCE_DB,
	holdDbfs: SILENCE_DB,
	truePeakDbtp: SILENCE_DB,
	momentaryLufs: null,
	shortTermLufs: null,
	clips: 0,
	heldAt: 0,
	truePeakAt: 0,
	numbersAt: 0,
	lastClips: null,
});

export class Meters {
	/** Time of the newest frame; −Infinity: none came yet. */
	frameAt = Number.NEGATIVE_INFINITY;
	revision = 0;
	private meters: Meter[] = [];
	private fed: boolean[] = [];
	private beforeAt = 0;
	private hasClipped = false;

	/** False: not a levels frame, and nothing has changed. */
	receive(bytes: Uint8Array, nowMs: number): boolean {
		this.beforeAt = this.frameAt;
		this.fed.fill(false);
		const frame = parseLevels(bytes);
		if (frame === null) return false;
		for (const level of frame.points) this.update(level, nowMs);
		this.frameAt = nowMs;
		this.revision = frame.revision;
		for (let point = 0; point < this.meters.length; point++) {
			if (!this.fed[point]) this.silence(this.at(point), nowMs);
		}
		return true;
	}

	at(point: number): Meter {
		while (this.meters.length <= point) {
			this.meters.push(newMeter());
			this.fed.push(false);
		}
		return this.meters[point]!;
	}

	isStale(nowMs: number): boolean {
		return nowMs - this.frameAt > STALE_MS;
	}

	/** Whether a lamp was lit since it was last asked. */
	takeClipped(): boolean {
		const was = this.hasClipped;
		this.hasClipped = false;
		return was;
	}

	/** Puts a clip lamp out. */
	reset(point: number): void {
		this.at(point).clips = 0;
	}

	/** The connection is another one: counts begin where it finds them. */
	forget(): void {
		for (const meter of this.meters) meter.lastClips = null;
	}

	private update(level: PointLevels, nowMs: number): void {
		const meter = this.at(level.index);
		this.fed[level.index] = true;
		meter.isFed = true;
		const peakDbfs = level.peak_dbfs ?? SILENCE_DB;
		const truePeakDbtp = level.true_peak_dbtp ?? SILENCE_DB;
		this.fall(meter, peakDbfs, level.rms_dbfs ?? SILENCE_DB, nowMs);
		if (peakDbfs >= meter.holdDbfs || nowMs - meter.heldAt > HOLD_MS) {
			meter.holdDbfs = peakDbfs;
			meter.heldAt = nowMs;
		}
		if (nowMs - meter.numbersAt >= NUMBER_MS) {
			meter.momentaryLufs = level.momentary_lufs;
			meter.shortTermLufs = level.short_term_lufs;
			meter.numbersAt = nowMs;
		}
		if (truePeakDbtp >= meter.truePeakDbtp || nowMs - meter.truePeakAt > HOLD_MS) {
			meter.truePeakDbtp = truePeakDbtp;
			meter.truePeakAt = nowMs;
		}
		if (meter.lastClips !== null && meter.lastClips !== level.clips) {
			meter.clips += (level.clips - meter.lastClips + 256) % 256;
			this.hasClipped = true;
		}
		meter.lastClips = level.clips;
	}

	private silence(meter: Meter, nowMs: number): void {
		meter.isFed = false;
		this.fall(meter, SILENCE_DB, SILENCE_DB, nowMs);
		if (nowMs - meter.heldAt > HOLD_MS) meter.holdDbfs = SILENCE_DB;
		if (nowMs - meter.truePeakAt > HOLD_MS) meter.truePeakDbtp = SILENCE_DB;
		meter.momentaryLufs = meter.shortTermLufs = null;
	}

	private fall(meter: Meter, peakDbfs: number, rmsDbfs: number, nowMs: number): void {
		const fallen = Math.min(nowMs - this.beforeAt, 1000) * FALL_DB_A_MS;
		meter.peakDbfs = Math.max(peakDbfs, meter.peakDbfs - fallen, SILENCE_DB);
		meter.rmsDbfs = Math.max(rmsDbfs, meter.rmsDbfs - fallen, SILENCE_DB);
	}
}
