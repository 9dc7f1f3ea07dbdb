/**
 * The page's sound devices: one AudioContext with the microphone's packer and the ears. The page's
 * thread; to be started in a tap's or key's handler.
 *
 *   microphone ─▶ MediaStreamSource ─▶ cabin-microphone ─ port ─▶ worker
 *   worker ─ three ports ─▶ cabin-ears ─▶ destination
 */
import type { EarPorts, EarsCommand, EarsReport } from './console_messages.ts';

export interface MicrophoneWish {
	/** '' : the computer's default. */
	deviceId: string;
	echoCancellation: boolean;
	noiseSuppression: boolean;
	autoGainControl: boolean;
}

export type MicrophoneState = 'none' | 'opening' | 'open' | 'denied' | 'lost' | 'missing' | 'muted';

export interface Device {
	id: string;
	label: string;
}

export interface SoundFiles {
	microphoneWorklet: string;
	earsWorklet: string;
	decoder: () => Promise<ArrayBuffer>;
	ears: () => Promise<ArrayBuffer>;
}

export interface SoundOwner {
	/** Ports for the worker; called again whenever they are new. */
	earsPorts(ports: EarPorts): void;
	microphonePort(port: MessagePort | null, latencyUs: number): void;
	heard(report: EarsReport): void;
	/** Devices, the microphone's state or the context's have changed. */
	changed(): void;
}

/** After a loss the device is looked for again at each change of devices, and this often. */
const AGAIN_MS = 2000;

export class Sound {
	context: AudioContext | null = null;
	microphone: MicrophoneState = 'none';
	microphoneLabel = '';
	inputs: Device[] = [];
	outputs: Device[] = [];
	/** The ears' worklet ended: nothing is heard until the page is loaded anew. */
	hasFailed = false;
	private ears: AudioWorkletNode | null = null;
	private packer: AudioWorkletNode | null = null;
	private source: MediaStreamAudioSourceNode | null = null;
	private track: MediaStreamTrack | null = null;
	private wish: MicrophoneWish = {
		deviceId: '',
		echoCancellation: false,
		noiseSuppression: false,
		autoGainControl: false,
	};
	private outputId = '';
	private defaultInput = '';
	private opening = 0;
	private again: ReturnType<typeof setTimeout> | null = null;

	constructor(
		private readonly files: SoundFiles,
		private readonly owner: SoundOwner,
	) {
		navigator.mediaDevices?.addEventListener('devicechange', () => void this.devicesChanged());
	}

	/** Makes the context and the ears. Rejects when a part cannot be loaded. */
	async start(outputId: string): Promise<void> {
		if (this.context !== null) {
			this.resume();
			return;
		}
		const context = new AudioContext({ latencyHint: 0, sampleRate: 48000 });
		this.context = context;
		context.onstatechange = () => this.owner.changed();
		this.resume();
		const [decoder, ears] = await Promise.all([
			this.files.decoder(),
			this.files.ears(),
			context.audioWorklet.addModule(this.files.earsWorklet),
			context.audioWorklet.addModule(this.files.microphoneWorklet),
		]);
		this.ears = new AudioWorkletNode(context, 'cabin-ears', {
			numberOfInputs: 0,
			numberOfOutputs: 1,
			outputChannelCount: [1],
			processorOptions: { decoder, ears },
		});
		this.ears.onprocessorerror = () => this.failed();
		this.ears.port.onmessage = (event: MessageEvent<EarsReport | 'failed'>) => {
			if (event.data === 'failed') this.failed();
			else this.owner.heard(event.data);
		};
		const main = new MessageChannel();
		const monitor = new MessageChannel();
		const talkback = new MessageChannel();
		const ports: EarPorts = { main: main.port2, monitor: monitor.port2, talkback: talkback.port2 };
		this.ears.port.postMessage({ type: 'engines', ...ports }, Object.values(ports));
		this.ears.connect(context.destination);
		this.owner.earsPorts({ main: main.port1, monitor: monitor.port1, talkback: talkback.port1 });
		this.packer = new AudioWorkletNode(context, 'cabin-microphone', {
			numberOfInputs: 1,
			numberOfOutputs: 0,
			channelCount: 1,
			channelCountMode: 'explicit',
		});
		await this.setOutput(outputId);
	}

	private failed(): void {
		this.hasFailed = true;
		this.owner.changed();
	}

	get isRunning(): boolean {
		return this.context?.state === 'running';
	}

	resume(): void {
		if (this.context?.state === 'suspended') this.context.resume().catch(() => {});
	}

	tellEars(command: EarsCommand): void {
		this.ears?.port.postMessage(command);
	}

	/** The headset; '' is the computer's default. Where a browser cannot choose, nothing happens. */
	async setOutput(outputId: string): Promise<void> {
		this.outputId = outputId;
		const context = this.context as (AudioContext & { setSinkId?: (id: string) => Promise<void> }) | null;
		if (context?.setSinkId === undefined) return;
		try {
			await context.setSinkId(outputId);
		} catch {
			// It is gone: the default is better than none.
			if (outputId !== '') await context.setSinkId('').catch(() => {});
		}
	}

	/** Opens the microphone, or another one. Never rejects: `microphone` tells what came of it. */
	async openMicrophone(wish: MicrophoneWish): Promise<void> {
		this.wish = wish;
		const turn = ++this.opening;
		if (this.again !== null) clearTimeout(this.again);
		this.again = null;
		this.setMicrophone('opening');
		const { deviceId, ...processing } = wish;
		const audio: MediaTrackConstraints = { ...processing, channelCount: { ideal: 1 }, sampleRate: { ideal: 48000 } };
		try {
			let stream: MediaStream;
			try {
				stream = await navigator.mediaDevices.getUserMedia({
					audio: deviceId === '' ? audio : { ...audio, deviceId: { exact: deviceId } },
				});
			} catch (error) {
				if (deviceId === '' || (error as Error).name === 'NotAllowedError') throw error;
				stream = await navigator.mediaDevices.getUserMedia({ audio });
			}
			if (turn !== this.opening) {
				for (const track of stream.getTracks()) track.stop();
				return;
			}
			this.attach(stream);
		} catch (error) {
			if (turn !== this.opening) return;
			this.detach();
			const { name } = error as Error;
			this.setMicrophone(name === 'NotAllowedError' ? 'denied' : 'missing');
			if (name !== 'NotAllowedError') this.tryLater();
		}
		await this.listDevices();
	}

	private attach(stream: MediaStream): void {
		this.detach();
		const track = stream.getAudioTracks()[0]!;
		this.track = track;
		this.microphoneLabel = track.label;
		track.onended = () => this.lost(track);
		track.onmute = track.onunmute = () => {
			if (this.track === track) this.setMicrophone(track.muted ? 'muted' : 'open');
		};
		this.source = this.context!.createMediaStreamSource(stream);
		this.source.connect(this.packer!);
		const { port1, port2 } = new MessageChannel();
		this.packer!.port.postMessage({ port: port2 }, [port2]);
		const { latency } = track.getSettings() as MediaTrackSettings & { latency?: number };
		this.owner.microphonePort(port1, Math.max(0, Math.min(latency ?? 0, 0.5)) * 1e6);
		this.setMicrophone(track.muted ? 'muted' : 'open');
	}

	private detach(): void {
		this.source?.disconnect();
		this.source = null;
		if (this.track !== null) {
			this.track.onended = null;
			this.track.stop();
			this.owner.microphonePort(null, 0);
		}
		this.track = null;
	}

	private lost(track: MediaStreamTrack): void {
		if (this.track !== track) return;
		this.detach();
		this.setMicrophone('lost');
		this.tryLater(200);
	}

	private tryLater(afterMs = AGAIN_MS): void {
		if (this.again !== null) clearTimeout(this.again);
		this.again = setTimeout(() => void this.openMicrophone(this.wish), afterMs);
	}

	/** A device came or went, or the default is another one: be where the interpreter wants to be. */
	private async devicesChanged(): Promise<void> {
		const before = this.defaultInput;
		await this.listDevices();
		if (this.context === null || this.microphone === 'none' || this.microphone === 'denied') return;
		const isWanted = this.inputs.some((device) => device.id === this.wish.deviceId);
		const current = this.track?.getSettings().deviceId ?? '';
		const isOther =
			this.wish.deviceId === ''
				? before !== '' && before !== this.defaultInput
				: isWanted && current !== this.wish.deviceId;
		if (this.track === null || isOther) await this.openMicrophone(this.wish);
		if (this.outputId !== '') await this.setOutput(this.outputId);
	}

	private async listDevices(): Promise<void> {
		const all = (await navigator.mediaDevices?.enumerateDevices().catch(() => [])) ?? [];
		const of = (kind: string) =>
			all
				.filter((device) => device.kind === kind && !['default', 'communications', ''].includes(device.deviceId))
				.map((device) => ({ id: device.deviceId, label: device.label }));
		this.inputs = of('audioinput');
		this.outputs = of('audiooutput');
		this.defaultInput = all.find((one) => one.kind === 'audioinput' && one.deviceId === 'default')?.groupId ?? '';
		this.owner.changed();
	}

	private setMicrophone(state: MicrophoneState): void {
		this.microphone = state;
		this.owner.changed();
	}
}
