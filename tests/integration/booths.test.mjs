// Booths end to end: consoles with real Opus, a real server, listeners that hear it.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { makeAccess } from '../harness/access.mjs';
import { startCabind } from '../harness/cabind.mjs';
import { encode, joinBooth } from '../harness/console.mjs';
import { makeEvent } from '../harness/event.mjs';
import { channelNumber, connect, decode } from '../harness/listener.mjs';
import { own, pause, until } from '../harness/process.mjs';
import { babble, levelDb, locate, percentile } from '../harness/signal.mjs';

const holdMs = 600;
const access = makeAccess();
const words = [babble(71, 4), babble(72, 4), babble(73, 4)];
let sounds;
let silence;
let server;

const config = makeEvent({
	defaults: { hold_ms: holdMs },
	sources: { hall: { tone_hz: 440, gain_db: -20 } },
	rooms: [{
		id: 'hall',
		floor: 'hall',
		channels: [{ language: 'vi' }, { language: 'fr' }, { language: 'en', idle: 'channel', idle_from: 'fr' }],
		booths: [
			{ id: 'both', outputs: ['vi', 'fr'], seats: 3, grace_ms: 3000 },
			{ id: 'lock', outputs: ['fr'], mode: 'interlock' },
			{ id: 'third', outputs: ['en'] },
		],
	}],
});

before(async () => {
	sounds = await Promise.all(words.map((sound) => encode(sound)));
	silence = await encode(new Float32Array(48000));
	server = await startCabind({ config, args: access.args });
});
after(() => server?.stop());

const join = (t, booth, options = {}) => own(t, joinBooth(server, { token: access.token(booth), ...options }));
const listen = (t, channel) => own(t, connect(server, { channel }));
const feedOf = (listener) => listener.states().at(-1);

/** Waits until the listener's channel is fed so, and gives the state. */
const untilFeed = (listener, feed, more = {}) =>
	until(`feed ${feed} ${JSON.stringify(more)}, not ${JSON.stringify(feedOf(listener))}`, () => {
		const state = feedOf(listener);
		return state?.feed === feed && Object.entries(more).every(([key, value]) => state[key] === value) && state;
	}, 5000);

/** How well the newest packets of a listener sound like `sound`, which is spoken in a loop. */
async function likeness(listener, sound, seconds = 1.2) {
	const packets = await listener.more(Math.round(seconds * 50));
	const { samples } = decode(packets);
	const loop = new Float32Array(sound.length * 2);
	loop.set(sound);
	loop.set(sound, sound.length);
	return locate(loop, samples.subarray(9600, samples.length - 4800)).quality;
}

test('microphone on, off, held, pass-through', async (t) => {
	const listener = await listen(t, 'hall.vi');
	await untilFeed(listener, 'pass-through');
	const seat = await join(t, 'both', { name: 'Lan', channel: 'hall.floor' });
	assert.equal(seat.joined.booth, 'both');
	assert.deepEqual(seat.joined.outputs.map((output) => output.language), ['vi', 'fr']);
	assert.equal(await seat.speak(sounds[0]), undefined);
	const state = await untilFeed(listener, 'booth', { booth: 'both', seat: seat.joined.seat });
	assert.ok((await likeness(listener, words[0])) > 0.9, 'the interpreter is heard');
	await seat.untilBooth('is on air', (booth) => booth.on_air === seat.joined.seat && seat.seat().mic);
	await seat.untilRoom('knows what the floor speaks', (room) => room.floor_language === 'fr');

	// Forwarded untouched, in one epoch, without a gap.
	const own_ = listener.packets.filter((packet) => packet.epoch === state.epoch);
	for (let i = 1; i < own_.length; i++) assert.equal(own_[i].sequence, own_[i - 1].sequence + 1);
	const sent = new Set(sounds[0].packets.map((packet) => packet.toString('base64')));
	assert.ok(own_.every((packet) => sent.has(packet.payload.toString('base64'))), 'the very bytes that were sent');

	const off = performance.now();
	await seat.off();
	assert.equal(feedOf(listener).feed, 'booth', 'held');
	assert.equal((await seat.untilBooth('holds', (booth) => booth.held)).on_air, seat.joined.seat);
	const passing = await untilFeed(listener, 'pass-through');
	const held = passing.at - off;
	t.diagnostic(`held for ${held.toFixed(0)} ms of ${holdMs}`);
	assert.ok(held > holdMs - 50 && held < holdMs + 400);
	await seat.untilBooth('is off air', (booth) => booth.on_air === null);
});

test('cough: silence, and never the floor', async (t) => {
	const listener = await listen(t, 'hall.vi');
	const seat = await join(t, 'both');
	await seat.speak(sounds[0]);
	await untilFeed(listener, 'booth');
	await seat.ask({ type: 'cough', on: true });
	seat.stream(silence);
	await seat.untilBooth('coughs', () => seat.seat().cough);
	await pause(holdMs + 500);
	const packets = (await listener.more(60)).slice(30);
	assert.equal(feedOf(listener).feed, 'booth', 'the channel stays with the booth');
	assert.ok(levelDb(decode(packets).samples.subarray(4800)) < -60, 'silence');
	await seat.ask({ type: 'cough', on: false });
	seat.stream(sounds[0]);
	await pause(200);
	assert.ok((await likeness(listener, words[0])) > 0.9);
});

test('override: the newest microphone takes the air', async (t) => {
	const listener = await listen(t, 'hall.vi');
	const one = await join(t, 'both');
	const two = await join(t, 'both');
	assert.notEqual(one.joined.seat, two.joined.seat);
	await one.speak(sounds[0]);
	await untilFeed(listener, 'booth', { seat: one.joined.seat });
	assert.equal(await two.speak(sounds[1]), undefined);
	await untilFeed(listener, 'booth', { seat: two.joined.seat });
	const booth = await one.untilBooth('has told', (state) => state.on_air === two.joined.seat);
	assert.equal(booth.seats.find((seat) => seat.seat === one.joined.seat).mic, false, 'the other microphone is off');
	assert.ok((await likeness(listener, words[1])) > 0.9);
});

test('interlock: the first keeps the air, until it is late or gives it up', async (t) => {
	const listener = await listen(t, 'hall.fr');
	const one = await join(t, 'lock');
	const two = await join(t, 'lock');
	await one.speak(sounds[0]);
	await untilFeed(listener, 'booth', { booth: 'lock', seat: one.joined.seat });
	assert.equal((await two.speak(sounds[1])).code, 'mic-held');
	assert.equal(feedOf(listener).seat, one.joined.seat);
	// Its network stalls: nothing comes, the connection stays.
	one.hush();
	await two.untilBooth('has a late seat', () => two.seat(one.joined.seat).late);
	assert.equal(await two.speak(sounds[1]), undefined);
	await untilFeed(listener, 'booth', { seat: two.joined.seat });
	assert.ok((await likeness(listener, words[1])) > 0.9);
});

test('outputs a and b; a channel that another booth holds', async (t) => {
	const vi = await listen(t, 'hall.vi');
	const fr = await listen(t, 'hall.fr');
	const seat = await join(t, 'both');
	const rival = await join(t, 'lock');
	await seat.speak(sounds[0]);
	await untilFeed(vi, 'booth', { booth: 'both' });
	const switched = performance.now();
	assert.equal(await seat.ask({ type: 'output', output: 'b' }), undefined);
	const left = await untilFeed(vi, 'pass-through');
	assert.ok(left.at - switched < holdMs / 2, 'a is left at once, without the hold');
	await untilFeed(fr, 'booth', { booth: 'both' });
	await seat.untilRoom('knows what the floor speaks', (room) => room.floor_language === 'vi');

	const refused = await rival.speak(sounds[1]);
	assert.equal(refused.code, 'channel-held');
	assert.equal(refused.booth, 'both');
	assert.equal(refused.seat, seat.joined.seat);
	assert.equal(feedOf(fr).booth, 'both', 'nothing was taken by accident');
	assert.equal(await rival.speak(sounds[1], { take: true }), undefined);
	await untilFeed(fr, 'booth', { booth: 'lock' });
	await seat.untilBooth('is off air', (booth) => booth.on_air === null);

	// Back to a is free, back to b is not.
	assert.equal((await seat.ask({ type: 'output', output: 'a' }))?.code, undefined);
	assert.equal((await seat.ask({ type: 'output', output: 'b' }))?.code, undefined, 'nobody on air: a choice, no claim');
	assert.equal((await seat.speak(sounds[0])).code, 'channel-held');
});

test('what listeners get when no seat is on air', async (t) => {
	const vi = await listen(t, 'hall.vi');
	const en = await listen(t, 'hall.en');
	const seat = await join(t, 'both');
	const third = await join(t, 'third');
	const [viNumber, frNumber] = await Promise.all(['hall.vi', 'hall.fr'].map((id) => channelNumber(server, id)));
	// Its other channel has no interpreter either: the floor.
	await untilFeed(en, 'pass-through');
	await seat.ask({ type: 'output', output: 'b' });
	await seat.speak(sounds[0]);
	await untilFeed(en, 'channel', { from: frNumber });
	assert.ok((await likeness(en, words[0])) > 0.9, 'what the other channel carries');
	await seat.ask({ type: 'idle', channel: viNumber, feed: 'silence', from: null });
	await untilFeed(vi, 'silence');
	await seat.untilRoom('shows it', (room) => room.channels.find((one) => one.channel === viNumber).idle === 'silence');
	await seat.ask({ type: 'idle', channel: viNumber, feed: 'channel', from: frNumber });
	await untilFeed(vi, 'channel', { from: frNumber });
	const error = await third.ask({ type: 'idle', channel: viNumber, feed: 'silence', from: null });
	assert.ok(error, 'another booth has no say');
	await seat.ask({ type: 'idle', channel: viNumber, feed: 'pass-through', from: null });
	await untilFeed(vi, 'pass-through');
	await seat.off();
	await seat.ask({ type: 'output', output: 'a' });
	await untilFeed(en, 'pass-through');
});

test('two consoles race for one channel: one has it, the other knows who', async (t) => {
	const both = await join(t, 'both');
	const lock = await join(t, 'lock');
	const listener = await listen(t, 'hall.fr');
	await both.ask({ type: 'output', output: 'b' });
	for (let round = 0; round < 10; round++) {
		const errors = await Promise.all([both.speak(sounds[0]), lock.speak(sounds[1])]);
		const lost = errors.filter(Boolean);
		assert.equal(lost.length, 1, `round ${round}: ${JSON.stringify(errors)}`);
		assert.equal(lost[0].code, 'channel-held');
		const winner = errors[0] ? 'lock' : 'both';
		assert.equal(lost[0].booth, winner);
		await untilFeed(listener, 'booth', { booth: winner });
		await Promise.all([both.off(), lock.off()]);
		await untilFeed(listener, 'pass-through');
	}
	await both.ask({ type: 'output', output: 'a' });
});

/** A hundred where there is time for them. */
const handovers = process.env.CABIN_TEST_ALL ? 100 : 20;

test(`${handovers} hand-overs: at most a packet of gap or overlap`, { timeout: 180000 }, async (t) => {
	const listener = await listen(t, 'hall.vi');
	const seats = [await join(t, 'both'), await join(t, 'both')];
	await seats[0].speak(sounds[0]);
	await untilFeed(listener, 'booth');
	await listener.more(10);
	const first = listener.packets.length;
	const changes = [];
	for (let round = 0; round < handovers; round++) {
		const from = seats[round % 2];
		const to = seats[(round + 1) % 2];
		if (round % 3) {
			from.send({ type: 'handover', action: 'offer' });
			await to.untilBooth('offers', (booth) => booth.handover?.state === 'offered' && booth.handover.to === to.joined.seat);
			to.send({ type: 'handover', action: 'accept' });
		} else {
			to.send({ type: 'handover', action: 'ask' });
			await from.untilBooth('asks', (booth) => booth.handover?.state === 'asked' && booth.handover.to === to.joined.seat);
			from.send({ type: 'handover', action: 'accept' });
		}
		const agreed = await to.untilBooth('agrees', (booth) => booth.handover?.state === 'agreed');
		assert.equal(await to.speak(sounds[(round + 1) % 2]), undefined);
		const done = await to.untilBooth('hands over', (booth) => booth.on_air === to.joined.seat && !booth.handover);
		await from.untilBooth('hands over', (booth) => booth.on_air === to.joined.seat);
		from.hush();
		changes.push({ lateMs: done.at - (agreed.handover.at_us / 1000 - to.offset) });
	}
	await listener.more(5);
	const packets = listener.packets.slice(first);
	let epochs = 0;
	const steps = [];
	for (let i = 1; i < packets.length; i++) {
		const [before_, packet] = [packets[i - 1], packets[i]];
		assert.equal(packet.sequence, before_.sequence + 1);
		const step = (packet.timestamp - before_.timestamp) / 48;
		if (packet.marker) {
			epochs++;
			steps.push(step);
			assert.ok(step >= 20 && step <= 40, `a step of ${step} ms at hand-over ${epochs}`);
		} else {
			assert.equal(step, 20);
		}
	}
	assert.equal(epochs, handovers);
	t.diagnostic(
		`${handovers} hand-overs: gap p50 ${(percentile(steps, 0.5) - 20).toFixed(1)}, max ${(Math.max(...steps) - 20).toFixed(1)} ms; ` +
			`told ${percentile(changes.map((one) => one.lateMs), 0.5).toFixed(0)} ms after the agreed moment (p50)`,
	);
	assert.ok(listener.states().slice(-1)[0].seat);
});

test('a hand-over whose partner is mute is cancelled, and nothing is lost', async (t) => {
	const listener = await listen(t, 'hall.vi');
	const one = await join(t, 'both');
	const two = await join(t, 'both');
	await one.speak(sounds[0]);
	await untilFeed(listener, 'booth', { seat: one.joined.seat });
	one.send({ type: 'handover', action: 'offer', seat: two.joined.seat });
	await two.untilBooth('offers', (booth) => booth.handover?.state === 'offered');
	two.send({ type: 'handover', action: 'accept' });
	await two.untilBooth('agrees', (booth) => booth.handover?.state === 'agreed');
	await one.untilBooth('gives up', (booth) => !booth.handover);
	assert.equal(one.booth().on_air, one.joined.seat);
	assert.ok((await likeness(listener, words[0])) > 0.9);
	const { missing } = decode(listener.packets);
	assert.equal(missing, 0);
});

test('a console that is killed on air: the partner is heard within 200 ms', async (t) => {
	const late = [];
	for (let round = 0; round < 10; round++) {
		const listener = await listen(t, 'hall.vi');
		const one = await join(t, 'both');
		const two = await join(t, 'both');
		await one.speak(sounds[0]);
		await untilFeed(listener, 'booth', { seat: one.joined.seat });
		one.kill();
		await pause(50);
		const pressed = performance.now();
		two.send({ type: 'mic', on: true });
		two.stream(sounds[1]);
		const state = await untilFeed(listener, 'booth', { seat: two.joined.seat });
		const first = await until('a packet', () => listener.packets.find((packet) => packet.epoch === state.epoch));
		late.push(first.at - pressed);
		await two.stop();
		const again = await joinBooth(server, { token: access.token('both'), resume: one.joined.resume });
		await again.stop();
		await listener.stop();
	}
	t.diagnostic(`from key to packet: p50 ${percentile(late, 0.5).toFixed(0)}, max ${Math.max(...late).toFixed(0)} ms of ${late.length}`);
	assert.ok(Math.max(...late) <= 200, `${late.map(Math.round)}`);
});

test('killed on air with nobody there: pass-through after the hold time', async (t) => {
	const listener = await listen(t, 'hall.vi');
	const one = await join(t, 'both');
	await one.speak(sounds[0]);
	await untilFeed(listener, 'booth');
	await listener.more(20);
	one.kill();
	const killed = performance.now();
	const state = await untilFeed(listener, 'pass-through');
	t.diagnostic(`pass-through after ${(state.at - killed).toFixed(0)} ms, hold ${holdMs}`);
	assert.ok(state.at - killed > holdMs - 100 && state.at - killed < holdMs + 400);
});

test('a lost connection resumes its seat and its sound', async (t) => {
	const listener = await listen(t, 'hall.vi');
	const one = await join(t, 'both', { name: 'Lan' });
	const watcher = await join(t, 'both');
	await one.speak(sounds[0]);
	const state = await untilFeed(listener, 'booth');
	one.kill();
	await watcher.untilBooth('misses it', () => !watcher.seat(one.joined.seat).present);
	assert.equal(watcher.seat(one.joined.seat).name, 'Lan', 'the seat is kept');
	const again = await join(t, 'both', { resume: one.joined.resume, mic: true });
	assert.equal(again.joined.seat, one.joined.seat);
	again.stream(sounds[0]);
	await watcher.untilBooth('is on air again', (booth) => booth.on_air === one.joined.seat && !booth.held);
	await pause(100);
	assert.ok((await likeness(listener, words[0])) > 0.9);
	assert.ok(listener.states().every((one_) => one_.epoch < state.epoch || one_.feed === 'booth'), 'the floor never broke in');

	// The old connection still looks open: it is replaced.
	const third = await join(t, 'both', { resume: again.joined.resume });
	assert.equal(third.joined.seat, one.joined.seat);
	assert.equal((await again.closed).code, 4002);
	again.hush();
});

test('who comes late knows as much as who was there', async (t) => {
	const one = await join(t, 'both', { name: 'Lan' });
	await one.speak(sounds[0]);
	one.send({ type: 'signal', kind: 'slow-down', on: true });
	one.send({ type: 'call', on: true });
	await one.untilBooth('calls', () => one.seat().call === 'open');
	await one.untilRoom('signals', (room) => room.signals.some((signal) => signal.kind === 'slow-down'));
	const two = await join(t, 'both');
	await two.untilBooth('is told', (booth) => booth.revision >= one.booth().revision);
	await one.untilBooth('is told', (booth) => booth.revision >= two.booth().revision);
	assert.deepEqual({ ...two.booth(), at: 0 }, { ...one.booth(), at: 0 });

	// A sign without a token sees the room, and nothing of who signalled.
	const sign = await own(t, connect(server));
	sign.send({ type: 'watch', room: 'hall' });
	const room = await sign.message('room');
	assert.equal(room.signals[0].kind, 'slow-down');
	assert.ok(!JSON.stringify(room.signals).includes('both'));
	assert.ok(!sign.messages.some((message) => message.type === 'booth'));

	// A technician sees the call, and answers it.
	const desk = await own(t, connect(server));
	desk.send({ type: 'join', token: access.token(null) });
	assert.equal((await desk.message('joined')).role, 'technician');
	await desk.message('booth', (booth) => booth.booth === 'both' && booth.seats.some((seat) => seat.call === 'open'));
	for (const state of ['seen', 'done']) {
		desk.send({ type: 'call', booth: 'both', seat: one.joined.seat, state });
		await one.untilBooth(`is ${state}`, () => one.seat().call === state);
	}
	const all = await fetch(`${server.url}/api/v1/booths`, { headers: { authorization: `Bearer ${access.token(null)}` } });
	const { rooms, booths } = await all.json();
	assert.equal(rooms[0].room, 'hall');
	assert.equal(booths.find((booth) => booth.booth === 'both').on_air, one.joined.seat);
});

test('messages reach whom they are for, and nobody else', async (t) => {
	const one = await join(t, 'both');
	const two = await join(t, 'both');
	const other = await join(t, 'third');
	one.send({ type: 'message', to: 'partner', canned: 'number-please' });
	assert.deepEqual((await two.message('message')).from, { booth: 'both', seat: one.joined.seat });
	one.send({ type: 'message', to: 'third', text: 'Chào các bạn – ça va ? "\\' });
	assert.equal((await other.message('message')).text, 'Chào các bạn – ça va ? "\\');
	await pause(100);
	assert.equal(two.messages.filter((message) => message.type === 'message').length, 1);
	assert.equal((await one.ask({ type: 'message', to: 'nobody', text: 'x' })).code, 'booth-unknown');
});

test('the echo comes back to its console alone', async (t) => {
	const listener = await listen(t, 'hall.vi');
	const one = await join(t, 'both');
	one.send({ type: 'echo', on: true });
	one.stream(sounds[0]);
	const echoed = await one.more(20);
	assert.deepEqual(echoed[0].payload, sounds[0].packets[0]);
	assert.equal(echoed[0].channel, one.joined.ssrc);
	assert.equal(feedOf(listener).feed, 'pass-through');
});

test('a console hears the floor and its own channel at once, and is no audience', async (t) => {
	const listener = await listen(t, 'hall.vi');
	const [floor, vi] = await Promise.all(['hall.floor', 'hall.vi'].map((id) => channelNumber(server, id)));
	const one = await join(t, 'both', { channel: 'hall.floor' });
	const two = await join(t, 'both', { channel: 'hall.floor' });
	one.send({ type: 'monitor', channel: vi });
	await two.speak(sounds[1]);
	await untilFeed(listener, 'booth');
	const packets = await one.more(100);
	assert.ok(packets.filter((packet) => packet.channel === floor).length > 35);
	assert.ok(packets.filter((packet) => packet.channel === vi).length > 35);
	const room = await one.untilRoom('counts', (it) => it.channels.find((channel) => channel.channel === vi).listeners === 1);
	assert.equal(room.channels.find((channel) => channel.channel === floor).listeners, 0);
	assert.equal(one.seat().quality, 'direct');

	// By relay: the third booth hears what `both` says.
	const three = await join(t, 'third', { channel: 'hall.vi' });
	await three.untilBooth('has its quality', () => three.seat().quality === 'relay');
	await three.speak(sounds[2]);
	await three.untilRoom('has its quality', (it) =>
		it.channels.some((channel) => channel.booth === 'third' && channel.quality === 'relay'));
});
