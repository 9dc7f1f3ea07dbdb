/**
 * The decoder that the jitter buffer drives, and libopus in WebAssembly as one.
 * Runs wherever WebAssembly does: worklet, page, node. Allocates at creation only.
 */
import { OPUS_MAX_BYTES } from './opus_toc.ts';

/** One mono decoder at 48 kHz. The samples that it tells lie in `output` until the next call of any instance. */
export interface Decoder {
	readonly output: Float32Array;
	/** Forgets what came before. */
	reset(): void;
	/** Decodes a packet. Number of samples; 0 when the packet is damaged. */
	decode(packet: Uint8Array, sizeBytes: number): number;
	/** Makes `samples` (a multiple of 120) up for sound that did not come. Number of samples. */
	conceal(samples: number): number;
	/**
	 * The `samples` (a multiple of 120) before a packet, of which the one ahead of it was lost: out of
	 * the redundancy (FEC) in the packet where it has some, else made up. Number of samples.
	 */
	recover(packet: Uint8Array, sizeBytes: number, samples: number): number;
}

interface Exports {
	memory: WebAssembly.Memory;
	input(): number;
	input_size(): number;
	output(): number;
	output_size(): number;
	init(instance: number): number;
	reset(instance: number): number;
	decode(instance: number, sizeBytes: number): number;
	conceal(instance: number, samples: number): number;
	recover(instance: number, sizeBytes: number, samples: number): number;
}

class Instance implements Decoder {
	constructor(
		private readonly exports: Exports,
		private readonly index: number,
		private readonly input: Uint8Array,
		readonly output: Float32Array,
	) {
		if (exports.init(index) !== 0) throw new Error('libopus does not start');
	}

	reset(): void {
		this.exports.reset(this.index);
	}

	decode(packet: Uint8Array, sizeBytes: number): number {
		this.write(packet, sizeBytes);
		return Math.max(0, this.exports.decode(this.index, sizeBytes));
	}

	recover(packet: Uint8Array, sizeBytes: number, samples: number): number {
		this.write(packet, sizeBytes);
		return Math.max(0, this.exports.recover(this.index, sizeBytes, samples));
	}

	/** Byte by byte: a view of the packet's part would be garbage for each packet. */
	private write(packet: Uint8Array, sizeBytes: number): void {
		for (let i = 0; i < sizeBytes; i++) this.input[i] = packet[i]!;
	}

	conceal(samples: number): number {
		return Math.max(0, this.exports.conceal(this.index, samples));
	}
}

/**
 * Compiles `opus-decoder.wasm` here and now (a few ms), as only a worklet should: it is told
 * the bytes, because a WebAssembly.Module does not reliably pass a port in Chromium. Throws
 * when the bytes are not that module.
 */
export function createDecoders(wasm: BufferSource): [Decoder, Decoder] {
	return decodersOf(new WebAssembly.Instance(new WebAssembly.Module(wasm), {}));
}

/** The same for the page's thread, where browsers do not let large modules be compiled in one go. */
export async function createDecodersLater(wasm: BufferSource): Promise<[Decoder, Decoder]> {
	return decodersOf((await WebAssembly.instantiate(wasm, {})).instance);
}

function decodersOf(instance: WebAssembly.Instance): [Decoder, Decoder] {
	const exports = instance.exports as unknown as Exports;
	if (exports.input_size() !== OPUS_MAX_BYTES) throw new Error('not the opus-decoder.wasm of this version');
	const input = new Uint8Array(exports.memory.buffer, exports.input(), exports.input_size());
	const output = new Float32Array(exports.memory.buffer, exports.output(), exports.output_size());
	return [new Instance(exports, 0, input, output), new Instance(exports, 1, input, output)];
}
