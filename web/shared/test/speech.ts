/** Real speech for the tests: the packets of an Ogg Opus file, and the decoder as it is built. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { createDecoders, type Decoder } from '../decoder.ts';

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url));

/** Speech of the demonstration's event, 20 ms packets (SILK and hybrid). */
export const speechFile = (name: string) => path(`../../../deploy/demo/speech/${name}.opus`);
/** The same kind of speech as the server encodes it: restricted low delay, 20 ms packets. */
export const LOW_DELAY_FILE = path('./lowdelay-20ms.opus');

/** The Opus packets of an Ogg file without its two headers (RFC 3533, RFC 7845), and its pre-skip. */
export function readOgg(file: string): { packets: Uint8Array[]; preSkip: number } {
	const bytes = readFileSync(file);
	const packets: Uint8Array[] = [];
	let parts: Uint8Array[] = [];
	for (let page = 0; page < bytes.length; ) {
		if (bytes.toString('latin1', page, page + 4) !== 'OggS') throw new Error(`${file}: no Ogg page at ${page}`);
		const segments = bytes[page + 26]!;
		let at = page + 27 + segments;
		for (let i = 0; i < segments; i++) {
			const size = bytes[page + 27 + i]!;
			parts.push(bytes.subarray(at, at + size));
			at += size;
			if (size < 255) {
				packets.push(Buffer.concat(parts));
				parts = [];
			}
		}
		page = at;
	}
	return { packets: packets.slice(2), preSkip: Buffer.from(packets[0]!).readUInt16LE(10) };
}

export function loadDecoders(): [Decoder, Decoder] {
	return createDecoders(readFileSync(path('../../opus/opus-decoder.wasm')));
}

/** What native libopus makes of the file, 48 kHz mono. Throws where opus-tools is not installed. */
export function decodeNatively(file: string): Float32Array {
	try {
		const raw = execFileSync('opusdec', ['--quiet', '--force-wav', '--float', '--rate', '48000', file, '-'], {
			maxBuffer: 1 << 28,
			stdio: ['ignore', 'pipe', 'ignore'],
		});
		const data = raw.subarray(raw.indexOf('data') + 8);
		return new Float32Array(data.buffer.slice(data.byteOffset, data.byteOffset + (data.length & ~3)));
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
		throw new Error('opusdec is missing: apt-get install opus-tools (./cabin test does)');
	}
}

/** Deterministic random numbers in [0, 1) (mulberry32). */
export function createRandom(seed: number): () => number {
	let state = seed;
	return () => {
		state = (state + 0x6d2b79f5) | 0;
		let value = Math.imul(state ^ (state >>> 15), 1 | state);
		value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value;
		return ((value ^ (value >>> 14)) >>> 0) / 4294967296;
	};
}
