// Faults, raised for real: the alarm comes in time, tells who acknowledged it, clears, and is in the log.
import assert from 'node:assert/strict';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { makeAccess } from '../harness/access.mjs';
import { startCabind } from '../harness/cabind.mjs';
import { encode, joinBooth } from '../harness/console.mjs';
import { asker, joinDesk, must } from '../harness/desk.mjs';
import { jackDevice } from '../harness/event.mjs';
import { inputPorts, startJack } from '../harness/jack.mjs';
import { connect } from '../harness/listener.mjs';
import { must as mustRun, own, run, temporaryFolder, until } from '../harness/process.mjs';
import { babble } from '../harness/signal.mjs';
import { writeWav } from '../harness/sound.mjs';

const name = (text) => ({ vi: text, fr: text, en: text });
const config = (jack, alarms) => ({
	event: { id: 'test', name: name('Test') },
	languages: ['vi', 'fr'],
	devices: { card: jackDevice(jack) },
	sources: { hall: { device: 'card', inputs: [1] } },
	rooms: [{
		id: 'hall',
		name: name('Hall'),
		floor: { source: 'hall' },
		channels: [{ language: 'vi' }, { language: 'fr' }],
		booths: [{ id: 'hall-vi', outputs: ['vi'] }],
	}],
	...(alarms && { alarms }),
});

async function begin(t, alarms, data = temporaryFolder('data')) {
	const access = makeAccess();
	const jack = await own(t, startJack({ channels: 1 }));
	const server = await own(t, startCabind({ config: config(jack, alarms), args: [...access.args, '--data', data] }));
	const token = access.token(null, { name: 'Minh' });
	const desk = await own(t, joinDesk(server, token));
	return { access, jack, server, desk, ask: asker(server, token) };
}

/** Plays into the hall's input from now on. */
async function play(t, jack, samples) {
	const [port] = await inputPorts(jack, 1);
	return own(t, jack.play(writeWav(join(temporaryFolder('wav'), 'hall.wav'), [samples]), [port], { loop: true }));
}

/** What the log says of a kind of alarm, oldest first. */
async function logged(ask, kind) {
	const { entries } = await must(ask('GET', '/log?kind=alarm'));
	return entries.filter(({ detail }) => detail.alarm === kind).map(({ detail, author }) => [detail.state, author]).reverse();
}

test('a device is lost and comes back', { timeout: 60000 }, async (t) => {
	const { jack, desk, ask } = await begin(t);
	await play(t, jack, babble(41, 5));
	await until('its sound', async () => ((await must(ask('GET', '/levels'))).points[0].peak_dbfs ?? -120) > -40);
	await desk.alarm('device-lost', 'hall', false);
	const killed = performance.now();
	process.kill(jack.pid, 'SIGKILL');
	const alarm = await desk.alarm('device-lost', 'hall');
	t.diagnostic(`alarm ${(performance.now() - killed).toFixed(0)} ms after the kill`);
	assert.ok(performance.now() - killed < 2000);
	assert.equal(alarm.severity, 'critical');
	// Figures of the map have time, but not this one.
	await desk.message('desk', ({ inputs }) => inputs[0].lost, { timeoutMs: 2000 });
	await must(ask('POST', `/alarms/${alarm.id}/acknowledge`, {}));
	await until('who knows of it', () => desk.messages.at(-1) && desk.messages.filter(({ type }) => type === 'alarms').at(-1).alarms[0]?.acknowledged_by === 'Minh');
	await own(t, startJack({ channels: 1, name: jack.name }));
	await desk.alarm('device-lost', 'hall', false, 20000);
	await until('the log', async () => (await logged(ask, 'device-lost')).length === 3);
	assert.deepEqual(await logged(ask, 'device-lost'), [['raised', ''], ['acknowledged', 'Minh'], ['cleared', '']]);
});

test('a booth is on air without a sound while the floor speaks; a clipped floor', { timeout: 90000 }, async (t) => {
	const { access, jack, server, desk } = await begin(t, { 'booth-silent-on-air': { hold_ms: 3000 } });
	await play(t, jack, babble(42, 8));
	const [nothing, speech] = await Promise.all([encode(new Float32Array(48000)), encode(babble(43, 5))]);
	const booth = await own(t, joinBooth(server, { token: access.token('hall-vi') }));
	const began = performance.now();
	assert.equal(await booth.speak(nothing), undefined);
	await desk.alarm('booth-silent-on-air', 'hall-vi', true, 20000);
	t.diagnostic(`silent on air: alarm after ${(performance.now() - began).toFixed(0)} ms`);
	booth.stream(speech);
	await desk.alarm('booth-silent-on-air', 'hall-vi', false);
	await play(t, jack, babble(44, 8).map((sample) => Math.max(-1, Math.min(1, sample * 30))));
	await desk.alarm('clipping', 'hall', true, 20000);
});

test('listeners in trouble', { timeout: 60000 }, async (t) => {
	const { server, desk } = await begin(t);
	const report = (state) => ({
		type: 'report', channel: 1, state, buffer_ms: 40, target_ms: 40, late_ms: 2, concealed_ms: 0, underruns: 0,
		mouth_to_ear_ms: 75, round_trip_ms: 3, hidden: false, fallback: 'none',
	});
	const listeners = await Promise.all(Array.from({ length: 10 }, () => own(t, connect(server, { channel: 'hall.floor' }))));
	let states = listeners.map(() => 'live');
	const reporting = setInterval(() => listeners.forEach((listener, i) => listener.send(report(states[i]))), 1000);
	t.after(() => clearInterval(reporting));
	await until('they are counted', () => desk.messages.filter(({ type }) => type === 'audience').at(-1)?.total === 10, 15000);
	states = states.map((state, i) => (i < 3 ? 'stalled' : state));
	const began = performance.now();
	await desk.alarm('listeners-in-trouble', 'hall');
	t.diagnostic(`alarm ${(performance.now() - began).toFixed(0)} ms after they stalled`);
	const audience = await until('the worst', () => {
		const newest = desk.messages.filter(({ type }) => type === 'audience').at(-1);
		return newest.worst.length === 3 && newest;
	}, 15000);
	assert.equal(audience.channels.find(({ channel }) => channel === 1).trouble, 3);
	assert.ok(audience.worst.every(({ state }) => state === 'stalled'));
	states = states.map(() => 'live');
	await desk.alarm('listeners-in-trouble', 'hall', false, 20000);
});

test('the disk is full: sound and actions go on, what waits is stored when there is room', { timeout: 90000 }, async (t) => {
	const data = temporaryFolder('small');
	if ((await run('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', data])).code !== 0) return t.skip('may not mount');
	t.after(() => mustRun('umount', ['--lazy', data]));
	const { server, desk, ask } = await begin(t, undefined, data);
	await desk.alarm('disk-low', 'server');
	const listener = await own(t, connect(server, { channel: 'hall.vi' }));
	writeFileSync(join(data, 'ballast'), Buffer.alloc(100));
	for (let size = 1 << 20; size >= 1024; size /= 2) {
		try {
			for (;;) writeFileSync(join(data, 'ballast'), Buffer.alloc(size), { flag: 'a' });
		} catch (error) {
			assert.equal(error.code, 'ENOSPC');
		}
	}
	let stored = true;
	for (let i = 0; i < 200 && stored; i++) stored = (await must(ask('PATCH', '/channels/hall.vi', { gain_db: (i % 20) + 1 }))).stored;
	assert.equal(stored, false);
	await desk.alarm('store-failed', 'server');
	await must(ask('PATCH', '/channels/hall.vi', { muted: true }));
	await listener.message('state', ({ feed }) => feed === 'silence');
	rmSync(join(data, 'ballast'));
	await desk.alarm('store-failed', 'server', false, 20000);
	await until('what waited', async () => {
		const { entries } = await must(ask('GET', '/log?kind=action&limit=1'));
		return entries[0]?.detail.muted === true;
	});
	assert.equal((await must(ask('PATCH', '/channels/hall.vi', { muted: false }))).stored, true);
});
