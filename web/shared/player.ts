/**
 * The page's player: one tap to listen, one to change the channel. Owns the worker with the
 * socket and the audio output; tells the page in words what happens. The page's thread only.
 *
 *   tap ─▶ start() ─▶ AudioOutput (context, engine) ◀─ port ─▶ socket.worker ◀─▶ server
 */
import type {
	Connection,
	EngineReport,
	Fallback,
	Lock,
	PageState,
	Playback,
	WorkerCommand,
	WorkerStatus,
} from './messages.ts';
import { AudioOutput, type OutputSources } from './output.ts';
import type { Feed, Source } from './wire.ts';

export type { Connection, Fallback, Feed, Lock, Playback, Source };

export interface PlayerStatus {
	connection: Connection;
	playback: Playback;
	channelId: string | null;
	feed: Feed | null;
	source: Source | null;
	bufferMs: number;
	targetMs: number;
	/** Largest lateness of a packet since the status before. */
	lateMs: number;
	/** Totals since the player was made. */
	concealedMs: number;
	underruns: number;
	skips: number;
	mouthToEarMs: number | null;
	roundTripMs: number | null;
	outputLatencyMs: number | null;
	fallback: Fallback;
	/** From the tap to the first decoded sample, in ms; null before it. */
	firstSoundMs: number | null;
	/** Changes when the event's rooms, channels or agenda do: load them again. */
	eventRevision: string | null;
	/** The channel's room is locked, and a PIN is asked for: `listen` again when it is known. */
	lock: Lock | null;
}

export interface PlayerOptions {
	/** ws(s)://…/ws */
	url: string;
	/** The built files of socket.worker.ts, player.worklet.ts and opus-decoder.wasm. */
	workerUrl: string;
	workletUrl: string;
	wasmUrl: string;
	onStatus: (status: PlayerStatus) => void;
	/** The sound failed after it was set up; the player has stopped. */
	onFailure: () => void;
	/** The PIN of a channel's room, when it is known. Asked at each start and change. */
	pinOf?: (channelId: string) => string | undefined;
}

const WATCH_MS = 250;
/**
 * A context that runs, but whose time stands still for so many looks, is dead; so is an engine
 * that says nothing. Looks are counted, not time: a page that slept has missed nothing.
 */
const FROZEN_LOOKS = 4;
const MUTE_LOOKS = 16;
/** Engines that failed one after the other: then the sound cannot be set up here. */
const FAILURES_MOST = 3;
/** One that ran for so long was no failure. */
const PROVEN_FRAMES = 480_000;
const LOAD_LIMIT_MS = 20000;
/** A context that did not start within this after the tap needs another tap. */
const START_LIMIT_MS = 1500;
const MEDIAN_OF = 7;

export class Player {
	private worker: Worker;
	private isWorkerMissing = false;
	private readonly sources: OutputSources;
	private output: AudioOutput | null = null;
	private volume = 1;
	private channelId: string | null = null;
	private lastChannelId: string | null = null;
	private workerStatus: WorkerStatus | null = null;
	private engine: EngineReport | null = null;
	/** Totals of engines that are gone. */
	private before = { concealedMs: 0, underruns: 0, skips: 0 };
	private readonly mouthToEar: number[] = [];
	private tappedAt = 0;
	private outputMadeAt = 0;
	private wasRunning = false;
	private firstSound: number | null = null;
	private frozenLooks = 0;
	private frozenTime = -1;
	private muteLooks = 0;
	private failures = 0;

	constructor(private readonly options: PlayerOptions) {
		this.worker = this.createWorker();
		this.sources = { wasm: lazily(() => loadBytes(options.wasmUrl)), workletUrl: options.workletUrl };
		// A failure shows, and is tried again, when the bytes are used.
		this.sources.wasm().catch(() => {});
		// Into the browser's cache, so that the tap does not wait for it. Read to its end: an
		// entry that is only begun makes the worklet wait for ever.
		loadBytes(options.workletUrl).catch(() => {});
		document.addEventListener('visibilitychange', this.onReturn);
		window.addEventListener('pageshow', this.onReturn);
		window.addEventListener('online', this.onReturn);
		setInterval(() => this.watch(), WATCH_MS);
	}

	private createWorker(): Worker {
		const { url, workerUrl } = this.options;
		const worker = new Worker(workerUrl);
		worker.onmessage = (event: MessageEvent<WorkerStatus>) => this.receive(event.data);
		worker.onerror = () => {
			// One that has spoken is loaded, and lives on after an error.
			if (this.workerStatus !== null) return;
			this.isWorkerMissing = true;
			if (this.channelId !== null) this.fail();
		};
		worker.postMessage({ type: 'open', url });
		return worker;
	}

	/** Starts to listen. To be called inside the handler of a tap. Rejects when the audio cannot be set up. */
	async start(channelId: string): Promise<void> {
		this.tappedAt = Date.now();
		this.firstSound = null;
		this.failures = 0;
		if (this.isWorkerMissing) {
			this.isWorkerMissing = false;
			this.worker = this.createWorker();
		}
		// Where an interruption left a context that nothing wakes, a tap may make a new one.
		if (this.output?.state === 'interrupted' || this.output?.state === 'closed') this.closeOutput();
		this.listen(channelId);
		if (this.output === null) await this.createOutput();
	}

	/** Changes the channel; what was heard fades into it. Also wakes a context that waits for a tap. */
	listen(channelId: string): void {
		this.channelId = channelId;
		this.lastChannelId = channelId;
		this.output?.resume();
		this.command({ type: 'listen', channelId, pin: this.options.pinOf?.(channelId) });
		this.tell();
	}

	stop(): void {
		this.channelId = null;
		this.command({ type: 'stop' });
		this.closeOutput();
		setPlaybackState('none');
		this.tell();
	}

	/** 0 … 1 */
	setVolume(volume: number): void {
		this.volume = Math.min(Math.max(volume, 0), 1);
		this.output?.setVolume(this.volume);
	}

	private command(command: WorkerCommand, transfer: Transferable[] = []): void {
		this.worker.postMessage(command, transfer);
	}

	private async createOutput(): Promise<void> {
		let output: AudioOutput;
		try {
			output = new AudioOutput(this.volume);
		} catch (error) {
			this.stop();
			throw error;
		}
		this.output = output;
		this.outputMadeAt = performance.now();
		this.wasRunning = false;
		this.frozenTime = -1;
		this.muteLooks = 0;
		output.context.onstatechange = () => {
			// After an interruption iOS leaves the context suspended: now it may be resumed.
			if (this.wasRunning && document.visibilityState === 'visible') output.resume();
			this.tell();
		};
		output.onEngineFailure = () => {
			if (this.output === output) this.engineFailed();
		};
		this.setMediaSession();
		const { port1, port2 } = new MessageChannel();
		this.command({ type: 'engine', port: port1 }, [port1]);
		try {
			await output.createEngine(this.sources, port2);
		} catch (error) {
			// Stopped, or begun anew, in the meantime: nobody waits for this one.
			if (this.output !== output) return;
			this.stop();
			throw error;
		}
	}

	/** The sound has ended and cannot be set up again without a tap. */
	private fail(): void {
		this.stop();
		this.options.onFailure();
	}

	private closeOutput(): void {
		this.output?.close();
		this.output = null;
		if (this.engine !== null) {
			this.before.concealedMs += this.engine.concealedMs;
			this.before.underruns += this.engine.underruns;
			this.before.skips += this.engine.skips;
		}
		this.engine = null;
		this.mouthToEar.length = 0;
	}

	/** What the lock screen shows, and its buttons. */
	private setMediaSession(): void {
		if (!('mediaSession' in navigator)) return;
		const { mediaSession } = navigator;
		// The page knows more of it, and may have told it already.
		mediaSession.metadata ??= new MediaMetadata({ title: document.title });
		mediaSession.setActionHandler('play', () => {
			if (this.lastChannelId !== null) this.start(this.lastChannelId).catch(this.options.onFailure);
		});
		mediaSession.setActionHandler('pause', () => this.stop());
		mediaSession.setActionHandler('stop', () => this.stop());
		setPlaybackState('playing');
	}

	private readonly onReturn = (): void => {
		this.tell();
		if (this.channelId === null || document.visibilityState !== 'visible') return;
		this.output?.resume();
		this.command({ type: 'hurry' });
	};

	private engineFailed(): void {
		if (++this.failures < FAILURES_MOST) this.replaceOutput();
		else this.fail();
	}

	private replaceOutput(): void {
		this.closeOutput();
		this.createOutput().catch(() => this.fail());
	}

	/**
	 * iOS may leave a context that says it runs, and does not; what goes wrong on the audio
	 * thread may show by silence alone. A new one takes its place.
	 */
	private watch(): void {
		const { output } = this;
		if (output === null || this.channelId === null) return;
		if (output.state !== 'running') {
			this.frozenTime = -1;
			this.muteLooks = 0;
			this.tell();
			return;
		}
		const { currentTime } = output.context;
		this.wasRunning ||= currentTime > 0;
		this.frozenLooks = currentTime === this.frozenTime ? this.frozenLooks + 1 : 0;
		this.frozenTime = currentTime;
		if (output.isReady && ++this.muteLooks > MUTE_LOOKS) this.engineFailed();
		else if (this.frozenLooks >= FROZEN_LOOKS) this.replaceOutput();
	}

	private receive(status: WorkerStatus): void {
		this.workerStatus = status;
		if (this.output !== null && status.engine !== null) this.receiveEngine(status.engine, status.clockOffsetUs);
		this.tell();
	}

	private receiveEngine(engine: EngineReport, clockOffsetUs: number | null): void {
		if (engine.frame !== this.engine?.frame) this.muteLooks = 0;
		if (engine.frame > PROVEN_FRAMES) this.failures = 0;
		this.engine = engine;
		if (engine.firstSoundAt !== null) this.firstSound ??= Math.max(0, engine.firstSoundAt - this.tappedAt);
		if (clockOffsetUs === null) return;
		const estimate = this.output!.mouthToEarMs(engine, clockOffsetUs);
		if (estimate === null) return;
		this.mouthToEar.push(estimate);
		if (this.mouthToEar.length > MEDIAN_OF) this.mouthToEar.shift();
	}

	private playback(): Playback {
		if (this.channelId === null) return 'idle';
		const { output, engine } = this;
		const isRunning = output?.state === 'running';
		const isWaiting = performance.now() - this.outputMadeAt < START_LIMIT_MS;
		if (output !== null && !isRunning && (this.wasRunning || !isWaiting)) return 'interrupted';
		const isOpen = this.workerStatus?.connection === 'open';
		// Nothing to play is nothing wrong when the server says so.
		if (isOpen && (engine?.feed === 'silence' || engine?.source === 'lost' || engine?.source === 'silent'))
			return 'live';
		if (engine === null || !engine.isStarted) {
			return this.workerStatus?.connection === 'reconnecting' ? 'stalled' : 'starting';
		}
		return engine.isStalled ? 'stalled' : 'live';
	}

	private tell(): void {
		const { engine, output, workerStatus: worker, before } = this;
		const isListening = this.channelId !== null;
		const status: PlayerStatus = {
			connection: worker?.connection ?? 'idle',
			playback: this.playback(),
			channelId: this.channelId,
			feed: engine?.feed ?? null,
			source: engine?.source ?? null,
			bufferMs: engine?.bufferMs ?? 0,
			targetMs: engine?.targetMs ?? 0,
			lateMs: engine?.lateMs ?? 0,
			concealedMs: before.concealedMs + (engine?.concealedMs ?? 0),
			underruns: before.underruns + (engine?.underruns ?? 0),
			skips: before.skips + (engine?.skips ?? 0),
			mouthToEarMs: isListening ? median(this.mouthToEar) : null,
			roundTripMs: worker?.roundTripMs ?? null,
			outputLatencyMs: output?.state === 'running' ? output.latencyMs() : null,
			fallback: output?.fallback ?? 'none',
			firstSoundMs: this.firstSound,
			eventRevision: worker?.eventRevision ?? null,
			lock: worker?.lock ?? null,
		};
		const page: PageState = {
			hidden: document.visibilityState === 'hidden',
			interrupted: status.playback === 'interrupted',
			mouthToEarMs: status.mouthToEarMs,
			fallback: status.fallback,
		};
		this.command({ type: 'page', ...page });
		this.options.onStatus(status);
	}
}

async function loadBytes(url: string): Promise<ArrayBuffer> {
	const abort = new AbortController();
	const limit = setTimeout(() => abort.abort(), LOAD_LIMIT_MS);
	try {
		const answer = await fetch(url, { signal: abort.signal });
		if (!answer.ok) throw new Error(`${url}: status ${answer.status}`);
		return await answer.arrayBuffer();
	} finally {
		clearTimeout(limit);
	}
}

/** Makes a promise once, and again only after it failed. */
function lazily<T>(make: () => Promise<T>): () => Promise<T> {
	let made: Promise<T> | null = null;
	return () => {
		made ??= make().catch((error) => {
			made = null;
			throw error;
		});
		return made;
	};
}

function median(values: readonly number[]): number | null {
	if (values.length === 0) return null;
	const sorted = [...values].sort((a, b) => a - b);
	return sorted[sorted.length >> 1]!;
}

function setPlaybackState(state: MediaSessionPlaybackState): void {
	if ('mediaSession' in navigator) navigator.mediaSession.playbackState = state;
}
