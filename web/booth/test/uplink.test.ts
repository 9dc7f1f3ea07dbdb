import { expect, test } from 'vitest';
import { CaptureClock } from '../capture_clock.ts';
import type { ConsoleMessage } from '../console_wire.ts';
import { BUFFERED_BYTES, OLD_MS, SendQueue } from '../send_queue.ts';
import { Uplink } from '../uplink.ts';

/** Blocks of 10 ms as a page gets them: in bursts, late by hops, from a card that runs at `ppm`. */
function* blocks(seconds: number, ppm: number, seed = 1) {
	let state = seed;
	const random = () => {
		state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
		return state / 2 ** 32;
	};
	for (let frame = 0; frame < seconds * 48000; frame += 480) {
		const trueUs = 5e8 + ((frame + 480) / (48000 * (1 + ppm * 1e-6))) * 1e6;
		yield { frame, trueUs, us: trueUs + 400 + random() ** 4 * 9000 + (random() < 0.01 ? 30000 : 0) };
	}
}

test.each([0, 180, -180])('capture time is told within a millisecond, with a card at %d ppm', (ppm) => {
	const clock = new CaptureClock();
	const errors: number[] = [];
	for (const { frame, trueUs, us } of blocks(60, ppm)) {
		expect(clock.add(frame + 480, us)).toBe(false);
		if (frame > 48000 * 12) errors.push(clock.capturedUs(frame + 480)! - trueUs);
	}
	expect(Math.max(...errors.map(Math.abs))).toBeLessThan(1500);
	expect(Math.abs(clock.rateHz() - 48000 * (1 + ppm * 1e-6))).toBeLessThan(1.5);
});

test('what the browser tells of its own delay comes off', () => {
	const [plain, late] = [new CaptureClock(), new CaptureClock(20_000)];
	plain.add(480, 1e6);
	late.add(480, 1e6);
	expect(plain.capturedUs(480)! - late.capturedUs(480)!).toBe(20_000);
});

test('a laptop that slept begins a new line, one late block does not', () => {
	const clock = new CaptureClock();
	for (let i = 0; i < 200; i++) clock.add(i * 480, 1e9 + i * 10_000);
	expect(clock.add(200 * 480, 1e9 + 200 * 10_000 + 400_000)).toBe(false);
	expect(clock.add(201 * 480, 1e9 + 201 * 10_000)).toBe(false);
	const broke: boolean[] = [];
	for (let i = 202; i < 220; i++) broke.push(clock.add(i * 480, 1e9 + i * 10_000 + 7e6));
	expect(clock.capturedUs(219 * 480)! - (1e9 + 219 * 10_000 + 7e6)).toBeLessThan(1000);
});

test('the queue gives to a socket with room, and drops what is old', () => {
	const queue = new SendQueue();
	const sent: number[] = [];
	const send = (packet: Uint8Array) => {
		sent.push(packet[0]!);
		return true;
	};
	let buffered = BUFFERED_BYTES + 1;
	for (let i = 0; i < 30; i++) {
		queue.push(Uint8Array.of(i), i * 20);
		queue.flush(i * 20 + 5, () => buffered, send);
	}
	expect(sent).toEqual([]);
	expect(queue.size).toBeLessThanOrEqual(OLD_MS / 20 + 1);
	buffered = 0;
	queue.flush(29 * 20 + 5, () => buffered, send);
	expect(sent[0]).toBe(20);
	expect(sent[sent.length - 1]).toBe(29);
	expect(queue.dropped).toBe(20);
});

test('a socket that is gone takes nothing, and nothing is kept for later', () => {
	const queue = new SendQueue();
	queue.push(Uint8Array.of(1), 0);
	queue.push(Uint8Array.of(2), 1);
	queue.flush(
		2,
		() => 0,
		() => false,
	);
	expect(queue.size).toBe(0);
	expect(queue.dropped).toBe(2);
});

function uplink(packetFrames: 480 | 960 = 960) {
	const said: ConsoleMessage[] = [];
	const sent: { sequence: number; timestamp: number; ssrc: number; body: Uint8Array }[] = [];
	const encoded: Float32Array[] = [];
	const seams = { isOpen: true, offsetUs: 5_000 as number | null };
	const it = new Uplink({
		send: (packet) => {
			if (!seams.isOpen) return false;
			const view = new DataView(packet.buffer);
			expect(view.getUint16(0)).toBe(0x806f);
			sent.push({
				sequence: view.getUint16(2),
				timestamp: view.getUint32(4),
				ssrc: view.getUint32(8),
				body: packet.subarray(12),
			});
			return true;
		},
		bufferedBytes: () => 0,
		say: (message) => said.push(message),
		clockOffsetUs: () => seams.offsetUs,
	});
	const input = new Float32Array(packetFrames);
	it.configure(
		{ ssrc: 65541, packetFrames },
		{
			input,
			lookAheadSamples: 120,
			encode: () => {
				encoded.push(input.slice());
				return Uint8Array.of(0xf8, 1, 2);
			},
			reset: () => {},
		},
	);
	let frame = 0;
	let us = 1e12;
	const speak = (count: number, value = 0.5) => {
		for (let i = 0; i < count; i++) {
			it.block(frame, new Float32Array(480).fill(value), us + 10_000);
			frame += 480;
			us += 10_000;
		}
	};
	return { it, said, sent, encoded, seams, speak, at: () => ({ frame, us }) };
}

test('nothing leaves before the microphone is open, and nothing after it is closed', () => {
	const { it, sent, speak } = uplink();
	speak(10);
	expect(sent).toHaveLength(0);
	it.open(true);
	speak(10);
	expect(sent).toHaveLength(5);
	it.open(false);
	speak(10);
	expect(sent).toHaveLength(5);
});

test.each([480, 960] as const)(
	'packets of %d frames follow each other, after the mapping of their time',
	(packetFrames) => {
		const { it, said, sent, speak } = uplink(packetFrames);
		speak(4);
		it.open(true);
		speak(250);
		const clocks = said.filter((message) => message.type === 'clock');
		expect(clocks.length).toBeGreaterThanOrEqual(2);
		expect(clocks.length).toBeLessThanOrEqual(4);
		expect(sent).toHaveLength((250 * 480) / packetFrames);
		expect(clocks[0]!.timestamp).toBe(sent[0]!.timestamp);
		sent.slice(1).forEach((packet, index) => {
			expect((packet.sequence - sent[index]!.sequence + 65536) % 65536).toBe(1);
			expect((packet.timestamp - sent[index]!.timestamp + 2 ** 32) % 2 ** 32).toBe(packetFrames);
			expect(packet.ssrc).toBe(65541);
		});
	},
);

test('the mapping: decoded sound at the first timestamp was at the microphone a look-ahead before it was put in', () => {
	const { it, said, speak, at } = uplink(480);
	speak(5);
	const began = at();
	it.open(true);
	speak(1);
	const clock = said.find((message) => message.type === 'clock')!;
	// The block's first sample was there when the one before ended; 2.5 ms of look-ahead; offset 5 ms.
	expect(clock.type === 'clock' && clock.server_us).toBeCloseTo(began.us - 2500 + 5000, -1);
});

test('without the server’s clock nothing is sent: it could not tell how old it is', () => {
	const { it, sent, seams, speak } = uplink();
	seams.offsetUs = null;
	it.open(true);
	speak(10);
	expect(sent).toHaveLength(0);
	seams.offsetUs = 0;
	speak(10);
	expect(sent).toHaveLength(5);
});

test('cough is silence within 5 ms, goes on in packets, and opens softly', () => {
	const { it, encoded, sent, speak } = uplink();
	it.open(true);
	speak(10);
	it.cough(true);
	speak(10);
	expect(sent).toHaveLength(10);
	const first = encoded[5]!;
	expect(first[0]).toBeGreaterThan(0.4);
	expect(Math.max(...first.subarray(240).map(Math.abs))).toBe(0);
	for (const packet of encoded.slice(6, 10)) expect(Math.max(...packet.map(Math.abs))).toBe(0);
	it.cough(false);
	speak(4);
	expect(encoded[10]![0]).toBeLessThan(0.01);
	expect(encoded[11]![0]).toBeCloseTo(0.5);
	for (const packet of encoded) {
		for (let i = 1; i < packet.length; i++) expect(Math.abs(packet[i]! - packet[i - 1]!)).toBeLessThan(0.01);
	}
});

test('another device goes on in the time line: RTP time is the clock’s', () => {
	const { it, sent, speak, at } = uplink(480);
	it.open(true);
	speak(20);
	const last = sent[sent.length - 1]!;
	it.newDevice(0);
	const { us } = at();
	for (let i = 0; i < 5; i++) it.block(i * 480, new Float32Array(480), us + 1e6 + (i + 1) * 10_000);
	const next = sent[20]!;
	const aheadMs = (((next.timestamp - last.timestamp + 2 ** 32) % 2 ** 32) / 48) | 0;
	expect(aheadMs).toBeGreaterThan(990);
	expect(aheadMs).toBeLessThan(1030);
});
