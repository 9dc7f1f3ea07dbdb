// Consoles that break the rules, by mistake or on purpose: each is closed or not heard, and the booth beside
// it, its listener and everybody else notice nothing.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { makeAccess } from '../harness/access.mjs';
import { startCabind } from '../harness/cabind.mjs';
import { encode, joinBooth } from '../harness/console.mjs';
import { makeEvent } from '../harness/event.mjs';
import { connect, decode } from '../harness/listener.mjs';
import { own, pause, until } from '../harness/process.mjs';
import { upgrade } from '../harness/raw.mjs';
import { babble, percentile } from '../harness/signal.mjs';

const config = makeEvent({
	defaults: { hold_ms: 500 },
	sources: { hall: { tone_hz: 440, gain_db: -20 } },
	rooms: [{ id: 'hall', floor: 'hall', channels: ['vi', 'fr'], booths: [{ id: 'good', outputs: ['vi'] }, { id: 'bad', outputs: ['fr'] }] }],
});
const access = makeAccess();
let server;
let sound;
let good;
let audience; // hears the good one
let witness; // of the channel of the bad one

before(async () => {
	sound = await encode(babble(11, 2), 10);
	server = await startCabind({ config, args: access.args });
	audience = await connect(server, { channel: 'hall.vi' });
	witness = await connect(server, { channel: 'hall.fr' });
	good = await joinBooth(server, { token: access.token('good') });
	await good.speak(sound);
	await audience.message('state', (state) => state.feed === 'booth');
	await audience.more(20);
	audience.packets.length = 0;
});
after(async () => {
	await good?.stop();
	await server?.stop();
});

const join = (t, options = {}) => own(t, joinBooth(server, { token: access.token('bad'), ...options }));

/** One RTP packet. @param {any} it a console @param {Buffer} payload */
function rtp(it, payload, { first = 0x80, second = 111, ssrc = it.joined.ssrc } = {}) {
	const header = Buffer.alloc(12);
	header.writeUInt16BE((first << 8) | second, 0);
	header.writeUInt32BE(ssrc, 8);
	return Buffer.concat([header, payload]);
}

const opus = () => sound.packets[5];
/** @type {[string, (it: any) => (Buffer | string)[], number][]} name, messages, close code */
const cases = [
	['noise', () => [Buffer.from(Array.from({ length: 100 }, (_, i) => (i * 73) & 255))], 1008],
	['an empty binary message', () => [Buffer.alloc(0)], 1008],
	['a header alone', (it) => [rtp(it, Buffer.alloc(0))], 1008],
	['a partner’s SSRC', (it) => [rtp(it, opus(), { ssrc: it.joined.ssrc + 1 })], 1008],
	['another booth’s SSRC', (it) => [rtp(it, opus(), { ssrc: good.joined.ssrc })], 1008],
	['a channel’s SSRC', (it) => [rtp(it, opus(), { ssrc: 2 })], 1008],
	['padding', (it) => [rtp(it, opus(), { first: 0xa0 })], 1008],
	['an extension', (it) => [rtp(it, opus(), { first: 0x90 })], 1008],
	['a contributing source', (it) => [rtp(it, Buffer.concat([Buffer.alloc(4), opus()]), { first: 0x81 })], 1008],
	['another payload type', (it) => [rtp(it, opus(), { second: 96 })], 1008],
	['stereo', (it) => [rtp(it, Buffer.from([opus()[0] | 4, ...opus().subarray(1)]))], 1008],
	['60 ms', (it) => [rtp(it, Buffer.from([0x18, 1, 2, 3]))], 1008],
	['a packet of 1,276 bytes', (it) => [rtp(it, Buffer.alloc(1276, 0xf0))], 1009],
	['64 KB', () => [Buffer.alloc(65000)], 1009],
	['sound before clock', (it) => ['{"type":"mic","on":true}', rtp(it, opus())], 1008],
	['a request of no kind', () => ['{"type":"broadcast","on":true}'], 1008],
	['a name of 33 bytes', () => [`{"type":"join","token":"t","name":"${'x'.repeat(33)}"}`], 1008],
	['a request of 513 bytes', () => [`{"type":"message","to":"room","text":"x","y":"${'z'.repeat(465)}"}`], 1009],
	['a flood of packets', (it) => ['{"type":"echo","on":true}', ...Array.from({ length: 500 }, () => rtp(it, opus()))], 1008],
	['a flood of requests', () => Array.from({ length: 500 }, (_, i) => `{"type":"cough","on":${i % 2 === 0}}`), 1008],
];
for (const [what, messages, code] of cases) {
	test(`${what} is closed with ${code}`, async (t) => {
		const it = await join(t);
		for (const message of messages(it)) it.socket.send(message);
		assert.equal((await it.closed).code, code);
		assert.ok(witness.states().every((state) => state.feed !== 'booth'), 'nothing of it was heard');
		// The next one needs the seat at once.
		const again = await join(t, { resume: it.joined.resume });
		await again.stop();
	});
}

test('sound of somebody who has not joined, or has left, is closed with 1003', async (t) => {
	const stranger = await own(t, connect(server));
	stranger.socket.send(Buffer.alloc(40));
	assert.equal((await stranger.closed).code, 1003);
	const it = await join(t);
	it.send({ type: 'leave' });
	it.socket.send(rtp(it, opus()));
	assert.equal((await it.closed).code, 1003);
});

test('clocks that are not of now: told, not heard, and heard once they are right', { timeout: 30000 }, async (t) => {
	for (const offsetMs of [3600e3, 200, -3600e3]) {
		const it = await join(t);
		const before_ = await server.metrics();
		assert.equal(await it.ask({ type: 'mic', on: true }), undefined);
		it.sendClock(0, performance.now() + offsetMs);
		let timestamp = 0;
		const send = () => {
			const packet = rtp(it, opus());
			packet.writeUInt32BE(timestamp, 4);
			timestamp += 480;
			it.socket.send(packet);
		};
		for (let i = 0; i < 20; i++) send();
		await it.message('error', (error) => error.code === 'clock-wrong');
		await pause(100);
		assert.equal(it.messages.filter((message) => message.type === 'error').length, 1, 'said once');
		assert.ok(witness.states().at(-1).feed !== 'booth');
		const after_ = await server.metrics();
		const grown = (metric) => after_.get(metric) - before_.get(metric);
		assert.equal(grown('cabin_uplink_bad_clock_total'), 20);
		const count = witness.states().length;
		it.stream(sound);
		await until('to be heard', () => witness.states().slice(count).some((state) => state.booth === 'bad'));
		await it.stop();
		await until('the floor', () => witness.states().at(-1).feed === 'pass-through');
	}
});

test('old speech is dropped, and counted for its seat', { timeout: 20000 }, async (t) => {
	const it = await join(t);
	const labels = { booth: 'bad', seat: String(it.joined.seat) };
	const before_ = await server.metrics();
	await it.ask({ type: 'mic', on: true });
	it.sendClock(0, performance.now() - 1000); // a second late: more than the queue's limit
	for (let i = 0; i < 10; i++) {
		const packet = rtp(it, opus());
		packet.writeUInt16BE(i < 5 ? i : i + 3, 2); // three it dropped itself
		packet.writeUInt32BE(i * 480, 4);
		it.socket.send(packet);
	}
	await it.ask({ type: 'mic', on: false });
	const after_ = await server.metrics();
	const grown = (metric) => after_.get(metric, labels) - before_.get(metric, labels);
	assert.equal(grown('cabin_seat_uplink_late_total'), 10);
	assert.equal(grown('cabin_seat_uplink_lost_total'), 3);
	assert.equal(grown('cabin_seat_uplink_packets_total'), 0);
	assert.ok(witness.states().at(-1).feed !== 'booth');
	assert.ok(!it.messages.some((message) => message.type === 'error'), 'a stall is no offence');
});

test('a hundred and forty keys a second are no offence, and leave the booth as the last one says', { timeout: 20000 }, async (t) => {
	const it = await join(t);
	for (let i = 0; i < 280; i++) {
		it.send({ type: 'mic', on: i % 2 === 0 });
		if (i % 7 === 6) await pause(50);
	}
	assert.equal(await it.ask({ type: 'mic', on: false }), undefined);
	await it.untilBooth('is quiet', (booth) => booth.on_air === null && !it.seat().mic);
});

test('a house that is full keeps no interpreter out; who only says to be one must join', { timeout: 30000 }, async (t) => {
	const full = await own(t, startCabind({ config: { ...config, server: { max_listeners: 2 } }, args: access.args }));
	const listeners = [await own(t, connect(full)), await own(t, connect(full, { channel: 'hall.vi' }))];
	const third = await upgrade(full.port);
	assert.equal(third.status, 503);
	third.stop();
	const one = await own(t, joinBooth(full, { token: access.token('good') }));
	assert.equal(one.joined.booth, 'good');
	const idler = await own(t, connect(full, { url: `${full.ws}?console` }));
	assert.equal((await idler.closed).code, 1013);
	await one.speak(sound);
	await listeners[1].message('state', (state) => state.feed === 'booth');
	assert.equal(one.socket.readyState, 1);
});

test('signs, which need no token, leave room for consoles', { timeout: 60000 }, async (t) => {
	const one = await own(t, startCabind({ config: { ...config, server: { loops: 1 } }, args: access.args }));
	const signs = [];
	for (let i = 0; i < 260; i++) {
		const sign = await own(t, connect(one));
		sign.send({ type: 'watch', room: 'hall' });
		signs.push(sign);
	}
	const codes = await Promise.all(signs.slice(256).map((sign) => sign.closed.then(({ code }) => code)));
	assert.deepEqual(codes, [1013, 1013, 1013, 1013]);
	await Promise.all(signs.slice(0, 256).map((sign) => sign.message('room')));
	const console_ = await own(t, joinBooth(one, { token: access.token('good') }));
	console_.send({ type: 'signal', kind: 'louder', on: true });
	await Promise.all(signs.slice(0, 256).map((sign) => sign.message('room', (room) => room.signals.length === 1)));
	// A room that is not there any more, or is none.
	signs[0].send({ type: 'watch', room: null });
	signs[0].send({ type: 'watch', room: 'nowhere' });
	assert.equal((await signs[0].message('error')).code, 'unknown-room');
	const count = signs[0].messages.length;
	console_.send({ type: 'signal', kind: 'louder', on: false });
	await signs[1].message('room', (room) => room.signals.length === 0, { from: signs[1].messages.length });
	assert.equal(signs[0].messages.length, count, 'nothing is told to who watches none');
});

test('microphone’s packet to listener’s packet', { timeout: 30000 }, async (t) => {
	const it = await join(t);
	await it.ask({ type: 'mic', on: true });
	await pause(20);
	const begin = performance.now();
	it.sendClock(0, begin);
	const delays = [];
	witness.packets.length = 0;
	for (let i = 0; i < 300; i++) {
		while (performance.now() < begin + (i + 1) * 10) await pause(1);
		const packet = rtp(it, sound.packets[i % sound.packets.length]);
		packet.writeUInt16BE(i, 2);
		packet.writeUInt32BE(i * 480, 4);
		const from = witness.packets.length;
		const sent = performance.now();
		it.socket.send(packet);
		// What lies within what the floor has sent already is left out: not more than a packet of it.
		if (i < 5) continue;
		const heard = await until(`packet ${i}`, () => witness.packets.slice(from).find((one) => one.payload.equals(packet.subarray(12))));
		delays.push(heard.at - sent);
	}
	t.diagnostic(`console's socket to listener's: p50 ${percentile(delays, 0.5).toFixed(2)}, p99 ${percentile(delays, 0.99).toFixed(2)} ms of ${delays.length} (both ends in one process)`);
	const seat = String(it.joined.seat);
	const age = (await server.metrics()).get('cabin_seat_uplink_age_seconds', { booth: 'bad', seat });
	assert.ok(age > 0.005 && age < 0.2, `sound of 10 ms packets came at an age of ${age} s`);
	assert.ok(percentile(delays, 0.5) < 20);
});

test('nobody else noticed any of it', async () => {
	assert.deepEqual(audience.faults, []);
	const packets = audience.packets;
	assert.ok(packets.length > 200);
	assert.equal(decode(packets).missing, 0);
	assert.equal(packets.filter((packet) => packet.marker).length, 0, 'one epoch');
	assert.equal(good.socket.readyState, 1);
	assert.equal(good.booth().on_air, good.joined.seat);
	assert.ok(server.isRunning());
});
