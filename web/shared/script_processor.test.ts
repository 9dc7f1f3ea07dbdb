import { expect, test } from 'vitest';
import { BlockClock } from './script_processor.ts';

const BLOCK = 1024;

test('a page that gets to its blocks late does not move the device’s frames', () => {
	const clock = new BlockClock();
	const late = [0, 384, 0, 0, 900, 128, 0, 2000, 1100, 0, 128, 0, 3000, 0, 0];
	for (let i = 0; i < 150; i++) {
		expect(clock.frame(5000 + i * BLOCK + late[i % late.length]!)).toBe(5000 + i * BLOCK);
	}
});

test('what the device plays without the page is noticed within some blocks', () => {
	const clock = new BlockClock();
	const lost = (i: number) => (i >= 40 ? 128 + BLOCK : i >= 20 ? 128 : 0);
	const frames = Array.from({ length: 80 }, (_, i) => clock.frame(i * BLOCK + lost(i) + (i % 3 === 1 ? 256 : 0)));
	for (const i of [20, 40, 79]) expect(frames[i]! - i * BLOCK).toBe(lost(i - 1));
	expect(frames.every((frame, i) => i === 0 || frame >= frames[i - 1]! + BLOCK)).toBe(true);
});

test('a first block that came late is corrected', () => {
	const clock = new BlockClock();
	clock.frame(3000);
	for (let i = 1; i < 20; i++) clock.frame(i * BLOCK);
	expect(clock.frame(20 * BLOCK)).toBe(20 * BLOCK);
});
