/** The module `ears.wasm` as protection.ts and voice_level.ts use it: common/media, compiled. */

/** In the order of web/opus/ears.c. */
export const Figure = {
	CEILING_REDUCTION_DB: 0,
	SUSTAINED_REDUCTION_DB: 1,
	AVERAGE_REDUCTION_DB: 2,
	LEVEL_DB: 3,
	MINUTE_AVERAGE_DB: 4,
	MINUTE_LIMIT_DB: 5,
	CEILING_DBFS: 6,
	SENSITIVITY_DB: 7,
	CALIBRATED: 8,
	WARNING: 9,
	VOICE_PEAK_DBFS: 10,
	VOICE_RMS_DBFS: 11,
	VOICE_SPEECH_DBFS: 12,
	VOICE_VERDICT: 13,
	VOICE_CLIP_COUNT: 14,
} as const;
const FIGURE_COUNT = Object.keys(Figure).length;

interface Exports {
	memory: WebAssembly.Memory;
	block(): number;
	block_size(): number;
	figures(): number;
	figure_count(): number;
	ears_init(): void;
	tone_set(bassDb: number, trebleDb: number): void;
	tone_volume(volume: number): void;
	tone_mute(isMuted: number): void;
	protection_calibrate(sensitivityDb: number): number;
	protection_delay(): number;
	hear(samples: number): void;
	voice_update(samples: number): void;
	voice_reset(): void;
	measure(): void;
}

/** One instance, with a block of its memory to process and the figures as it last measured them. */
export class EarsModule {
	readonly exports: Exports;
	readonly block: Float32Array;
	readonly figures: Float64Array;

	/** Compiles the bytes here and now (about a millisecond), as only a worklet or a Worker should. Throws when they are not it. */
	constructor(wasm: BufferSource) {
		this.exports = new WebAssembly.Instance(new WebAssembly.Module(wasm), {}).exports as unknown as Exports;
		if (this.exports.figure_count?.() !== FIGURE_COUNT) throw new Error('not the ears.wasm of this version');
		const { buffer } = this.exports.memory;
		this.block = new Float32Array(buffer, this.exports.block(), this.exports.block_size());
		this.figures = new Float64Array(buffer, this.exports.figures(), FIGURE_COUNT);
		this.exports.ears_init();
	}
}
