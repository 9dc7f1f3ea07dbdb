// Faults, raised for real: the alarm comes in time, tells who acknowledged it, clears, and is in the log.
import assert from 'node:assert/strict';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { encode, joinBooth } from '../harness/console.mjs';
import { joinDesk, must, playHall, startDesk } from '../harness/desk.mjs';
import { makeHall } from '../harness/event.mjs';
import { startJack } from '../harness/jack.mjs';
import { connect } from '../harness/listener.mjs';
import { must as mustRun, own, run, temporaryFolder, until } from '../harness/process.mjs';
import { babble } from '../harness/signal.mjs';

/** The server with a sound card, and a desk. */
async function begin(t, alarms, data) {
	const jack = await own(t, startJack({ channels: 1 }));
	const it = await startDesk(t, makeHall(jack, alarms && { alarms }), { data });
	return { ...it, jack, desk: await own(t, joinDesk(it.server, it.token)) };
}

/** What the log says of a kind of alarm, oldest first. */
async function logged(ask, kind) {
	const { entries } = await must(ask('GET', '/log?kind=alarm'));
	return entries.filter(({ detail }) => detail.alarm === kind).map(({ detail, author }) => [detail.state, author]).reverse();
}

async function deviceLost(t) {
	const { jack, desk, ask } = await begin(t);
	await playHall(t, jack, babble(41, 5));
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
	await until('who knows of it', () => desk.newest('alarms').alarms[0]?.acknowledged_by === 'Minh');
	await own(t, startJack({ channels: 1, name: jack.name }));
	await desk.alarm('device-lost', 'hall', false, 20000);
	await until('the log', async () => (await logged(ask, 'device-lost')).length === 3);
	assert.deepEqual(await logged(ask, 'device-lost'), [['raised', ''], ['acknowledged', 'Minh'], ['cleared', '']]);
}

async function silentBooth(t) {
	const { access, jack, server, desk } = await begin(t, { 'booth-silent-on-air': { hold_ms: 3000 } });
	await playHall(t, jack, babble(42, 8));
	const [nothing, speech] = await Promise.all([encode(new Float32Array(48000)), encode(babble(43, 5))]);
	const booth = await own(t, joinBooth(server, { token: access.token('hall-vi') }));
	const began = performance.now();
	assert.equal(await booth.speak(nothing), undefined);
	await desk.alarm('booth-silent-on-air', 'hall-vi', true, 20000);
	t.diagnostic(`silent on air: alarm after ${(performance.now() - began).toFixed(0)} ms`);
	booth.stream(speech);
	await desk.alarm('booth-silent-on-air', 'hall-vi', false);
	await playHall(t, jack, babble(44, 8).map((sample) => Math.max(-1, Math.min(1, sample * 30))));
	await desk.alarm('clipping', 'hall', true, 20000);
}

async function listenersInTrouble(t) {
	const { server, desk } = await begin(t);
	const report = (state) => ({
		type: 'report', channel: 1, state, buffer_ms: 40, target_ms: 40, late_ms: 2, concealed_ms: 0, underruns: 0,
		mouth_to_ear_ms: 75, round_trip_ms: 3, hidden: false, fallback: 'none',
	});
	const listeners = await Promise.all(Array.from({ length: 10 }, () => own(t, connect(server, { channel: 'hall.floor' }))));
	let states = listeners.map(() => 'live');
	const reporting = setInterval(() => listeners.forEach((listener, i) => listener.send(report(states[i]))), 1000);
	t.after(() => clearInterval(reporting));
	await until('they are counted', () => desk.newest('audience')?.total === 10, 15000);
	states = states.map((state, i) => (i < 3 ? 'stalled' : state));
	const began = performance.now();
	await desk.alarm('listeners-in-trouble', 'hall');
	t.diagnostic(`alarm ${(performance.now() - began).toFixed(0)} ms after they stalled`);
	const audience = await until('the worst', () => {
		const newest = desk.newest('audience');
		return newest.worst.length === 3 && newest;
	}, 15000);
	assert.equal(audience.channels.find(({ channel }) => channel === 1).trouble, 3);
	assert.ok(audience.worst.every(({ state }) => state === 'stalled'));
	states = states.map(() => 'live');
	await desk.alarm('listeners-in-trouble', 'hall', false, 20000);
}

async function fullDisk(t) {
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
}

// Each has a server and a sound card of its own, and mostly waits: they wait side by side.
describe('faults', { concurrency: true }, () => {
	test('a device is lost and comes back', { timeout: 60000 }, deviceLost);
	test('a booth is on air without a sound while the floor speaks; a clipped floor', { timeout: 90000 }, silentBooth);
	test('listeners in trouble', { timeout: 60000 }, listenersInTrouble);
	test('the disk is full: sound and actions go on, what waits is stored when there is room', { timeout: 90000 }, fullDisk);
});
