/**
 * The listener's connection: looks the channel's number up, listens, reports. Lives in the
 * worker. Packets and states go straight on to the engine's port; the link keeps the socket.
 */
import { channelsOf, type EventAnswer, fetchEvent, findChannel } from './event.ts';
import { Link } from './link.ts';
import type { EngineReport, Lock, PageState, WorkerCommand, WorkerStatus } from './messages.ts';
import {
	type ClientMessage,
	formatClientMessage,
	parseRtp,
	parseServerMessage,
	type ReportMessage,
	reportNumber,
	type ServerMessage,
} from './wire.ts';

const LOOK_MS = 250;
const REPORT_MS = 1000;
const CONNECT_LIMIT_MS = 5000;
/** Everybody hears of a changed event at the same moment: they ask for it over this long. */
const EVENT_SPREAD_MS = 3000;

export class Connection {
	protected channelId: string | null = null;
	protected channelNumber: number | null = null;
	private pin: string | undefined;
	private lock: Lock | null = null;
	protected event: EventAnswer | null = null;
	protected engine: MessagePort | null = null;
	private engineReport: EngineReport | null = null;
	private reported: EngineReport | null = null;
	private page: PageState = { hidden: false, interrupted: false, mouthToEarMs: null, fallback: 'none' };
	protected readonly link: Link;
	protected isJoined = false;
	private fetching: AbortController | null = null;
	private fetchTimer: ReturnType<typeof setTimeout> | null = null;
	private nextReport = 0;
	private lateMs = 0;

	constructor(
		private readonly url: string,
		private readonly onStatus: (status: WorkerStatus) => void,
	) {
		this.link = new Link(url, {
			connecting: () => {
				this.event = null;
				this.lookUp();
			},
			opened: () => this.opened(),
			received: (data) => this.receive(data),
			closed: () => this.closed(),
			look: (time) => {
				if (time >= this.nextReport && this.isJoined) this.report(time);
			},
			changed: () => this.tell(),
		});
	}

	command(command: WorkerCommand): void {
		switch (command.type) {
			case 'engine':
				this.attachEngine(command.port);
				break;
			case 'listen':
				this.listen(command.channelId, command.pin);
				break;
			case 'stop':
				this.stop();
				break;
			case 'hurry':
				this.link.hurry();
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

	private listen(channelId: string, pin: string | undefined): void {
		if (channelId !== this.channelId) this.lock = null;
		this.channelId = channelId;
		this.pin = pin;
		if (this.link.state === 'open') this.join();
		else this.link.open();
		this.tell();
	}

	/** Leaves the channel, the server and the engine. */
	private stop(): void {
		this.channelId = null;
		this.channelNumber = null;
		this.lock = null;
		this.detachEngine();
		this.link.close();
	}

	private closed(): void {
		this.fetching?.abort();
		this.fetching = null;
		if (this.fetchTimer !== null) clearTimeout(this.fetchTimer);
		this.fetchTimer = null;
		this.isJoined = false;
	}

	/** Fetches the channels' numbers in this life of the server. */
	private lookUp(): void {
		const abort = new AbortController();
		this.fetching?.abort();
		this.fetching = abort;
		const limit = setTimeout(() => abort.abort(), CONNECT_LIMIT_MS);
		fetchEvent(this.url, abort.signal)
			.then(
				(answer) => {
					if (this.fetching !== abort) return;
					const isNew = this.event === null;
					this.event = answer;
					// What plays goes on, untouched; a channel that has gone is for the page to leave.
					const number = this.channelId && findChannel(answer, this.channelId);
					if (isNew || (number && number !== this.channelNumber)) this.join();
					this.tell();
				},
				() => {
					if (this.fetching !== abort) return;
					// No answer is as good as no connection, but an event from before is good for a while.
					if (this.event === null) this.link.lost(false);
					else this.lookUpSoon();
				},
			)
			.finally(() => clearTimeout(limit));
	}

	private lookUpSoon(): void {
		this.fetchTimer ??= setTimeout(() => {
			this.fetchTimer = null;
			this.lookUp();
		}, Math.random() * EVENT_SPREAD_MS);
	}

	protected opened(): void {
		this.engine?.postMessage({ type: 'connected' });
		this.join();
	}

	/** Listens as soon as the socket is open and the channel's number is known. */
	protected join(): void {
		if (this.link.state !== 'open' || this.event === null || this.channelId === null) return;
		const number = findChannel(this.event, this.channelId);
		this.channelNumber = number;
		this.isJoined = number !== null;
		this.engine?.postMessage({ type: 'channel', number });
		this.send(number === null ? { type: 'stop' } : { type: 'listen', channel: number, pin: this.pin });
	}

	/** The room is locked: silence, until the page knows its PIN. */
	private refused(isWrong: boolean): void {
		this.lock = { isWrong, refusals: (this.lock?.refusals ?? 0) + 1 };
		this.isJoined = false;
		this.engine?.postMessage({ type: 'channel', number: null });
		// What was listened to before would go on.
		this.send({ type: 'stop' });
		this.tell();
	}

	private letIn(): void {
		// Asked for before another channel's refusal came, which stopped it.
		if (!this.isJoined) this.join();
		this.lock = null;
		this.tell();
	}

	private receive(data: string | ArrayBuffer): void {
		if (typeof data === 'string') {
			const message = parseServerMessage(data);
			if (message !== null) this.receiveControl(message);
			return;
		}
		const packet = parseRtp(new Uint8Array(data));
		if (packet === null || packet.channel !== this.channelNumber) return;
		this.link.proven();
		this.engine?.postMessage(data, [data]);
	}

	private receiveControl(message: ServerMessage): void {
		switch (message.type) {
			case 'state':
			case 'clock':
				if (message.channel !== this.channelNumber || this.event === null) break;
				if (this.lock !== null && message.type === 'state') this.letIn();
				// A channel that the event does not name is the technician's own.
				if ('from' in message && !channelsOf(this.event).some(({ number }) => number === message.from))
					message.feed = 'desk';
				this.engine?.postMessage(message);
				break;
			case 'pong':
				this.link.pong(message);
				break;
			case 'bye':
				this.link.bye(message.retry_ms);
				break;
			case 'error':
				if (message.code === 'pin-required') this.refused(false);
				else if (message.code === 'pin-wrong') this.refused(true);
				// The number is of another life of the server: look it up again.
				else if (message.code === 'unknown-channel') this.link.lost(true);
				break;
			case 'event':
				if (message.revision !== this.event?.revision) this.lookUpSoon();
				break;
			case 'welcome':
				break;
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
			round_trip_ms: orNull(this.link.clock.roundTripMs()),
			hidden: page.hidden,
			fallback: page.fallback,
		};
		this.reported = engine;
		this.lateMs = 0;
		this.send(message);
	}

	protected send(message: ClientMessage): void {
		this.link.send(formatClientMessage(message));
	}

	private tell(): void {
		this.onStatus({
			type: 'status',
			connection: this.link.state,
			channelId: this.channelId,
			eventRevision: this.event?.revision ?? null,
			lock: this.lock,
			roundTripMs: this.link.clock.roundTripMs(),
			clockOffsetUs: this.link.clock.offsetUs(),
			engine: this.engineReport,
		});
	}
}

const orNull = (value: number | null) => (value === null ? null : reportNumber(value));
