// The listen page in the second engine. One browser process per test: several pages with
// sound in one process hung.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startFirefox } from '../harness/browsers.mjs';
import { startCabind } from '../harness/cabind.mjs';
import { own } from '../harness/process.mjs';
import { startPulse } from '../harness/pulse.mjs';
import { loadSpeech } from './demo.mjs';
import { checkChannels, wholeDemo } from './demo_check.mjs';
import { shoot } from '../harness/page.mjs';

async function listen(t, url, server, table) {
	const began = performance.now();
	const speech = await loadSpeech();
	const pulse = await own(t, startPulse());
	const recording = await own(t, pulse.record());
	const firefox = await own(t, startFirefox({ env: pulse.env }));
	const { page, faults } = await firefox.page();
	await page.goto(url);
	await checkChannels(t, { page, recording, speech, began, table });
	assert.ok(server.isRunning());
	assert.deepEqual(faults, []);
	return page;
}

/** The first visits come when Firefox is up; some of them are enough where time is short. */
const later = wholeDemo.filter(([second]) => second >= 15);
const some = later.slice(0, 3);

test('https: each channel has its own speech', { timeout: 300000 }, async (t) => {
	const server = await own(t, startCabind({ args: ['--demo'], tls: true }));
	const page = await listen(t, `https://localhost:${server.tlsPort}/`, server, process.env.CABIN_TEST_ALL ? later : some);
	await shoot(page, 'firefox-https-listening');
});

test('http on localhost plays as well', { timeout: 200000 }, async (t) => {
	const server = await own(t, startCabind({ args: ['--demo'] }));
	const page = await listen(t, `http://localhost:${server.port}/`, server, process.env.CABIN_TEST_ALL ? some : some.slice(0, 2));
	await shoot(page, 'firefox-http-listening');
});
