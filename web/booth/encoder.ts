/**
 * libopus's encoder in WebAssembly, with the settings of every booth: mono, restricted low delay,
 * one frame a packet. Runs in a Worker, in a worklet and under node; allocates at creation only.
 */
import { OPUS_MAX_BYTES } from '../shared/opus_toc.ts';

export interface EncoderSettings {
	/** 6,000 … 256,000; the server says which in `joined`. */
	bitrateBps: number;
	packetMs: 10 | 20;
	/** 0 … 10 */
	complexity: number;
}

interface Exports {
	memory: WebAssembly.Memory;
	encoder_input(): number;
	encoder_output(): number;
	encoder_output_size(): number;
	encoder_init(bitrateBps: number, packetMs: number, complexity: number): number;
	encoder_look_ahead(): number;
	encode(): number;
	encoder_reset(): number;
}

export class OpusEncoder {
	/** Where the next packet's samples go, full scale ±1. */
	readonly input: Float32Array;
	readonly packetSamples: number;
	/** The first sample that a decoder gives out for a packet was put in this much before the packet's own first one. */
	readonly lookAheadSamples: number;
	private readonly output: Uint8Array;

	constructor(
		private readonly exports: Exports,
		{ bitrateBps, packetMs, complexity }: EncoderSettings,
	) {
		if (exports.encoder_output_size?.() !== OPUS_MAX_BYTES)
			throw new Error('not the opus-encoder.wasm of this version');
		this.packetSamples = exports.encoder_init(bitrateBps, packetMs, complexity);
		if (this.packetSamples <= 0)
			throw new RangeError(`libopus refuses ${bitrateBps} bit/s, ${packetMs} ms, ${complexity}`);
		this.lookAheadSamples = exports.encoder_look_ahead();
		this.input = new Float32Array(exports.memory.buffer, exports.encoder_input(), this.packetSamples);
		this.output = new Uint8Array(exports.memory.buffer, exports.encoder_output(), OPUS_MAX_BYTES);
	}

	/** Encodes `input`. The packet, which lies in the module's memory until the next call: copy it to keep it. */
	encode(): Uint8Array {
		const sizeBytes = this.exports.encode();
		if (sizeBytes <= 0) throw new Error(`libopus does not encode: ${sizeBytes}`);
		return this.output.subarray(0, sizeBytes);
	}

	/** Forgets the sound so far: the next packet can be decoded without those before it. */
	reset(): void {
		this.exports.encoder_reset();
	}
}

/**
 * Compiles `opus-encoder.wasm` here and now, as a Worker may. It is told the bytes, because a
 * WebAssembly.Module does not reliably pass a port in Chromium. Throws when the bytes are not that
 * module, and a RangeError when libopus does not take the settings.
 */
export function createEncoder(wasm: BufferSource, settings: EncoderSettings): OpusEncoder {
	const instance = new WebAssembly.Instance(new WebAssembly.Module(wasm), {});
	return new OpusEncoder(instance.exports as unknown as Exports, settings);
}
