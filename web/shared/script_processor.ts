/**
 * The engine on the page's own thread, for a page without a secure context (plain http on the
 * hall's network), where browsers have no AudioWorklet. 1,024 frames at a time: the smallest
 * that plays without gaps while the page works.
 */
import { createDecodersLater } from './decoder.ts';
import { Engine } from './engine.ts';

const BUFFER_FRAMES = 1024;
const LOOKS = 8;

/**
 * Which of the device's frames a block has. Blocks play one after the other, but the time that
 * comes with each is when the page got to it, so it may be late by anything. It is early only when
 * the device went on without the page (Chromium then plays silence): the least of some looks tells.
 */
export class BlockClock {
	private next = -1;
	/** Told time − ours, of the newest blocks, as a ring. */
	private readonly ahead = new Float64Array(LOOKS);
	private count = 0;

	/** First frame of the next block, of which the browser tells this one. */
	frame(told: number): number {
		if (this.next < 0) this.next = told;
		this.ahead[this.count % LOOKS] = told - this.next;
		this.count++;
		const least = Math.min(...this.ahead);
		if (this.count >= LOOKS && least !== 0) {
			this.next += least;
			for (let i = 0; i < LOOKS; i++) this.ahead[i]! -= least;
		}
		const frame = this.next;
		this.next += BUFFER_FRAMES;
		return frame;
	}
}

/** `port` leads to the socket's worker. Rejects when `wasm` is not the decoder. */
export async function createScriptProcessor(
	context: AudioContext,
	wasm: ArrayBuffer,
	port: MessagePort,
): Promise<AudioNode> {
	const decoders = await createDecodersLater(wasm);
	// What arrives is heard after the buffer that plays and the one that is filled.
	const frameNow = Math.round(context.currentTime * context.sampleRate) + 2 * BUFFER_FRAMES;
	const engine = new Engine(decoders, port, frameNow, BUFFER_FRAMES);
	// No input is connected, but some versions of Safari never call a node that has none.
	const node = context.createScriptProcessor(BUFFER_FRAMES, 1, 1);
	const clock = new BlockClock();
	node.onaudioprocess = (event) => {
		const frame = clock.frame(Math.round(event.playbackTime * context.sampleRate));
		engine.render(event.outputBuffer.getChannelData(0), frame);
	};
	return node;
}
