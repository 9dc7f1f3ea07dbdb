/**
 * The listener's connection: looks the channel's number up, opens the socket, listens, pings,
 * reports, notices a dead connection and reconnects as section 8 of `docs/protocol.md` says.
 * Lives in the worker. Packets and states go straight on to the engine's port.
 */
import { ServerClock } from './clock.ts';
import { type EventAnswer, fetchEvent, findChannel } from './event.ts';
import type {
	Connection as ConnectionState,
	EngineReport,
	PageState,
	WorkerCommand,
	WorkerStatus,
} from './messages.ts';
import {
	type ClientMessage,
	formatClientMessage,
	parseRtp,
	parseServerMessage,
	type ReportMessage,
	reportNumber,
	type ServerMessage,
	SUBPROTOCOL,
} from './wire.ts';

const DEAD_MS = 3000;
const LOOK_MS = 250;
const PING_MS = 2000;
const QUICK_PING_MS = 120;
const QUICK_PINGS = 5;
const REPORT_MS = 1000;
const CONNECT_LIMIT_MS = 5000;
const RETRY_FIRST_MS = 250;
const RETRY_MOST_MS = 4000;
/** A server that stops tells everyone at the same moment: so they come back over this long. */
const RETURN_SPREAD_MS = 1000;
/** After the page came back, a connection that says nothing for this long is dead. */
const HURRY_MS = 1000;
/** Close codes that blame this page: repeating quickly would not help. */
const BLAME_CODES = [1002, 1003, 1007, 1008, 1009];

export class Connection {
	private socket: WebSocket | null = null;
	private state: ConnectionState = 'idle';
	private channelId: string | null = null;
	private channelNumber: number | null = null;
	private event: EventAnswer | null = null;
	private engine: MessagePort | null = null;
	private engineReport: EngineReport | null = null;
	private reported: EngineReport | null = null;
	private page: PageState = { hidden: false, interrupted: false, mouthToEarMs: null, fallback: 'none' };
	private readonly serverClock = new ServerClock();

	private attempt = 0;
	private retryTimer: ReturnType<typeof setTimeout> | null = null;
	private lookTimer: ReturnType<typeof setInterval> | null = null;
	private isJoined = false;
	private fetching: AbortController | null = null;
	private deadAt = Infinity;
	private retryNotBefore = 0;
	private pingCount = 0;
	private nextPing = 0;
	private nextReport = 0;
	private lateMs = 0;

	constructor(
		private readonly url: string,
		private readonly onStatus: (status: WorkerStatus) => void,
	) {}

	command(command: WorkerCommand): void {
		switch (command.type) {
			case 'engine':
				this.attachEngine(command.port);
				break;
			case 'listen':
				this.listen(command.channelId);
				break;
			case 'stop':
				this.stop();
				break;
			case 'hurry':
				this.hurry();
				break;
			case 'page':
				this.page = command;
				break;
		}
	}

	private attachEngine(port: MessagePort): void {
		this.engine?.close();
		this.engine = port;
		port.onmessage = (event: MessageEvent<EngineReport>) => {
			this.engineReport = event.data;
			this.lateMs = Math.max(this.lateMs, event.data.lateMs);
			this.tell();
		};
		this.engineReport = null;
		this.reported = null;
		// A new engine knows nothing of the channel: joining it again tells it.
		this.join();
	}

	/** The engine's last report is not one of the engine that comes after it. */
	private detachEngine(): void {
		this.engine?.close();
		this.engine = null;
		this.engineReport = null;
		this.reported = null;
	}

	private listen(channelId: string): void {
		this.channelId = channelId;
		if (this.state === 'idle') {
			this.state = 'connecting';
			this.attempt = 0;
			this.lookTimer ??= setInterval(() => this.look(), LOOK_MS);
			this.connect();
		} else if (this.state === 'open') {
			this.join();
		}
		this.tell();
	}

	/** Leaves the channel, the server and the engine. */
	private stop(): void {
		this.channelId = null;
		this.channelNumber = null;
		this.detachEngine();
		this.disconnect();
		this.cancelRetry();
		if (this.lookTimer !== null) clearInterval(this.lookTimer);
		this.lookTimer = null;
		this.state = 'idle';
		this.tell();
	}

	private hurry(): void {
		if (this.state === 'idle') return;
		if (this.retryTimer !== null) {
			this.connect();
		} else if (this.socket?.readyState === WebSocket.OPEN) {
			this.ping(now());
			this.deadAt = Math.min(this.deadAt, now() + HURRY_MS);
		}
	}

	private cancelRetry(): void {
		if (this.retryTimer !== null) clearTimeout(this.retryTimer);
		this.retryTimer = null;
	}

	private disconnect(): void {
		const { socket } = this;
		this.fetching?.abort();
		this.fetching = null;
		this.isJoined = false;
		this.socket = null;
		if (socket === null) return;
		socket.onopen = socket.onmessage = socket.onclose = socket.onerror = null;
		socket.close();
	}

	private connect(): void {
		this.cancelRetry();
		this.disconnect();
		this.event = null;
		this.deadAt = now() + CONNECT_LIMIT_MS;
		const socket = new WebSocket(this.url, SUBPROTOCOL);
		socket.binaryType = 'arraybuffer';
		this.socket = socket;
		socket.onopen = () => this.opened();
		socket.onmessage = (event: MessageEvent<string | ArrayBuffer>) => this.receive(event.data);
		socket.onclose = (event) => this.lost(BLAME_CODES.includes(event.code));
		this.lookUp(socket);
	}

	/** Fetches the channels' numbers in this life of the server. No answer is as good as no connection. */
	private lookUp(socket: WebSocket): void {
		const abort = new AbortController();
		this.fetching = abort;
		const limit = setTimeout(() => abort.abort(), CONNECT_LIMIT_MS);
		fetchEvent(this.url, abort.signal)
			.then(
				(answer) => {
					if (this.socket !== socket) return;
					this.event = answer;
					this.join();
				},
				() => {
					if (this.socket === socket) this.lost(false);
				},
			)
			.finally(() => clearTimeout(limit));
	}

	private opened(): void {
		this.state = 'open';
		this.serverClock.reset();
		this.pingCount = 0;
		this.nextPing = 0;
		this.deadAt = now() + DEAD_MS;
		this.engine?.postMessage({ type: 'connected' });
		this.join();
		this.look();
		this.tell();
	}

	/** Listens as soon as the socket is open and the channel's number is known. */
	private join(): void {
		if (this.state !== 'open' || this.event === null || this.channelId === null) return;
		const number = findChannel(this.event, this.channelId);
		this.channelNumber = number;
		this.isJoined = number !== null;
		this.engine?.postMessage({ type: 'channel', number });
		this.send(number === null ? { type: 'stop' } : { type: 'listen', channel: number });
	}

	/** The connection is over (or never was). At once again the first time, then further and further apart. */
	private lost(isBlamed: boolean): void {
		this.disconnect();
		if (this.state === 'idle') return;
		// A first try that failed may be a hiccup; after a second one, "starting" would be no true word.
		if (this.state !== 'connecting' || this.attempt > 0) this.state = 'reconnecting';
		const step = isBlamed ? RETRY_MOST_MS : Math.min(RETRY_MOST_MS, RETRY_FIRST_MS * 2 ** (this.attempt - 1));
		let wait = this.attempt === 0 && !isBlamed ? 0 : step * (0.5 + Math.random());
		wait = Math.max(wait, this.retryNotBefore - now());
		this.attempt++;
		this.cancelRetry();
		this.retryTimer = setTimeout(() => this.connect(), wait);
		this.tell();
	}

	private receive(data: string | ArrayBuffer): void {
		this.deadAt = now() + DEAD_MS;
		if (typeof data === 'string') {
			const message = parseServerMessage(data);
			if (message !== null) this.receiveControl(message);
			return;
		}
		const packet = parseRtp(new Uint8Array(data));
		if (packet === null || packet.channel !== this.channelNumber) return;
		this.attempt = 0;
		this.engine?.postMessage(data, [data]);
	}

	private receiveControl(message: ServerMessage): void {
		switch (message.type) {
			case 'state':
			case 'clock':
				if (message.channel === this.channelNumber) this.engine?.postMessage(message);
				break;
			case 'pong':
				this.serverClock.add(message.t1, message.t2, message.t3, nowUs());
				if (this.pingCount >= QUICK_PINGS) this.attempt = 0;
				break;
			case 'bye':
				this.retryNotBefore = now() + message.retry_ms + Math.random() * RETURN_SPREAD_MS;
				break;
			case 'error':
				// The number is of another life of the server: look it up again.
				if (message.code === 'unknown-channel') this.lost(true);
				break;
			case 'welcome':
				break;
		}
	}

	/** Four times a second: is it alive, is a ping or a report due? */
	private look(): void {
		const time = now();
		if (this.socket !== null && time > this.deadAt) {
			this.lost(false);
			return;
		}
		if (this.state !== 'open') return;
		if (time >= this.nextPing) this.ping(time);
		if (time >= this.nextReport && this.isJoined) this.report(time);
	}

	private ping(time: number): void {
		this.send({ type: 'ping', id: this.pingCount, t1: nowUs() });
		this.pingCount = (this.pingCount + 1) % 0x7fffffff;
		this.nextPing = time + PING_MS;
		if (this.pingCount < QUICK_PINGS) {
			this.nextPing = time;
			setTimeout(() => this.look(), QUICK_PING_MS);
		}
	}

	private report(time: number): void {
		this.nextReport = time + REPORT_MS - LOOK_MS / 2;
		const engine = this.engineReport;
		const before = this.reported;
		const page = this.page;
		if (engine === null || this.channelNumber === null) return;
		const state = page.interrupted
			? 'interrupted'
			: !engine.isStarted
				? 'starting'
				: engine.isStalled
					? 'stalled'
					: 'live';
		const message: ReportMessage = {
			type: 'report',
			channel: this.channelNumber,
			state,
			buffer_ms: reportNumber(engine.bufferMs),
			target_ms: reportNumber(engine.targetMs),
			late_ms: reportNumber(this.lateMs),
			concealed_ms: reportNumber(engine.concealedMs - (before?.concealedMs ?? 0)),
			underruns: Math.min(10000, Math.max(0, engine.underruns - (before?.underruns ?? 0))),
			mouth_to_ear_ms: page.mouthToEarMs === null ? null : reportNumber(page.mouthToEarMs),
			round_trip_ms: orNull(this.serverClock.roundTripMs()),
			hidden: page.hidden,
			fallback: page.fallback,
		};
		this.reported = engine;
		this.lateMs = 0;
		this.send(message);
	}

	private send(message: ClientMessage): void {
		if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(formatClientMessage(message));
	}

	private tell(): void {
		this.onStatus({
			type: 'status',
			connection: this.state,
			channelId: this.channelId,
			eventRevision: this.event?.revision ?? null,
			roundTripMs: this.serverClock.roundTripMs(),
			clockOffsetUs: this.serverClock.offsetUs(),
			engine: this.engineReport,
		});
	}
}

const orNull = (value: number | null) => (value === null ? null : reportNumber(value));

/** Milliseconds, monotonic; of one zero for page and worker. */
function now(): number {
	return performance.timeOrigin + performance.now();
}

function nowUs(): number {
	return Math.round(now() * 1000);
}
