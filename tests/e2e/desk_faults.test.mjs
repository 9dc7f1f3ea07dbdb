// Faults, raised for real, as the technician at the page meets them: seen, acted upon, cleared, found in the log.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { makeAccess } from '../harness/access.mjs';
import { startChromium } from '../harness/browsers.mjs';
import { startCabind } from '../harness/cabind.mjs';
import { encode, joinBooth } from '../harness/console.mjs';
import { jackDevice } from '../harness/event.mjs';
import { inputPorts, startJack } from '../harness/jack.mjs';
import { connect, decode } from '../harness/listener.mjs';
import { shoot } from '../harness/page.mjs';
import { own, run, temporaryFolder, until } from '../harness/process.mjs';
import { babble, toneHz } from '../harness/signal.mjs';
import { writeWav } from '../harness/sound.mjs';

const name = (text) => ({ vi: text, fr: text, en: text });
const config = (jack) => ({
	event: { id: 'test', name: name('Test') },
	languages: ['vi', 'fr'],
	devices: { card: jackDevice(jack) },
	sources: { hall: { device: 'card', inputs: [1] }, spare: { tone_hz: 700 } },
	rooms: [{
		id: 'hall',
		name: name('Hall'),
		floor: { source: 'hall' },
		channels: [{ language: 'vi' }, { language: 'fr' }],
		booths: [{ id: 'hall-vi', outputs: ['vi'] }],
	}],
	alarms: { 'booth-silent-on-air': { hold_ms: 3000 } },
});

/** The server, its sound card, and the desk in Chromium. The card plays speech. */
async function begin(t, data = temporaryFolder('data')) {
	const access = makeAccess();
	const jack = await own(t, startJack({ channels: 1 }));
	const server = await own(t, startCabind({ config: config(jack), args: [...access.args, '--data', data] }));
	await play(t, jack, babble(51, 8));
	const chromium = await own(t, startChromium());
	const { page, faults } = await chromium.page('en-GB');
	await page.setViewportSize({ width: 1440, height: 900 });
	await page.goto(`http://localhost:${server.port}/desk/#t=${access.token(null, { name: 'Minh' })}`);
	await page.waitForSelector('[data-key="hall.vi"]');
	return { access, jack, server, page, faults };
}

async function play(t, jack, samples) {
	const [port] = await inputPorts(jack, 1);
	return own(t, jack.play(writeWav(join(temporaryFolder('wav'), 'hall.wav'), [samples]), [port], { loop: true }));
}

const alarms = (page) => page.evaluate(() => [...document.querySelectorAll('.alarm')].map((one) => one.textContent));
const raised = (page, words) => until(`an alarm that says ${words}`, async () => (await alarms(page)).some((one) => words.test(one)), 20000);
const cleared = (page, words) => until(`no alarm that says ${words}`, async () => !(await alarms(page)).some((one) => words.test(one)), 20000);

test('a device is killed: seen at once, the room moved to another input, and back when it returns', { timeout: 120000 }, async (t) => {
	const { jack, server, page, faults } = await begin(t);
	const listener = await own(t, connect(server, { channel: 'hall.floor' }));
	await listener.more(20);
	await cleared(page, /lost|gone/i);
	const killed = performance.now();
	process.kill(jack.pid, 'SIGKILL');
	await raised(page, /hall.*(lost|gone)/i);
	const seenMs = performance.now() - killed;
	t.diagnostic(`on the page after ${seenMs.toFixed(0)} ms`);
	assert.ok(seenMs < 2000);
	await shoot(page, 'desk-device-lost');
	await page.click('.alarm [data-do="acknowledge"]');
	await page.waitForSelector('.alarm.seen');
	await page.click('[data-do="open"][data-id="room:hall"]');
	await page.click('.detail [data-do="move-input"][data-value="spare"]');
	const sure = page.locator('.detail [data-do="sure"]');
	await sure.click({ timeout: 3000 }).catch(() => undefined); // it asks only where somebody listens
	await until('the spare input is heard', async () => {
		const { samples } = decode((await listener.more(30)).slice(-20));
		return Math.abs(toneHz(samples) - 700) < 5;
	}, 20000);
	await own(t, startJack({ channels: 1, name: jack.name }));
	await cleared(page, /hall.*(lost|gone)/i);
	await page.click('[data-do="view"][data-id="log"]');
	await page.waitForFunction(() => /device|lost/i.test(document.querySelector('.log')?.textContent ?? ''));
	assert.deepEqual(faults, []);
});

test('a booth that is on air without a sound, and a clipped floor', { timeout: 120000 }, async (t) => {
	const { access, jack, server, page } = await begin(t);
	const [nothing, speech] = await Promise.all([encode(new Float32Array(48000)), encode(babble(52, 5))]);
	const booth = await own(t, joinBooth(server, { token: access.token('hall-vi'), name: 'Lan' }));
	assert.equal(await booth.speak(nothing), undefined);
	await raised(page, /hall-vi|hall.*(silent|no sound)/i);
	await shoot(page, 'desk-booth-silent');
	booth.stream(speech);
	await cleared(page, /silent|no sound/i);
	await play(t, jack, babble(53, 8).map((sample) => Math.max(-1, Math.min(1, sample * 30))));
	await raised(page, /clip|overdriven|distort/i);
	await shoot(page, 'desk-clipping');
});

test('a disk that is nearly full', { timeout: 60000 }, async (t) => {
	const data = temporaryFolder('small');
	if ((await run('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', data])).code !== 0) return t.skip('may not mount');
	t.after(() => run('umount', ['--lazy', data]));
	const { page } = await begin(t, data);
	await raised(page, /disk/i);
});
