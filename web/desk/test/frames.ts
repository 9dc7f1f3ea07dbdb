// Levels frames as the server writes them, of speech that comes and goes.
import type { Point } from '../desk_wire.ts';

export interface FramePoint {
	index: number;
	peak: number;
	truePeak: number;
	rms: number;
	momentary: number | null;
	shortTerm: number | null;
	clips: number;
}

export function writeFrame(pointCount: number, points: readonly FramePoint[], clockMs = 1): Uint8Array<ArrayBuffer> {
	const mapBytes = (pointCount + 7) >> 3;
	const bytes = new Uint8Array(10 + mapBytes + points.length * 8);
	const view = new DataView(bytes.buffer);
	view.setUint16(0, 0x4c01);
	view.setUint16(2, 1);
	view.setUint32(4, clockMs);
	view.setUint16(8, pointCount);
	const level = (db: number) => Math.round(Math.min(Math.max(2 * (db + 120), 0), 255));
	const loudness = (lufs: number | null) => (lufs === null ? -32768 : Math.round(lufs * 10));
	points.forEach((point, at) => {
		bytes[10 + (point.index >> 3)]! |= 0x80 >> (point.index & 7);
		const record = 10 + mapBytes + at * 8;
		view.setUint8(record, level(point.peak));
		view.setUint8(record + 1, level(point.truePeak));
		view.setUint8(record + 2, level(point.rms));
		view.setInt16(record + 3, loudness(point.momentary));
		view.setInt16(record + 5, loudness(point.shortTerm));
		view.setUint8(record + 7, point.clips);
	});
	return bytes;
}

/** Every point speaks in its own rhythm, but for channels named in `silent`; second seats are quiet. */
export function levelsFrame(
	points: readonly Point[],
	frame: number,
	silent: readonly number[],
): Uint8Array<ArrayBuffer> {
	const list: FramePoint[] = [];
	points.forEach((point, index) => {
		if (point === null || point.kind === 'insert') return;
		if (point.kind === 'seat' && point.seat === 2) return;
		const isSilent = point.kind === 'channel' && silent.includes(point.channel);
		const swing = 9 * Math.sin(frame * (0.4 + (index % 7) * 0.05) + index) + 4 * Math.sin(frame * 1.7 + index * 3);
		const peak = isSilent ? -78 : -17 + (index % 5) + swing * 0.6;
		const rms = peak - 9;
		const shortTerm = isSilent ? null : -24 + (index % 5) + Math.sin(frame / 40 + index);
		list.push({
			index,
			peak,
			truePeak: peak + 0.5,
			rms,
			momentary: shortTerm === null ? null : shortTerm + swing / 8,
			shortTerm,
			clips: 0,
		});
	});
	return writeFrame(points.length, list, frame * 50);
}
