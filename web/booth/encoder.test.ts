import { describe, expect, test } from 'vitest';
import { LOW_DELAY_FILE, loadDecoders, readOgg } from '../shared/test/speech.ts';
import { createEncoder, type EncoderSettings } from './encoder.ts';
import { earsWasm, encoderWasm } from './test/wasm.ts';

const DEFAULT: EncoderSettings = { bitrateBps: 48000, packetMs: 20, complexity: 9 };
const TOC_CELT_FULL_BAND = { 10: 0xf0, 20: 0xf8 };

function encodeAll(sound: Float32Array, settings: EncoderSettings): { packets: Uint8Array[]; lookAhead: number } {
	const encoder = createEncoder(encoderWasm(), settings);
	const packets: Uint8Array[] = [];
	for (let at = 0; at + encoder.packetSamples <= sound.length; at += encoder.packetSamples) {
		encoder.input.set(sound.subarray(at, at + encoder.packetSamples));
		packets.push(encoder.encode().slice());
	}
	return { packets, lookAhead: encoder.lookAheadSamples };
}

/** With the pages' own decoder; the look-ahead is taken off, so sample i is sample i. */
function decodeAll({ packets, lookAhead }: { packets: Uint8Array[]; lookAhead: number }): Float32Array {
	const [decoder] = loadDecoders();
	const sound: number[] = [];
	for (const packet of packets) {
		const count = decoder.decode(packet, packet.length);
		expect(count).toBeGreaterThan(0);
		for (let i = 0; i < count; i++) sound.push(decoder.output[i]!);
	}
	return Float32Array.from(sound.slice(lookAhead));
}

function speech(): Float32Array {
	const { packets, preSkip } = readOgg(LOW_DELAY_FILE);
	return decodeAll({ packets, lookAhead: preSkip });
}

function correlation(a: Float32Array, b: Float32Array, shift = 0): number {
	let product = 0;
	let energyA = 0;
	let energyB = 0;
	for (let i = 4800; i < Math.min(a.length, b.length) - 4800; i++) {
		product += a[i]! * b[i + shift]!;
		energyA += a[i]! ** 2;
		energyB += b[i + shift]! ** 2;
	}
	return product / Math.sqrt(energyA * energyB);
}

/** Power of one frequency in a stretch. */
function power(sound: Float32Array, hz: number, from: number, count: number): number {
	let re = 0;
	let im = 0;
	for (let i = from; i < from + count; i++) {
		re += sound[i]! * Math.cos((2 * Math.PI * hz * i) / 48000);
		im += sound[i]! * Math.sin((2 * Math.PI * hz * i) / 48000);
	}
	return (re * re + im * im) / (count * count);
}

describe.each([10, 20] as const)('packets of %i ms', (packetMs) => {
	test('are mono, CELT alone, full band, one frame, near the bitrate', () => {
		const { packets, lookAhead } = encodeAll(speech(), { ...DEFAULT, packetMs });
		expect(lookAhead).toBe(120);
		for (const packet of packets) expect(packet[0]).toBe(TOC_CELT_FULL_BAND[packetMs]);
		const bytes = packets.reduce((sum, packet) => sum + packet.length, 0);
		const bitrate = (bytes * 8 * 1000) / (packets.length * packetMs);
		expect(bitrate).toBeGreaterThan(35000);
		expect(bitrate).toBeLessThan(56000);
	});

	test('sound as what was said, at its time', () => {
		const sent = speech();
		const heard = decodeAll(encodeAll(sent, { ...DEFAULT, packetMs }));
		expect(correlation(sent, heard)).toBeGreaterThan(0.98);
		for (const shift of [-24, -1, 1, 24]) {
			expect(correlation(sent, heard, shift)).toBeLessThan(correlation(sent, heard));
		}
	});
});

test('48 kbit/s with 20 ms keep the band within 1 dB from 50 Hz to 18 kHz', () => {
	const tones = [
		50, 63, 80, 100, 125, 200, 400, 800, 1000, 2000, 4000, 8000, 10000, 12000, 14000, 15000, 16000, 17000, 18000,
	];
	const step = 24000;
	const sent = new Float32Array(tones.length * step);
	for (let i = 0; i < sent.length; i++) {
		sent[i] = 0.1 * Math.sin((2 * Math.PI * tones[Math.floor(i / step)]! * i) / 48000);
	}
	const heard = decodeAll(encodeAll(sent, DEFAULT));
	const gains = tones.map((hz, n) => {
		// The middle of each step: a whole number of every tone's periods.
		const from = n * step + 6000;
		return 10 * Math.log10(power(heard, hz, from, 12000) / power(sent, hz, from, 12000));
	});
	for (const [n, gainDb] of gains.entries()) expect(Math.abs(gainDb), `${tones[n]} Hz`).toBeLessThan(1);
});

test('complexity and bitrate are heeded', () => {
	const sent = speech().subarray(0, 96000);
	const size = (settings: EncoderSettings) => encodeAll(sent, settings).packets.reduce((sum, p) => sum + p.length, 0);
	expect(size({ ...DEFAULT, bitrateBps: 24000 })).toBeLessThan(0.7 * size(DEFAULT));
	expect(encodeAll(sent, { ...DEFAULT, complexity: 0 }).packets).not.toEqual(encodeAll(sent, DEFAULT).packets);
});

test('after a reset the packets are those of a new encoder', () => {
	const sent = speech().subarray(48000, 96000);
	const encoder = createEncoder(encoderWasm(), DEFAULT);
	const encodeSome = () => {
		const packets: Uint8Array[] = [];
		for (let at = 0; at < 9600; at += 960) {
			encoder.input.set(sent.subarray(at, at + 960));
			packets.push(encoder.encode().slice());
		}
		return packets;
	};
	const first = encodeSome();
	expect(encodeSome()).not.toEqual(first);
	encoder.reset();
	expect(encodeSome()).toEqual(first);
});

test('what libopus does not take, and what is not the encoder, is refused', () => {
	for (const wrong of [{ bitrateBps: 5999 }, { bitrateBps: 256001 }, { complexity: 11 }, { complexity: -1 }]) {
		expect(() => createEncoder(encoderWasm(), { ...DEFAULT, ...wrong })).toThrow(RangeError);
	}
	expect(() => createEncoder(encoderWasm(), { ...DEFAULT, packetMs: 40 as 20 })).toThrow(RangeError);
	expect(() => createEncoder(earsWasm(), DEFAULT)).toThrow('not the opus-encoder.wasm');
});
