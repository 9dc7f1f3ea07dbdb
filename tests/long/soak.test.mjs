// Ten minutes of the demo with listeners that come, go and stall, and a page: nothing grows, nothing is lost.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { startChromium } from '../harness/browsers.mjs';
import { startCabind } from '../harness/cabind.mjs';
import { runLoad } from '../harness/load.mjs';
import { pick, untilSaid } from '../harness/page.mjs';
import { own, pause } from '../harness/process.mjs';
import { startPulse } from '../harness/pulse.mjs';

const minutes = 10;

/** Memory that is the process's own and of no file, and open files. @param {number} pid */
function footprint(pid) {
	const status = readFileSync(`/proc/${pid}/status`, 'utf8');
	const kib = (name) => Number(status.match(new RegExp(`${name}:\\s+(\\d+) kB`))[1]);
	return { anonymousKib: kib('RssAnon'), threads: Number(status.match(/Threads:\s+(\d+)/)[1]) };
}

const sum = (metrics, name) => metrics.all(name).reduce((total, { value }) => total + value, 0);

test('ten minutes: nothing grows, nothing is lost', { timeout: (minutes + 3) * 60000 }, async (t) => {
	const server = await own(t, startCabind({ args: ['--demo'] }));
	const pulse = await own(t, startPulse());
	const chromium = await own(t, startChromium({ env: pulse.env }));
	const { page } = await chromium.page('en-GB');
	await page.goto(`http://localhost:${server.port}/`);
	await pick(page, 'plenary.floor');
	await untilSaid(page, /live|silence/i);
	await pause(5000);
	const channels = (await server.event()).rooms.flatMap((room) => room.channels.map((channel) => channel.number));
	const load = (more) => runLoad({ port: server.port, channels, ...more });
	// All kinds of listeners once, so that whatever is taken only once is taken.
	await load({ listeners: 300, seconds: 15, args: ['--stall', '20:8'] });
	const before = footprint(server.pid);
	const underrunsBefore = sum(await server.metrics(), 'cabin_report_underruns_total');
	const rounds = [];
	const end = performance.now() + minutes * 60000;
	while (performance.now() < end) {
		rounds.push(await load({ listeners: 300, seconds: 50, args: ['--reports', '--stall', '20:8'] }));
	}
	await pause(2000);
	const after = footprint(server.pid);
	const metrics = await server.metrics();
	const underruns = sum(metrics, 'cabin_report_underruns_total') - underrunsBefore;
	const missing = rounds.map((round) => round.sums.missing);
	t.diagnostic(`${rounds.length} rounds; own memory ${before.anonymousKib} KiB, then ${after.anonymousKib} KiB`);
	t.diagnostic(`missing packets ${missing.join(' ')}; the page's underruns ${underruns}`);
	t.diagnostic(`p99 of delay by round, ms: ${rounds.map((round) => round.delay_ms.p99.toFixed(1)).join(' ')}`);
	assert.ok(after.anonymousKib < before.anonymousKib * 1.05 + 256, 'memory grows');
	assert.equal(after.threads, before.threads);
	assert.equal(metrics.get('cabin_connections'), 1, 'connections that nobody has');
	assert.equal(sum(metrics, 'cabin_loop_inbox_refused_total'), 0);
	assert.equal(sum(metrics, 'cabin_packet_pool_empty_total'), 0);
	assert.ok(missing.every((count) => count === 0), 'listeners that read lost packets');
	for (const round of rounds) assert.equal(round.sums.faults, 0, round.sums.fault);
});

test('2,000 listeners on this machine, load client included', { timeout: 180000 }, async (t) => {
	const server = await own(t, startCabind({ args: ['--demo'] }));
	const channels = (await server.event()).rooms[0].channels.map((channel) => channel.number);
	const args = ['--reports', '--connect-seconds', '3', '--settle-seconds', '3'];
	const load = await runLoad({ port: server.port, listeners: 2000, seconds: 60, channels, args, pid: server.pid });
	const { sums, delay_ms: delay, own_lateness_ms: late } = load;
	t.diagnostic(`missing ${sums.missing} of ${sums.expected}; p99 ${delay.p99.toFixed(1)} ms, max ${delay.max.toFixed(1)} ms`);
	t.diagnostic(`the client itself was late by p99 ${late.p99.toFixed(1)} ms, max ${late.max.toFixed(1)} ms`);
	assert.equal(sums.connected, 2000);
	assert.equal(sums.faults, 0, sums.fault);
	assert.ok(sums.missing <= sums.expected / 10000, `${sums.missing} packets missing`);
});
