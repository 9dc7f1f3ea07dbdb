// The floor that fills in for an interpreter is as loud as the interpreter was.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { startCabind } from '../harness/cabind.mjs';
import { makeEvent } from '../harness/event.mjs';
import { connect, decode } from '../harness/listener.mjs';
import { own, projectFolder, run, temporaryFolder, until } from '../harness/process.mjs';
import { decodeFile, writeWav } from '../harness/sound.mjs';

/** Integrated loudness by ffmpeg's ebur128. */
async function loudness(samples) {
	const wav = writeWav(join(temporaryFolder('loudness'), 'in.wav'), [samples]);
	const { stderr } = await run('ffmpeg', ['-hide_banner', '-nostats', '-i', wav, '-af', 'ebur128=dualmono=true', '-f', 'null', '-']);
	return Number(stderr.match(/Integrated loudness:\s+I:\s+(-?[\d.]+) LUFS/)[1]);
}

test('pass-through is matched in level to the interpretation', { timeout: 120000 }, async (t) => {
	const folder = temporaryFolder('loudness');
	const speech = join(projectFolder, 'deploy/demo/speech');
	const floor = await decodeFile(join(speech, 'floor-vi.opus'));
	const words = await decodeFile(join(speech, 'interp-fr.opus'));
	// Speech that does not begin with a pause, the floor 12 dB and more above the booth.
	const loud = floor.slice(48000, 48000 * 13).map((sample) => Math.max(-1, Math.min(1, sample * 1.6)));
	const quiet = words.slice(48000, 48000 * 8).map((sample) => sample * 0.35);
	const files = { floor: writeWav(join(folder, 'floor.wav'), [loud]), booth: writeWav(join(folder, 'booth.wav'), [quiet]) };
	const config = makeEvent({
		defaults: { hold_ms: 500 },
		sources: {
			hall: { file: files.floor, loop: true },
			booth: { play: [{ silence_ms: 1000 }, files.booth, { silence_ms: 600000 }] },
		},
		rooms: [{ id: 'hall', floor: 'hall', channels: { fr: 'booth' } }],
	});
	const server = await own(t, startCabind({ config }));
	const listener = await own(t, connect(server, { channel: 'hall.fr' }));
	await listener.message('state', (state) => state.feed === 'booth', { timeoutMs: 20000 });
	const from = listener.messages.length;
	const state = await listener.message('state', (one) => one.feed === 'pass-through', { from, timeoutMs: 30000 });
	await listener.more(11 * 50, 40000);
	const ofFeed = (feed, since = 0) => {
		const epochs = new Set(listener.states().filter((one) => one.feed === feed && one.epoch >= since).map((one) => one.epoch));
		return listener.packets.filter((packet) => epochs.has(packet.epoch));
	};
	const booth = await loudness(decode(ofFeed('booth')).samples);
	const hall = await loudness(decode(ofFeed('pass-through', state.epoch)).samples);
	const newest = listener.states().at(-1);
	t.diagnostic(`booth ${booth}, floor ${hall} LUFS; gain ${state.gain_db.toFixed(1)} dB at the change, then ${newest.gain_db.toFixed(1)}`);
	assert.ok(hall - booth > 8, 'the floor is much louder');
	assert.ok(state.gain_db < -4, 'known already as the floor comes back');
	assert.ok(Math.abs(hall + newest.gain_db - booth) < 1.6, 'and matched once a speech of it was heard');
	for (const one of listener.states()) if (one.feed === 'booth') assert.equal(one.gain_db, 0);

	const metrics = await until('the figures', async () => {
		const figures = await server.metrics();
		return !Number.isNaN(figures.get('cabin_source_speech_lufs', { source: 'hall' })) && figures;
	});
	const measured = metrics.get('cabin_source_speech_lufs', { source: 'hall' });
	t.diagnostic(`the server's figure for the floor: ${measured.toFixed(1)} LUFS`);
	assert.ok(Math.abs(measured - hall) < 1);
	assert.equal(metrics.get('cabin_meter_dropped_total'), 0);
});
