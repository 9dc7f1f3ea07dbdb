/**
 * My own sound on its way out: blocks of samples in, RTP packets with the mapping of their time
 * out. Lives in the worker beside the socket; pure but for the seams it is given.
 *
 *   microphone worklet ─ 10 ms blocks ─▶ [cough: silence] ─▶ encoder ─▶ SendQueue ─▶ socket
 *                                 └────▶ CaptureClock ──────────────────▶ `clock`
 *
 * RTP time is the client's clock at 48 kHz where a stretch of sound begins, and the sound card's
 * frames from there on: so a line goes on over a changed device, and over a page that is loaded anew.
 */
import { CaptureClock } from './capture_clock.ts';
import type { ConsoleMessage } from './console_wire.ts';
import { writeRtp } from './console_wire.ts';
import { SendQueue } from './send_queue.ts';

export const BLOCK_FRAMES = 480;
const CLOCK_EACH_US = 1_000_000;
/** Sound is closed and opened over this, so that a cough key does not click. */
const FADE_FRAMES = 240;
const TIMESTAMP_MODULUS = 0x100000000;

/** As encoder.ts's OpusEncoder. */
export interface PacketEncoder {
	readonly input: Float32Array;
	readonly lookAheadSamples: number;
	/** Encodes `input`; valid until the next call. */
	encode(): Uint8Array;
	reset(): void;
}

export interface UplinkSeams {
	send(packet: Uint8Array<ArrayBuffer>): boolean;
	bufferedBytes(): number;
	say(message: ConsoleMessage): void;
	/** Server clock − client clock, µs; null: not known yet, nothing can be sent. */
	clockOffsetUs(): number | null;
}

export interface UplinkFormat {
	ssrc: number;
	packetFrames: 480 | 960;
}

export class Uplink {
	/** Packets that have left. */
	sent = 0;
	private clock = new CaptureClock();
	private readonly queue = new SendQueue();
	private format: UplinkFormat | null = null;
	private encoder: PacketEncoder | null = null;
	private filled = 0;
	private isOpen = false;
	private isCoughing = false;
	/** Gain at the end of the block before: 0 silent, 1 open. */
	private gain = 1;
	private sequence = Math.floor(Math.random() * 0x10000);
	private base: number | null = null;
	private nextClockUs = 0;

	constructor(private readonly seams: UplinkSeams) {}

	get dropped(): number {
		return this.queue.dropped;
	}

	configure(format: UplinkFormat, encoder: PacketEncoder): void {
		this.format = format;
		this.encoder = encoder;
		this.filled = 0;
	}

	/** Another device, or another context: its frames have nothing to do with those before. */
	newDevice(latencyUs: number): void {
		this.clock = new CaptureClock(latencyUs);
		this.base = null;
		this.filled = 0;
	}

	/** Nothing leaves while it is not open; what waits when it closes is gone. */
	open(isOpen: boolean): void {
		if (isOpen && !this.isOpen) {
			this.encoder?.reset();
			this.nextClockUs = 0;
			this.filled = 0;
			this.gain = 0;
		}
		this.isOpen = isOpen;
		if (!isOpen) this.queue.clear();
	}

	/** The connection is another one: it knows no mapping, and wants no old speech. */
	reconnected(): void {
		this.queue.clear();
		this.nextClockUs = 0;
	}

	cough(isCoughing: boolean): void {
		this.isCoughing = isCoughing;
	}

	/** `samples` (BLOCK_FRAMES) from `frame` on, as they were there at `nowUs`. */
	block(frame: number, samples: Float32Array, nowUs: number): void {
		if (this.clock.add(frame + samples.length, nowUs)) this.base = null;
		const { format } = this;
		if (!this.isOpen || format === null || this.encoder === null) return;
		if (this.filled === 0 && this.base === null) this.base = Math.round(nowUs * 0.048) - frame;
		this.encoder.input.set(samples, this.filled);
		this.shape(this.encoder.input, this.filled, samples.length);
		this.filled += samples.length;
		if (this.filled < format.packetFrames) {
			this.flush(nowUs);
			return;
		}
		const first = frame + samples.length - this.filled;
		this.filled = 0;
		this.packet(first, nowUs);
		this.flush(nowUs);
	}

	/** The cough key's silence, with soft edges; and the microphone's opening. */
	private shape(sound: Float32Array, from: number, count: number): void {
		const wanted = this.isCoughing ? 0 : 1;
		for (let i = from; i < from + count; i++) {
			if (this.gain < wanted) this.gain = Math.min(1, this.gain + 1 / FADE_FRAMES);
			else if (this.gain > wanted) this.gain = Math.max(0, this.gain - 1 / FADE_FRAMES);
			sound[i]! *= this.gain;
		}
	}

	private packet(frame: number, nowUs: number): void {
		const format = this.format!;
		const payload = this.encoder!.encode();
		const capturedUs = this.clock.capturedUs(frame);
		const offsetUs = this.seams.clockOffsetUs();
		this.base ??= Math.round(nowUs * 0.048) - frame;
		// Without the server's clock it could not tell how old this is.
		if (capturedUs === null || offsetUs === null) return;
		const timestamp = (((frame + this.base) % TIMESTAMP_MODULUS) + TIMESTAMP_MODULUS) % TIMESTAMP_MODULUS;
		if (nowUs >= this.nextClockUs) {
			const rateHz = this.clock.rateHz();
			this.seams.say({
				type: 'clock',
				timestamp,
				server_us: Math.round(capturedUs - (this.encoder!.lookAheadSamples * 1e6) / rateHz + offsetUs),
				rate_hz: Math.round(rateHz * 1000) / 1000,
			});
			this.nextClockUs = nowUs + CLOCK_EACH_US;
		}
		this.queue.push(writeRtp(format.ssrc, this.sequence, timestamp, payload), capturedUs / 1000);
		this.sequence = (this.sequence + 1) & 0xffff;
	}

	private flush(nowUs: number): void {
		this.queue.flush(
			nowUs / 1000,
			() => this.seams.bufferedBytes(),
			(packet) => {
				const isSent = this.seams.send(packet);
				if (isSent) this.sent++;
				return isSent;
			},
		);
	}
}
