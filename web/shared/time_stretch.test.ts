import { describe, expect, test } from 'vitest';
import { PcmQueue } from './pcm_queue.ts';
import { createRandom } from './test/speech.ts';
import { LoudnessTracker, TimeStretch } from './time_stretch.ts';

const RATE = 48000;

function tone(hz: number, count: number): Float32Array {
	return Float32Array.from({ length: count }, (_, i) => 0.5 * Math.sin((2 * Math.PI * hz * i) / RATE));
}

function noise(count: number, level: number): Float32Array {
	const random = createRandom(3);
	return Float32Array.from({ length: count }, () => level * (2 * random() - 1));
}

/** A voice has been heard, then the sound is in the queue with some of it given out. */
function bed(sound: Float32Array): { queue: PcmQueue; stretch: TimeStretch } {
	const loudness = new LoudnessTracker();
	for (let i = 0; i < 200; i++) loudness.add(0.3);
	for (let i = 0; i < 20; i++) loudness.add(0.004);
	const queue = new PcmQueue();
	queue.append(sound, sound.length);
	queue.mixInto(new Float32Array(2000), 0, 2000, 1, 1);
	return { queue, stretch: new TimeStretch(loudness) };
}

function rest(queue: PcmQueue): Float32Array {
	const out = new Float32Array(queue.available);
	queue.mixInto(out, 0, out.length, 1, 1);
	return out;
}

describe('a voice', () => {
	test.each([90, 120, 200, 313])('of %i Hz loses and gains whole periods, and nobody hears a seam', (hz) => {
		const reference = tone(hz, 6000).subarray(2000);
		for (const isRemoval of [true, false]) {
			const { queue, stretch } = bed(tone(hz, 6000));
			const before = queue.available;
			const period = isRemoval ? stretch.removable(queue, 720, false) : stretch.insertable(queue, 720, false);
			expect((period * hz) / RATE).toBeCloseTo(Math.round((period * hz) / RATE), 1);
			expect(period).toBeGreaterThan(0);
			if (isRemoval) queue.removePeriod(period);
			else queue.insertPeriod(period);
			expect(queue.available).toBe(before + (isRemoval ? -period : period));
			const sound = rest(queue);
			const count = Math.min(sound.length, reference.length);
			for (let i = 0; i < count; i++) expect(Math.abs(sound[i]! - reference[i]!)).toBeLessThan(0.03);
		}
	});

	test('that has no period stays as it is', () => {
		const { queue, stretch } = bed(noise(6000, 0.5));
		expect(stretch.removable(queue, 720, false)).toBe(0);
		expect(stretch.insertable(queue, 720, false)).toBe(0);
	});

	test('is left alone where only pauses may be changed', () => {
		const { queue, stretch } = bed(tone(200, 6000));
		expect(stretch.removable(queue, 720, true)).toBe(0);
		expect(stretch.insertable(queue, 720, true)).toBe(0);
	});
});

test('a pause may lose and gain as much as asked for', () => {
	const { queue, stretch } = bed(noise(6000, 0.006));
	expect(stretch.removable(queue, 700, true)).toBe(700);
	expect(stretch.insertable(queue, 300, true)).toBe(300);
});

test('never more than there is', () => {
	const { queue, stretch } = bed(tone(200, 2400));
	expect(queue.available).toBe(400);
	expect(stretch.removable(queue, 720, false)).toBeLessThanOrEqual(200);
	expect(stretch.insertable(queue, 720, false)).toBeLessThanOrEqual(400);
	queue.drop(400);
	expect(stretch.removable(queue, 720, false)).toBe(0);
	expect(stretch.insertable(queue, 720, false)).toBe(0);
});

test('many operations in a row keep the queue whole', () => {
	const { queue, stretch } = bed(tone(200, 6000));
	const sound = tone(200, 960);
	for (let i = 0; i < 500; i++) {
		queue.append(sound, sound.length);
		const isRemoval = queue.available > 3000;
		const period = isRemoval ? stretch.removable(queue, 720, false) : stretch.insertable(queue, 720, false);
		if (isRemoval) queue.removePeriod(period);
		else queue.insertPeriod(period);
		queue.mixInto(new Float32Array(960), 0, 960, 1, 1);
		expect(queue.available).toBeGreaterThan(1000);
		expect(queue.available).toBeLessThan(6000);
	}
});
