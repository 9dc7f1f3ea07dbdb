/**
 * What everything that an interpreter hears goes through: bass, treble, volume, and then hearing
 * protection (common/media/tone.h and protection.h say what they do; this is the same code). Runs
 * in the audio worklet and under node; allocates at creation only, but for `meter`.
 */
import { EarsModule, Figure } from './ears.ts';

/** Levels are dB SPL when calibrated, else dBFS (a full-scale sine has an RMS of −3.01). */
export interface ProtectionMeter {
	/** What each stage takes away now, 0 or more. */
	ceilingReductionDb: number;
	sustainedReductionDb: number;
	averageReductionDb: number;
	/** What was heard in the last 100 ms. */
	levelDb: number;
	/** A-weighted, of the last minute; and what it must not exceed. */
	minuteAverageDb: number;
	minuteLimitDb: number;
	/** The largest sample that can come out. */
	ceilingDbfs: number;
	/** null: not calibrated. */
	sensitivityDb: number | null;
	isCalibrated: boolean;
	/** The minute is too loud, or was and is still turned down. */
	isWarning: boolean;
}

export const TONE_MIN_DB = -12;
export const TONE_MAX_DB = 12;
export const SENSITIVITY_MIN_DB = 80;
export const SENSITIVITY_MAX_DB = 140;

const NOT_CALIBRATED = 0;

/** There is no way past the protection, and no switch for it. */
export class Protection {
	private readonly module: EarsModule;

	/** `wasm`: the bytes of ears.wasm; throws when they are not that. */
	constructor(wasm: BufferSource) {
		this.module = new EarsModule(wasm);
	}

	/** What comes out of `process` went in this many samples before. */
	get delaySamples(): number {
		return this.module.exports.protection_delay();
	}

	/** Each TONE_MIN_DB … TONE_MAX_DB; glides there. */
	setTone(bassDb: number, trebleDb: number): void {
		this.module.exports.tone_set(bassDb, trebleDb);
	}

	/** Amplitude, 0 … 1; glides there within 20 ms. */
	setVolume(volume: number): void {
		this.module.exports.tone_volume(volume);
	}

	setMuted(isMuted: boolean): void {
		this.module.exports.tone_mute(isMuted ? 1 : 0);
	}

	/**
	 * dB SPL that a full-scale sine gives at volume 1; null: not calibrated. False, and nothing
	 * changed, when it is not SENSITIVITY_MIN_DB … SENSITIVITY_MAX_DB.
	 */
	calibrate(sensitivityDb: number | null): boolean {
		if (sensitivityDb === NOT_CALIBRATED) return false;
		return this.module.exports.protection_calibrate(sensitivityDb ?? NOT_CALIBRATED) === 0;
	}

	/** In place, any length: tone, volume, protection. */
	process(samples: Float32Array): void {
		const { block, exports } = this.module;
		for (let at = 0; at < samples.length; ) {
			const count = Math.min(block.length, samples.length - at);
			for (let i = 0; i < count; i++) block[i] = samples[at + i]!;
			exports.hear(count);
			for (let i = 0; i < count; i++) samples[at + i] = block[i]!;
			at += count;
		}
	}

	/** Makes an object: a few times a second, not for each block. */
	meter(): ProtectionMeter {
		const { exports, figures } = this.module;
		exports.measure();
		const isCalibrated = figures[Figure.CALIBRATED] === 1;
		return {
			ceilingReductionDb: figures[Figure.CEILING_REDUCTION_DB]!,
			sustainedReductionDb: figures[Figure.SUSTAINED_REDUCTION_DB]!,
			averageReductionDb: figures[Figure.AVERAGE_REDUCTION_DB]!,
			levelDb: figures[Figure.LEVEL_DB]!,
			minuteAverageDb: figures[Figure.MINUTE_AVERAGE_DB]!,
			minuteLimitDb: figures[Figure.MINUTE_LIMIT_DB]!,
			ceilingDbfs: figures[Figure.CEILING_DBFS]!,
			sensitivityDb: isCalibrated ? figures[Figure.SENSITIVITY_DB]! : null,
			isCalibrated,
			isWarning: figures[Figure.WARNING] === 1,
		};
	}
}
