/** The audio device's side of the page's thread: context, engine, volume, and what the device tells of its delay. */
import { mouthToEarMs, outputLatencyMs } from './device_time.ts';
import type { EngineReport, Fallback } from './messages.ts';
import { RATE_HZ } from './wire.ts';

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

	/** How long what the engine renders now takes to be heard. */
	latencyMs(): number {
		return outputLatencyMs(this.context);
	}

	/** See device_time.ts. */
	mouthToEarMs(engine: EngineReport, clockOffsetUs: number): number | null {
		return mouthToEarMs(this.context, engine, clockOffsetUs);
	}
}
