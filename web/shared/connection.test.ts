import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Connection } from './connection.ts';
import { eventUrl } from './event.ts';
import type { EngineReport, WorkerStatus } from './messages.ts';

const URL_WS = 'ws://hall.test/ws';
const EVENT = { revision: 'r1', rooms: [{ channels: [{ number: 5, id: 'plenary.vi' }] }] };
const STATE = {
	type: 'state',
	channel: 5,
	epoch: 1,
	feed: 'booth',
	source: 'ok',
	booth: null,
	seat: null,
	gain_db: 0,
	fade_ms: 40,
	sequence: null,
	timestamp: null,
	clock: null,
};
const PACKET = Uint8Array.from([0x80, 111, 0, 1, 0, 0, 0, 0, 0, 0, 0, 5, 0xf8]);

/** The socket's seam: a server that this test plays. */
class FakeSocket {
	static readonly OPEN = 1;
	static all: FakeSocket[] = [];
	readyState = 0;
	binaryType = 'blob';
	readonly sent: { type: string; [field: string]: unknown }[] = [];
	onopen: (() => void) | null = null;
	onmessage: ((event: { data: string | ArrayBuffer }) => void) | null = null;
	onclose: ((event: { code: number }) => void) | null = null;
	onerror: (() => void) | null = null;

	constructor(
		readonly url: string,
		readonly protocol: string,
	) {
		FakeSocket.all.push(this);
	}
	send(text: string): void {
		this.sent.push(JSON.parse(text));
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
	packet(bytes = PACKET): void {
		this.onmessage?.({ data: bytes.slice().buffer });
	}
	lose(code = 1006): void {
		this.readyState = 3;
		this.onclose?.({ code });
	}
	sentTypes(type: string) {
		return this.sent.filter((message) => message.type === type);
	}
}

let statuses: WorkerStatus[];
let toEngine: unknown[];
let connection: Connection;
let engineSays: (report: EngineReport) => void;
let answer: () => Promise<Response>;

const newest = () => FakeSocket.all[FakeSocket.all.length - 1]!;
const status = () => statuses[statuses.length - 1]!;
const report = (changes: Partial<EngineReport> = {}): EngineReport => ({
	frame: 0,
	microphoneUs: null,
	feed: 'booth',
	source: 'ok',
	delayMs: 20,
	bufferMs: 41.53,
	targetMs: 20,
	lateMs: 3,
	concealedMs: 0,
	underruns: 0,
	skips: 0,
	isStarted: true,
	isStalled: false,
	firstSoundAt: null,
	...changes,
});

beforeEach(() => {
	vi.useFakeTimers();
	vi.stubGlobal('WebSocket', FakeSocket);
	answer = async () => new Response(JSON.stringify(EVENT));
	vi.stubGlobal('fetch', (_url: string, { signal }: { signal: AbortSignal }) => {
		const ended = new Promise<never>((_, reject) =>
			signal.addEventListener('abort', () => reject(new Error('aborted'))),
		);
		return Promise.race([answer(), ended]);
	});
	FakeSocket.all = [];
	statuses = [];
	toEngine = [];
	connection = new Connection(URL_WS, (told) => statuses.push(told));
	const port = { postMessage: (message: unknown) => toEngine.push(message), close() {}, onmessage: null };
	connection.command({ type: 'engine', port: port as unknown as MessagePort });
	engineSays = (told) => (port.onmessage as unknown as (event: { data: EngineReport }) => void)({ data: told });
});

afterEach(() => {
	connection.command({ type: 'stop' });
	vi.useRealTimers();
	vi.unstubAllGlobals();
	vi.restoreAllMocks();
});

async function listening(): Promise<FakeSocket> {
	connection.command({ type: 'listen', channelId: 'plenary.vi' });
	await vi.advanceTimersByTimeAsync(1);
	newest().open();
	return newest();
}

test('the event’s address is beside the socket’s', () => {
	expect(eventUrl('wss://hall.test:8443/ws')).toBe('https://hall.test:8443/api/v1/event');
	expect(eventUrl(URL_WS)).toBe('http://hall.test/api/v1/event');
});

test('looks the number up, listens, and hands packets and states to the engine', async () => {
	const socket = await listening();
	expect(socket.protocol).toBe('cabin.v1');
	expect(socket.sentTypes('listen')).toEqual([{ type: 'listen', channel: 5 }]);
	expect(status()).toMatchObject({ connection: 'open', eventRevision: 'r1' });
	toEngine.length = 0;
	socket.say(STATE);
	socket.packet();
	socket.packet(PACKET.map((byte, i) => (i === 11 ? 6 : byte)));
	socket.packet(PACKET.subarray(0, 5));
	expect(toEngine[0]).toEqual(STATE);
	expect(toEngine[1]).toBeInstanceOf(ArrayBuffer);
	expect(toEngine).toHaveLength(2);
});

test('a channel that follows one that the event does not name carries the technician’s sound', async () => {
	const socket = await listening();
	toEngine.length = 0;
	socket.say({ ...STATE, feed: 'channel', from: 5 });
	socket.say({ ...STATE, feed: 'channel', from: 65 });
	socket.say({ ...STATE, channel: 6, feed: 'channel', from: 65 });
	expect(toEngine).toMatchObject([{ feed: 'channel' }, { feed: 'desk' }]);
});

test('pings five times quickly, then each 2 s', async () => {
	const socket = await listening();
	await vi.advanceTimersByTimeAsync(700);
	expect(socket.sentTypes('ping')).toHaveLength(5);
	for (let i = 0; i < 8; i++) {
		socket.packet();
		await vi.advanceTimersByTimeAsync(1000);
	}
	expect(socket.sentTypes('ping')).toHaveLength(9);
	const { id, t1 } = socket.sentTypes('ping')[8]!;
	await vi.advanceTimersByTimeAsync(10);
	socket.say({ type: 'pong', id, t1, t2: 1000, t3: 1000 });
	engineSays(report());
	expect(status().roundTripMs).toBeGreaterThan(9);
	expect(status().clockOffsetUs).toBeCloseTo(1000 - (t1 as number) - status().roundTripMs! * 500, -2);
});

test('reports once a second, differences of totals', async () => {
	const socket = await listening();
	connection.command({ type: 'page', hidden: true, interrupted: false, mouthToEarMs: 71.23, fallback: 'none' });
	engineSays(report({ underruns: 2, concealedMs: 50, lateMs: 7 }));
	engineSays(report({ underruns: 3, concealedMs: 60, lateMs: 4 }));
	socket.packet();
	await vi.advanceTimersByTimeAsync(1100);
	engineSays(report({ underruns: 3, concealedMs: 60, isStalled: true }));
	socket.packet();
	await vi.advanceTimersByTimeAsync(1000);
	const [first, second] = socket.sentTypes('report').slice(-2);
	expect(first).toEqual({
		type: 'report',
		channel: 5,
		state: 'live',
		buffer_ms: 41.5,
		target_ms: 20,
		late_ms: 7,
		concealed_ms: 60,
		underruns: 3,
		mouth_to_ear_ms: 71.2,
		round_trip_ms: null,
		hidden: true,
		fallback: 'none',
	});
	expect(second).toMatchObject({ state: 'stalled', concealed_ms: 0, underruns: 0, late_ms: 3 });
});

test('3 s without a word: reconnects at once, then further and further apart, to the number of that life', async () => {
	vi.spyOn(Math, 'random').mockReturnValue(0.5);
	const socket = await listening();
	socket.packet();
	await vi.advanceTimersByTimeAsync(2900);
	expect(status().connection).toBe('open');
	await vi.advanceTimersByTimeAsync(500);
	expect(status().connection).toBe('reconnecting');
	expect(FakeSocket.all).toHaveLength(2);
	for (const wait of [250, 500, 1000, 2000, 4000, 4000]) {
		const count = FakeSocket.all.length;
		newest().lose();
		await vi.advanceTimersByTimeAsync(wait - 10);
		expect(FakeSocket.all).toHaveLength(count);
		await vi.advanceTimersByTimeAsync(20);
		expect(FakeSocket.all).toHaveLength(count + 1);
	}
	answer = async () =>
		new Response(JSON.stringify({ revision: 'r2', rooms: [{ channels: [{ number: 9, id: 'plenary.vi' }] }] }));
	newest().lose();
	await vi.advanceTimersByTimeAsync(4010);
	newest().open();
	expect(newest().sentTypes('listen')).toEqual([{ type: 'listen', channel: 9 }]);
	expect(toEngine).toContainEqual({ type: 'connected' });
	expect(status()).toMatchObject({ connection: 'open', eventRevision: 'r2' });
	expect(FakeSocket.all.filter((s) => s.onmessage !== null)).toHaveLength(1);
});

test('a connection that never opens, or an event that cannot be had, is tried again', async () => {
	connection.command({ type: 'listen', channelId: 'plenary.vi' });
	expect(status().connection).toBe('connecting');
	await vi.advanceTimersByTimeAsync(5500);
	expect(FakeSocket.all).toHaveLength(2);
	answer = async () => new Response('', { status: 503 });
	newest().lose();
	await vi.advanceTimersByTimeAsync(400);
	expect(FakeSocket.all.length).toBeGreaterThan(2);
	// "Starting" would be no true word any more.
	expect(status().connection).toBe('reconnecting');
});

test('an event that never comes ends the connection, though the socket lives; what is not needed any more is not waited for', async () => {
	const waiting: AbortSignal[] = [];
	vi.stubGlobal('fetch', (_url: string, { signal }: { signal: AbortSignal }) => {
		waiting.push(signal);
		return new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('aborted'))));
	});
	connection.command({ type: 'listen', channelId: 'plenary.vi' });
	newest().open();
	for (let i = 0; i < 5; i++) {
		newest().say({ type: 'pong', id: i, t1: 0, t2: 0, t3: 0 });
		await vi.advanceTimersByTimeAsync(1050);
	}
	expect(FakeSocket.all).toHaveLength(2);
	expect(waiting.map((signal) => signal.aborted)).toEqual([true, false]);
	connection.command({ type: 'stop' });
	expect(waiting[1]!.aborted).toBe(true);
});

test('after a reconnection nothing is reported of a channel that is not joined yet', async () => {
	const socket = await listening();
	engineSays(report());
	answer = () => new Promise(() => {});
	socket.lose();
	await vi.advanceTimersByTimeAsync(10);
	newest().open();
	await vi.advanceTimersByTimeAsync(2000);
	expect(newest().sentTypes('report')).toEqual([]);
});

test('after bye it waits as long as the server says', async () => {
	const socket = await listening();
	socket.say({ type: 'bye', reason: 'shutdown', retry_ms: 1500 });
	socket.lose(1001);
	await vi.advanceTimersByTimeAsync(1400);
	expect(FakeSocket.all).toHaveLength(1);
	await vi.advanceTimersByTimeAsync(1200);
	expect(FakeSocket.all).toHaveLength(2);
});

test('a thousand that are told bye together, or blamed together, do not come back together', async () => {
	const returns = async (leave: (socket: FakeSocket) => void) => {
		const at: number[] = [];
		for (let i = 0; i < 40; i++) {
			const socket = await listening();
			leave(socket);
			const count = FakeSocket.all.length;
			let waited = 0;
			for (; FakeSocket.all.length === count; waited += 20) await vi.advanceTimersByTimeAsync(20);
			at.push(waited);
			connection.command({ type: 'stop' });
		}
		return Math.max(...at) - Math.min(...at);
	};
	let seed = 1;
	vi.spyOn(Math, 'random').mockImplementation(() => {
		seed = (seed * 16807) % 2147483647;
		return seed / 2147483647;
	});
	const bye = await returns((socket) => {
		socket.say({ type: 'bye', reason: 'shutdown', retry_ms: 500 });
		socket.lose(1001);
	});
	expect(bye).toBeGreaterThan(800);
	expect(await returns((socket) => socket.lose(1008))).toBeGreaterThan(3000);
});

test('the page came back: tries at once, and takes a silent connection as dead after 1 s', async () => {
	vi.spyOn(Math, 'random').mockReturnValue(0.5);
	const socket = await listening();
	socket.lose();
	await vi.advanceTimersByTimeAsync(1);
	newest().lose();
	const count = FakeSocket.all.length;
	connection.command({ type: 'hurry' });
	expect(FakeSocket.all).toHaveLength(count + 1);
	newest().open();
	await vi.advanceTimersByTimeAsync(600);
	newest().packet();
	const pings = newest().sentTypes('ping').length;
	connection.command({ type: 'hurry' });
	expect(newest().sentTypes('ping')).toHaveLength(pings + 1);
	await vi.advanceTimersByTimeAsync(1300);
	expect(FakeSocket.all).toHaveLength(count + 2);
});

test('changes the channel on the same connection; an unknown one is left', async () => {
	const socket = await listening();
	connection.command({ type: 'listen', channelId: 'nowhere' });
	expect(socket.sent[socket.sent.length - 1]).toEqual({ type: 'stop' });
	expect(toEngine[toEngine.length - 1]).toEqual({ type: 'channel', number: null });
	connection.command({ type: 'listen', channelId: 'plenary.vi' });
	expect(socket.sent[socket.sent.length - 1]).toEqual({ type: 'listen', channel: 5 });
	expect(FakeSocket.all).toHaveLength(1);
});

test('stop leaves the server, and nothing runs on', async () => {
	const socket = await listening();
	engineSays(report());
	connection.command({ type: 'stop' });
	expect(status().engine).toBeNull();
	expect(socket.readyState).toBe(3);
	expect(status()).toMatchObject({ connection: 'idle', channelId: null });
	await vi.advanceTimersByTimeAsync(20000);
	expect(FakeSocket.all).toHaveLength(1);
	expect(vi.getTimerCount()).toBe(0);
});

test('says the PIN with each joining; a locked room is silence until it is right', async () => {
	connection.command({ type: 'listen', channelId: 'plenary.vi', pin: '1111' });
	await vi.advanceTimersByTimeAsync(1);
	newest().open();
	expect(newest().sentTypes('listen')).toEqual([{ type: 'listen', channel: 5, pin: '1111' }]);
	engineSays(report());
	newest().say({ type: 'error', code: 'pin-wrong', text: '' });
	expect(status().lock).toEqual({ isWrong: true, refusals: 1 });
	expect(toEngine.at(-1)).toEqual({ type: 'channel', number: null });
	expect(newest().sent.at(-1)).toEqual({ type: 'stop' });
	await vi.advanceTimersByTimeAsync(1500);
	expect(newest().sentTypes('report')).toEqual([]);

	connection.command({ type: 'listen', channelId: 'plenary.vi', pin: '2222' });
	expect(status().lock?.refusals).toBe(1);
	newest().say({ type: 'error', code: 'pin-wrong', text: '' });
	expect(status().lock?.refusals).toBe(2);
	connection.command({ type: 'listen', channelId: 'plenary.vi', pin: '3333' });
	newest().say(STATE);
	expect(status().lock).toBeNull();
	expect(toEngine.slice(-2)).toEqual([{ type: 'channel', number: 5 }, STATE]);

	newest().lose();
	await vi.advanceTimersByTimeAsync(1);
	newest().open();
	expect(newest().sentTypes('listen')).toEqual([{ type: 'listen', channel: 5, pin: '3333' }]);
});

test('a room that is locked while it is listened to is silent at once; another channel asks anew', async () => {
	answer = async () =>
		new Response(
			JSON.stringify({ revision: 'r1', rooms: [{ channels: [EVENT.rooms[0]!.channels[0], { number: 6, id: 'b' }] }] }),
		);
	const socket = await listening();
	socket.say(STATE);
	socket.say({ type: 'error', code: 'pin-required', text: '' });
	expect(status().lock).toEqual({ isWrong: false, refusals: 1 });
	expect(toEngine.at(-1)).toEqual({ type: 'channel', number: null });
	connection.command({ type: 'listen', channelId: 'b' });
	expect(status().lock).toBeNull();
	expect(toEngine.at(-1)).toEqual({ type: 'channel', number: 6 });
});

test('a refusal that comes after another channel was chosen does not keep that one', async () => {
	const socket = await listening();
	// The answer to a channel before this one, and the stop that follows it.
	socket.say({ type: 'error', code: 'pin-required', text: '' });
	toEngine.length = 0;
	socket.say(STATE);
	expect(socket.sent.at(-1)).toEqual({ type: 'listen', channel: 5 });
	expect(status().lock).toBeNull();
	expect(toEngine).toEqual([{ type: 'channel', number: 5 }, STATE]);
});

test('a new event is fetched within 3 s, once for many; what plays goes on untouched', async () => {
	vi.spyOn(Math, 'random').mockReturnValue(0.9);
	const socket = await listening();
	socket.say(STATE);
	const fetched = vi.fn(async () => new Response(JSON.stringify({ ...EVENT, revision: 'r2' })));
	answer = fetched;
	toEngine.length = 0;
	const said = socket.sent.length;
	for (let i = 0; i < 5; i++) socket.say({ type: 'event', revision: 'r2' });
	expect(fetched).not.toHaveBeenCalled();
	await vi.advanceTimersByTimeAsync(3000);
	expect(fetched).toHaveBeenCalledTimes(1);
	expect(status()).toMatchObject({ eventRevision: 'r2', connection: 'open' });
	expect(toEngine).toEqual([]);
	expect(socket.sent.slice(said).filter(({ type }) => type !== 'ping')).toEqual([]);
	socket.say({ type: 'event', revision: 'r2' });
	expect(vi.getTimerCount()).toBeGreaterThan(0);
	await vi.advanceTimersByTimeAsync(2900);
	expect(fetched).toHaveBeenCalledTimes(1);
});

test('the spread of the fetches is all of the 3 s', async () => {
	const at: number[] = [];
	for (const random of [0, 0.5, 0.999]) {
		const socket = await listening();
		vi.spyOn(Math, 'random').mockReturnValue(random);
		let waited = 0;
		let isFetched = false;
		answer = async () => {
			isFetched = true;
			return new Response(JSON.stringify(EVENT));
		};
		socket.say({ type: 'event', revision: 'r2' });
		for (; !isFetched; waited += 50) {
			await vi.advanceTimersByTimeAsync(50);
			socket.packet();
		}
		at.push(waited);
		connection.command({ type: 'stop' });
	}
	expect(at).toEqual([50, 1500, 3000]);
});

test('an event that cannot be had just now is asked for again, and the sound goes on', async () => {
	const socket = await listening();
	answer = async () => new Response('', { status: 503 });
	socket.say({ type: 'event', revision: 'r2' });
	for (let i = 0; i < 8; i++) {
		socket.packet();
		await vi.advanceTimersByTimeAsync(1000);
	}
	expect(status()).toMatchObject({ eventRevision: 'r1', connection: 'open' });
	answer = async () => new Response(JSON.stringify({ ...EVENT, revision: 'r2' }));
	for (let i = 0; i < 4; i++) {
		socket.packet();
		await vi.advanceTimersByTimeAsync(1000);
	}
	expect(status().eventRevision).toBe('r2');
	expect(FakeSocket.all).toHaveLength(1);
});

test('a channel that is chosen before its number is known is joined when it is', async () => {
	vi.spyOn(Math, 'random').mockReturnValue(0.9);
	const socket = await listening();
	connection.command({ type: 'listen', channelId: 'side.vi' });
	expect(socket.sent.at(-1)).toEqual({ type: 'stop' });
	answer = async () =>
		new Response(JSON.stringify({ revision: 'r2', rooms: [{ channels: [{ number: 71, id: 'side.vi' }] }] }));
	socket.say({ type: 'event', revision: 'r2' });
	await vi.advanceTimersByTimeAsync(2900);
	expect(socket.sentTypes('listen').at(-1)).toEqual({ type: 'listen', channel: 71 });
});

test('a channel that has gone goes on until the page leaves it', async () => {
	vi.spyOn(Math, 'random').mockReturnValue(0.9);
	const socket = await listening();
	answer = async () => new Response(JSON.stringify({ revision: 'r2', rooms: [] }));
	socket.say({ type: 'event', revision: 'r2' });
	await vi.advanceTimersByTimeAsync(2900);
	expect(status().eventRevision).toBe('r2');
	expect(socket.sentTypes('stop')).toEqual([]);
});
