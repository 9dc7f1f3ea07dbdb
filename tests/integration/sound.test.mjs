// Real sound through a real device: JACK's dummy driver → PortAudio → cabind → listener,
// and the same sound comes out.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { startCabind } from '../harness/cabind.mjs';
import { jackDevice, makeEvent } from '../harness/event.mjs';
import { inputPorts, startJack } from '../harness/jack.mjs';
import { connect, decode } from '../harness/listener.mjs';
import { must, own, temporaryFolder } from '../harness/process.mjs';
import { babble, levelDb, locate } from '../harness/signal.mjs';
import { writeWav } from '../harness/sound.mjs';

const folder = temporaryFolder('sound');
const seconds = 5;

/** A listener of `id` that has heard all of a sound of `seconds` that is played now. */
async function hear(server, id) {
	const listener = await connect(server, { channel: id });
	return {
		listener,
		async sound() {
			const { samples, missing } = decode(listener.packets);
			await listener.stop();
			assert.deepEqual(listener.faults, []);
			assert.equal(missing, 0, `${id}: packets missing`);
			return samples;
		},
	};
}

test('what is played into a device is what a listener hears, at the level it had', { timeout: 60000 }, async (t) => {
	const jack = await own(t, startJack({ channels: 2 }));
	const config = makeEvent({
		devices: { card: jackDevice(jack) },
		sources: { microphone: { device: 'card', inputs: [1] } },
		rooms: [{ id: 'hall', floor: 'microphone' }],
	});
	const server = await own(t, startCabind({ config }));
	const known = babble(1, seconds);
	const [port] = await inputPorts(jack, 1);
	const ear = await hear(server, 'hall.floor');
	const player = jack.play(writeWav(join(folder, 'one.wav'), [known]), [port]);
	assert.equal((await player.ended).code, 0, player.stderr());
	await ear.listener.more(15);
	const heard = await ear.sound();
	const { offset, quality } = locate(heard, known);
	const at = Math.round(offset);
	const gain = levelDb(heard.subarray(at, at + known.length)) - levelDb(known);
	t.diagnostic(`correlation ${quality.toFixed(4)}, level ${gain.toFixed(2)} dB`);
	assert.ok(quality > 0.9, `correlation ${quality}`);
	assert.ok(Math.abs(gain) < 1, `level changed by ${gain} dB`);
});

test('each input of one device feeds its own channel, and a mix of two feeds one', { timeout: 60000 }, async (t) => {
	const jack = await own(t, startJack({ channels: 4 }));
	const config = makeEvent({
		devices: { card: jackDevice(jack) },
		defaults: { gate_db: -120 },
		sources: {
			one: { device: 'card', inputs: [1] },
			two: { device: 'card', inputs: [2] },
			both: { device: 'card', inputs: [3, 4] },
		},
		rooms: [
			{ id: 'plenary', floor: 'one', channels: { vi: 'two' } },
			{ id: 'workshop', floor: 'both' },
		],
	});
	const server = await own(t, startCabind({ config }));
	const sounds = [11, 12, 13, 14].map((seed) => babble(seed, seconds));
	const ports = await inputPorts(jack, 4);
	const ids = ['plenary.floor', 'plenary.vi', 'workshop.floor'];
	const ears = await Promise.all(ids.map((id) => hear(server, id)));
	const player = jack.play(writeWav(join(folder, 'four.wav'), sounds), ports);
	assert.equal((await player.ended).code, 0, player.stderr());
	await ears[0].listener.more(15);
	const heard = await Promise.all(ears.map((ear) => ear.sound()));
	const mix = sounds[2].map((sample, i) => sample + sounds[3][i]);
	const expected = [sounds[0], sounds[1], mix];
	for (const [i, sound] of heard.entries()) {
		const qualities = expected.map((known) => locate(sound, known).quality);
		t.diagnostic(`${ids[i]}: ${qualities.map((quality) => quality.toFixed(3)).join(' ')}`);
		for (const [k, quality] of qualities.entries()) {
			if (k === i) assert.ok(quality > 0.9, `${ids[i]} has not its own sound: ${quality}`);
			else assert.ok(quality < 0.3, `${ids[i]} has the sound of ${ids[k]}: ${quality}`);
		}
	}
});

test('a device at 44,100 Hz sounds the same at 48,000', { timeout: 60000 }, async (t) => {
	const jack = await own(t, startJack({ channels: 1, rate: 44100 }));
	const config = makeEvent({
		devices: { card: jackDevice(jack) },
		sources: { microphone: { device: 'card', inputs: [1] } },
		rooms: [{ id: 'hall', floor: 'microphone' }],
	});
	const server = await own(t, startCabind({ config }));
	const known = babble(21, seconds);
	const at48 = writeWav(join(folder, '48.wav'), [known]);
	const at44 = join(folder, '44.wav');
	await must('ffmpeg', ['-v', 'error', '-y', '-i', at48, '-ar', '44100', '-c:a', 'pcm_f32le', at44]);
	const [port] = await inputPorts(jack, 1);
	const ear = await hear(server, 'hall.floor');
	const player = jack.play(at44, [port]);
	assert.equal((await player.ended).code, 0, player.stderr());
	await ear.listener.more(15);
	const { quality } = locate(await ear.sound(), known);
	t.diagnostic(`correlation ${quality.toFixed(4)}`);
	assert.ok(quality > 0.9, `correlation ${quality}`);
});
