// /metrics is Prometheus text, and its figures are what happened.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startCabind } from '../harness/cabind.mjs';
import { makeEvent } from '../harness/event.mjs';
import { connect } from '../harness/listener.mjs';
import { own, until } from '../harness/process.mjs';
import { upgrade } from '../harness/raw.mjs';

const config = makeEvent({
	sources: { tone: { tone_hz: 440 } },
	rooms: [{ id: 'hall', floor: 'tone', channels: { vi: null } }],
});

test('every metric is typed, described once, and has the product’s prefix', { timeout: 20000 }, async (t) => {
	const server = await own(t, startCabind({ config }));
	const response = await fetch(`${server.url}/metrics`);
	assert.match(response.headers.get('content-type'), /^text\/plain; version=0\.0\.4/);
	const text = await response.text();
	const described = [...text.matchAll(/^# (HELP|TYPE) (\S+)/gm)].map(([, kind, name]) => `${kind} ${name}`);
	assert.equal(new Set(described).size, described.length, 'a metric is described twice');
	for (const [, name] of text.matchAll(/^([a-z_]\w*)[ {]/gm)) {
		assert.match(name, /^(cabin|process)_/);
		const family = name.replace(/_(bucket|sum|count)$/, '');
		assert.ok(described.includes(`TYPE ${name}`) || described.includes(`TYPE ${family}`), `${name} has no TYPE`);
	}
});

test('figures agree with what was sent and reported', { timeout: 30000 }, async (t) => {
	const server = await own(t, startCabind({ config }));
	const listeners = await Promise.all([1, 2, 3].map(() => own(t, connect(server, { channel: 'hall.floor' }))));
	await own(t, connect(server, { channel: 'hall.vi' }));
	const metrics = await server.metrics();
	assert.equal(metrics.get('cabin_listeners', { channel: 'hall.floor' }), 3);
	assert.equal(metrics.get('cabin_listeners', { channel: 'hall.vi' }), 1);

	const values = [12, 80, 300];
	for (const [i, listener] of listeners.entries()) {
		listener.send({
			...{ type: 'report', channel: 1, state: 'live', buffer_ms: 40, target_ms: 40, late_ms: 1 },
			...{ concealed_ms: 20, underruns: 2, mouth_to_ear_ms: values[i], round_trip_ms: 3 },
			...{ hidden: i === 0, fallback: 'native' },
		});
	}
	const floor = { channel: 'hall.floor' };
	await until('the reports', async () => {
		return (await server.metrics()).get('cabin_report_mouth_to_ear_seconds_count', floor) === 3;
	});
	const reported = await server.metrics();
	assert.ok(Math.abs(reported.get('cabin_report_mouth_to_ear_seconds_sum', floor) - 0.392) < 1e-6);
	assert.equal(reported.get('cabin_report_mouth_to_ear_seconds_bucket', { ...floor, le: '+Inf' }), 3);
	const buckets = reported
		.all('cabin_report_mouth_to_ear_seconds_bucket')
		.filter(({ labels }) => labels.channel === 'hall.floor');
	for (const { labels, value } of buckets) {
		const bound = labels.le === '+Inf' ? Infinity : Number(labels.le);
		assert.equal(value, values.filter((one) => one / 1000 <= bound).length, `bucket ${labels.le}`);
	}
	assert.equal(reported.get('cabin_report_underruns_total', floor), 6);

	const sent = async () => (await server.metrics()).get('cabin_channel_packets_total', floor);
	const before = await sent();
	const from = listeners[0].packets.length;
	await listeners[0].more(100);
	const difference = (await sent()) - before - (listeners[0].packets.length - from);
	assert.ok(Math.abs(difference) <= 3, `${difference} packets more told than came`);

	const gone = listeners.pop();
	await gone.stop();
	await until('one listener less', async () => (await server.metrics()).get('cabin_listeners', floor) === 2);
});

test('one text serves everybody for a second', { timeout: 20000 }, async (t) => {
	const server = await own(t, startCabind({ config }));
	const began = performance.now();
	const texts = await Promise.all(
		Array.from({ length: 60 }, async () => (await fetch(`${server.url}/metrics`)).text()),
	);
	const seconds = (performance.now() - began) / 1000;
	const told = new Set(texts.map((text) => text.match(/^cabin_figures_time_seconds (\S+)$/m)[1]));
	// One for each second that it took; at the very start each loop may write for itself.
	const loops = Number(texts[0].match(/^cabin_loops (\d+)$/m)[1]);
	assert.ok(told.size <= loops + Math.ceil(seconds), `${told.size} texts in ${seconds.toFixed(1)} s`);
});

test('an address has as many listeners as it may, and no more', { timeout: 20000 }, async (t) => {
	const limited = { ...config, server: { ...config.server, max_listeners_per_address: 2 } };
	const server = await own(t, startCabind({ config: limited }));
	for (let i = 0; i < 2; i++) await own(t, connect(server, { channel: 'hall.floor' }));
	const third = await upgrade(server.port);
	t.after(() => third.stop());
	assert.equal(third.status, 503);
	const metrics = await server.metrics();
	assert.equal(metrics.get('cabin_connections_refused_address_total'), 1);
	assert.equal(metrics.get('cabin_connections'), 2);
});
