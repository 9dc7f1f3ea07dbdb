// Goes through the demo's channels by a time-table and checks what comes out of the loudspeaker.
import assert from 'node:assert/strict';
import { pause, until } from '../harness/process.mjs';
import { expected, recognise, speaks } from './demo.mjs';
import { pick, said } from '../harness/page.mjs';

/**
 * By seconds since the server's start: in the first 35 s of the demo's loop the plenary's floor speaks Vietnamese, then French, in the
 * other room the other way round, with pauses between. Each language is heard from its booth and as pass-through.
 * @type {[number, string, RegExp][]}
 */
export const wholeDemo = [
	[5, 'plenary.floor', /sound of the hall/i],
	[10, 'plenary.fr', /interpreter/i],
	[15, 'water.vi', /interpreter/i],
	[20, 'plenary.vi', /sound of the hall/i],
	[38, 'plenary.fr', /sound of the hall/i],
	[43, 'plenary.vi', /interpreter/i],
	[48, 'water.fr', /interpreter/i],
	[53, 'water.floor', /sound of the hall/i],
	[72, 'plenary.floor', /sound of the hall/i],
];

/**
 * @param {{diagnostic: (text: string) => void}} t
 * @param {object} parts
 * @param {any} parts.page
 * @param {{next: (seconds: number) => Promise<Float32Array>}} parts.recording
 * @param {Map<string, Float32Array>} parts.speech
 * @param {number} parts.began performance.now() at the server's start
 * @param {[number, string, RegExp][]} parts.table
 * @param {number} [parts.least] lowest median correlation
 * @param {number} [parts.leastShare] of the sound that must be recognised, 0 … 1
 */
export async function checkChannels(t, { page, recording, speech, began, table, least = 0.85, leastShare = 0.75 }) {
	for (const [second, id, words] of table) {
		await pause(Math.max(0, began + second * 1000 - performance.now()));
		await pick(page, id);
		await pause(700);
		// A browser that is slow on a busy machine may come when the speech is nearly over: then the next round's.
		const { file } = expected(id, second);
		const isDue = () => speaks(speech, id, file, (performance.now() - began) / 1000);
		await until(`${file} on ${id}`, isDue, 100000);
		const since = (performance.now() - began) / 1000;
		const heard = recognise(speech, await recording.next(3.5));
		const due = expected(id, since);
		const text = `${id} at ${since.toFixed(1)} s: ${heard.file} at ${heard.seconds.toFixed(2)} s`;
		t.diagnostic(`${text}, quality ${heard.quality.toFixed(3)}, ${(heard.share * 100).toFixed(0)} % of it`);
		assert.equal(heard.file, due.file, `${id} has the wrong speech`);
		assert.ok(heard.quality > least, `${text}: quality ${heard.quality}`);
		assert.ok(heard.share >= leastShare, `${text}: only ${heard.share} of it`);
		assert.ok(Math.abs(heard.seconds - due.seconds) < 2, `${text}, due at ${due.seconds.toFixed(2)} s`);
		assert.match(await said(page), words);
	}
}
