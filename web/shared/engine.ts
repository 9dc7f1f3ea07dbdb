/**
 * The jitter buffer with its port to the worker: what the audio worklet and its fallback on the
 * page's thread have in common. One thread; `render` allocates nothing but the report that it
 * posts four times a second.
 */
import type { Decoder } from './decoder.ts';
import { JitterBuffer } from './jitter.ts';
import type { EngineCommand, EngineReport } from './messages.ts';
import { parseRtp, RATE_HZ } from './wire.ts';

const REPORT_FRAMES = RATE_HZ / 4;
/**
 * Noise at −100 dBFS under everything, so that a phone does not take a quiet page for one
 * that plays nothing and put it to sleep. Nobody can hear it.
 */
const DITHER = 1e-5;

export class Engine {
	private readonly jitter: JitterBuffer;
	/** The device's frame that is rendered next: the time at which whatever arrives now is there. */
	private nextFrame: number;
	private nextReport = 0;
	private random = 1;
	private firstSoundAt: number | null = null;

	/**
	 * `port` leads to the socket's worker; packets may wait in it. `frame`: the device's frame now,
	 * else they would seem to have come faster than any packet can, for as long as that is remembered.
	 * `burst`: frames that the output asks for at once, 0 when that is to be found out.
	 */
	constructor(
		decoders: [Decoder, Decoder],
		private readonly port: MessagePort,
		frame: number,
		burst = 0,
	) {
		this.nextFrame = frame;
		this.jitter = new JitterBuffer(decoders, burst);
		port.onmessage = (event: MessageEvent<EngineCommand | ArrayBuffer>) => this.receive(event.data);
	}

	/** Fills `out` with the sound of the device's frames from `frame` on. */
	render(out: Float32Array, frame: number): void {
		this.jitter.pull(out, frame);
		this.nextFrame = frame + out.length;
		for (let i = 0; i < out.length; i++) {
			this.random = (Math.imul(this.random, 1664525) + 1013904223) | 0;
			out[i]! += (this.random / 0x80000000) * DITHER;
		}
		if (this.firstSoundAt === null && this.jitter.isStarted) {
			this.firstSoundAt = Date.now();
			this.nextReport = 0;
		}
		if (this.nextFrame >= this.nextReport) this.report();
	}

	private receive(data: EngineCommand | ArrayBuffer): void {
		if (data instanceof ArrayBuffer) {
			const packet = parseRtp(new Uint8Array(data));
			if (packet !== null) this.jitter.packet(packet, this.nextFrame);
			return;
		}
		switch (data.type) {
			case 'channel':
				this.jitter.setChannel(data.number);
				break;
			case 'connected':
				this.jitter.connected();
				break;
			case 'state':
				this.jitter.state(data);
				break;
			case 'clock':
				this.jitter.clock(data);
				break;
		}
	}

	private report(): void {
		this.nextReport = this.nextFrame + REPORT_FRAMES;
		const { nextFrame: frame, jitter } = this;
		const stats = jitter.stats(frame);
		const epoch = jitter.newestEpoch;
		const report: EngineReport = {
			frame,
			microphoneUs: jitter.microphoneUs(),
			feed: epoch?.feed ?? null,
			source: epoch?.source ?? null,
			delayMs: stats.delayMs,
			bufferMs: stats.bufferMs,
			targetMs: stats.targetMs,
			lateMs: jitter.takeLateMs(),
			concealedMs: stats.concealedMs,
			underruns: stats.underruns,
			skips: stats.skips,
			isStarted: stats.isStarted,
			isStalled: stats.isStalled,
			firstSoundAt: this.firstSoundAt,
		};
		this.port.postMessage(report);
	}
}
