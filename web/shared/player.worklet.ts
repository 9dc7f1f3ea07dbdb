/**
 * The audio thread's end: an AudioWorkletProcessor named `cabin-player`. Its options carry the
 * decoder's bytes and the port to the socket's worker:
 * `processorOptions: {wasm: ArrayBuffer}`, then one message with the port. The only message that
 * comes back says that it failed.
 */
import { createDecoders } from './decoder.ts';
import { Engine } from './engine.ts';

class PlayerProcessor extends AudioWorkletProcessor {
	private engine: Engine | null = null;
	private isOver = false;

	constructor(options: { processorOptions: { wasm: ArrayBuffer } }) {
		super();
		this.port.onmessage = (event: MessageEvent<{ type: 'engine'; port: MessagePort } | { type: 'end' }>) => {
			if (event.data.type === 'end') {
				this.isOver = true;
				this.engine = null;
			} else {
				this.start(options.processorOptions.wasm, event.data.port);
			}
		};
	}

	/** Nobody hears an exception here: the page is told that there will be no engine. */
	private start(wasm: ArrayBuffer, port: MessagePort): void {
		try {
			this.engine = new Engine(createDecoders(wasm), port, currentFrame);
		} catch {
			this.port.postMessage('failed');
		}
	}

	process(_inputs: Float32Array[][], outputs: Float32Array[][]): boolean {
		const out = outputs[0]?.[0];
		if (out !== undefined && this.engine !== null) this.engine.render(out, currentFrame);
		return !this.isOver;
	}
}

registerProcessor('cabin-player', PlayerProcessor);
