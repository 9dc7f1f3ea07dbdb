import { describe, expect, test } from 'vitest';
import { JitterBuffer } from './jitter.ts';
import { PACKET_SAMPLES, packetOf, stateMessage } from './test/simulation.ts';
import { loadDecoders, readOgg, speechFile } from './test/speech.ts';
import type { StateMessage } from './wire.ts';

const floor = readOgg(speechFile('floor-vi')).packets;
const booth = readOgg(speechFile('interp-fr')).packets;
const QUANTUM = 128;

/** A listener whose packets arrive 1 ms after they were made. */
class Bed {
	readonly jitter = new JitterBuffer(loadDecoders());
	readonly sound: number[] = [];
	private frame = 48000;
	private due = 0;
	private readonly out = new Float32Array(QUANTUM);

	constructor() {
		this.jitter.setChannel(2);
		this.jitter.connected();
	}

	state(changes: Partial<StateMessage>): void {
		this.jitter.state(stateMessage(changes));
	}

	/** One packet, and the sound of its 20 ms. Changes of sequence and timestamp count from packetOf's. */
	packet(index: number, payloads: readonly Uint8Array[], extraSamples = 0, marker = false, channel = 2): void {
		const packet = packetOf(index, payloads, { marker, channel });
		packet.timestamp = (packet.timestamp + extraSamples) % 0x100000000;
		this.jitter.packet(packet, this.frame);
		this.play(PACKET_SAMPLES);
	}

	/** Packets come while the device asks for nothing. */
	standStill(from: number, to: number, payloads: readonly Uint8Array[]): void {
		for (let i = from; i < to; i++) this.jitter.packet(packetOf(i, payloads), this.frame);
	}

	play(samples: number): void {
		this.due += samples;
		while (this.sound.length + QUANTUM <= this.due) {
			this.jitter.pull(this.out, this.frame);
			this.frame += QUANTUM;
			for (const sample of this.out) this.sound.push(sample);
		}
	}

	get stats() {
		return this.jitter.stats(this.frame);
	}
}

/** Largest second difference: a click is a corner, which speech has not. */
function sharpest(sound: readonly number[], from: number, to: number): number {
	let most = 0;
	for (let i = Math.max(1, from); i < Math.min(sound.length - 1, to); i++) {
		most = Math.max(most, Math.abs(sound[i - 1]! - 2 * sound[i]! + sound[i + 1]!));
	}
	return most;
}

function energy(sound: readonly number[], from: number, to: number): number {
	let sum = 0;
	for (let i = from; i < to; i++) sum += sound[i]! * sound[i]!;
	return sum / (to - from);
}

/** Pass-through, then the booth, after 100 packets; the time line moves on by 7 ms more than a packet. */
function handOver(gainDb = 0): { bed: Bed; from: number; to: number } {
	const bed = new Bed();
	bed.state({ feed: 'pass-through' });
	for (let i = 0; i < 100; i++) bed.packet(i, floor);
	const from = bed.sound.length;
	const extra = 336;
	const first = packetOf(100, booth);
	bed.state({
		epoch: 2,
		gain_db: gainDb,
		sequence: first.sequence,
		timestamp: (first.timestamp + extra) % 0x100000000,
	});
	// What is heard is still the epoch before: that is no new start.
	expect(bed.stats.isStarted).toBe(true);
	for (let i = 100; i < 200; i++) bed.packet(i, booth, extra, i === 100);
	return { bed, from, to: from + 4800 };
}

describe('a new epoch', () => {
	test('is heard, without a hole, an underrun or a click', () => {
		const { bed, from, to } = handOver();
		expect(bed.jitter.newestEpoch).toMatchObject({ number: 2, feed: 'booth' });
		expect(bed.stats).toMatchObject({ underruns: 0, lostPackets: 0, skips: 0, isStarted: true });
		const speechSharpness = Math.max(sharpest(bed.sound, 0, from), sharpest(bed.sound, to, bed.sound.length));
		expect(sharpest(bed.sound, from, to)).toBeLessThan(speechSharpness);
		// Never silent for 10 ms around the change, where both voices speak.
		for (let at = from; at < to; at += 480) expect(energy(bed.sound, at, at + 480)).toBeGreaterThan(1e-8);
	});

	test('has its own gain at the ear', () => {
		const plain = handOver(0).bed.sound;
		const louder = handOver(6).bed.sound;
		const ratio = energy(louder, 150000, 190000) / energy(plain, 150000, 190000);
		expect(10 * Math.log10(ratio)).toBeCloseTo(6, 1);
		expect(energy(louder, 0, 90000)).toBeCloseTo(energy(plain, 0, 90000), 10);
	});

	test('a gain that changes within it is ramped, not stepped', () => {
		const play = (gainDb: number) => {
			const bed = new Bed();
			bed.state({});
			for (let i = 0; i < 100; i++) bed.packet(i, floor);
			const from = bed.sound.length;
			bed.state({ gain_db: gainDb });
			for (let i = 100; i < 200; i++) bed.packet(i, floor);
			expect(bed.stats).toMatchObject({ underruns: 0, skips: 0 });
			return { sound: bed.sound, from };
		};
		const plain = play(0).sound;
		for (const gainDb of [-14, 12]) {
			const { sound, from } = play(gainDb);
			const gain = 10 ** (gainDb / 20);
			// Where the plain sound is loud enough to divide by: the gain that is heard, sample by sample.
			let before = 1;
			let at = from;
			for (let i = from; i < sound.length; i++) {
				if (Math.abs(plain[i]!) < 0.01) continue;
				const now = sound[i]! / plain[i]!;
				expect(Math.abs(now - before)).toBeLessThan((0.0075 / 48) * (i - at) + 0.001);
				[before, at] = [now, i];
			}
			expect(before).toBeCloseTo(gain, 3);
			const settled = from + 0.45 * 48000;
			const ratio = energy(sound, settled, sound.length) / energy(plain, settled, plain.length);
			expect(10 * Math.log10(ratio)).toBeCloseTo(gainDb, 1);
		}
	});

	test('a state that repeats the epoch only updates it', () => {
		const { bed } = handOver();
		bed.state({ epoch: 2, source: 'silent', sequence: null, timestamp: null });
		expect(bed.jitter.newestEpoch).toMatchObject({ number: 2, source: 'silent' });
		bed.packet(200, booth, 336);
		expect(bed.stats).toMatchObject({ underruns: 0, lostPackets: 0 });
	});

	test('of silence, then of sound, starts without packets in between', () => {
		const bed = new Bed();
		bed.state({ feed: 'silence', sequence: null, timestamp: null });
		bed.play(48000);
		expect(bed.stats.isStarted).toBe(false);
		bed.state({ epoch: 2, feed: 'booth', sequence: null, timestamp: null });
		for (let i = 0; i < 50; i++) bed.packet(i, booth, 0, i === 0);
		expect(bed.stats).toMatchObject({ isStarted: true, underruns: 0 });
	});
});

describe('another time line', () => {
	test('another channel: the old one fades out, the new one starts with its newest packets', () => {
		const bed = new Bed();
		bed.state({});
		for (let i = 0; i < 100; i++) bed.packet(i, floor);
		bed.jitter.setChannel(3);
		const from = bed.sound.length;
		bed.play(1920);
		bed.state({ channel: 3, epoch: 7, sequence: 10, timestamp: 20 });
		for (let i = 0; i < 3; i++) bed.jitter.packet(packetOf(i, booth, { channel: 3 }), 48000 + bed.sound.length);
		bed.play(PACKET_SAMPLES);
		expect(bed.stats.isStarted).toBe(true);
		expect(bed.stats.delayMs).toBeLessThan(60);
		for (let i = 3; i < 60; i++) bed.packet(i, booth, 0, false, 3);
		expect(sharpest(bed.sound, from, from + 9600)).toBeLessThan(sharpest(bed.sound, 0, from));
		expect(bed.stats.skips).toBe(0);
	});

	test('a server that started again, with the same epoch number: played at once', () => {
		const bed = new Bed();
		bed.state({});
		for (let i = 0; i < 100; i++) bed.packet(i, floor);
		bed.play(24000);
		bed.jitter.connected();
		bed.state({ sequence: 4000, timestamp: 123456 });
		for (let i = 3000; i < 3060; i++) bed.packet(i, booth, 77777);
		expect(bed.stats).toMatchObject({ isStarted: true, skips: 0 });
		expect(bed.stats.delayMs).toBeLessThan(60);
		expect(energy(bed.sound, bed.sound.length - 24000, bed.sound.length)).toBeGreaterThan(1e-6);
	});

	test('a server that started again and has nothing yet, with the same epoch number: played from its first packet', () => {
		const bed = new Bed();
		bed.state({});
		for (let i = 0; i < 1000; i++) bed.packet(i, floor);
		bed.jitter.connected();
		bed.state({ sequence: null, timestamp: null });
		// By chance its sequence begins a little before where the other server was.
		const first = packetOf(500, booth);
		bed.state({ sequence: first.sequence, timestamp: first.timestamp });
		const from = bed.sound.length;
		for (let i = 500; i < 550; i++) bed.packet(i, booth);
		expect(bed.stats).toMatchObject({ isStarted: true, latePackets: 0 });
		expect(energy(bed.sound, from + 24000, bed.sound.length)).toBeGreaterThan(1e-6);
	});

	test('the same server again, the same epoch: goes on as after a loss', () => {
		const bed = new Bed();
		bed.state({});
		for (let i = 0; i < 100; i++) bed.packet(i, floor);
		bed.play(PACKET_SAMPLES * 25);
		bed.jitter.connected();
		bed.state({});
		for (let i = 125; i < 200; i++) bed.packet(i, floor);
		expect(bed.stats).toMatchObject({ isStarted: true, skips: 0, lostPackets: 25 });
		expect(bed.stats.delayMs).toBeLessThan(60);
	});

	test('a jump of the sequence without a word is taken as one', () => {
		const bed = new Bed();
		bed.state({});
		for (let i = 0; i < 50; i++) bed.packet(i, floor);
		for (let i = 9000; i < 9060; i++) bed.packet(i, booth, 1234567);
		expect(bed.stats.isStarted).toBe(true);
		expect(bed.stats.delayMs).toBeLessThan(60);
		expect(energy(bed.sound, bed.sound.length - 24000, bed.sound.length)).toBeGreaterThan(1e-6);
	});
});

test('the audio device stood still for a minute, packets came on: live again at once', () => {
	const bed = new Bed();
	bed.state({});
	for (let i = 0; i < 100; i++) bed.packet(i, floor);
	bed.standStill(100, 3100, floor);
	for (let i = 3100; i < 3200; i++) bed.packet(i, floor);
	expect(bed.stats).toMatchObject({ isStarted: true, skips: 1 });
	expect(bed.stats.delayMs).toBeLessThan(60);
	expect(bed.stats.concealedMs).toBeLessThan(300);
});

describe('what is made up', () => {
	test('fades to silence within 60 ms and comes back without a click', () => {
		const bed = new Bed();
		bed.state({});
		for (let i = 0; i < 150; i++) bed.packet(i, floor);
		const from = bed.sound.length;
		bed.play(9600);
		const silentFrom = from + 2880 + 2000;
		expect(energy(bed.sound, silentFrom, bed.sound.length)).toBe(0);
		for (let i = 150; i < 250; i++) bed.packet(i, floor);
		expect(sharpest(bed.sound, from, from + 14400)).toBeLessThan(sharpest(bed.sound, 0, from) * 1.05);
		expect(bed.stats.underruns).toBe(1);
	});

	test('damaged packets are concealed', () => {
		const bed = new Bed();
		bed.state({});
		// A code 3 packet that promises more frames than it has bytes.
		const damaged = new Uint8Array([0x0b, 0x82, 0xff, 0xff]);
		for (let i = 0; i < 100; i++) bed.packet(i, i === 50 ? [damaged] : floor);
		expect(bed.stats).toMatchObject({ badPackets: 1, underruns: 0 });
	});
});

test('where the sound was at the microphone follows the mapping', () => {
	const bed = new Bed();
	const serverUs = 5_000_000_000;
	bed.state({ clock: { timestamp: 4294900000, server_us: serverUs, rate_hz: 48000 } });
	expect(bed.jitter.microphoneUs()).toBeNull();
	for (let i = 0; i < 100; i++) bed.packet(i, floor);
	const { delayMs } = bed.stats;
	// 100 packets were played while 100 arrived, less the delay, to a quantum; the wrap lies between.
	expect(Math.abs(bed.jitter.microphoneUs()! - serverUs - (2000 - delayMs) * 1000)).toBeLessThan(2700);
});
