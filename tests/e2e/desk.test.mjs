// The technician's page in Chromium, at a real server: what is done there is heard by listeners.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startChromium } from '../harness/browsers.mjs';
import { joinDesk, startDesk } from '../harness/desk.mjs';
import { makeTwoRooms } from '../harness/event.mjs';
import { connect, decode } from '../harness/listener.mjs';
import { shoot } from '../harness/page.mjs';
import { own, until } from '../harness/process.mjs';
import { levelDb } from '../harness/signal.mjs';

const FAKE_MICROPHONE = ['--use-fake-ui-for-media-stream', '--use-fake-device-for-media-stream'];

async function begin(t, role = 'technician') {
	const { access, server } = await startDesk(t, makeTwoRooms(), { tls: true });
	const chromium = await own(t, startChromium({ args: FAKE_MICROPHONE }));
	const { page, faults } = await chromium.page('en-GB');
	await page.setViewportSize({ width: 1440, height: 900 });
	const token = access.token(null, { role, name: 'Minh' });
	await page.goto(`https://localhost:${server.tlsPort}/desk/#t=${token}`);
	await page.waitForSelector('[data-key="plenary.vi"]');
	return { server, page, faults, token };
}

/** Whether a channel's meter is lit at a tenth of its width: −54 dBFS and louder. */
const isLit = (page, channel) =>
	page.evaluate((id) => {
		const canvas = document.querySelector(`[data-key="${id}"] cabin-meter`)?.shadowRoot?.querySelector('canvas');
		if (!canvas?.width) return false;
		const [red, green] = canvas.getContext('2d').getImageData(canvas.width / 20, 2, 1, 1).data;
		return green > 130 && red < 100;
	}, channel);
const clickOn = (page, what, value) => page.click(`.detail [data-do="${what}"]${value === undefined ? '' : `[data-value="${value}"]`}`);
const outcome = (page) => page.waitForSelector('.detail .outcome.done');
const newest = (listener) => listener.states().at(-1)?.feed;

test('a link opens the desk; levels, mute with its question, source, gain, log and changes', { timeout: 120000 }, async (t) => {
	const { server, page, faults } = await begin(t);
	assert.equal(await page.evaluate(() => location.hash), '', 'the token leaves the address bar');
	const listener = await own(t, connect(server, { channel: 'plenary.vi' }));
	const neighbour = await own(t, connect(server, { channel: 'plenary.fr' }));
	await listener.more(5);
	await until('the meter shows the tone', () => isLit(page, 'plenary.vi'));
	await until('the listener is counted', async () => (await page.textContent('[data-key="plenary.vi"] .count')).trim() === '1');
	const before = neighbour.states().length;

	await page.click('[data-key="plenary.vi"] .name');
	await clickOn(page, 'mute', 'on');
	await page.waitForSelector('[role=alertdialog]');
	assert.notEqual(newest(listener), 'silence', 'nothing happens before the second word');
	await clickOn(page, 'sure');
	await listener.message('state', ({ feed }) => feed === 'silence');
	await outcome(page);
	await page.waitForSelector('[data-key="plenary.vi"] .feed-off');
	await until('the meter is dark', async () => !(await isLit(page, 'plenary.vi')));
	assert.ok(await isLit(page, 'plenary.fr'));
	await shoot(page, 'desk-muted');
	await clickOn(page, 'mute', 'off');
	await until('the channel is back', () => newest(listener) === 'pass-through');

	await clickOn(page, 'source', 'input:spare');
	await listener.message('state', ({ feed }) => feed === 'desk');
	await clickOn(page, 'gain', '-1');
	await listener.message('state', ({ gain_db }) => Math.abs(gain_db + 1) < 0.01);
	await clickOn(page, 'source', 'auto');
	await until('the channel is its own again', () => newest(listener) === 'pass-through');
	assert.equal(neighbour.states().length, before, 'the neighbour was told nothing');

	await page.click('[data-do="view"][data-id="log"]');
	await page.waitForFunction(() => /Minh/.test(document.querySelector('.log')?.textContent ?? ''));
	await page.click('[data-do="view"][data-id="changes"]');
	await page.click('.changes [data-do="take-back"]');
	await page.waitForFunction(() => document.querySelector('.changes [data-do="take-back"]') === null);
	await until('the gain is back', () => listener.states().at(-1)?.gain_db === 0);
	await page.click('[data-do="view"][data-id="listeners"]');
	await page.waitForSelector('.listeners .histogram');
	assert.deepEqual(faults, []);
});

test('an announcement, talkback by a held button, and an input listened to', { timeout: 120000 }, async (t) => {
	const { server, page, faults } = await begin(t);
	const listener = await own(t, connect(server, { channel: 'plenary.vi' }));
	await page.click('[data-do="open"][data-id="talk"]');
	await page.click('[data-do="announcement-scope"][data-id="plenary"]');
	await page.click('[data-do="announce"][data-id="evacuation"]');
	await clickOn(page, 'sure');
	await listener.message('state', ({ feed, source }) => feed === 'desk' && source === 'ok');
	await until('its words', async () => levelDb(decode((await listener.more(25)).slice(-20)).samples) > -40);
	await page.click('.over [data-do="end-announcement"]');
	await until('its end', () => newest(listener) === 'pass-through');

	await page.click('[data-do="open-microphone"]');
	await page.waitForSelector('.microphone.open', { timeout: 30000 });
	await page.hover('[data-do="talk-booths"]');
	await page.mouse.down();
	await page.waitForSelector('.microphone.on-air');
	await page.waitForSelector('.over');
	await shoot(page, 'desk-talkback');
	await page.mouse.up();
	await page.waitForSelector('.microphone.open');
	await page.waitForFunction(() => document.querySelector('.over') === null);

	await page.click('[data-key="plenary.floor"] .hear');
	await page.waitForFunction(() => document.querySelector('.heard-bar .soft, .heard-bar .fault') === null && document.querySelector('.heard-bar'), null, { timeout: 20000 });
	await page.click('[data-do="open"][data-id="room:water"]');
	await page.click('.detail [data-do="hear"][data-id="input:spare"]');
	await page.waitForFunction(() => /spare/.test(document.querySelector('.heard-bar')?.textContent ?? '') && document.querySelector('.heard-bar .soft, .heard-bar .fault') === null, null, { timeout: 20000 });
	await shoot(page, 'desk-listening');
	const audience = await page.textContent('.figure b');
	assert.equal(audience, '1', 'the desk is none of the audience');
	assert.deepEqual(faults, []);
});

test('an alarm is seen, acknowledged by a click, told to another desk and in the log', { timeout: 120000 }, async (t) => {
	const { server, page, token, faults } = await begin(t);
	const other = await own(t, joinDesk(server, token));
	// The certificate of these tests ends in two days: soon enough for an alarm.
	await other.alarm('certificate', 'server');
	await page.waitForSelector('.alarm [data-do="acknowledge"]');
	assert.match(await page.textContent('.alarm'), /certificate expires soon.*(1 day|2 days)/);
	await page.click('.alarm [data-do="acknowledge"]');
	await page.waitForSelector('.alarm.seen');
	assert.match(await page.textContent('.alarm .by'), /seen by Minh/);
	await until('the other desk knows', () => other.messages.filter(({ type }) => type === 'alarms').at(-1)?.alarms[0]?.acknowledged_by === 'Minh');
	await page.click('[data-do="view"][data-id="log"]');
	await page.waitForFunction(() =>
		[...document.querySelectorAll('.log li')].some(({ textContent }) => /certificate expires soon/.test(textContent) && /acknowledged/.test(textContent) && /Minh/.test(textContent)),
	);
	assert.deepEqual(faults, []);
});

test('an observer sees the same, and has no handles', { timeout: 60000 }, async (t) => {
	const { page, faults } = await begin(t, 'observer');
	await until('the meter shows the tone', () => isLit(page, 'plenary.vi'));
	await page.click('[data-key="plenary.vi"] .name');
	await page.waitForSelector('.detail');
	const handles = (/** @type {string[]} */ ...what) => page.locator(what.map((one) => `[data-do="${one}"]`).join()).count();
	assert.equal(await handles('mute', 'source', 'gain', 'hide'), 0);
	await page.click('[data-do="open"][data-id="talk"]');
	await page.waitForSelector('.detail');
	assert.equal(await handles('announce', 'open-microphone', 'talk-booths'), 0);
	assert.deepEqual(faults, []);
});
