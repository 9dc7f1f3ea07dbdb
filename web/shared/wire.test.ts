import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { opusDurationSamples } from './opus_toc.ts';
import {
	type ClientMessage,
	extend,
	formatClientMessage,
	parseRtp,
	parseServerMessage,
	reportNumber,
	SEQUENCE_MODULUS,
} from './wire.ts';

const bytes = (hex: string) => Uint8Array.from(Buffer.from(hex.replaceAll(' ', ''), 'hex'));
const HEADER = '806f fffe fffffc40 00000002';

describe('RTP', () => {
	test('a packet', () => {
		expect(parseRtp(bytes(`${HEADER} f8fffe`))).toEqual({
			marker: false,
			sequence: 0xfffe,
			timestamp: 0xfffffc40,
			channel: 2,
			payload: bytes('f8fffe'),
			durationSamples: 960,
		});
		expect(parseRtp(bytes('80ef0001 00000000 0000ffff f0'))).toMatchObject({ marker: true, durationSamples: 480 });
	});

	test.each([
		['empty', ''],
		['a header alone', HEADER],
		['version 1', '406ffffe fffffc40 00000002 f8'],
		['padding', 'a06ffffe fffffc40 00000002 f8'],
		['an extension', '906ffffe fffffc40 00000002 f8'],
		['a CSRC', '816ffffe fffffc40 00000002 f8'],
		['another payload type', '8060fffe fffffc40 00000002 f8'],
		['channel 0', '806ffffe fffffc40 00000000 f8'],
		['channel 65536', '806ffffe fffffc40 00010000 f8'],
		['stereo', '806ffffe fffffc40 00000002 fc'],
		['40 ms', '806ffffe fffffc40 00000002 10'],
	])('%s is none', (_, hex) => {
		expect(parseRtp(bytes(hex))).toBeNull();
	});

	test('the length of an Opus packet, by its first bytes', () => {
		expect(opusDurationSamples(bytes('08'))).toBe(960);
		expect(opusDurationSamples(bytes('00'))).toBe(480);
		expect(opusDurationSamples(bytes('f1'))).toBe(960);
		expect(opusDurationSamples(bytes('f1 00 00'))).toBe(960);
		expect(opusDurationSamples(bytes('f1 00'))).toBeNull();
		expect(opusDurationSamples(bytes('e3 04'))).toBe(480);
		expect(opusDurationSamples(bytes('e3 00'))).toBeNull();
		expect(opusDurationSamples(new Uint8Array(1276))).toBeNull();
	});
});

/** The vectors that the C tests read too. */
function vectors<T>(name: string): T[] {
	return JSON.parse(readFileSync(fileURLToPath(new URL(`../../tests/vectors/${name}.json`, import.meta.url)), 'utf8'));
}

interface RtpVector {
	name: string;
	hex: string;
	expect: null | {
		marker: boolean;
		sequence: number;
		timestamp: number;
		ssrc: number;
		payload_offset: number;
		payload_size: number;
		duration_samples: number;
	};
}

describe('the shared vectors', () => {
	test.each(vectors<RtpVector>('rtp'))('RTP: $name', ({ hex, expect: expected }) => {
		const whole = bytes(hex);
		const packet = parseRtp(whole);
		if (expected === null) {
			expect(packet).toBeNull();
			return;
		}
		const { ssrc, payload_offset, payload_size, duration_samples, ...fields } = expected;
		expect(packet).toEqual({
			...fields,
			channel: ssrc,
			payload: whole.subarray(payload_offset, payload_offset + payload_size),
			durationSamples: duration_samples,
		});
	});

	test.each(vectors<{ name: string; bits: number; start: number; values: number[]; extended: number[] }>('extension'))(
		'extension: $name',
		({ bits, start, values, extended }) => {
			let newest = start;
			const told = values.map((value) => {
				const wide = extend(value, newest, 2 ** bits);
				newest = Math.max(newest, wide);
				return wide;
			});
			expect(told).toEqual(extended);
		},
	);

	test.each(vectors<{ name: string; message: object; text: string }>('control_server'))(
		'control: $name',
		({ message, text }) => {
			expect(parseServerMessage(text)).toEqual(message);
		},
	);

	const client = vectors<{ name: string; expect?: ClientMessage; text?: string }>('control_client');
	const plain = client.filter((v) => ['listen', 'stop', 'ping', 'report'].includes(v.name));
	test.each(plain)('what a client says: $name', ({ expect: message, text }) => {
		expect(formatClientMessage(message!)).toBe(text);
	});
});

test('extension goes to the nearest', () => {
	expect(extend(3, 65534, SEQUENCE_MODULUS)).toBe(65539);
	expect(extend(65534, 65539, SEQUENCE_MODULUS)).toBe(65534);
	expect(extend(5, 3 * 65536, SEQUENCE_MODULUS)).toBe(3 * 65536 + 5);
});

describe('control', () => {
	const state = {
		type: 'state',
		channel: 2,
		epoch: 17,
		feed: 'booth',
		source: 'ok',
		booth: 'plenary-vi',
		seat: null,
		gain_db: 0,
		fade_ms: 40,
		sequence: 65534,
		timestamp: 4294966336,
		clock: { timestamp: 4294966336, server_us: 81234567890, rate_hz: 48000.012 },
	};

	test('a state', () => {
		expect(parseServerMessage(JSON.stringify(state))).toEqual(state);
		const bare = { ...state, sequence: null, timestamp: null, clock: null, extra: 1 };
		expect(parseServerMessage(JSON.stringify(bare))).toEqual(bare);
		const other = { ...state, feed: 'channel', booth: null, from: 3 };
		expect(parseServerMessage(JSON.stringify(other))).toEqual(other);
	});

	test('a new event', () => {
		const event = { type: 'event', revision: '9f2c41d0a1b2c3d4' };
		expect(parseServerMessage(JSON.stringify(event))).toEqual(event);
		expect(parseServerMessage('{"type":"event"}')).toBeNull();
	});

	test.each([
		{ feed: 'other' },
		{ feed: 'channel' },
		{ feed: 'channel', from: 0 },
		{ source: null },
		{ channel: 0 },
		{ gain_db: 41 },
		{ fade_ms: -1 },
		{ sequence: 65536 },
		{ timestamp: 2 ** 32 },
		{ epoch: 1.5 },
		{ clock: { timestamp: 1, server_us: 1, rate_hz: 44100 } },
	])('a state with %o is none', (change) => {
		expect(parseServerMessage(JSON.stringify({ ...state, ...change }))).toBeNull();
	});

	test.each(['', '{', '[]', 'null', '7', '{"type":"hasOwnProperty"}', '{"type":"later"}', '{"type":"pong","id":1}'])(
		'%s is none',
		(text) => {
			expect(parseServerMessage(text)).toBeNull();
		},
	);
});

test('numbers of a report are finite and within bounds', () => {
	expect(reportNumber(Number.NaN)).toBe(0);
	expect(reportNumber(-3)).toBe(0);
	expect(reportNumber(1e9)).toBe(600000);
	expect(reportNumber(41.4999)).toBe(41.5);
});
