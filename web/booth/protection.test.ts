import { expect, test } from 'vitest';
import { Protection } from './protection.ts';
import { earsScenes, earsWasm, encoderWasm, soundOf } from './test/wasm.ts';
import { VoiceLevel } from './voice_level.ts';

const VERDICTS = ['none', 'too-quiet', 'good', 'too-loud'];
const QUANTUM = 128;

test.each(earsScenes())('hears and judges what the native console does: $name', (scene) => {
	const ears = new Protection(earsWasm());
	const voice = new VoiceLevel(earsWasm());
	expect(ears.calibrate(scene.sensitivity_db === 0 ? null : scene.sensitivity_db)).toBe(true);
	ears.setTone(scene.bass_db, scene.treble_db);
	ears.setVolume(scene.volume);
	const sound = soundOf(scene);
	let sum = 0;
	let count = 0;
	let window = 0;
	for (let at = 0; at + QUANTUM <= sound.length; at += QUANTUM) {
		const block = sound.subarray(at, at + QUANTUM);
		voice.update(block);
		ears.process(block);
		for (const sample of block) {
			sum += sample * sample;
			if (++count < 4800) continue;
			const levelDb = 10 * Math.log10(sum / 4800 + 1e-12);
			expect(Math.abs(levelDb - scene.levels_db[window]!)).toBeLessThan(0.002);
			expect(voice.figures().verdict).toBe(VERDICTS[scene.verdicts[window]!]);
			sum = 0;
			count = 0;
			window++;
		}
	}
	expect(window).toBe(scene.levels_db.length);
	const figures: Record<string, unknown> = { ...ears.meter(), ...voice.figures() };
	for (const [name, expected] of Object.entries(scene.figures)) {
		if (typeof expected === 'number') expect(Math.abs(Number(figures[name]) - expected), name).toBeLessThan(0.002);
		else expect(figures[name], name).toBe(expected);
	}
});

test('whatever comes in, no sample is above the ceiling, and all are numbers', () => {
	for (const sensitivityDb of [null, 85, 112, 140]) {
		const ears = new Protection(earsWasm());
		ears.calibrate(sensitivityDb);
		ears.setTone(12, 12);
		const ceiling = 10 ** (ears.meter().ceilingDbfs / 20);
		const out = new Float32Array(1000);
		for (let round = 0; round < 50; round++) {
			for (let i = 0; i < out.length; i++) {
				out[i] = [10, -10, NaN, Infinity, -Infinity, 3e38, 0.01, -1][(i * (round + 1)) % 8]!;
			}
			ears.process(out);
			for (const sample of out) expect(Math.abs(sample)).toBeLessThanOrEqual(ceiling * 1.0000001);
		}
	}
});

test('quiet sound comes out as it went in, a millisecond later', () => {
	const ears = new Protection(earsWasm());
	const sent = Float32Array.from({ length: 9600 }, (_, i) => 0.04 * Math.sin(i * 0.1) * Math.sin(i * 0.003));
	const heard = sent.slice();
	ears.process(heard);
	expect(ears.delaySamples).toBe(47);
	for (let i = 47; i < heard.length; i++) expect(heard[i]).toBeCloseTo(sent[i - 47]!, 6);
});

test('muted is silent, and impossible sensitivities are refused', () => {
	const ears = new Protection(earsWasm());
	ears.setMuted(true);
	const sound = new Float32Array(9600).fill(0.1);
	ears.process(sound);
	expect(sound.subarray(1100).every((sample) => sample === 0)).toBe(true);
	for (const sensitivityDb of [0, -5, 79, 141, NaN, Infinity]) expect(ears.calibrate(sensitivityDb)).toBe(false);
	expect(ears.calibrate(110)).toBe(true);
	expect(ears.meter()).toMatchObject({ isCalibrated: true, sensitivityDb: 110 });
	expect(ears.calibrate(null)).toBe(true);
	expect(ears.meter()).toMatchObject({ isCalibrated: false, sensitivityDb: null });
});

test('another module is refused', () => {
	expect(() => new Protection(encoderWasm())).toThrow('not the ears.wasm');
});
