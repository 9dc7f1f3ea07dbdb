// @vitest-environment jsdom
// The player on a device that this test plays: context, engine, worker.
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { EngineReport, WorkerCommand, WorkerStatus } from './messages.ts';
import { Player, type PlayerStatus } from './player.ts';

const LOOK = 250;

class FakeWorker {
	static all: FakeWorker[] = [];
	readonly commands: (WorkerCommand | { type: 'open'; url: string })[] = [];
	onmessage: ((event: { data: WorkerStatus }) => void) | null = null;
	onerror: (() => void) | null = null;
	constructor(readonly url: string) {
		FakeWorker.all.push(this);
	}
	postMessage(command: WorkerCommand): void {
		this.commands.push(command);
	}
	/** What was commanded, but for what is only told. */
	get types(): string[] {
		return this.commands.map(({ type }) => type).filter((type) => type !== 'page');
	}
}

class FakeContext {
	static all: FakeContext[] = [];
	static addModule = async (): Promise<void> => {};
	state: AudioContextState | 'interrupted' = 'suspended';
	currentTime = 0;
	readonly sampleRate = 48000;
	readonly baseLatency = 0.01;
	readonly outputLatency = 0.02;
	readonly destination = {};
	readonly audioWorklet = { addModule: () => FakeContext.addModule() };
	readonly resume = vi.fn(async () => {});
	onstatechange: (() => void) | null = null;
	readonly gain = { value: 1, setTargetAtTime: vi.fn() };
	constructor() {
		FakeContext.all.push(this);
	}
	createGain = () => ({ gain: this.gain, connect() {} });
	close = async () => this.become('closed');
	become(state: FakeContext['state']): void {
		this.state = state;
		this.onstatechange?.();
	}
}

class FakeNode {
	static all: FakeNode[] = [];
	readonly port = { postMessage: vi.fn(), onmessage: null as (() => void) | null };
	onprocessorerror: (() => void) | null = null;
	connect = vi.fn();
	disconnect = vi.fn();
	constructor(readonly context: FakeContext) {
		if (context.state === 'closed') throw new DOMException('closed', 'InvalidStateError');
		FakeNode.all.push(this);
	}
}

class FakeMetadata {
	constructor(readonly what: { title: string }) {}
}

const mediaSession = {
	metadata: null as FakeMetadata | null,
	playbackState: 'none',
	handlers: new Map<string, () => void>(),
	setActionHandler: (name: string, handler: () => void) => mediaSession.handlers.set(name, handler),
};
const audioSession = { type: 'auto' };
let statuses: PlayerStatus[];
let onFailure: ReturnType<typeof vi.fn<() => void>>;
let player: Player;
let frame: number;
let pins: Record<string, string>;

const worker = () => FakeWorker.all[FakeWorker.all.length - 1]!;
const context = () => FakeContext.all[FakeContext.all.length - 1]!;
const status = () => statuses[statuses.length - 1]!;

function engineSays(changes: Partial<EngineReport> = {}): void {
	frame += 12000;
	const engine: EngineReport = {
		frame,
		microphoneUs: null,
		feed: 'booth',
		source: 'ok',
		delayMs: 20,
		bufferMs: 40,
		targetMs: 20,
		lateMs: 0,
		concealedMs: 5,
		underruns: 1,
		skips: 0,
		isStarted: true,
		isStalled: false,
		firstSoundAt: Date.now(),
		...changes,
	};
	workerSays({ engine });
}

function workerSays(changes: Partial<WorkerStatus>): void {
	worker().onmessage!({
		data: {
			type: 'status',
			connection: 'open',
			channelId: 'plenary.vi',
			eventRevision: 'r1',
			lock: null,
			roundTripMs: 2,
			clockOffsetUs: 0,
			engine: null,
			...changes,
		},
	});
}

/** The device plays, and the engine tells of it, for so many looks of the watchdog. */
async function play(looks: number, isEngineAlive = true): Promise<void> {
	for (let i = 0; i < looks; i++) {
		context().currentTime += LOOK / 1000;
		if (isEngineAlive) engineSays();
		await vi.advanceTimersByTimeAsync(LOOK);
	}
}

async function listening(): Promise<void> {
	const started = player.start('plenary.vi');
	context().become('running');
	await started;
	await play(4);
}

function show(visibility: 'visible' | 'hidden'): void {
	vi.spyOn(document, 'visibilityState', 'get').mockReturnValue(visibility);
	document.dispatchEvent(new Event('visibilitychange'));
}

beforeEach(() => {
	vi.useFakeTimers();
	FakeWorker.all = [];
	FakeContext.all = [];
	FakeNode.all = [];
	FakeContext.addModule = async () => {};
	mediaSession.metadata = null;
	vi.stubGlobal('Worker', FakeWorker);
	vi.stubGlobal('AudioContext', FakeContext);
	vi.stubGlobal('AudioWorkletNode', FakeNode);
	vi.stubGlobal('MediaMetadata', FakeMetadata);
	vi.stubGlobal('fetch', async () => new Response(new Uint8Array(8)));
	Object.assign(navigator, { mediaSession, audioSession });
	statuses = [];
	frame = 0;
	pins = {};
	onFailure = vi.fn<() => void>();
	player = new Player({
		url: 'ws://hall.test/ws',
		workerUrl: '/worker.js',
		workletUrl: '/worklet.js',
		wasmUrl: '/decoder.wasm',
		onStatus: (told) => statuses.push(told),
		onFailure,
		pinOf: (channelId) => pins[channelId],
	});
});

afterEach(() => {
	player.stop();
	vi.clearAllTimers();
	vi.useRealTimers();
	vi.unstubAllGlobals();
	vi.restoreAllMocks();
});

describe('a tap', () => {
	test('makes the context in its own turn, as a playing session, and brings engine and worker together', async () => {
		const started = player.start('plenary.vi');
		expect(FakeContext.all).toHaveLength(1);
		expect(context().resume).toHaveBeenCalledTimes(1);
		expect(audioSession.type).toBe('playback');
		await started;
		expect(worker().types).toEqual(['open', 'listen', 'engine']);
		expect(FakeNode.all[0]!.port.postMessage.mock.calls[0]![0]).toMatchObject({ type: 'engine' });
		expect(status().playback).toBe('starting');
		context().become('running');
		engineSays();
		expect(status()).toMatchObject({ playback: 'live', feed: 'booth', connection: 'open' });
		expect(status().firstSoundMs).toBeGreaterThanOrEqual(0);
	});

	test('gives the PIN that is known, again with each channel, and passes on that one is asked for', async () => {
		await player.start('side.vi');
		workerSays({ lock: { isWrong: false, refusals: 1 } });
		expect(status().lock).toEqual({ isWrong: false, refusals: 1 });
		pins['side.vi'] = '004821';
		player.listen('side.vi');
		player.listen('plenary.vi');
		expect(worker().commands.filter((command) => command.type === 'listen')).toEqual([
			{ type: 'listen', channelId: 'side.vi', pin: undefined },
			{ type: 'listen', channelId: 'side.vi', pin: '004821' },
			{ type: 'listen', channelId: 'plenary.vi', pin: undefined },
		]);
	});

	test('twice, and ten channels one after the other: one context, one engine, the last channel', async () => {
		const first = player.start('plenary.vi');
		const second = player.start('plenary.fr');
		for (let i = 0; i < 10; i++) player.listen(`room-${i}`);
		await Promise.all([first, second]);
		expect([FakeContext.all.length, FakeNode.all.length]).toEqual([1, 1]);
		const listens = worker().commands.filter((command) => command.type === 'listen');
		expect(listens).toHaveLength(12);
		expect(listens[11]).toMatchObject({ channelId: 'room-9' });
		expect(status().channelId).toBe('room-9');
	});

	test('to stop while the engine is loaded is no failure, and leaves nothing running', async () => {
		let loaded = () => {};
		FakeContext.addModule = () =>
			new Promise((resolve) => {
				loaded = resolve;
			});
		const started = player.start('plenary.vi');
		await vi.advanceTimersByTimeAsync(1);
		player.stop();
		loaded();
		await expect(started).resolves.toBeUndefined();
		expect(context().state).toBe('closed');
		expect(status().playback).toBe('idle');
		expect(onFailure).not.toHaveBeenCalled();
	});

	test('that finds no engine says so, and the next one tries again', async () => {
		FakeContext.addModule = () => Promise.reject(new Error('404'));
		await expect(player.start('plenary.vi')).rejects.toThrow('404');
		expect(status().playback).toBe('idle');
		FakeContext.addModule = async () => {};
		await player.start('plenary.vi');
		expect(FakeNode.all).toHaveLength(1);
	});

	test('makes the worker again that could not be loaded', async () => {
		worker().onerror!();
		await player.start('plenary.vi');
		expect(FakeWorker.all).toHaveLength(2);
		expect(worker().types).toEqual(['open', 'listen', 'engine']);
	});
});

test('starting again counts on: totals add up, the first sound is measured anew', async () => {
	await listening();
	player.stop();
	expect(status()).toMatchObject({ playback: 'idle', underruns: 1, concealedMs: 5 });
	const started = player.start('plenary.vi');
	context().become('running');
	await started;
	workerSays({ engine: null });
	expect(status()).toMatchObject({ playback: 'starting', firstSoundMs: null });
	engineSays({ underruns: 2, concealedMs: 10 });
	expect(status()).toMatchObject({ underruns: 3, concealedMs: 15 });
});

describe('an interruption', () => {
	test('is left alone until it is over, then resumed by itself', async () => {
		await listening();
		const before = context().resume.mock.calls.length;
		context().become('interrupted');
		expect(status().playback).toBe('interrupted');
		expect(worker().commands.at(-1)).toMatchObject({ type: 'page', interrupted: true });
		show('hidden');
		show('visible');
		await vi.advanceTimersByTimeAsync(10 * LOOK);
		expect(context().resume).toHaveBeenCalledTimes(before);
		context().become('suspended');
		expect(context().resume).toHaveBeenCalledTimes(before + 1);
		context().become('running');
		engineSays();
		expect(status().playback).toBe('live');
		expect(FakeContext.all).toHaveLength(1);
	});

	test('that never ends, or closed the context, is ended by a tap', async () => {
		await listening();
		for (const state of ['interrupted', 'closed'] as const) {
			const old = context();
			old.become(state);
			await player.start('plenary.vi');
			expect(context()).not.toBe(old);
			expect(old.state).toBe('closed');
			context().become('running');
			await play(2);
		}
		expect(FakeContext.all).toHaveLength(3);
		expect(status().playback).toBe('live');
	});

	test('from the start on (no tap counted) is told after a while, not at once', async () => {
		await player.start('plenary.vi');
		await vi.advanceTimersByTimeAsync(1000);
		expect(status().playback).toBe('starting');
		await vi.advanceTimersByTimeAsync(1000);
		expect(status().playback).toBe('interrupted');
		player.listen('plenary.vi');
		expect(context().resume).toHaveBeenCalledTimes(2);
	});
});

describe('the watchdog', () => {
	test('leaves a context alone that plays, and one that waits', async () => {
		await listening();
		await play(40);
		context().become('suspended');
		await vi.advanceTimersByTimeAsync(40 * LOOK);
		expect(FakeContext.all).toHaveLength(1);
	});

	test('replaces a context whose time stands still', async () => {
		await listening();
		for (let i = 0; i < 6; i++) {
			engineSays();
			await vi.advanceTimersByTimeAsync(LOOK);
		}
		expect(FakeContext.all).toHaveLength(2);
		expect(FakeContext.all[0]!.state).toBe('closed');
		expect(worker().types.filter((type) => type === 'engine')).toHaveLength(2);
	});

	test('is not fooled by a page that slept', async () => {
		await listening();
		const awake = performance.now.bind(performance);
		for (let minutes = 1; minutes < 10; minutes++) {
			// The first look afterwards comes before the device goes on.
			vi.spyOn(performance, 'now').mockImplementation(() => awake() + minutes * 60_000);
			await vi.advanceTimersByTimeAsync(LOOK);
			await play(1);
		}
		expect(FakeContext.all).toHaveLength(1);
	});

	test('replaces an engine that says nothing, and gives up after some', async () => {
		await listening();
		await play(20, false);
		expect(FakeContext.all).toHaveLength(2);
		context().become('running');
		await play(20, false);
		context().become('running');
		await play(20, false);
		expect(FakeContext.all).toHaveLength(3);
		expect(onFailure).toHaveBeenCalledTimes(1);
		expect(status().playback).toBe('idle');
		await player.start('plenary.vi');
		expect(FakeContext.all).toHaveLength(4);
	});
});

test('an engine that fails on the audio thread is replaced at once, and given up when it never lives', async () => {
	const made = () => FakeNode.all[FakeNode.all.length - 1]!;
	await listening();
	for (let hours = 1; hours <= 4; hours++) {
		made().onprocessorerror!();
		await vi.advanceTimersByTimeAsync(1);
		expect(FakeContext.all).toHaveLength(1 + hours);
		frame = 48000 * 3600;
		context().become('running');
		await play(1);
		expect(status().playback).toBe('live');
	}
	FakeNode.all[0]!.onprocessorerror!();
	expect(FakeContext.all).toHaveLength(5);
	frame = 0;
	for (let tries = 0; tries < 3; tries++) {
		expect(onFailure).not.toHaveBeenCalled();
		made().port.onmessage!();
		await vi.advanceTimersByTimeAsync(1);
	}
	expect(onFailure).toHaveBeenCalledTimes(1);
	expect(status().playback).toBe('idle');
});

test('the page that comes back asks for a live connection', async () => {
	await listening();
	show('hidden');
	expect(worker().commands.at(-1)).toMatchObject({ type: 'page', hidden: true });
	expect(worker().types).not.toContain('hurry');
	show('visible');
	expect(worker().types.at(-1)).toBe('hurry');
	player.stop();
	const count = worker().types.length;
	show('visible');
	expect(worker().types).toHaveLength(count);
});

test('the lock screen stops and starts, and keeps what the page told it', async () => {
	mediaSession.metadata = new FakeMetadata({ title: 'Tiếng Việt' });
	await listening();
	expect(mediaSession.metadata.what.title).toBe('Tiếng Việt');
	expect(mediaSession.playbackState).toBe('playing');
	mediaSession.handlers.get('pause')!();
	expect(status().playback).toBe('idle');
	mediaSession.handlers.get('play')!();
	expect(status().channelId).toBe('plenary.vi');
});

test('volume: kept between 0 and 1, changed without a click, and for the next context too', async () => {
	player.setVolume(0.4);
	await listening();
	expect(context().gain.value).toBe(0.4);
	player.setVolume(7);
	expect(context().gain.setTargetAtTime).toHaveBeenLastCalledWith(1, context().currentTime, expect.any(Number));
	player.stop();
	player.setVolume(-1);
	await listening();
	expect(context().gain.value).toBe(0);
});

test('nothing to play is nothing wrong when the server says so', async () => {
	await listening();
	engineSays({ isStalled: true });
	expect(status().playback).toBe('stalled');
	engineSays({ isStalled: true, feed: 'silence' });
	expect(status().playback).toBe('live');
	engineSays({ isStalled: true, source: 'lost' });
	expect(status().playback).toBe('live');
	engineSays({ isStalled: true, source: 'silent' });
	expect(status().playback).toBe('live');
	workerSays({ connection: 'reconnecting' });
	expect(status().connection).toBe('reconnecting');
});
