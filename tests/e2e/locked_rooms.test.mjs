// What a technician changes during the event, on delegates' pages: a room that is locked, one that is added, a
// channel that is hidden.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startChromium } from '../harness/browsers.mjs';
import { must, startDesk } from '../harness/desk.mjs';
import { makeTwoRooms } from '../harness/event.mjs';
import { pick, said, shoot, untilSaid } from '../harness/page.mjs';
import { own, pause, until } from '../harness/process.mjs';
import { startPulse } from '../harness/pulse.mjs';
import { levelDb, toneHz } from '../harness/signal.mjs';

const begin = (t) => startDesk(t, makeTwoRooms());

/** A browser with its own loudspeaker, recorded. */
async function open(t, locale = 'en-GB') {
	const pulse = await own(t, startPulse());
	const recording = await own(t, pulse.record());
	const chromium = await own(t, startChromium({ env: pulse.env, locale }));
	return { recording, chromium, ...(await chromium.page()) };
}

async function heard(recording) {
	await pause(500);
	const samples = await recording.next(1);
	return { hz: toneHz(samples), db: levelDb(samples) };
}

/** The tone by itself: a second with a seam in it, as a busy machine makes them, is none. */
const untilTone = (recording, wantedHz) =>
	until(`a tone of ${wantedHz} Hz`, async () => {
		const { hz, db } = await heard(recording);
		return Math.abs(hz - wantedHz) < 2 && db > -30;
	}, 20000);
const noteSaid = (page, words) =>
	until(`the dialog to say ${words}`, async () => words.test((await page.textContent('#pin-note').catch(() => '')) ?? ''));

async function enter(page, pin) {
	await page.fill('#pin', pin);
	await page.click('dialog [type=submit]');
}

test('a room that is locked while it is listened to asks for its PIN, and plays again', { timeout: 240000 }, async (t) => {
	const { server, ask } = await begin(t);
	const { page, recording, faults } = await open(t);
	await page.goto(server.url);
	await pick(page, 'plenary.floor');
	await untilSaid(page, /live/i);
	await untilTone(recording, 440);

	await must(ask('PATCH', '/rooms/plenary', { locked: true, pin: '004821' }));
	await page.waitForSelector('dialog[open] #pin');
	assert.equal(await page.getAttribute('#pin', 'inputmode'), 'numeric');
	assert.equal(await page.evaluate(() => document.activeElement?.id), 'pin');
	assert.match(await said(page), /locked room/i);
	const locked = await heard(recording);
	assert.ok(locked.db < -60, `sound without the PIN: ${JSON.stringify(locked)}`);
	await page.waitForSelector('.rooms li[data-key="plenary"] .name .icon');
	assert.equal(await page.$('.rooms li[data-key="water"] .name .icon'), null);

	await enter(page, '4821');
	await noteSaid(page, /not the PIN/);
	await shoot(page, 'chromium-pin-wrong');
	const wrong = await heard(recording);
	assert.ok(wrong.db < -60, `sound with a wrong PIN: ${JSON.stringify(wrong)}`);
	await enter(page, '004821');
	await page.waitForSelector('dialog', { state: 'detached' });
	await untilSaid(page, /live/i);
	await untilTone(recording, 440);

	// The same room's other channels, another room and back, another connection: nothing is asked.
	await pick(page, 'plenary.fr');
	await untilSaid(page, /hall|live/i);
	await pick(page, 'water.fr');
	await pick(page, 'plenary.floor');
	await untilSaid(page, /live/i);
	await page.reload();
	await pick(page, 'plenary.floor');
	await untilSaid(page, /live/i);
	assert.equal(await page.$('dialog'), null);
	await untilTone(recording, 440);

	// Another PIN: asked again; put off, the page's own button asks; unlocked, it plays by itself.
	await must(ask('PATCH', '/rooms/plenary', { locked: true, pin: '9999' }));
	await page.waitForSelector('dialog[open] #pin');
	await page.click('dialog [data-close]');
	assert.equal(await page.$('dialog'), null);
	await shoot(page, 'chromium-pin-put-off');
	await page.click('.dock [data-do="lock"]');
	await page.waitForSelector('dialog[open] #pin');
	await must(ask('PATCH', '/rooms/plenary', { locked: false }));
	await page.waitForSelector('dialog', { state: 'detached' });
	await untilSaid(page, /live/i);
	assert.deepEqual(faults, []);
});

test('five wrong PINs: the page says to wait', { timeout: 120000 }, async (t) => {
	const { server, ask } = await begin(t);
	await must(ask('PATCH', '/rooms/plenary', { locked: true, pin: '4821' }));
	const { page } = await open(t);
	await page.goto(server.url);
	await pick(page, 'plenary.fr');
	await page.waitForSelector('dialog[open] #pin');
	await enter(page, '12');
	await noteSaid(page, /4 to 8/);
	for (let i = 0; i < 4; i++) {
		await enter(page, `000${i}`);
		await noteSaid(page, /not the PIN/);
	}
	await enter(page, '0004');
	await noteSaid(page, /wait a minute/);
	assert.equal(await page.isDisabled('dialog [type=submit]'), true);
});

test('rooms and channels come and go on an open page, and what plays goes on', { timeout: 180000 }, async (t) => {
	const { server, ask } = await begin(t);
	const { page, recording, faults } = await open(t);
	await page.goto(server.url);
	await pick(page, 'plenary.fr');
	await untilSaid(page, /hall/i);
	await page.evaluate(() => Object.assign(window, { stays: true }));
	await pause(1000);

	const from = recording.position();
	await must(ask('POST', '/rooms', { id: 'side', name: 'Side room', input: 'spare', languages: ['vi', 'fr'] }), 201);
	await page.waitForSelector('.rooms li[data-key="side"]');
	await pause(500);
	t.diagnostic(`the room was shown within ${((recording.position() - from) / 48000 - 0.5).toFixed(1)} s`);
	// No hole while the event was fetched. (That nothing at all is said to the server, a test of the connection tells.)
	const sound = recording.samples().subarray(from);
	const levels = [];
	for (let at = 0; at + 4800 <= sound.length; at += 4800) levels.push(levelDb(sound.subarray(at, at + 4800)));
	assert.ok(Math.min(...levels) > -30, `levels ${levels.map((db) => db.toFixed(1))}`);

	await pick(page, 'side.floor');
	await untilSaid(page, /live/i);
	await untilTone(recording, 700);

	await pick(page, 'plenary.fr');
	await untilSaid(page, /hall/i);
	await must(ask('PATCH', '/channels/plenary.fr', { hide: 'always' }));
	await untilSaid(page, /your channel is off.*sound of the hall/is, 30000);
	assert.equal(await page.getAttribute('.channel[aria-current]', 'data-id'), 'plenary.floor');
	await shoot(page, 'chromium-channel-hidden');
	await must(ask('PATCH', '/channels/plenary.fr', { hide: 'never' }));
	await page.waitForSelector('.channel[aria-current][data-id="plenary.fr"]');
	assert.doesNotMatch(await said(page), /your channel is off/i);
	assert.equal(await page.evaluate(() => window.stays), true, 'the page was loaded again');
	assert.deepEqual(faults, []);
});
