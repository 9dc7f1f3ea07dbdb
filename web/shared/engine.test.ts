// The engine with its port, played: what the worklet and its fallback do.
import { beforeEach, expect, test } from 'vitest';
import { Engine } from './engine.ts';
import type { EngineCommand, EngineReport } from './messages.ts';
import { PACKET_SAMPLES, packetOf, stateMessage } from './test/simulation.ts';
import { loadDecoders, readOgg, speechFile } from './test/speech.ts';
import { RTP_HEADER_BYTES } from './wire.ts';

const QUANTUM = 128;
const speech = readOgg(speechFile('floor-vi')).packets;
let reports: EngineReport[];
let say: (data: EngineCommand | ArrayBuffer) => void;

function createEngine(frame: number): Engine {
	const port = { postMessage: (report: EngineReport) => reports.push(report), onmessage: null };
	const engine = new Engine(loadDecoders(), port as unknown as MessagePort, frame);
	say = (data) => (port.onmessage as unknown as (event: { data: EngineCommand | ArrayBuffer }) => void)({ data });
	return engine;
}

/** One packet as the worker hands it on. */
function datagram(index: number): ArrayBuffer {
	const { sequence, timestamp, channel, payload } = packetOf(index, speech);
	const bytes = new Uint8Array(RTP_HEADER_BYTES + payload.length);
	const view = new DataView(bytes.buffer);
	bytes.set([0x80, 111]);
	view.setUint16(2, sequence);
	view.setUint32(4, timestamp);
	view.setUint32(8, channel);
	bytes.set(payload, RTP_HEADER_BYTES);
	return bytes.buffer;
}

beforeEach(() => {
	reports = [];
});

/** Three packets wait when the engine is made, then one comes each 20 ms. */
function listen(from: number, packets: number): Float32Array {
	const engine = createEngine(from);
	say({ type: 'channel', number: 2 });
	say({ type: 'connected' });
	say(stateMessage());
	for (let i = 0; i < 3; i++) say(datagram(i));
	const out = new Float32Array(QUANTUM);
	const sound: number[] = [];
	let frame = from;
	for (let i = 3; i < packets; i++) {
		for (; frame < from + (i - 2) * PACKET_SAMPLES; frame += QUANTUM) {
			engine.render(out, frame);
			for (const sample of out) sound.push(sample);
		}
		say(datagram(i));
	}
	return Float32Array.from(sound);
}

test('a context that runs for a while before its engine is made: nothing seems late', () => {
	listen(48000 * 7, 100);
	const last = reports[reports.length - 1]!;
	expect(last).toMatchObject({
		isStarted: true,
		isStalled: false,
		underruns: 0,
		skips: 0,
		feed: 'booth',
		source: 'ok',
	});
	expect(Math.max(...reports.slice(2).map(({ lateMs }) => lateMs))).toBeLessThan(5);
	expect(last.targetMs).toBeLessThan(40);
	expect(last.firstSoundAt).not.toBeNull();
});

test('reports four times a second, and gives out the speech', () => {
	const sound = listen(0, 150);
	// One more at the first sound.
	expect(Math.abs(reports.length - sound.length / 12000)).toBeLessThan(3);
	expect(sound.some((sample) => sample > 0.01)).toBe(true);
});

test('without a channel there is dither, that nobody hears, and nothing else', () => {
	const engine = createEngine(0);
	const out = new Float32Array(QUANTUM);
	engine.render(out, 0);
	expect(Math.max(...out.map(Math.abs))).toBeLessThan(1.1e-5);
	expect(new Set(out).size).toBeGreaterThan(QUANTUM / 2);
	say(datagram(0));
	say(new ArrayBuffer(3));
	engine.render(out, QUANTUM);
	expect(Math.max(...out.map(Math.abs))).toBeLessThan(1.1e-5);
	expect(reports[0]).toMatchObject({ isStarted: false, feed: null, source: null, microphoneUs: null });
});
