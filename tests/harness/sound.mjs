// Sound in files: WAV in and out, anything that ffmpeg reads in.
import { readFileSync, writeFileSync } from 'node:fs';
import { must, temporaryFolder } from './process.mjs';
import { join } from 'node:path';

/**
 * Writes 32-bit float WAV.
 * @param {string} path
 * @param {Float32Array[]} channels of one length
 * @param {number} [rate]
 */
export function writeWav(path, channels, rate = 48000) {
	const frames = channels[0].length;
	const size = frames * channels.length * 4;
	const bytes = Buffer.alloc(44 + size);
	bytes.write('RIFF', 0);
	bytes.writeUInt32LE(36 + size, 4);
	bytes.write('WAVEfmt ', 8);
	bytes.writeUInt32LE(16, 16);
	bytes.writeUInt16LE(3, 20);
	bytes.writeUInt16LE(channels.length, 22);
	bytes.writeUInt32LE(rate, 24);
	bytes.writeUInt32LE(rate * channels.length * 4, 28);
	bytes.writeUInt16LE(channels.length * 4, 32);
	bytes.writeUInt16LE(32, 34);
	bytes.write('data', 36);
	bytes.writeUInt32LE(size, 40);
	let at = 44;
	for (let frame = 0; frame < frames; frame++) {
		for (const channel of channels) at = bytes.writeFloatLE(channel[frame], at);
	}
	writeFileSync(path, bytes);
	return path;
}

/**
 * Reads float or 16-bit WAV.
 * @param {string} path
 * @returns {{rate: number, channels: Float32Array[]}}
 */
export function readWav(path) {
	const bytes = readFileSync(path);
	if (bytes.toString('latin1', 0, 4) !== 'RIFF') throw new Error(`${path}: not a WAV file`);
	let format;
	for (let at = 12; at + 8 <= bytes.length; ) {
		const kind = bytes.toString('latin1', at, at + 4);
		const size = Math.min(bytes.readUInt32LE(at + 4), bytes.length - at - 8);
		if (kind === 'fmt ') {
			const tag = bytes.readUInt16LE(at + 8);
			const bits = bytes.readUInt16LE(at + 22);
			format = { count: bytes.readUInt16LE(at + 10), rate: bytes.readUInt32LE(at + 12), bits };
			// 0xFFFE: the extensible form, with the same first fields.
			if (!((tag === 3 || tag === 0xfffe) && bits === 32) && !((tag === 1 || tag === 0xfffe) && bits === 16)) {
				throw new Error(`${path}: neither float nor 16-bit`);
			}
		}
		if (kind === 'data') {
			const width = format.bits / 8;
			const frames = Math.floor(size / (width * format.count));
			const channels = Array.from({ length: format.count }, () => new Float32Array(frames));
			for (let frame = 0, from = at + 8; frame < frames; frame++) {
				for (const channel of channels) {
					channel[frame] = width === 4 ? bytes.readFloatLE(from) : bytes.readInt16LE(from) / 32768;
					from += width;
				}
			}
			return { rate: format.rate, channels };
		}
		at += 8 + size + (size % 2);
	}
	throw new Error(`${path}: no data in it`);
}

/**
 * Any file's sound, mono at 48 kHz.
 * @param {string} path
 * @returns {Promise<Float32Array>}
 */
export async function decodeFile(path) {
	const wav = join(temporaryFolder('decode'), 'decoded.wav');
	await must('ffmpeg', ['-v', 'error', '-i', path, '-ac', '1', '-ar', '48000', '-c:a', 'pcm_f32le', wav]);
	return readWav(wav).channels[0];
}
