/**
 * The engine on the page's own thread, for a page without a secure context (plain http on the
 * hall's network), where browsers have no AudioWorklet. 1,024 frames at a time: the smallest
 * that plays without gaps while the page works.
 */
import { createDecodersLater } from './decoder.ts';
import { Engine } from './engine.ts';

const BUFFER_FRAMES = 1024;

/** `port` leads to the socket's worker. Rejects when `wasm` is not the decoder. */
export async function createScriptProcessor(
	context: AudioContext,
	wasm: ArrayBuffer,
	port: MessagePort,
): Promise<AudioNode> {
	const decoders = await createDecodersLater(wasm);
	// What arrives is heard after the buffer that plays and the one that is filled.
	const engine = new Engine(decoders, port, Math.round(context.currentTime * context.sampleRate) + 2 * BUFFER_FRAMES);
	// No input is connected, but some versions of Safari never call a node that has none.
	const node = context.createScriptProcessor(BUFFER_FRAMES, 1, 1);
	let nextFrame = 0;
	node.onaudioprocess = (event) => {
		const frame = Math.max(nextFrame, Math.round(event.playbackTime * context.sampleRate));
		nextFrame = frame + BUFFER_FRAMES;
		engine.render(event.outputBuffer.getChannelData(0), frame);
	};
	return node;
}
