// The shared vectors of tests/vectors/levels.json.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { isLevelsFrame, type LevelsFrame, parseLevels } from './levels.ts';

const vectors: { name: string; hex: string; expect: LevelsFrame | null }[] = JSON.parse(
	readFileSync(new URL('../../tests/vectors/levels.json', import.meta.url), 'utf8'),
);
const bytesOf = (hex: string) => Uint8Array.from(Buffer.from(hex, 'hex'));

test.each(vectors.map(({ name, hex, expect: frame }) => [name, hex, frame] as const))('%s', (_, hex, frame) => {
	expect(parseLevels(bytesOf(hex))).toEqual(frame);
	if (frame) expect(isLevelsFrame(bytesOf(hex))).toBe(true);
});

test('a frame that is part of a larger buffer', () => {
	const { hex, expect: frame } = vectors.find(({ name }) => name.startsWith('one source'))!;
	const larger = new Uint8Array(200).fill(0xff);
	larger.set(bytesOf(hex), 33);
	expect(parseLevels(larger.subarray(33, 33 + hex.length / 2))).toEqual(frame);
});
