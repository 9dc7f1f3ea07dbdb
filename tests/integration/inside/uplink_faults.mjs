// Run by uplink_faults.test.mjs in a network namespace: server and listeners here, the native console in the other one.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { makeAccess } from '../../harness/access.mjs';
import { startBooth } from '../../harness/booth.mjs';
import { startCabind } from '../../harness/cabind.mjs';
import { encode, joinBooth } from '../../harness/console.mjs';
import { makeEvent } from '../../harness/event.mjs';
import { startJack } from '../../harness/jack.mjs';
import { connect, decode } from '../../harness/listener.mjs';
import { makeWire } from '../../harness/namespaces.mjs';
import { own, pause, temporaryFolder, until } from '../../harness/process.mjs';
import { babble, locate, percentile } from '../../harness/signal.mjs';
import { writeWav } from '../../harness/sound.mjs';

const other = process.env.CABIN_TEST_OTHER_NAMESPACE ?? '';
const holdMs = 1500;
const limitMs = 300;
const config = makeEvent({
	defaults: { hold_ms: holdMs },
	server: { queue_limit_ms: limitMs },
	sources: { hall: { tone_hz: 440 } },
	rooms: [{ id: 'hall', floor: 'hall', channels: ['vi'], booths: [{ id: 'both', outputs: ['vi'], grace_ms: 20000 }] }],
});

test('loss and stalls of an uplink', async (t) => {
	const folder = temporaryFolder('faults');
	const voice = babble(51, 6);
	const access = makeAccess();
	const wire = makeWire(other);
	const server = await own(t, startCabind({ config, args: access.args, address: '0.0.0.0' }));
	const listener = await own(t, connect(server, { channel: 'hall.vi' }));
	const jack = await own(t, startJack({ channels: 2 }));
	const native = await own(t, startBooth({
		server,
		jack,
		token: access.token('both'),
		url: `http://10.91.0.1:${server.port}`,
		within: ['ip', 'netns', 'exec', other],
	}));
	const microphones = (await jack.ports()).filter((port) => /booth-microphone.*in_\d+$/.test(port));
	await own(t, jack.play(writeWav(join(folder, 'voice.wav'), [voice]), microphones, { loop: true }));
	const partner = await own(t, joinBooth(server, { token: access.token('both') }));
	const sound = await encode(babble(52, 4));
	const seat = Number((await native.until('a seat', (state) => state.seat)).seat);
	const feed = () => listener.states().at(-1);
	const untilFeed = (kind, who) =>
		until(`${kind} ${who ?? ''}`, () => feed()?.feed === kind && (who === undefined || feed().seat === who) && feed(), 12000);
	// performance.now() and the server's clock are the same clock with another zero.
	const zeroMs = Number(process.hrtime.bigint() / 1000n) / 1000 - performance.now();
	/** How old the sound of the booth's packets since `from` was when they came. */
	const ages = (from) => {
		const out = [];
		for (const state of listener.states().filter((one) => one.feed === 'booth' && one.clock)) {
			for (const packet of listener.packets.slice(from).filter((one) => one.epoch === state.epoch)) {
				const since = (packet.timestamp - state.clock.timestamp) | 0;
				out.push(packet.at + zeroMs - state.clock.server_us / 1000 - (since / state.clock.rate_hz) * 1000);
			}
		}
		return out;
	};
	/**
	 * Index of the next packet, once this process itself is live: comparing sounds keeps it from its sockets for half a
	 * second, and what waited there meanwhile is no fault of the network. To be called while the wire is whole.
	 */
	const live = async () => {
		let from = listener.packets.length;
		await until('packets as they come', () => {
			const newest = listener.packets.length;
			const isLive = newest > from && Math.max(...ages(from)) < 100;
			if (newest > from) from = newest;
			return isLive;
		}, 5000);
		return listener.packets.length;
	};
	const heard = async () => {
		const { samples } = decode(await listener.more(90));
		const loop = new Float32Array(voice.length * 2);
		loop.set(voice);
		loop.set(voice, voice.length);
		return locate(loop, samples.subarray(24000, samples.length - 4800)).quality;
	};
	native.send('mic on');
	await untilFeed('booth', seat);
	await listener.more(60);

	for (const perThousand of [10, 50]) {
		const from = await live();
		await wire.lose(perThousand);
		await pause(6000);
		await wire.lose(0);
		const packets = listener.packets.slice(from);
		const lost = packets.at(-1).sequence - packets[0].sequence + 1 - packets.length;
		const old = ages(from);
		t.diagnostic(`${perThousand / 10} % lost each way: ${lost} of ${packets.length + lost} packets missing, age p50 ${percentile(old, 0.5).toFixed(0)}, p99 ${percentile(old, 0.99).toFixed(0)}, max ${Math.max(...old).toFixed(0)} ms`);
		assert.equal(feed().feed, 'booth', 'it stays on air');
		assert.ok(Math.max(...old) < limitMs + 100, 'no old speech');
		assert.ok(lost < packets.length * 0.1);
		assert.ok((await heard()) > 0.9);
	}

	// Shorter than the hold: the floor never comes through, and nothing old comes after.
	let from = await live();
	const before = feed().epoch;
	await wire.cut();
	await partner.untilBooth('has a late seat', () => partner.seat(seat).late || partner.booth().held);
	await pause(700);
	await wire.mend();
	await until('sound again', () => listener.packets.length > from + 40, 12000);
	assert.ok(listener.states().every((state) => state.epoch <= before || state.feed === 'booth'), 'no floor in between');
	t.diagnostic(`cut for 0.9 s: oldest ${Math.max(...ages(from)).toFixed(0)} ms`);
	assert.ok(Math.max(...ages(from)) < limitMs + 100, 'no old speech');
	assert.ok((await heard()) > 0.9);

	// Longer than the hold: the floor, and the seat is kept.
	from = await live();
	await wire.cut();
	await untilFeed('pass-through');
	await pause(1500);
	await wire.mend();
	await untilFeed('booth', seat);
	assert.ok(Math.max(...ages(from)) < limitMs + 100, 'no old speech');
	assert.ok((await heard()) > 0.9);

	// The partner does not wait for it.
	await wire.cut();
	await pause(400);
	const pressed = performance.now();
	partner.send({ type: 'mic', on: true });
	partner.stream(sound);
	const state = await untilFeed('booth', partner.joined.seat);
	t.diagnostic(`taken over ${(state.at - pressed).toFixed(0)} ms after the key`);
	assert.ok(state.at - pressed < 200);
	await wire.mend();
	await native.until('back, and off air', (it) => it.connected === '1' && it.air !== 'on', 15000);
	await pause(1500);
	assert.equal(feed().seat, partner.joined.seat, 'who comes back does not take the air from a partner');
});
