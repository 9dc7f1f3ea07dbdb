/**
 * Packs what the microphone gives into blocks of 10 ms for the worker: an AudioWorkletProcessor
 * named `cabin-microphone`. It gets the port by one message, and makes no sound.
 */
const FRAMES = 480;

class MicrophoneProcessor extends AudioWorkletProcessor {
	private out: MessagePort | null = null;
	private block = new Float32Array(FRAMES);
	private filled = 0;
	private isOver = false;

	constructor() {
		super();
		this.port.onmessage = (event: MessageEvent<{ port?: MessagePort }>) => {
			if (event.data.port === undefined) this.isOver = true;
			else this.out = event.data.port;
		};
	}

	process(inputs: Float32Array[][]): boolean {
		const samples = inputs[0]?.[0];
		// Without a track there is no channel: not even silence, so that its loss shows.
		if (samples === undefined || this.out === null) {
			this.filled = 0;
			return !this.isOver;
		}
		for (let done = 0; done < samples.length; ) {
			const count = Math.min(samples.length - done, FRAMES - this.filled);
			this.block.set(samples.subarray(done, done + count), this.filled);
			this.filled += count;
			done += count;
			if (this.filled < FRAMES) break;
			const block = this.block;
			this.out.postMessage({ frame: currentFrame + done - FRAMES, samples: block }, [block.buffer]);
			this.block = new Float32Array(FRAMES);
			this.filled = 0;
		}
		return !this.isOver;
	}
}

registerProcessor('cabin-microphone', MicrophoneProcessor);
