// A device that disappears: noticed, told, taken up again; nobody else notices.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { startCabind } from '../harness/cabind.mjs';
import { jackDevice, makeEvent } from '../harness/event.mjs';
import { inputPorts, startJack } from '../harness/jack.mjs';
import { connect, decode } from '../harness/listener.mjs';
import { own, pause, temporaryFolder } from '../harness/process.mjs';
import { babble, gaps, locate } from '../harness/signal.mjs';
import { writeWav } from '../harness/sound.mjs';

test('one of two JACK servers is killed and started again', { timeout: 90000 }, async (t) => {
	const folder = temporaryFolder('devices');
	const first = await own(t, startJack({ channels: 1 }));
	const second = await own(t, startJack({ channels: 1 }));
	const config = makeEvent({
		devices: { one: jackDevice(first), two: jackDevice(second) },
		sources: { one: { device: 'one', inputs: [1] }, two: { device: 'two', inputs: [1] } },
		rooms: [
			{ id: 'first', floor: 'one' },
			{ id: 'second', floor: 'two' },
		],
	});
	const server = await own(t, startCabind({ config }));
	const before = babble(31, 30);
	const other = babble(32, 30);
	const after = babble(33, 4);
	const [firstPort] = await inputPorts(first, 1);
	const [secondPort] = await inputPorts(second, 1);
	const listener = await own(t, connect(server, { channel: 'first.floor' }));
	const undisturbed = await own(t, connect(server, { channel: 'second.floor' }));
	const firstPlayer = await own(t, first.play(writeWav(join(folder, 'before.wav'), [before]), [firstPort]));
	const secondPlayer = await own(t, second.play(writeWav(join(folder, 'other.wav'), [other]), [secondPort]));
	await listener.more(100);

	const from = listener.messages.length;
	const otherFrom = undisturbed.packets.length;
	const killed = performance.now();
	process.kill(first.pid, 'SIGKILL');
	const lost = await listener.message('state', (state) => state.source === 'lost', { from, timeoutMs: 2000 });
	const noticedMs = lost.at - killed;
	t.diagnostic(`noticed after ${noticedMs.toFixed(0)} ms`);
	// 200 ms is what it promises; a machine under load may add to it, but not as much again.
	assert.ok(noticedMs < 400, `noticed after ${noticedMs} ms`);
	await firstPlayer.stop('SIGKILL');
	await first.ended;
	await pause(1000);
	assert.ok(!listener.packets.some((packet) => packet.at > lost.at + 50), 'packets of a device that is gone');

	const started = performance.now();
	const again = await own(t, startJack({ channels: 1, name: first.name }));
	const returned = await listener.message('state', (state) => state.source === 'ok', {
		from: listener.messages.findIndex((message) => message === lost),
		timeoutMs: 10000,
	});
	t.diagnostic(`taken up ${(returned.at - started).toFixed(0)} ms after jackd was started again`);
	const [newPort] = await inputPorts(again, 1);
	const player = again.play(writeWav(join(folder, 'after.wav'), [after]), [newPort]);
	assert.equal((await player.ended).code, 0, player.stderr());
	await listener.more(15);
	const heardAgain = decode(listener.packets.filter((packet) => packet.at > returned.at));
	assert.ok(locate(heardAgain.samples, after).quality > 0.9, 'the sound after its return is not the right one');
	const sequences = listener.packets.map((packet) => packet.sequence);
	assert.ok(sequences.every((value, i) => i === 0 || value > sequences[i - 1]), 'the sequence went back');

	const { samples, missing } = decode(undisturbed.packets.slice(otherFrom));
	assert.equal(missing, 0, 'the other device lost packets');
	assert.deepEqual(gaps(samples, { thresholdDb: -70, minMs: 10 }), [], 'the other device has gaps');
	assert.ok(locate(other, samples.subarray(0, 48000 * 5)).quality > 0.9);
	assert.ok(undisturbed.states().every((state) => state.source === 'ok'));
	await secondPlayer.stop();
	assert.ok(server.isRunning());
});

test('a device that is not there yet is taken up when it comes', { timeout: 60000 }, async (t) => {
	const name = `cabin-test-late-${process.pid}`;
	const config = makeEvent({
		devices: { card: jackDevice({ name }) },
		sources: { microphone: { device: 'card', inputs: [1] }, file: { tone_hz: 440 } },
		rooms: [
			{ id: 'late', floor: 'microphone' },
			{ id: 'tone', floor: 'file' },
		],
	});
	const server = await own(t, startCabind({ config }));
	const listener = await own(t, connect(server, { channel: 'late.floor' }));
	await listener.message('state', (state) => state.source === 'lost');
	const tone = await own(t, connect(server, { channel: 'tone.floor' }));
	await tone.more(10);
	const from = listener.messages.length;
	await own(t, startJack({ name, channels: 1 }));
	await listener.message('state', (state) => state.source !== 'lost', { from });
	await listener.more(20);
});
