// What the harness shows: states of the page, and the screens to see them on.

/** @typedef {import('playwright-core').Page} Page */

/** @param {Page} page @param {object} [status] */
async function listen(page, status) {
	await page.click('.channel.first');
	if (status) await page.evaluate((change) => /** @type {any} */ (window).fakePlayer(change), status);
}

/** @param {Page} page */
async function askPin(page) {
	await page.click('.rooms li:nth-child(2) button');
	await page.evaluate(() => /** @type {any} */ (window).fakePlayer({ lock: { isWrong: false, refusals: 1 } }));
	await page.waitForSelector('dialog[open]');
}

/** @param {Event} event */
function lockSecond(event) {
	event.rooms[1] = { .../** @type {Event['rooms'][0]} */ (event.rooms[1]), locked: true };
	return event;
}

const LANGUAGES = /** @type {const} */ (['vi', 'fr', 'en']);

/**
 * @typedef {import('../../shared/programme.ts').Event} Event
 * @typedef {object} Scene
 * @property {string} name
 * @property {string} [date] the server's clock
 * @property {string} [hash]
 * @property {Record<string, string>} [memory] what the phone remembers
 * @property {boolean} [iphone] an old one, on which sound stops with the lock
 * @property {null | ((event: Event) => Event)} [event] what the server answers; null: nothing
 * @property {(page: Page) => Promise<void>} [act]
 */

/** @type {Scene[]} */
export const STATES = [
	{ name: 'idle' },
	{ name: 'remembered', memory: { 'cabin.channel': 'water.floor' } },
	{ name: 'link', hash: '#urban.fr' },
	{
		name: 'link-over-memory',
		hash: '#urban.fr',
		memory: { 'cabin.channel': 'water.floor' },
	},
	{ name: 'night', date: '2027-03-02T21:00:00+07:00' },
	{ name: 'starting', act: (page) => listen(page, { playback: 'starting', feed: null, source: null }) },
	{ name: 'live', act: (page) => listen(page) },
	{ name: 'floor', act: (page) => page.click('.channel.floor') },
	{ name: 'other-room', act: (page) => page.click('.rooms li:nth-child(3) button') },
	{ name: 'hall', act: (page) => listen(page, { feed: 'pass-through' }) },
	{ name: 'quiet', act: (page) => listen(page, { source: 'silent' }) },
	{ name: 'off', act: (page) => listen(page, { feed: 'silence', playback: 'stalled' }) },
	{ name: 'lost', act: (page) => listen(page, { source: 'lost', playback: 'stalled' }) },
	{
		name: 'stalled',
		act: async (page) => {
			await listen(page, { playback: 'stalled' });
			await page.waitForTimeout(1600);
			await page.evaluate(() => /** @type {any} */ (window).fakePlayer({ playback: 'stalled' }));
		},
	},
	{ name: 'reconnecting', act: (page) => listen(page, { connection: 'reconnecting', playback: 'stalled' }) },
	{ name: 'interrupted', act: (page) => listen(page, { playback: 'interrupted' }) },
	{
		name: 'stopped',
		act: async (page) => {
			await listen(page);
			await page.click('.dock .main');
		},
	},
	{ name: 'iphone', iphone: true, act: (page) => listen(page) },
	{ name: 'failed', event: null },
	{ name: 'locked', event: lockSecond, act: (page) => askPin(page) },
	{
		name: 'locked-wrong',
		event: lockSecond,
		act: async (page) => {
			await askPin(page);
			await page.fill('#pin', '004821');
			await page.click('dialog .again');
			await page.evaluate(() => /** @type {any} */ (window).fakePlayer({ lock: { isWrong: true, refusals: 2 } }));
			await page.waitForFunction(() => (document.querySelector('#pin-note')?.textContent?.length ?? 0) > 20);
		},
	},
	{
		name: 'locked-later',
		event: lockSecond,
		act: async (page) => {
			await askPin(page);
			await page.click('dialog [data-close]');
		},
	},
	{
		name: 'diagnostics',
		act: async (page) => {
			await listen(page);
			await page.click('footer button');
			await page.waitForSelector('dialog[open]');
		},
	},
	{
		name: 'long',
		event: (event) => {
			for (const room of event.rooms) {
				for (const lang of LANGUAGES) {
					room.name[lang] = `${room.name[lang]} – ${room.name[lang]} Kommunalverwaltungszusammenarbeitsausschuss`;
				}
			}
			for (const each of event.agenda) {
				for (const lang of LANGUAGES) each.title[lang] = `${each.title[lang]}, ${each.title[lang]}`;
			}
			return event;
		},
		act: (page) => listen(page, { feed: 'pass-through' }),
	},
	{
		name: 'one-room',
		event: (event) => ({ ...event, rooms: event.rooms.slice(0, 1) }),
	},
	{ name: 'no-rooms', event: (event) => ({ ...event, rooms: [] }) },
];

const KEY = [
	'idle',
	'live',
	'hall',
	'lost',
	'interrupted',
	'failed',
	'diagnostics',
	'night',
	'long',
	'locked',
	'locked-wrong',
	'locked-later',
];

/**
 * @typedef {object} View
 * @property {string} name
 * @property {number} width @property {number} height CSS pixels
 * @property {string} locale
 * @property {boolean} [dark] @property {boolean} [desktop] @property {boolean} [full] the whole page's length
 * @property {number} [scale] device pixels for each CSS pixel
 * @property {string[]} [only] these states
 */

/** @type {View[]} */
export const VIEWS = [
	{ name: '360-vi', width: 360, height: 740, locale: 'vi-VN' },
	{ name: '360-fr-dark', width: 360, height: 740, locale: 'fr-FR', dark: true },
	{ name: '390-fr', width: 390, height: 844, locale: 'fr-FR', only: KEY },
	{ name: '390-en-dark', width: 390, height: 844, locale: 'en-GB', dark: true, only: KEY },
	{ name: '390-vi-full', width: 390, height: 844, locale: 'vi-VN', full: true, only: ['idle', 'live', 'night'] },
	{ name: '1280-en', width: 1280, height: 800, locale: 'en-GB', desktop: true, only: KEY },
	{ name: '1280-vi-dark', width: 1280, height: 800, locale: 'vi-VN', desktop: true, dark: true, only: KEY },
	{ name: '740-vi-side', width: 740, height: 360, locale: 'vi-VN', only: KEY },
	{ name: '320-fr', width: 320, height: 568, locale: 'fr-FR', only: KEY },
	// Twice the text size: half the screen, as a browser's zoom does it.
	{ name: '180-vi-zoom', width: 180, height: 370, scale: 2, locale: 'vi-VN', only: ['idle', 'hall', 'failed'] },
];
