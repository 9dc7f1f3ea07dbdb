/** What an Opus packet's first bytes tell (RFC 6716, section 3). Pure. */

export const OPUS_MAX_BYTES = 1275;

const FRAME_MAX_BYTES = 1275;
/** Samples at 48 kHz of one frame for each of the 32 configurations (table 2). */
const FRAME_SAMPLES = [
	480, 960, 1920, 2880, 480, 960, 1920, 2880, 480, 960, 1920, 2880, 480, 960, 480, 960, 120, 240, 480, 960, 120, 240,
	480, 960, 120, 240, 480, 960, 120, 240, 480, 960,
];

/**
 * Samples at 48 kHz in a packet, or null when it is malformed, stereo, or not of 10 or 20 ms:
 * nothing else belongs on the wire.
 */
export function opusDurationSamples(packet: Uint8Array): number | null {
	if (packet.length < 1 || packet.length > OPUS_MAX_BYTES) return null;
	const toc = packet[0]!;
	if (toc & 0x04) return null;
	const frames = frameCount(packet, toc & 0x03);
	if (frames === null) return null;
	const samples = frames * FRAME_SAMPLES[toc >> 3]!;
	return samples === 480 || samples === 960 ? samples : null;
}

/** Number of frames, or null when their lengths do not add up. */
function frameCount(packet: Uint8Array, code: number): number | null {
	if (code === 0) return 1;
	if (code === 1) return packet.length % 2 === 1 ? 2 : null;
	if (code === 2) {
		const first = readLength(packet, 1, packet.length);
		return first !== null && first.next + first.bytes <= packet.length ? 2 : null;
	}
	return manyFrames(packet);
}

function manyFrames(packet: Uint8Array): number | null {
	if (packet.length < 2) return null;
	const frames = packet[1]! & 0x3f;
	if (frames === 0) return null;
	let next = 2;
	let end = packet.length;
	if (packet[1]! & 0x40) {
		let padding: number;
		do {
			if (next >= end) return null;
			padding = packet[next++]!;
			end -= padding === 255 ? 254 : padding;
		} while (padding === 255);
	}
	if (packet[1]! & 0x80) {
		let sum = 0;
		for (let i = 0; i < frames - 1; i++) {
			const frame = readLength(packet, next, end);
			if (frame === null) return null;
			next = frame.next;
			sum += frame.bytes;
		}
		return next + sum <= end ? frames : null;
	}
	return next <= end && (end - next) % frames === 0 ? frames : null;
}

/** A frame's length of one or two bytes at `at`. */
function readLength(packet: Uint8Array, at: number, end: number): { bytes: number; next: number } | null {
	if (at >= end) return null;
	const first = packet[at]!;
	if (first < 252) return { bytes: first, next: at + 1 };
	if (at + 1 >= end) return null;
	const bytes = first + 4 * packet[at + 1]!;
	return bytes <= FRAME_MAX_BYTES ? { bytes, next: at + 2 } : null;
}
