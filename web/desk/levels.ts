/**
 * The levels frame: what a desk gets 20 times a second (docs/protocol.md, server/monitor/levels_frame.h).
 * Shared vectors: tests/vectors/levels.json.
 */

export interface PointLevels {
	/** Into the desk's list of points: sources, then channels. */
	index: number;
	/** null: silence, as in all of these. */
	peak_dbfs: number | null;
	true_peak_dbtp: number | null;
	rms_dbfs: number | null;
	momentary_lufs: number | null;
	short_term_lufs: number | null;
	/** Since the server's start, its low 8 bits: what it grew by counts. */
	clips: number;
}

export interface LevelsFrame {
	/** Of the list of points. */
	revision: number;
	/** The server's clock, its low 32 bits. */
	clock_ms: number;
	point_count: number;
	/** In the order of the list; a point that is missing is silent, and was told so. */
	points: PointLevels[];
}

const MAGIC = 0x4c;
const VERSION = 1;
const HEADER_BYTES = 10;
const RECORD_BYTES = 8;
const SILENT_LUFS = -32768;

/** True for a binary message that is a levels frame and no RTP packet, well-formed or not. */
export function isLevelsFrame(bytes: Uint8Array): boolean {
	return bytes[0] === MAGIC;
}

/** null: not a frame of this version, or damaged. */
export function parseLevels(bytes: Uint8Array): LevelsFrame | null {
	const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
	if (bytes.length < HEADER_BYTES || bytes[0] !== MAGIC || bytes[1] !== VERSION) return null;
	const count = view.getUint16(8);
	let at = HEADER_BYTES + Math.ceil(count / 8);
	if (bytes.length < at) return null;
	const points: PointLevels[] = [];
	for (let index = 0; index < 8 * Math.ceil(count / 8); index++) {
		if (!(bytes[HEADER_BYTES + (index >> 3)]! & (0x80 >> (index & 7)))) continue;
		if (index >= count || at + RECORD_BYTES > bytes.length) return null;
		points.push(parsePoint(view, at, index));
		at += RECORD_BYTES;
	}
	if (at !== bytes.length) return null;
	return { revision: view.getUint16(2), clock_ms: view.getUint32(4), point_count: count, points };
}

function parsePoint(view: DataView, at: number, index: number): PointLevels {
	const level = (offset: number) => {
		const value = view.getUint8(at + offset);
		return value === 0 ? null : value / 2 - 120;
	};
	const loudness = (offset: number) => {
		const value = view.getInt16(at + offset);
		return value === SILENT_LUFS ? null : value / 10;
	};
	return {
		index,
		peak_dbfs: level(0),
		true_peak_dbtp: level(1),
		rms_dbfs: level(2),
		momentary_lufs: loudness(3),
		short_term_lufs: loudness(5),
		clips: view.getUint8(at + 7),
	};
}
