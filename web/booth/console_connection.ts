/**
 * A console's connection: joins its seat (and again after each loss, with the key that gives it
 * back), listens to one channel and monitors another, hears the technician who speaks to this
 * booth, sends my sound, and passes on what the
 * booth and the room are told. Lives in the worker.
 *
 *   page ──ConsoleCommand──▶ ConsoleConnection ──▶ Link ──▶ server
 *   page ◀──WorkerMessage──        │  └──▶ Uplink ◀── microphone's worklet
 *                                  └──▶ engines of the ears' worklet
 */
import { type EventAnswer, fetchEvent, findChannel } from '../shared/event.ts';
import { Link, now, nowUs } from '../shared/link.ts';
import type { EngineReport, PageState } from '../shared/messages.ts';
import {
	parseRtp,
	parseServerMessage,
	type ReportMessage,
	reportNumber,
	type ServerMessage,
	type StateMessage,
} from '../shared/wire.ts';
import type { ConsoleCommand, MicrophoneBlock, WorkerMessage } from './console_messages.ts';
import {
	CLOSE_NO_ACCESS,
	CLOSE_REPLACED,
	type ConsoleMessage,
	type ConsoleServerMessage,
	type JoinedMessage,
	parseConsoleMessage,
	type TalkbackMessage,
} from './console_wire.ts';
import { EchoPath } from './echo_path.ts';
import type { EncoderSettings } from './encoder.ts';
import { Microphone } from './microphone_key.ts';
import { type PacketEncoder, Uplink } from './uplink.ts';
import type { VoiceFigures, VoiceLevel } from './voice_level.ts';

const CONNECT_LIMIT_MS = 5000;
const REPORT_MS = 1000;
const TELL_MS = 100;
/** These say that another try with this token is no use. */
const HOPELESS = ['token-invalid', 'token-expired', 'token-revoked', 'booth-unknown'];

export const CONSOLE_NAME = 'cabin-web 0.1.0';

/** The wasm's part, so that tests need none. */
export interface VoiceTools {
	encoder(settings: EncoderSettings): PacketEncoder;
	level: Pick<VoiceLevel, 'update' | 'figures' | 'reset'>;
}

/** One of the three channels that can be heard at once. */
class Ear {
	port: MessagePort | null = null;
	report: EngineReport | null = null;
	reported: EngineReport | null = null;
	number: number | null = null;
	lateMs = 0;
	/** The newest of this channel. */
	state: StateMessage | null = null;

	attach(port: MessagePort, onReport: () => void): void {
		this.port?.close();
		this.port = port;
		this.report = null;
		this.reported = null;
		port.onmessage = (event: MessageEvent<EngineReport>) => {
			this.report = event.data;
			this.lateMs = Math.max(this.lateMs, event.data.lateMs);
			onReport();
		};
		this.tune(this.number);
	}

	tune(number: number | null): void {
		if (number !== this.number) this.state = null;
		this.number = number;
		this.port?.postMessage({ type: 'channel', number });
	}
}

export class ConsoleConnection {
	private readonly link: Link;
	private readonly uplink: Uplink;
	private readonly microphone = new Microphone();
	private readonly main = new Ear();
	private readonly monitor = new Ear();
	private readonly talkback = new Ear();
	private readonly ears = [this.main, this.monitor, this.talkback];
	private spoken: TalkbackMessage | null = null;
	private readonly echo = new EchoPath();
	private tools: VoiceTools | null = null;
	private microphonePort: MessagePort | null = null;
	private own: VoiceFigures | null = null;
	private blockAt: number | null = null;

	private token = '';
	private booth: string | null = null;
	private name: string | null = null;
	private seat: number | null = null;
	private resume: string | null = null;
	private joined: JoinedMessage | null = null;
	private refused: string | null = null;
	private isLeaving = false;

	private channelId: string | null = null;
	private monitorChannel: number | null = null;
	private event: EventAnswer | null = null;
	private fetching: AbortController | null = null;
	private page: PageState = { hidden: false, interrupted: false, mouthToEarMs: null, fallback: 'none' };
	private nextReport = 0;
	private nextTell = 0;

	constructor(
		private readonly url: string,
		private readonly post: (message: WorkerMessage) => void,
	) {
		this.link = new Link(url, {
			connecting: () => this.lookUp(),
			opened: () => this.opened(),
			received: (data) => this.receive(data),
			closed: (code) => this.closed(code),
			look: (time) => this.look(time),
			changed: () => this.tell(),
		});
		this.uplink = new Uplink({
			send: (packet) => this.link.send(packet),
			bufferedBytes: () => this.link.bufferedBytes,
			say: (message) => this.say(message),
			clockOffsetUs: () => this.link.clock.offsetUs(),
		});
	}

	open(command: Extract<ConsoleCommand, { type: 'open' }>, tools: VoiceTools): void {
		this.tools = tools;
		this.token = command.token;
		this.booth = command.booth ?? null;
		this.name = command.name;
		this.seat = command.seat;
		this.resume = command.resume;
		this.link.open();
	}

	command(command: ConsoleCommand): void {
		switch (command.type) {
			case 'ears':
				this.main.attach(command.main, () => this.tell());
				this.monitor.attach(command.monitor, () => {});
				this.attachTalkback(command.talkback);
				// A new engine knows nothing of its channel: joining it again tells it.
				this.listen();
				this.followMonitor();
				break;
			case 'microphone':
				this.attachMicrophone(command.port, command.latencyUs);
				break;
			case 'listen':
				this.channelId = command.channelId;
				this.listen();
				break;
			case 'monitor':
				this.monitorChannel = command.channel;
				this.followMonitor();
				break;
			case 'mic':
				this.switchMicrophone(command.on, command.take);
				break;
			case 'cough':
				this.uplink.cough(command.on);
				this.say({ type: 'cough', on: command.on });
				break;
			case 'echo':
				this.switchEcho(command.on);
				break;
			case 'say':
				this.say(command.message);
				break;
			case 'hurry':
				this.link.hurry();
				break;
			case 'leave':
				this.leave();
				break;
			case 'page':
				this.page = command;
				break;
			case 'open':
				break;
		}
	}

	private leave(): void {
		this.isLeaving = true;
		this.microphone.press(false, now());
		this.followMicrophone();
		this.say({ type: 'leave' });
		this.link.close();
	}

	// --- the seat ------------------------------------------------------------------

	private opened(): void {
		this.uplink.reconnected();
		for (const ear of this.ears) ear.port?.postMessage({ type: 'connected' });
		this.join();
		this.listen();
	}

	private join(): void {
		this.say({
			type: 'join',
			token: this.token,
			...(this.booth === null ? {} : { booth: this.booth }),
			seat: this.seat,
			resume: this.resume,
			name: this.name,
			mic: this.resume !== null && this.microphone.sends,
			console: CONSOLE_NAME,
		});
	}

	private closed(code: number | null): void {
		this.fetching?.abort();
		this.fetching = null;
		this.joined = null;
		this.followTalkback(null);
		this.echo.end();
		this.followMicrophone();
		if (code === CLOSE_REPLACED) this.refused = 'replaced';
		else if (code === CLOSE_NO_ACCESS) this.refused ??= 'no-access';
		else return;
		// Another page has the seat, or nobody may have it: to try again would be a fight.
		this.microphone.press(false, now());
		queueMicrotask(() => this.link.close());
	}

	private consoleMessage(message: ConsoleServerMessage): void {
		switch (message.type) {
			case 'joined':
				this.granted(message);
				break;
			case 'booth': {
				const seat = message.seats.find((one) => one.seat === this.joined?.seat);
				const { handover } = message;
				const isFree = message.held || message.on_air === null || message.on_air === this.joined?.seat;
				this.followResumption(seat?.mic ?? false, isFree);
				if (seat !== undefined && this.microphone.told(seat.mic)) this.followMicrophone();
				// The air is mine in a moment: my microphone opens now, so that nothing is missing then.
				if (handover?.state === 'agreed' && handover.to === this.joined?.seat && !this.microphone.sends) {
					this.switchMicrophone(true, false);
				}
				break;
			}
			case 'talkback':
				this.followTalkback(message.on ? message : null);
				this.tell();
				return;
			case 'error':
				this.receiveError(message.code);
				break;
		}
		this.post({ type: 'told', message });
		this.tell();
	}

	private granted(message: JoinedMessage): void {
		this.joined = message;
		this.refused = null;
		this.resume = message.resume;
		this.seat = message.seat;
		const { packet_ms, bitrate_bps, complexity } = message;
		const encoder = this.tools!.encoder({ packetMs: packet_ms, bitrateBps: bitrate_bps, complexity });
		this.uplink.configure({ ssrc: message.ssrc, packetFrames: packet_ms === 10 ? 480 : 960 }, encoder);
		this.microphone.joined(now());
		this.followMicrophone();
		this.followMonitor();
		this.link.proven();
	}

	/** Back after a loss with the microphone on: it goes on, unless somebody has taken the air. */
	private followResumption(mic: boolean, isAirFree: boolean): void {
		const outcome = this.microphone.resumed(mic, isAirFree);
		if (outcome === 'again') {
			this.switchMicrophone(true, false);
		} else if (outcome === 'lost') {
			this.followMicrophone();
			this.post({ type: 'told', message: { type: 'error', code: 'air-taken', text: 'somebody else is on air now' } });
		}
	}

	private receiveError(code: string): void {
		if (HOPELESS.includes(code)) this.refused = code;
		if (code === 'mic-held' || code === 'channel-held') {
			this.microphone.refused();
			this.followMicrophone();
		} else if (code === 'unknown-channel') {
			this.link.lost(true);
		} else if (this.joined === null) {
			this.refused = code;
			// A seat may become free, and a key of a server's earlier life is worth nothing.
			this.resume = null;
			if (code === 'seat-taken') this.seat = null;
			if (!HOPELESS.includes(code))
				setTimeout(() => this.link.state === 'open' && this.joined === null && this.join(), 2000);
		}
	}

	// --- my microphone -------------------------------------------------------------

	private attachMicrophone(port: MessagePort | null, latencyUs: number): void {
		this.microphonePort?.close();
		this.microphonePort = port;
		this.own = null;
		this.tools?.level.reset();
		this.blockAt = null;
		this.uplink.newDevice(latencyUs);
		if (port !== null) port.onmessage = (event: MessageEvent<MicrophoneBlock>) => this.block(event.data);
	}

	private block({ frame, samples }: MicrophoneBlock): void {
		this.tools?.level.update(samples);
		this.blockAt = now();
		this.uplink.block(frame, samples, nowUs());
		if (this.blockAt < this.nextTell) return;
		this.own = this.tools?.level.figures() ?? null;
		this.tell();
	}

	private switchMicrophone(on: boolean, take: boolean): void {
		if (on) this.switchEcho(false);
		this.microphone.press(on, now());
		this.say({ type: 'mic', on, take });
		this.followMicrophone();
		this.tell();
	}

	/** The gate of what leaves: exactly while the key is on and the seat is mine, or for the echo. */
	private followMicrophone(): void {
		this.uplink.open(this.joined !== null && (this.microphone.sends || this.echo.isOn));
	}

	private switchEcho(on: boolean): void {
		if (on === this.echo.isOn || (on && (this.joined === null || this.microphone.sends))) return;
		if (on) this.echo.begin(this.joined!.ssrc);
		else this.echo.end();
		this.say({ type: 'echo', on });
		if (on) this.monitor.tune(this.echo.channel);
		else this.followMonitor();
		this.followMicrophone();
	}

	// --- what is heard -------------------------------------------------------------

	/** Fetches the channels' numbers in this life of the server. No answer is as good as no connection. */
	private lookUp(): void {
		const abort = new AbortController();
		this.event = null;
		this.fetching = abort;
		const limit = setTimeout(() => abort.abort(), CONNECT_LIMIT_MS);
		fetchEvent(this.url, abort.signal)
			.then(
				(answer) => {
					if (this.fetching !== abort) return;
					this.event = answer;
					this.listen();
					this.tell();
				},
				() => {
					if (this.fetching === abort) this.link.lost(false);
				},
			)
			.finally(() => clearTimeout(limit));
	}

	private listen(): void {
		if (this.link.state !== 'open' || this.event === null || this.channelId === null) return;
		const number = findChannel(this.event, this.channelId);
		this.main.tune(number);
		this.say(number === null ? { type: 'stop' } : { type: 'listen', channel: number });
	}

	private followMonitor(): void {
		if (this.joined === null || this.echo.isOn) return;
		this.monitor.tune(this.monitorChannel);
		this.say({ type: 'monitor', channel: this.monitorChannel });
	}

	/** Its channel comes by itself, its `state` first. */
	private followTalkback(message: TalkbackMessage | null): void {
		this.spoken = message;
		this.talkback.tune(message?.channel ?? null);
	}

	/** Nothing brings its `state` again: a new engine is told what came before it. */
	private attachTalkback(port: MessagePort): void {
		this.talkback.attach(port, () => {});
		if (this.talkback.state !== null) port.postMessage(this.talkback.state);
	}

	private receive(data: string | ArrayBuffer): void {
		if (typeof data !== 'string') {
			this.media(data);
			return;
		}
		const listener = parseServerMessage(data);
		if (listener !== null && listener.type !== 'error') this.listenerMessage(listener);
		const message = parseConsoleMessage(data);
		if (message !== null) this.consoleMessage(message);
	}

	private media(data: ArrayBuffer): void {
		const echo = this.echo.receive(data);
		if (echo !== null) {
			for (const one of echo) this.monitor.port?.postMessage(one);
			return;
		}
		const packet = parseRtp(new Uint8Array(data));
		if (packet === null) return;
		this.link.proven();
		let last: Ear | null = null;
		for (const ear of this.ears) {
			if (ear.number !== packet.channel) continue;
			// One channel may be heard twice: each needs its own copy then.
			last?.port?.postMessage(data.slice(0));
			last = ear;
		}
		last?.port?.postMessage(data, [data]);
	}

	private listenerMessage(message: ServerMessage): void {
		switch (message.type) {
			case 'state':
			case 'clock':
				for (const ear of this.ears) {
					if (message.channel !== ear.number) continue;
					if (message.type === 'state') ear.state = message;
					ear.port?.postMessage(message);
				}
				break;
			case 'pong':
				this.link.pong(message);
				break;
			case 'bye':
				this.link.bye(message.retry_ms);
				break;
		}
	}

	// --- what is told --------------------------------------------------------------

	private look(time: number): void {
		if (this.microphone.tick(time)) {
			this.say({ type: 'mic', on: false, take: false });
			this.followMicrophone();
			this.post({ type: 'told', message: { type: 'error', code: 'no-answer', text: 'the server did not answer' } });
		}
		if (time >= this.nextReport) this.report(time);
		this.tell();
	}

	private report(time: number): void {
		this.nextReport = time + REPORT_MS - 125;
		const { report: engine, reported: before, number } = this.main;
		if (engine === null || number === null) return;
		const state = this.page.interrupted
			? 'interrupted'
			: !engine.isStarted
				? 'starting'
				: engine.isStalled
					? 'stalled'
					: 'live';
		const roundTripMs = this.link.clock.roundTripMs();
		const message: ReportMessage = {
			type: 'report',
			channel: number,
			state,
			buffer_ms: reportNumber(engine.bufferMs),
			target_ms: reportNumber(engine.targetMs),
			late_ms: reportNumber(this.main.lateMs),
			concealed_ms: reportNumber(engine.concealedMs - (before?.concealedMs ?? 0)),
			underruns: Math.min(10000, Math.max(0, engine.underruns - (before?.underruns ?? 0))),
			mouth_to_ear_ms: this.page.mouthToEarMs === null ? null : reportNumber(this.page.mouthToEarMs),
			round_trip_ms: roundTripMs === null ? null : reportNumber(roundTripMs),
			hidden: this.page.hidden,
			fallback: this.page.fallback,
		};
		this.main.reported = engine;
		this.main.lateMs = 0;
		this.say(message);
	}

	private say(message: ConsoleMessage | ReportMessage | { type: 'listen'; channel: number } | { type: 'stop' }): void {
		this.link.send(JSON.stringify(message));
	}

	private tell(): void {
		this.nextTell = now() + TELL_MS;
		if (this.isLeaving) return;
		this.post({
			type: 'status',
			connection: this.link.state,
			refused: this.refused,
			joined: this.joined,
			microphone: this.microphone.state,
			sends: this.joined !== null && this.microphone.sends && this.microphonePort !== null,
			sentPackets: this.uplink.sent,
			droppedPackets: this.uplink.dropped,
			own: this.own,
			blockAt: this.blockAt,
			channelId: this.channelId,
			eventRevision: this.event?.revision ?? null,
			gainDb: this.main.state?.gain_db ?? 0,
			roundTripMs: this.link.clock.roundTripMs(),
			clockOffsetUs: this.link.clock.offsetUs(),
			engine: this.main.report,
			monitor: this.monitor.report,
			talkback: this.spoken,
			echoes: this.echo.count,
		});
	}
}
