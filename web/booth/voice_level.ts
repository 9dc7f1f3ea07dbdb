/**
 * An interpreter's own level and what to say about it (common/media/voice_level.h; this is the
 * same code). Runs in the audio worklet, in a Worker and under node.
 */
import { EarsModule, Figure } from './ears.ts';

/** In the order of enum cabin_voice_verdict. */
const VERDICTS = ['none', 'too-quiet', 'good', 'too-loud'] as const;
export type VoiceVerdict = (typeof VERDICTS)[number];

export interface VoiceFigures {
	/** Falls 20 dB in 1.7 s. */
	peakDbfs: number;
	rmsDbfs: number;
	/** Of speech alone, without its pauses. */
	speechDbfs: number;
	/** 'none': nobody speaks. */
	verdict: VoiceVerdict;
	/** Stretches of 10 ms with a sample at full scale, since the last reset. */
	clipCount: number;
}

export class VoiceLevel {
	private readonly module: EarsModule;

	/** `wasm`: the bytes of ears.wasm; throws when they are not that. */
	constructor(wasm: BufferSource) {
		this.module = new EarsModule(wasm);
	}

	reset(): void {
		this.module.exports.voice_reset();
	}

	/** Looks at the microphone's next samples, any number of them. */
	update(samples: Float32Array): void {
		const { block, exports } = this.module;
		for (let at = 0; at < samples.length; ) {
			const count = Math.min(block.length, samples.length - at);
			for (let i = 0; i < count; i++) block[i] = samples[at + i]!;
			exports.voice_update(count);
			at += count;
		}
	}

	/** Makes an object: a few times a second, not for each block. */
	figures(): VoiceFigures {
		const { exports, figures } = this.module;
		exports.measure();
		return {
			peakDbfs: figures[Figure.VOICE_PEAK_DBFS]!,
			rmsDbfs: figures[Figure.VOICE_RMS_DBFS]!,
			speechDbfs: figures[Figure.VOICE_SPEECH_DBFS]!,
			verdict: VERDICTS[figures[Figure.VOICE_VERDICT]!]!,
			clipCount: figures[Figure.VOICE_CLIP_COUNT]!,
		};
	}
}
