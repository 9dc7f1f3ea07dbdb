import { expect, test } from 'vitest';
import { decodeNatively, LOW_DELAY_FILE, loadDecoders, readOgg, speechFile } from './test/speech.ts';

function decodeAll(file: string): Float32Array {
	const { packets, preSkip } = readOgg(file);
	const [decoder] = loadDecoders();
	const sound: number[] = [];
	for (const packet of packets) {
		const count = decoder.decode(packet, packet.length);
		expect(count).toBeGreaterThan(0);
		for (let i = 0; i < count; i++) sound.push(decoder.output[i]!);
	}
	return Float32Array.from(sound.slice(preSkip));
}

function signalToNoiseDb(reference: Float32Array, other: Float32Array): number {
	let signal = 0;
	let noise = 0;
	for (let i = 0; i < Math.min(reference.length, other.length); i++) {
		signal += reference[i]! ** 2;
		noise += (reference[i]! - other[i]!) ** 2;
	}
	return 10 * Math.log10(signal / noise);
}

test.each([LOW_DELAY_FILE, speechFile('interp-vi'), speechFile('video-en')])(
	'decodes what native libopus does: %s',
	(file) => {
		const native = decodeNatively(file);
		expect(native.length).toBeGreaterThan(48000);
		expect(signalToNoiseDb(native, decodeAll(file))).toBeGreaterThan(80);
	},
);

test('conceals exactly as much as asked for, and not with silence', () => {
	const { packets } = readOgg(LOW_DELAY_FILE);
	const [decoder] = loadDecoders();
	for (const packet of packets.slice(100, 150)) decoder.decode(packet, packet.length);
	for (const samples of [240, 480, 960]) {
		expect(decoder.conceal(samples)).toBe(samples);
		expect(decoder.output.subarray(0, samples).some((sample) => Math.abs(sample) > 1e-4)).toBe(true);
	}
	expect(decoder.conceal(100)).toBe(0);
});

test('the two decoders know nothing of each other', () => {
	const { packets } = readOgg(LOW_DELAY_FILE);
	const [alone] = loadDecoders();
	const [first, second] = loadDecoders();
	for (let i = 0; i < 50; i++) {
		alone.decode(packets[i]!, packets[i]!.length);
		const expected = alone.output.slice(0, 960);
		second.decode(packets[200 + i]!, packets[200 + i]!.length);
		first.decode(packets[i]!, packets[i]!.length);
		expect(first.output.slice(0, 960)).toEqual(expected);
	}
});

test('garbage is refused, and what comes after it is decoded', () => {
	const { packets } = readOgg(LOW_DELAY_FILE);
	const [decoder] = loadDecoders();
	expect(decoder.decode(new Uint8Array([0xff, 0xff, 0xff]), 3)).toBe(0);
	expect(decoder.decode(packets[0]!, packets[0]!.length)).toBe(960);
});
