/**
 * A connection that stays: opens the socket, pings the server's clock, takes a silent connection
 * for dead, and reconnects as section 8 of `docs/protocol.md` says. What is said over it is its
 * owner's. One thread, a worker's or a page's.
 *
 *   idle ──open()──▶ connecting ──▶ open ──lost──▶ reconnecting ──▶ open …
 */
import { ServerClock } from './clock.ts';
import type { Connection as LinkState } from './messages.ts';
import { type PongMessage, SUBPROTOCOL } from './wire.ts';

const DEAD_MS = 3000;
const LOOK_MS = 250;
const PING_MS = 2000;
const QUICK_PING_MS = 120;
const QUICK_PINGS = 5;
const CONNECT_LIMIT_MS = 5000;
const RETRY_FIRST_MS = 250;
const RETRY_MOST_MS = 4000;
/** A server that stops tells everyone at the same moment: so they come back over this long. */
const RETURN_SPREAD_MS = 1000;
/** After the page came back, a connection that says nothing for this long is dead. */
const HURRY_MS = 1000;
/** Close codes that blame this page: repeating quickly would not help. */
const BLAME_CODES = [1002, 1003, 1007, 1008, 1009];

export interface LinkOwner {
	/** A socket is being opened. */
	connecting(): void;
	opened(): void;
	/** Anything that came. */
	received(data: string | ArrayBuffer): void;
	/** The socket is gone, whoever ended it; `code`: the server's close code, null without. */
	closed(code: number | null): void;
	/** Four times a second while the link is open. */
	look(time: number): void;
	/** `state` or the clock have changed. */
	changed(): void;
}

export class Link {
	state: LinkState = 'idle';
	readonly clock = new ServerClock();
	private socket: WebSocket | null = null;
	private attempt = 0;
	private retryTimer: ReturnType<typeof setTimeout> | null = null;
	private lookTimer: ReturnType<typeof setInterval> | null = null;
	private deadAt = Infinity;
	private retryNotBefore = 0;
	private pingCount = 0;
	private nextPing = 0;

	constructor(
		private readonly url: string,
		private readonly owner: LinkOwner,
	) {}

	/** Begins, and stays until close(). */
	open(): void {
		if (this.state !== 'idle') return;
		this.state = 'connecting';
		this.attempt = 0;
		this.lookTimer ??= setInterval(() => this.look(), LOOK_MS);
		this.connect();
	}

	close(): void {
		this.disconnect(null);
		this.cancelRetry();
		if (this.lookTimer !== null) clearInterval(this.lookTimer);
		this.lookTimer = null;
		this.state = 'idle';
		this.owner.changed();
	}

	/** The page came back, or the network did: look at once. */
	hurry(): void {
		if (this.state === 'idle') return;
		if (this.retryTimer !== null) {
			this.connect();
		} else if (this.socket?.readyState === WebSocket.OPEN) {
			this.ping(now());
			this.deadAt = Math.min(this.deadAt, now() + HURRY_MS);
		}
	}

	/** False: there is no open socket, and nothing was sent. */
	send(data: string | ArrayBuffer | Uint8Array<ArrayBuffer>): boolean {
		if (this.socket?.readyState !== WebSocket.OPEN) return false;
		this.socket.send(data);
		return true;
	}

	/** Bytes that the browser has not given to the network yet. */
	get bufferedBytes(): number {
		return this.socket?.bufferedAmount ?? 0;
	}

	/** What the connection was made for works: the next loss is answered at once. */
	proven(): void {
		this.attempt = 0;
	}

	/** The server stops, and says when it will be back. */
	bye(retryMs: number): void {
		this.retryNotBefore = now() + retryMs + Math.random() * RETURN_SPREAD_MS;
	}

	/** A ping's answer. */
	pong(message: PongMessage): void {
		this.clock.add(message.t1, message.t2, message.t3, nowUs());
		if (this.pingCount >= QUICK_PINGS) this.attempt = 0;
	}

	/** The connection is over (or never was). At once again the first time, then further and further apart. */
	lost(isBlamed: boolean, code: number | null = null): void {
		this.disconnect(code);
		if (this.state === 'idle') return;
		// A first try that failed may be a hiccup; after a second one, "starting" would be no true word.
		if (this.state !== 'connecting' || this.attempt > 0) this.state = 'reconnecting';
		const step = isBlamed ? RETRY_MOST_MS : Math.min(RETRY_MOST_MS, RETRY_FIRST_MS * 2 ** (this.attempt - 1));
		let wait = this.attempt === 0 && !isBlamed ? 0 : step * (0.5 + Math.random());
		wait = Math.max(wait, this.retryNotBefore - now());
		this.attempt++;
		this.cancelRetry();
		this.retryTimer = setTimeout(() => this.connect(), wait);
		this.owner.changed();
	}

	private connect(): void {
		this.cancelRetry();
		this.disconnect(null);
		this.deadAt = now() + CONNECT_LIMIT_MS;
		const socket = new WebSocket(this.url, SUBPROTOCOL);
		socket.binaryType = 'arraybuffer';
		this.socket = socket;
		socket.onopen = () => this.opened();
		socket.onmessage = (event: MessageEvent<string | ArrayBuffer>) => {
			this.deadAt = now() + DEAD_MS;
			this.owner.received(event.data);
		};
		socket.onclose = (event) => this.lost(BLAME_CODES.includes(event.code), event.code);
		this.owner.connecting();
	}

	private opened(): void {
		this.state = 'open';
		this.clock.reset();
		this.pingCount = 0;
		this.nextPing = 0;
		this.deadAt = now() + DEAD_MS;
		this.owner.opened();
		this.look();
		this.owner.changed();
	}

	private disconnect(code: number | null): void {
		const { socket } = this;
		this.socket = null;
		if (socket !== null) {
			socket.onopen = socket.onmessage = socket.onclose = socket.onerror = null;
			socket.close();
		}
		this.owner.closed(code);
	}

	private cancelRetry(): void {
		if (this.retryTimer !== null) clearTimeout(this.retryTimer);
		this.retryTimer = null;
	}

	private look(): void {
		const time = now();
		if (this.socket !== null && time > this.deadAt) {
			this.lost(false);
			return;
		}
		if (this.state !== 'open') return;
		if (time >= this.nextPing) this.ping(time);
		this.owner.look(time);
	}

	private ping(time: number): void {
		this.send(JSON.stringify({ type: 'ping', id: this.pingCount, t1: nowUs() }));
		this.pingCount = (this.pingCount + 1) % 0x7fffffff;
		this.nextPing = time + PING_MS;
		if (this.pingCount < QUICK_PINGS) {
			this.nextPing = time;
			setTimeout(() => this.look(), QUICK_PING_MS);
		}
	}
}

/** Milliseconds, monotonic; of one zero for page and worker. */
export function now(): number {
	return performance.timeOrigin + performance.now();
}

export function nowUs(): number {
	return Math.round(now() * 1000);
}
