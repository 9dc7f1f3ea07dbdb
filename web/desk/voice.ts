/**
 * The technician's microphone: a console of the booth `desk`, with the booth page's worker, encoder
 * and worklets. Loaded when it is first wanted.
 */
import { createWorker, soundFiles, voiceFiles } from '../booth/build.ts';
import type { ConsoleCommand, WorkerMessage } from '../booth/console_messages.ts';
import { Sound } from '../booth/sound.ts';
import { DESK_BOOTH } from './derive.ts';
import type { MicrophonePhase } from './model.ts';

export class Voice {
	phase: MicrophonePhase = 'opening';
	private worker: Worker | null = null;
	private isJoined = false;
	private refused: string | null = null;
	private sends = false;
	private readonly sound: Sound;

	constructor(
		private readonly token: string,
		private readonly name: string | null,
		private readonly changed: () => void,
	) {
		this.sound = new Sound(soundFiles, {
			earsPorts: (ports) => this.post({ type: 'ears', ...ports }, Object.values(ports)),
			microphonePort: (port, latencyUs) =>
				this.post({ type: 'microphone', port, latencyUs }, port === null ? [] : [port]),
			heard: () => {},
			changed: () => this.follow(),
		});
	}

	/** In the handler of a click. Again after a failure. */
	async open(): Promise<void> {
		try {
			if (this.worker === null) {
				const files = await voiceFiles();
				this.worker = createWorker();
				this.worker.onmessage = (event: MessageEvent<WorkerMessage>) => this.receive(event.data);
				const scheme = location.protocol === 'https:' ? 'wss:' : 'ws:';
				const url = `${scheme}//${location.host}/ws?console`;
				this.post({
					type: 'open',
					url,
					token: this.token,
					booth: DESK_BOOTH,
					name: this.name,
					resume: null,
					seat: null,
					...files,
				});
			}
			await this.sound.start('');
			this.sound.tellEars({ type: 'sound', volume: 0, monitor: 0, bassDb: 0, trebleDb: 0, sensitivityDb: 0 });
			await this.sound.openMicrophone({
				deviceId: '',
				echoCancellation: false,
				noiseSuppression: false,
				autoGainControl: false,
			});
		} catch {
			this.phase = 'missing';
			this.changed();
		}
	}

	speak(on: boolean): void {
		this.sound.resume();
		this.post({ type: 'mic', on, take: on });
	}

	get isReady(): boolean {
		return this.phase === 'open' || this.phase === 'on-air';
	}

	/** Leaves the seat, and lets the microphone go. */
	close(): void {
		this.post({ type: 'leave' });
		void this.sound.context?.close();
	}

	private post(command: ConsoleCommand, transfer: Transferable[] = []): void {
		this.worker?.postMessage(command, transfer);
	}

	private receive(message: WorkerMessage): void {
		if (message.type !== 'status') return;
		this.isJoined = message.joined !== null;
		this.refused = message.refused;
		this.sends = message.sends && message.microphone === 'on';
		this.follow();
	}

	private follow(): void {
		const before = this.phase;
		const { microphone } = this.sound;
		if (this.refused !== null) this.phase = 'refused';
		else if (microphone === 'denied') this.phase = 'denied';
		else if (microphone === 'missing' || microphone === 'lost' || microphone === 'muted') this.phase = 'missing';
		else if (microphone !== 'open' || !this.isJoined) this.phase = 'opening';
		else this.phase = this.sends ? 'on-air' : 'open';
		if (this.phase !== before) this.changed();
	}
}
