// What each channel of the demo sounds like at each moment, from the demo's own files.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectFolder } from '../harness/process.mjs';
import { decimate, levelDb, locate, percentile } from '../harness/signal.mjs';
import { decodeFile } from '../harness/sound.mjs';

const folder = join(projectFolder, 'deploy/demo');
// Speech is told apart at 8 kHz as well, and much sooner.
const factor = 6;
const rate = 48000 / factor;

/** Lists of `play` items by source, as demo.yaml has them: file or null, and seconds. */
const lists = {};
let current;
const [sources] = readFileSync(join(folder, 'demo.yaml'), 'utf8').split('\nrooms:');
for (const line of sources.split('\n')) {
	const source = line.match(/^ {2}([a-z-]+):$/)?.[1];
	if (source) current = lists[source] = [];
	const item = line.match(/^ {6}- \{(.*)\}$/)?.[1];
	if (!item) continue;
	const { file, length_ms, silence_ms } = Object.fromEntries(item.split(', ').map((pair) => pair.split(': ')));
	current.push({ file: file ?? null, seconds: Number(length_ms ?? silence_ms) / 1000 });
}

/** The demo's speech by file name, to be recognised. @returns {Promise<Map<string, Float32Array>>} */
export async function loadSpeech() {
	const files = new Set(Object.values(lists).flatMap((items) => items.map((item) => item.file)));
	files.delete(null);
	const speech = new Map();
	for (const file of files) speech.set(file, decimate(await decodeFile(join(folder, file)), factor));
	return speech;
}

/**
 * The speech that a source has `seconds` after it began.
 * @returns {{file: string | null, seconds: number}} `seconds` into the file
 */
function playing(source, seconds) {
	const items = lists[source];
	let rest = seconds % items.reduce((sum, item) => sum + item.seconds, 0);
	for (const item of items) {
		if (rest < item.seconds) return { file: item.file, seconds: rest };
		rest -= item.seconds;
	}
	throw new Error('beyond the end');
}

/** What a channel should have: its booth's words, else the floor's. @param {string} id @param {number} seconds */
export function expected(id, seconds) {
	const [room, what] = id.split('.');
	const booth = what === 'floor' ? { file: null, seconds: 0 } : playing(`${room}-${what}`, seconds);
	return booth.file ? booth : playing(`${room}-floor`, seconds);
}

/**
 * True when this speech fills the channel from now until a recording would end, and no hold of a booth before it
 * can still be on.
 * @param {Map<string, Float32Array>} speech
 */
export function speaks(speech, id, file, seconds) {
	const due = expected(id, seconds);
	return due.file === file && due.seconds >= 3 && due.seconds + 4.5 < speech.get(file).length / rate;
}

/**
 * Which speech a recording is, by its pieces of half a second: a page may stretch or conceal a few milliseconds
 * between two of them.
 * @param {Map<string, Float32Array>} speech
 * @param {Float32Array} recording 48 kHz, some seconds
 * @returns {{file: string | null, seconds: number, quality: number, share: number}} `seconds`: the recording's start in
 *   the file; `quality`: median correlation of the pieces that agree; `share`: how many of those with sound agree
 */
export function recognise(speech, recording) {
	const size = 0.5 * rate;
	const sound = decimate(recording, factor);
	const pieces = [];
	for (let at = 0; at + size <= sound.length; at += size) {
		const piece = sound.subarray(at, at + size);
		if (levelDb(piece) < -45) continue;
		const found = [...speech].map(([file, known]) => ({ file, ...locate(known, piece) }));
		found.sort((a, b) => b.quality - a.quality);
		pieces.push({ ...found[0], seconds: (found[0].offset - at) / rate });
	}
	if (pieces.length === 0) return { file: null, seconds: 0, quality: 0, share: 0 };
	const agreeing = (one) =>
		pieces.filter((piece) => piece.file === one.file && Math.abs(piece.seconds - one.seconds) < 0.25);
	const agreed = pieces.map(agreeing).sort((a, b) => b.length - a.length)[0];
	const quality = percentile(agreed.map((piece) => piece.quality), 0.5);
	return { file: agreed[0].file, seconds: agreed[0].seconds, quality, share: agreed.length / pieces.length };
}
