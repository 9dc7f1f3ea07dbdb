import { expect, test } from 'vitest';
import { Protection } from './protection.ts';
import { Talkback } from './talkback.ts';
import { earsWasm } from './test/wasm.ts';

const QUANTUM = 128;
const decibel = (gain: number) => 20 * Math.log10(gain);

/** The gain of a steady 1 at each sample, while `voice` is laid over it (and taken off again). */
function gains(talkback: Talkback, isOn: boolean, quanta: number, voice = 0): number[] {
	const all: number[] = [];
	for (let i = 0; i < quanta; i++) {
		const rest = new Float32Array(QUANTUM).fill(1);
		talkback.lay(rest, new Float32Array(QUANTUM).fill(voice), isOn);
		all.push(...rest.map((sample) => sample - voice));
	}
	return all;
}

test('nobody speaks: all is as it was', () => {
	const sound = Float32Array.from({ length: QUANTUM }, (_, i) => Math.sin(i));
	const heard = sound.slice();
	new Talkback().lay(heard, new Float32Array(QUANTUM), false);
	expect(heard).toEqual(sound);
});

test('all else is 12 dB lower within 50 ms, without a step, and as it was 50 ms after the end', () => {
	const talkback = new Talkback();
	const all = [1, ...gains(talkback, true, 20, 0.25), ...gains(talkback, false, 20)];
	expect(decibel(all[2400]!)).toBeCloseTo(-12, 3);
	expect(decibel(all[20 * QUANTUM]!)).toBeCloseTo(-12, 3);
	expect(all[20 * QUANTUM + 2400]).toBe(1);
	for (let i = 1; i < all.length; i++) expect(Math.abs(all[i]! - all[i - 1]!)).toBeLessThan(1 / 2000);
});

test('the voice itself is as loud as it came, from its first sample on', () => {
	const heard = new Float32Array(QUANTUM);
	new Talkback().lay(heard, new Float32Array(QUANTUM).fill(0.25), true);
	expect(heard.every((sample) => sample === 0.25)).toBe(true);
});

test('ended while it glides: turns back from where it is', () => {
	const talkback = new Talkback();
	const down = gains(talkback, true, 5).pop()!;
	const up = gains(talkback, false, 1)[0]!;
	expect(down).toBeLessThan(0.8);
	expect(up - down).toBeCloseTo(1 / 2400, 5);
});

test('a shout over a loud floor stays under the ceiling of the protection', () => {
	const talkback = new Talkback();
	const ears = new Protection(earsWasm());
	const ceiling = 10 ** (ears.meter().ceilingDbfs / 20);
	let loudest = 0;
	for (let round = 0; round < 400; round++) {
		const at = round * QUANTUM;
		const sound = Float32Array.from({ length: QUANTUM }, (_, i) => Math.sin((at + i) * 0.05));
		const shout = Float32Array.from({ length: QUANTUM }, (_, i) => Math.sign(Math.sin((at + i) * 0.03)));
		talkback.lay(sound, shout, round > 50);
		ears.process(sound);
		for (const sample of sound) loudest = Math.max(loudest, Math.abs(sample));
	}
	expect(loudest).toBeLessThanOrEqual(ceiling * 1.0000001);
	expect(loudest).toBeGreaterThan(ceiling / 4);
});
