/** The audio device's side of the page's thread: context, engine, volume, and what the device tells of its delay. */
import type { EngineReport, Fallback } from './messages.ts';
import { RATE_HZ } from './wire.ts';

/** A device's own delay is never more than this; a browser that tells more (or less than 0) errs. */
const LATENCY_LIMIT_MS = 2000;
const VOLUME_RAMP_S = 0.02;

export interface OutputSources {
	wasm: () => Promise<ArrayBuffer>;
	workletUrl: string;
}

/**
 * To be made in the tap's handler: browsers let a page start its sound only there, and iOS
 * looks at the session's type only when the context is made.
 */
export class AudioOutput {
	readonly context: AudioContext;
	readonly fallback: Fallback;
	private readonly volume: GainNode;
	private node: AudioNode | null = null;
	/** The engine is made. */
	isReady = false;
	/** The engine, made or not, has ended on the audio thread: it will be silent for ever. */
	onEngineFailure: (() => void) | null = null;

	constructor(volume: number) {
		const { audioSession } = navigator as Navigator & { audioSession?: { type: string } };
		if (audioSession !== undefined) audioSession.type = 'playback';
		this.context = new AudioContext({ latencyHint: 0, sampleRate: RATE_HZ });
		this.fallback = this.context.audioWorklet === undefined ? 'script-processor' : 'none';
		this.volume = this.context.createGain();
		this.volume.gain.value = volume;
		this.volume.connect(this.context.destination);
		this.resume();
	}

	/** Makes the engine; `port` leads to the socket's worker. Rejects when a part cannot be loaded. */
	async createEngine(sources: OutputSources, port: MessagePort): Promise<void> {
		if (this.fallback === 'none') {
			const [wasm] = await Promise.all([sources.wasm(), this.context.audioWorklet.addModule(sources.workletUrl)]);
			const node = new AudioWorkletNode(this.context, 'cabin-player', {
				numberOfInputs: 0,
				numberOfOutputs: 1,
				outputChannelCount: [1],
				processorOptions: { wasm },
			});
			node.onprocessorerror = node.port.onmessage = () => this.onEngineFailure?.();
			node.port.postMessage({ type: 'engine', port }, [port]);
			this.node = node;
		} else {
			// Few pages need it, so few load it.
			const { createScriptProcessor } = await import('./script_processor.ts');
			this.node = await createScriptProcessor(this.context, await sources.wasm(), port);
		}
		this.node.connect(this.volume);
		this.isReady = true;
	}

	/** Not while the phone has taken the sound away: iOS then refuses, and forgets the page. */
	resume(): void {
		if (this.state === 'suspended') this.context.resume().catch(() => {});
	}

	get state(): AudioContextState | 'interrupted' {
		return this.context.state;
	}

	setVolume(volume: number): void {
		this.volume.gain.setTargetAtTime(volume, this.context.currentTime, VOLUME_RAMP_S);
	}

	close(): void {
		if (this.node instanceof AudioWorkletNode) this.node.port.postMessage({ type: 'end' });
		this.node?.disconnect();
		if (this.state !== 'closed') this.context.close().catch(() => {});
	}

	/** The context's time that is heard at a moment of performance.now(), as well as the browser knows. */
	private heard(): { contextTime: number; performanceTime: number } {
		const { context } = this;
		const time = performance.now();
		const stamp = context.getOutputTimestamp?.();
		if (stamp?.contextTime && stamp.performanceTime) {
			const { contextTime, performanceTime } = stamp;
			const latencyMs = (context.currentTime - contextTime) * 1000 - (time - performanceTime);
			if (latencyMs >= 0 && latencyMs <= LATENCY_LIMIT_MS) return { contextTime, performanceTime };
		}
		const latency = (context.baseLatency || 0) + (context.outputLatency || 0);
		return { contextTime: context.currentTime - latency, performanceTime: time };
	}

	/** How long what the engine renders now takes to be heard. */
	latencyMs(): number {
		const { contextTime, performanceTime } = this.heard();
		return (this.context.currentTime - contextTime) * 1000 - (performance.now() - performanceTime);
	}

	/**
	 * Server clock at the output device, less when what is heard there was at the microphone.
	 * `clockOffsetUs`: server clock − (performance.timeOrigin + performance.now()).
	 */
	mouthToEarMs(engine: EngineReport, clockOffsetUs: number): number | null {
		if (engine.microphoneUs === null) return null;
		const { contextTime, performanceTime } = this.heard();
		const microphoneUs = engine.microphoneUs + (contextTime - engine.frame / this.context.sampleRate) * 1e6;
		const serverUs = (performance.timeOrigin + performanceTime) * 1000 + clockOffsetUs;
		return (serverUs - microphoneUs) / 1000;
	}
}
