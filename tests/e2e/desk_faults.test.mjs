// Faults, raised for real, as the technician at the page meets them: seen, acted upon, cleared, found in the log.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startChromium } from '../harness/browsers.mjs';
import { encode, joinBooth } from '../harness/console.mjs';
import { playHall, startDesk } from '../harness/desk.mjs';
import { makeHall } from '../harness/event.mjs';
import { startJack } from '../harness/jack.mjs';
import { connect, decode } from '../harness/listener.mjs';
import { shoot } from '../harness/page.mjs';
import { own, run, temporaryFolder, until } from '../harness/process.mjs';
import { babble, toneHz } from '../harness/signal.mjs';

const event = { sources: { spare: { tone_hz: 700 } }, alarms: { 'booth-silent-on-air': { hold_ms: 3000 } } };

/** The server, its sound card, and the desk in Chromium. The card plays speech. */
async function begin(t, data) {
	const jack = await own(t, startJack({ channels: 1 }));
	const { access, server, token } = await startDesk(t, makeHall(jack, event), { data });
	await playHall(t, jack, babble(51, 8));
	const chromium = await own(t, startChromium());
	const { page, faults } = await chromium.page('en-GB');
	await page.setViewportSize({ width: 1440, height: 900 });
	await page.goto(`http://localhost:${server.port}/desk/#t=${token}`);
	await page.waitForSelector('[data-key="hall.vi"]');
	return { access, jack, server, page, faults };
}

const alarms = (page) => page.evaluate(() => [...document.querySelectorAll('.alarm')].map((one) => one.textContent));
const raised = (page, words) => until(`an alarm that says ${words}`, async () => (await alarms(page)).some((one) => words.test(one)), 20000);
const cleared = (page, words) => until(`no alarm that says ${words}`, async () => !(await alarms(page)).some((one) => words.test(one)), 20000);

test('a device is killed: seen at once, the room moved to another input, and back when it returns', { timeout: 120000 }, async (t) => {
	const { jack, server, page, faults } = await begin(t);
	const listener = await own(t, connect(server, { channel: 'hall.floor' }));
	await listener.more(20);
	await cleared(page, /device lost/i);
	const killed = performance.now();
	process.kill(jack.pid, 'SIGKILL');
	await raised(page, /hall.*device lost/i);
	const seenMs = performance.now() - killed;
	t.diagnostic(`on the page after ${seenMs.toFixed(0)} ms`);
	assert.ok(seenMs < 2000);
	await shoot(page, 'desk-device-lost');
	await page.click('.alarm [data-do="acknowledge"]');
	await page.waitForSelector('.alarm.seen');
	await page.click('[data-do="open"][data-id="room:hall"]');
	await page.click('.detail [data-do="move-input"][data-value="spare"]');
	await page.click('.detail [data-do="sure"]'); // somebody listens
	await until('the spare input is heard', async () => {
		const { samples } = decode((await listener.more(30)).slice(-20));
		return Math.abs(toneHz(samples) - 700) < 5;
	}, 20000);
	await own(t, startJack({ channels: 1, name: jack.name }));
	await cleared(page, /device lost/i);
	await page.click('[data-do="view"][data-id="log"]');
	for (const words of [/raised.*device lost/i, /acknowledged.*device lost.*Minh/i, /cleared.*device lost/i])
		await until(`the log to say ${words}`, async () => (await page.$$eval('.log .entries li', (all) => all.map(({ textContent }) => textContent))).some((one) => words.test(one)));
	assert.deepEqual(faults, []);
});

test('a booth that is on air without a sound, and a clipped floor', { timeout: 120000 }, async (t) => {
	const { access, jack, server, page } = await begin(t);
	const [nothing, speech] = await Promise.all([encode(new Float32Array(48000)), encode(babble(52, 5))]);
	const booth = await own(t, joinBooth(server, { token: access.token('hall-vi'), name: 'Lan' }));
	assert.equal(await booth.speak(nothing), undefined);
	await raised(page, /booth on air, but silent/i);
	await shoot(page, 'desk-booth-silent');
	booth.stream(speech);
	await cleared(page, /booth on air, but silent/i);
	await playHall(t, jack, babble(53, 8).map((sample) => Math.max(-1, Math.min(1, sample * 30))));
	await raised(page, /clipping/i);
	await shoot(page, 'desk-clipping');
});

test('a disk that is nearly full', { timeout: 60000 }, async (t) => {
	const data = temporaryFolder('small');
	if ((await run('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', data])).code !== 0) return t.skip('may not mount');
	t.after(() => run('umount', ['--lazy', data]));
	const { page } = await begin(t, data);
	await raised(page, /the disk is nearly full/i);
});
