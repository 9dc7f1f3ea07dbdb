import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { ConsoleConnection } from '../console_connection.ts';
import type { ConsoleStatus, EarPorts, WorkerMessage } from '../console_messages.ts';
import { boothMessage, consoleModel, roomMessage } from './states.ts';

const EVENT = { revision: 'r1', rooms: [{ channels: [{ number: 1, id: 'plenary.floor' }] }] };
const JOINED = consoleModel().joined!;

/** The socket's seam: a server that this test plays. */
class FakeSocket {
	static readonly OPEN = 1;
	static all: FakeSocket[] = [];
	readyState = 0;
	bufferedAmount = 0;
	binaryType = '';
	readonly texts: Record<string, unknown>[] = [];
	readonly packets: Uint8Array[] = [];
	onopen: (() => void) | null = null;
	onmessage: ((event: { data: unknown }) => void) | null = null;
	onclose: ((event: { code: number }) => void) | null = null;
	onerror: (() => void) | null = null;
	constructor() {
		FakeSocket.all.push(this);
	}
	send(data: string | Uint8Array): void {
		if (typeof data === 'string') this.texts.push(JSON.parse(data));
		else this.packets.push(data);
	}
	close(): void {
		this.readyState = 3;
	}
	open(): void {
		this.readyState = 1;
		this.onopen?.();
	}
	say(message: object): void {
		this.onmessage?.({ data: JSON.stringify(message) });
	}
	lose(code = 1006): void {
		this.readyState = 3;
		this.onclose?.({ code });
	}
	of(type: string) {
		return this.texts.filter((message) => message.type === type);
	}
}

let connection: ConsoleConnection;
let posted: WorkerMessage[];
let speak: (blocks: number) => void;
const socket = () => FakeSocket.all[FakeSocket.all.length - 1]!;
const status = () => posted.filter((message): message is ConsoleStatus => message.type === 'status').pop()!;
const errors = () =>
	posted.flatMap((one) => (one.type === 'told' && one.message.type === 'error' ? [one.message.code] : []));

beforeEach(() => {
	vi.useFakeTimers();
	vi.stubGlobal('WebSocket', FakeSocket);
	vi.stubGlobal('fetch', async () => new Response(JSON.stringify(EVENT)));
	FakeSocket.all = [];
	posted = [];
	connection = new ConsoleConnection('ws://hall.test/ws', (message) => posted.push(message));
	const none = new ArrayBuffer(0);
	connection.open(
		{ type: 'open', url: '', token: 'tok', name: 'Lan', resume: null, seat: null, encoder: none, ears: none },
		{
			encoder: ({ packetMs }) => ({
				input: new Float32Array(packetMs * 48),
				lookAheadSamples: 120,
				encode: () => Uint8Array.of(0xf8, 1),
				reset: () => {},
			}),
			level: {
				update: () => {},
				reset: () => {},
				figures: () => ({ peakDbfs: 0, rmsDbfs: 0, speechDbfs: 0, verdict: 'good', clipCount: 0 }),
			},
		},
	);
	const port = { onmessage: null as ((event: unknown) => void) | null, close() {} };
	connection.command({ type: 'microphone', port: port as unknown as MessagePort, latencyUs: 0 });
	let frame = 0;
	speak = (blocks) => {
		for (let i = 0; i < blocks; i++) {
			vi.advanceTimersByTime(10);
			port.onmessage?.({ data: { frame, samples: new Float32Array(480) } });
			frame += 480;
		}
	};
});
afterEach(() => {
	connection.command({ type: 'leave' });
	vi.useRealTimers();
	vi.unstubAllGlobals();
});

function answerPings(to = socket()): void {
	for (const ping of to.of('ping')) to.say({ type: 'pong', id: ping.id, t1: ping.t1, t2: 1e9, t3: 1e9 });
}

function join(change: object = {}): void {
	socket().open();
	answerPings();
	socket().say({ ...JOINED, ...change });
	socket().say(boothMessage({}));
	socket().say(roomMessage());
}

function goOnAir(): void {
	connection.command({ type: 'mic', on: true, take: false });
	const booth = boothMessage({ on_air: 1 });
	booth.seats[0]!.mic = true;
	socket().say(booth);
}

describe('a console’s connection', () => {
	test('joins with its token, and passes on what it is told', () => {
		join();
		expect(socket().of('join')[0]).toMatchObject({ token: 'tok', resume: null, seat: null, name: 'Lan', mic: false });
		expect(status().joined?.seat).toBe(1);
		expect(posted.filter((one) => one.type === 'told').map((one) => one.message.type)).toEqual([
			'joined',
			'booth',
			'room',
		]);
	});

	test('nothing leaves before the key; then the key, the clock, the packets, in this order', () => {
		join();
		speak(20);
		expect(socket().packets).toHaveLength(0);
		connection.command({ type: 'mic', on: true, take: false });
		speak(4);
		expect(socket().packets).toHaveLength(2);
		const order = socket().texts.map((one) => one.type);
		expect(order.indexOf('clock')).toBeGreaterThan(order.indexOf('mic'));
		connection.command({ type: 'mic', on: false, take: false });
		speak(20);
		expect(socket().packets).toHaveLength(2);
	});

	test('a refusal closes the gate at once', () => {
		join();
		connection.command({ type: 'mic', on: true, take: false });
		socket().say({ type: 'error', code: 'mic-held', text: '' });
		speak(10);
		expect(socket().packets).toHaveLength(0);
		expect(status().microphone).toBe('off');
	});

	test('the server takes the air away: the gate closes', () => {
		join();
		goOnAir();
		speak(4);
		socket().say(boothMessage({ on_air: 2 }));
		const { length } = socket().packets;
		expect(length).toBe(2);
		speak(10);
		expect(socket().packets).toHaveLength(length);
	});

	test('an agreed hand-over to me opens the microphone by itself', () => {
		join();
		socket().say(boothMessage({ on_air: 2, handover: { from: 2, to: 1, by: 1, state: 'agreed', at_us: 5 } }));
		expect(socket().of('mic')).toEqual([{ type: 'mic', on: true, take: false }]);
		speak(4);
		expect(socket().packets).toHaveLength(2);
	});

	test('a loss on air: resumes with the key, the microphone as it was, and nothing of the time between', () => {
		join();
		goOnAir();
		speak(4);
		socket().lose();
		speak(40);
		socket().open();
		expect(socket().of('join')[0]).toMatchObject({ resume: JOINED.resume, seat: 1, mic: true });
		speak(10);
		expect(socket().packets).toHaveLength(0);
		answerPings();
		socket().say(JOINED);
		const booth = boothMessage({ on_air: 1 });
		booth.seats[0]!.mic = true;
		socket().say(booth);
		speak(4);
		expect(socket().packets).toHaveLength(2);
		expect(socket().of('clock')).not.toHaveLength(0);
		expect(status().microphone).toBe('on');
	});

	test('another life of the server knows no key: asks for the air again, unless it is taken', () => {
		join();
		goOnAir();
		socket().lose();
		vi.advanceTimersByTime(10);
		join({ resume: 'ffff000011112222' });
		expect(socket().of('mic')).toEqual([{ type: 'mic', on: true, take: false }]);
		socket().lose();
		vi.advanceTimersByTime(1000);
		socket().open();
		answerPings();
		socket().say(JOINED);
		socket().say(boothMessage({ on_air: 2 }));
		expect(socket().of('mic')).toEqual([]);
		expect(status().microphone).toBe('off');
		expect(errors()).toContain('air-taken');
	});

	test('no answer to the key within 2 s: off, and said', () => {
		join();
		connection.command({ type: 'mic', on: true, take: false });
		vi.advanceTimersByTime(2500);
		expect(status().microphone).toBe('off');
		expect(errors()).toContain('no-answer');
	});

	test('replaced elsewhere: stops for good', () => {
		join();
		goOnAir();
		socket().lose(4002);
		const { length } = FakeSocket.all;
		return vi.advanceTimersByTimeAsync(20_000).then(() => {
			expect(FakeSocket.all).toHaveLength(length);
			expect(status()).toMatchObject({ refused: 'replaced', joined: null, microphone: 'off' });
		});
	});

	test('a revoked token is said by its name', async () => {
		join();
		socket().say({ type: 'error', code: 'token-revoked', text: '' });
		socket().lose(4003);
		await vi.advanceTimersByTimeAsync(5000);
		expect(status().refused).toBe('token-revoked');
		expect(FakeSocket.all).toHaveLength(1);
	});

	test('a full booth is tried again', () => {
		socket().open();
		socket().say({ type: 'error', code: 'booth-full', text: '' });
		expect(status().refused).toBe('booth-full');
		vi.advanceTimersByTime(2100);
		expect(socket().of('join')).toHaveLength(2);
	});
});

describe('the technician speaks to this booth', () => {
	const ON = { type: 'talkback', on: true, channel: 71, name: null };
	const STATE = {
		type: 'state',
		channel: 71,
		epoch: 3,
		feed: 'booth',
		source: 'ok',
		booth: 'desk',
		seat: 1,
		gain_db: 0,
		fade_ms: 0,
		sequence: 5,
		timestamp: 4800,
		clock: null,
	};
	/** What each engine was told, and the channels of the packets that it got. */
	let told: Record<keyof EarPorts, unknown[]>;

	function attachEars(): void {
		told = { main: [], monitor: [], talkback: [] };
		const port = (ear: keyof EarPorts) =>
			({ postMessage: (data: unknown) => told[ear].push(data), close() {}, onmessage: null }) as unknown as MessagePort;
		const ports = { main: port('main'), monitor: port('monitor'), talkback: port('talkback') };
		connection.command({ type: 'ears', ...ports });
	}

	function packet(channel: number): void {
		const bytes = new Uint8Array(20);
		bytes.set([0x80, 111]);
		new DataView(bytes.buffer).setUint32(8, channel);
		// TOC of a 20 ms packet.
		bytes[12] = 0xf8;
		socket().onmessage?.({ data: bytes.buffer });
	}
	const packets = (ear: keyof EarPorts) =>
		told[ear]
			.filter((data): data is ArrayBuffer => data instanceof ArrayBuffer)
			.map((data) => new DataView(data).getUint32(8));
	const tunes = () =>
		told.talkback.filter((data): data is { number: number | null } => (data as { type: string }).type === 'channel');

	test('its channel goes to an engine of its own, beside what is listened to and the monitor', async () => {
		attachEars();
		await vi.advanceTimersByTimeAsync(1);
		connection.command({ type: 'listen', channelId: 'plenary.floor' });
		connection.command({ type: 'monitor', channel: 2 });
		join();
		packet(71);
		socket().say(ON);
		socket().say(STATE);
		for (const channel of [1, 2, 71, 72]) packet(channel);
		expect([packets('main'), packets('monitor'), packets('talkback')]).toEqual([[1], [2], [71]]);
		expect(told.talkback.slice(-3, -1)).toEqual([{ type: 'channel', number: 71 }, STATE]);
		expect(status().talkback).toEqual(ON);
		socket().say({ ...ON, on: false });
		packet(71);
		expect(packets('talkback')).toEqual([71]);
		expect(tunes().pop()).toEqual({ type: 'channel', number: null });
		expect(status().talkback).toBeNull();
	});

	test('a lost connection ends it', () => {
		attachEars();
		join();
		socket().say(ON);
		expect(tunes().pop()!.number).toBe(71);
		socket().lose();
		expect(tunes().pop()!.number).toBeNull();
		expect(status().talkback).toBeNull();
	});

	test('ears that are there only after it began hear it all the same', () => {
		join();
		socket().say(ON);
		socket().say(STATE);
		attachEars();
		packet(71);
		expect(told.talkback).toEqual([{ type: 'channel', number: 71 }, STATE, expect.any(ArrayBuffer)]);
	});
});
