// The listen page in Chromium: every channel of the demo, at the loudspeaker.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { startChromium } from '../harness/browsers.mjs';
import { startCabind } from '../harness/cabind.mjs';
import { own, pause } from '../harness/process.mjs';
import { startPulse } from '../harness/pulse.mjs';
import { levelDb } from '../harness/signal.mjs';
import { loadSpeech, recognise } from './demo.mjs';
import { checkChannels, wholeDemo } from './demo_check.mjs';
import { pick, said, shoot, untilSaid } from '../harness/page.mjs';

let speech;
before(async () => {
	speech = await loadSpeech();
});

/** A browser with its own loudspeaker, recorded. */
async function open(t, options = {}) {
	const pulse = await own(t, startPulse());
	const recording = await own(t, pulse.record());
	const chromium = await own(t, startChromium({ env: pulse.env, ...options }));
	return { recording, ...(await chromium.page(options.locale)) };
}

test('https: each channel has its own speech; language and room change', { timeout: 300000 }, async (t) => {
	const server = await own(t, startCabind({ args: ['--demo'], tls: true }));
	const began = performance.now();
	const { page, recording, faults } = await open(t, { locale: 'en-GB' });
	await page.goto(`https://localhost:${server.tlsPort}/`);
	assert.equal(await page.evaluate(() => window.isSecureContext), true);
	await page.waitForSelector('.channels');
	await shoot(page, 'chromium-https-first');
	await checkChannels(t, { page, recording, speech, began, table: process.env.CABIN_TEST_ALL ? wholeDemo : wholeDemo.slice(0, -1) });
	await shoot(page, 'chromium-https-listening');
	const metrics = await server.metrics();
	t.diagnostic(`underruns reported: ${metrics.get('cabin_report_underruns_total', { channel: 'plenary.floor' })}`);
	assert.deepEqual(faults, []);
});

test('plain http by a name: the fallback plays the right speech', { timeout: 200000 }, async (t) => {
	const server = await own(t, startCabind({ args: ['--demo'] }));
	const began = performance.now();
	const { page, recording, faults } = await open(t, {
		args: ['--host-resolver-rules=MAP venue.test 127.0.0.1'],
		locale: 'en-GB',
	});
	await page.goto(`http://venue.test:${server.port}/`);
	assert.equal(await page.evaluate(() => window.isSecureContext), false);
	await checkChannels(t, { page, recording, speech, began, table: wholeDemo.slice(0, process.env.CABIN_TEST_ALL ? 4 : 2) });
	const metrics = await server.metrics();
	const underruns = metrics.all('cabin_report_underruns_total').reduce((sum, one) => sum + one.value, 0);
	t.diagnostic(`${underruns} underruns reported by the fallback`);
	await shoot(page, 'chromium-http-listening');
	assert.deepEqual(faults, []);
});

test('the page speaks the phone’s language and offers it first', { timeout: 60000 }, async (t) => {
	const server = await own(t, startCabind({ args: ['--demo'] }));
	const chromium = await own(t, startChromium());
	for (const [locale, first] of [
		['vi-VN', 'plenary.vi'],
		['fr-FR', 'plenary.fr'],
	]) {
		const { page, context } = await chromium.page(locale);
		await page.goto(server.url);
		await page.waitForSelector('.channels');
		assert.equal(await page.evaluate(() => document.documentElement.lang), locale.slice(0, 2));
		assert.equal(await page.getAttribute('.channels .first', 'data-id'), first);
		await shoot(page, `chromium-${locale}`);
		await page.click('[data-do="page-language"][data-id="en"]');
		assert.equal(await page.evaluate(() => document.documentElement.lang), 'en');
		await context.close();
	}
});

test('stop is silent, volume is volume', { timeout: 60000 }, async (t) => {
	const server = await own(t, startCabind({ args: ['--demo'] }));
	const { page, recording } = await open(t, { locale: 'en-GB' });
	await page.goto(server.url);
	await pick(page, 'plenary.floor');
	await untilSaid(page, /live/i);
	await pause(1000);
	const full = levelDb(await recording.next(3));
	await page.fill('.volume input', '10');
	await pause(500);
	const soft = levelDb(await recording.next(3));
	t.diagnostic(`${full.toFixed(1)} dB at full volume, ${soft.toFixed(1)} dB at a tenth`);
	assert.ok(full > -45, `no sound: ${full} dB`);
	assert.ok(soft < full - 8, `${soft} dB after ${full} dB`);
	await page.click('[data-do="stop"]');
	await pause(500);
	const stopped = levelDb(await recording.next(1));
	assert.ok(stopped < -80, `still ${stopped} dB after stop`);
});

test('survives a server restart: says so, and plays on by itself', { timeout: 90000 }, async (t) => {
	const first = await startCabind({ args: ['--demo'] });
	t.after(() => first.stop());
	const { page, recording } = await open(t, { locale: 'en-GB' });
	await page.goto(first.url);
	await pick(page, 'plenary.fr');
	await untilSaid(page, /interpreter/i);
	await first.stop();
	await untilSaid(page, /reconnecting/i);
	await shoot(page, 'chromium-reconnecting');
	const silent = levelDb(await recording.next(1));
	assert.ok(silent < -60, `sound without a server: ${silent} dB`);
	const second = await own(t, startCabind({ args: ['--demo'], port: first.port }));
	const began = performance.now();
	await untilSaid(page, /interpreter/i);
	t.diagnostic(`live again ${(performance.now() - began).toFixed(0)} ms after the server listened`);
	await pause(500);
	const heard = recognise(speech, await recording.next(3));
	assert.equal(heard.file, 'speech/interp-fr.opus');
	assert.ok(heard.quality > 0.85, `quality ${heard.quality}`);
	assert.match(await said(page), /interpreter/i);
	assert.ok(second.isRunning());
});

test('without sound from the server it says so, and comes back', { timeout: 60000 }, async (t) => {
	const server = await own(t, startCabind({ args: ['--demo'] }));
	const { page } = await open(t, { locale: 'en-GB' });
	await page.goto(server.url);
	await pick(page, 'plenary.floor');
	await untilSaid(page, /live/i);
	process.kill(server.pid, 'SIGSTOP');
	try {
		await untilSaid(page, /weak network|reconnecting/i);
	} finally {
		process.kill(server.pid, 'SIGCONT');
	}
	await untilSaid(page, /live/i);
});

test('the first sound comes soon after the tap', { timeout: 60000 }, async (t) => {
	const server = await own(t, startCabind({ args: ['--demo'], tls: true }));
	const { page, recording } = await open(t, { locale: 'en-GB' });
	await page.goto(`https://localhost:${server.tlsPort}/`);
	await page.waitForSelector('.channels');
	await pause(1500);
	const from = recording.position();
	const tapped = performance.now();
	await pick(page, 'plenary.floor');
	const sound = await recording.next(3);
	const window = 480;
	let first = 0;
	while (first < sound.length / window && levelDb(sound.subarray(first * window, (first + 1) * window)) < -60) first++;
	const recordedMs = (recording.position() - from) / 48;
	const firstMs = recordedMs - sound.length / 48 + first * 10;
	t.diagnostic(`first sound about ${firstMs.toFixed(0)} ms after the tap (${(performance.now() - tapped).toFixed(0)} ms)`);
	assert.ok(firstMs < 2000, `${firstMs} ms`);
});

