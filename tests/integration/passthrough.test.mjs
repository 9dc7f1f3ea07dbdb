// A language channel between booth and floor: epochs in order, the right sound in each.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { startCabind } from '../harness/cabind.mjs';
import { makeEvent } from '../harness/event.mjs';
import { connect, decode } from '../harness/listener.mjs';
import { own, temporaryFolder } from '../harness/process.mjs';
import { babble, locate } from '../harness/signal.mjs';
import { writeWav } from '../harness/sound.mjs';

test('pass-through comes and goes', { timeout: 90000 }, async (t) => {
	const folder = temporaryFolder('passthrough');
	const floor = babble(41, 30);
	const words = [babble(42, 3), babble(43, 3)];
	const files = words.map((sound, i) => writeWav(join(folder, `booth-${i}.wav`), [sound]));
	const config = makeEvent({
		defaults: { hold_ms: 500 },
		sources: {
			hall: { file: writeWav(join(folder, 'floor.wav'), [floor]), loop: true },
			booth: { play: [{ silence_ms: 3000 }, files[0], { silence_ms: 2500 }, files[1], { silence_ms: 600000 }] },
		},
		rooms: [{ id: 'hall', floor: 'hall', channels: { fr: 'booth', vi: null } }],
	});
	const server = await own(t, startCabind({ config }));
	const listener = await own(t, connect(server, { channel: 'hall.fr' }));
	const without = await own(t, connect(server, { channel: 'hall.vi' }));
	const feeds = ['pass-through', 'booth', 'pass-through', 'booth', 'pass-through'];
	const epochs = () => {
		const states = listener.states().filter((state) => state.sequence !== null);
		return states.filter((state, i) => i === 0 || state.epoch !== states[i - 1].epoch);
	};
	let from = 0;
	for (const feed of feeds) {
		await listener.message('state', (state) => state.feed === feed, { from, timeoutMs: 15000 });
		from = listener.messages.length;
	}
	await listener.more(100);
	assert.deepEqual(listener.faults, []);
	assert.deepEqual(epochs().map((state) => state.feed), feeds);
	for (const [i, state] of epochs().entries()) {
		if (i > 0) assert.equal(state.epoch, epochs()[i - 1].epoch + 1, 'epochs grow by one');
		assert.equal(state.booth, state.feed === 'booth' ? 'hall-fr' : null);
	}
	checkTimeLine(listener.packets, epochs());
	checkContent(t, listener.packets, epochs(), floor, words);
	assert.ok(without.states().every((state) => state.feed === 'pass-through'));
	assert.equal(decode(without.packets).missing, 0);
});

/** Sequence without a gap; a marker and a move of time at each epoch, and nowhere else. */
function checkTimeLine(packets, epochs) {
	for (let i = 1; i < packets.length; i++) {
		const packet = packets[i];
		const before = packets[i - 1];
		assert.equal(packet.sequence, before.sequence + 1, 'a gap in the sequence');
		assert.ok(packet.timestamp > before.timestamp, 'time went back');
		assert.equal(packet.marker, packet.epoch !== before.epoch, 'a marker where no epoch begins, or none where one does');
		if (!packet.marker) assert.equal(packet.timestamp - before.timestamp, 960);
	}
	for (const state of epochs.slice(1)) {
		const first = packets.find((packet) => packet.epoch === state.epoch);
		assert.ok(first.marker);
		assert.equal(first.sequence & 0xffff, state.sequence, 'sequence in state');
		assert.equal(first.timestamp % 2 ** 32, state.timestamp, 'timestamp in state');
	}
}

/** Each epoch has its own sound, and the floor's clock mapping is the same in all of its epochs. */
function checkContent(t, packets, epochs, floor, words) {
	let spoken = 0;
	const floorStarts = [];
	for (const state of epochs) {
		const { samples, start } = decode(packets.filter((packet) => packet.epoch === state.epoch));
		if (state.feed === 'booth') {
			// Its first words are not lost: hold and gate may add silence around them, never cut into them.
			const { quality } = locate(padded(samples), words[spoken]);
			t.diagnostic(`epoch ${state.epoch} booth: ${quality.toFixed(4)}`);
			assert.ok(quality > 0.9, `epoch ${state.epoch} has not the booth's words: ${quality}`);
			spoken++;
			continue;
		}
		const piece = samples.subarray(4800, 4800 + 48000);
		const { offset, quality } = locate(floor, piece);
		assert.ok(quality > 0.9, `epoch ${state.epoch} has not the floor's sound: ${quality}`);
		const clock = state.clock ?? undefined;
		if (!clock) continue;
		const elapsed = (((start + 4800 - clock.timestamp) % 2 ** 32) + 2 ** 32) % 2 ** 32;
		floorStarts.push(clock.server_us / 1000 + (elapsed / clock.rate_hz) * 1000 - offset / 48);
	}
	assert.equal(spoken, words.length);
	const spread = Math.max(...floorStarts) - Math.min(...floorStarts);
	t.diagnostic(`the floor's place in time, over ${floorStarts.length} epochs: within ${spread.toFixed(3)} ms`);
	assert.ok(floorStarts.length >= 2 && spread < 5, `the floor's time moved by ${spread} ms between epochs`);
}

/** With 0.1 s of silence around, so that the codec's own delay fits in. */
function padded(samples) {
	const out = new Float32Array(samples.length + 9600);
	out.set(samples, 4800);
	return out;
}
