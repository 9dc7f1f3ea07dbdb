/** The booth's modules as they are built, and the vectors that the C tests read too. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url));

export const encoderWasm = () => readFileSync(path('../../opus/opus-encoder.wasm'));
export const earsWasm = () => readFileSync(path('../../opus/ears.wasm'));

export interface EarsScene {
	name: string;
	sensitivity_db: number;
	bass_db: number;
	treble_db: number;
	volume: number;
	segments: { kind: 'sine' | 'noise'; hz: number; amplitude: number; ms: number }[];
	levels_db: number[];
	verdicts: number[];
	figures: Record<string, number | boolean>;
}

export function earsScenes(): EarsScene[] {
	return JSON.parse(readFileSync(path('../../../tests/vectors/ears.json'), 'utf8'));
}

/** A scene's sound, as tests/vectors/README.md says it. */
export function soundOf(scene: EarsScene): Float32Array {
	const sound: number[] = [];
	let seed = 1;
	for (const { kind, hz, amplitude, ms } of scene.segments) {
		for (let i = 0; i < ms * 48; i++) {
			seed = (Math.imul(seed, 1664525) + 1013904223) | 0;
			sound.push(amplitude * (kind === 'sine' ? Math.sin((2 * Math.PI * hz * i) / 48000) : seed / 2147483648));
		}
	}
	return Float32Array.from(sound);
}
