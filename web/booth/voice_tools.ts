/** The worker's wasm: the encoder, and what says how loud the interpreter speaks. */
import type { VoiceTools } from './console_connection.ts';
import { createEncoder } from './encoder.ts';
import { VoiceLevel } from './voice_level.ts';

export function createVoiceTools(encoderWasm: BufferSource, earsWasm: BufferSource): VoiceTools {
	return {
		encoder: (settings) => createEncoder(encoderWasm, settings),
		level: new VoiceLevel(earsWasm),
	};
}
