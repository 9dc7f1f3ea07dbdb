// Real sound through a real device: JACK's dummy driver → PortAudio → cabind → listener,
// and the same sound comes out.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { startCabind } from '../harness/cabind.mjs';
import { jackDevice, makeEvent } from '../harness/event.mjs';
import { inputPorts, startJack } from '../harness/jack.mjs';
import { runLoad } from '../harness/load.mjs';
import { connect, decode } from '../harness/listener.mjs';
import { must, own, temporaryFolder, until } from '../harness/process.mjs';
import { babble, levelDb, locate, percentile } from '../harness/signal.mjs';
import { readWav, writeWav } from '../harness/sound.mjs';

const folder = temporaryFolder('sound');
const seconds = 5;

/** What a listener of `id` hears until `sound` is called. */
async function hear(server, id) {
	const listener = await connect(server, { channel: id });
	return {
		listener,
		async sound() {
			const { samples, missing } = decode(listener.packets);
			await listener.stop();
			assert.deepEqual(listener.faults, []);
			return { samples, missing };
		},
	};
}

/** Times that the device itself lost sound: a machine under load may, and the server says so. */
async function overruns(server, source) {
	return (await server.metrics()).get('cabin_source_overruns_total', { source });
}

/**
 * Each half second of `known` is in what was heard, but for what the device lost, as the server told.
 * @returns {number} the median correlation
 */
function assertHeard(heard, known, lost) {
	assert.ok(heard.missing <= lost, `${heard.missing} packets missing, ${lost} overruns told`);
	const qualities = [];
	for (let at = 0; at + 24000 <= known.length; at += 24000) {
		qualities.push(locate(heard.samples, known.subarray(at, at + 24000)).quality);
	}
	const wrong = qualities.filter((quality) => quality < 0.9);
	const told = qualities.map((quality) => quality.toFixed(3)).join(' ');
	assert.ok(wrong.length <= 2 * lost, `correlation ${told}, ${lost} overruns told`);
	assert.ok(wrong.length < qualities.length / 2, `correlation ${told}`);
	return percentile(qualities, 0.5);
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
	const quality = assertHeard(heard, known, await overruns(server, 'microphone'));
	const at = Math.round(locate(heard.samples, known).offset);
	const gain = levelDb(heard.samples.subarray(at, at + known.length)) - levelDb(known);
	t.diagnostic(`correlation ${quality.toFixed(4)}, level ${gain.toFixed(2)} dB`);
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
	const sources = ['one', 'two', 'both'];
	const ears = await Promise.all(ids.map((id) => hear(server, id)));
	const player = jack.play(writeWav(join(folder, 'four.wav'), sounds), ports);
	assert.equal((await player.ended).code, 0, player.stderr());
	await ears[0].listener.more(15);
	const heard = await Promise.all(ears.map((ear) => ear.sound()));
	const mix = sounds[2].map((sample, i) => sample + sounds[3][i]);
	const expected = [sounds[0], sounds[1], mix];
	for (const [i, sound] of heard.entries()) {
		assertHeard(sound, expected[i], await overruns(server, sources[i]));
		const qualities = expected.map((known) => locate(sound.samples, known).quality);
		t.diagnostic(`${ids[i]}: ${qualities.map((quality) => quality.toFixed(3)).join(' ')}`);
		for (const [k, quality] of qualities.entries()) {
			if (k !== i) assert.ok(quality < 0.3, `${ids[i]} has the sound of ${ids[k]}: ${quality}`);
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
	const quality = assertHeard(await ear.sound(), known, await overruns(server, 'microphone'));
	t.diagnostic(`correlation ${quality.toFixed(4)}`);
});

test('a listener in C hears the same, and tells how long it took', { timeout: 60000 }, async (t) => {
	const jack = await own(t, startJack({ channels: 1 }));
	const config = makeEvent({
		devices: { card: jackDevice(jack) },
		sources: { microphone: { device: 'card', inputs: [1] } },
		rooms: [{ id: 'hall', floor: 'microphone' }],
	});
	const server = await own(t, startCabind({ config }));
	const known = babble(5, seconds);
	const [port] = await inputPorts(jack, 1);
	const wav = join(folder, 'heard.wav');
	const load = runLoad({ port: server.port, listeners: 1, seconds: seconds + 4, args: ['--wav', wav] });
	await until('the listener', async () => (await server.metrics()).get('cabin_listeners', { channel: 'hall.floor' }) === 1);
	const player = jack.play(writeWav(join(folder, 'known.wav'), [known]), [port]);
	assert.equal((await player.ended).code, 0, player.stderr());
	const result = await load;
	const samples = readWav(wav).channels[0];
	const lost = await overruns(server, 'microphone');
	const quality = assertHeard({ samples, missing: result.sums.missing }, known, lost);
	const { p50, p99, max } = result.delay_ms;
	t.diagnostic(`correlation ${quality.toFixed(4)}; delay p50 ${p50.toFixed(1)}, p99 ${p99.toFixed(1)}, max ${max.toFixed(1)} ms`);
	// When it was at the microphone: by the protocol's clock mapping, and by the player, which reads the same
	// clock at the start of a period whose sound counts as one period older.
	const { first_sample_server_us } = JSON.parse(readFileSync(`${wav}.json`, 'utf8'));
	const mapped = first_sample_server_us / 1000 + locate(samples, known).offset / 48;
	const played = Number(player.stdout().match(/first_sample_ns=(\d+)/)[1]) / 1e6 - (256 / 48000) * 1000;
	t.diagnostic(`the clock mapping is off by ${(mapped - played).toFixed(2)} ms`);
	assert.ok(Math.abs(mapped - played) < 10, `the mapping is off by ${mapped - played} ms`);
	assert.equal(result.sums.faults, 0, result.sums.fault);
	assert.ok(p50 > 20, 'a packet of 20 ms cannot come sooner');
});
