// The listen page as a delegate uses it, the same for Playwright's and Puppeteer's pages.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { buildFolder, until } from '../harness/process.mjs';

const screenshots = join(buildFolder, 'screenshots');
mkdirSync(screenshots, { recursive: true });

/** @param {any} page @param {string} name */
export const shoot = (page, name) => page.screenshot({ path: join(screenshots, `${name}.png`) });

/** Taps a channel of the room that is shown, or goes to its room first. @param {any} page @param {string} id */
export async function pick(page, id) {
	const room = id.split('.')[0];
	const channel = `.channels [data-do="channel"][data-id="${id}"]`;
	await page.waitForSelector('.channels');
	if (!(await page.$(channel))) {
		await page.click(`.rooms li[data-key="${room}"] button`);
		await page.waitForSelector(channel);
	}
	const playing = await page.evaluate((it) => document.querySelector(it)?.getAttribute('aria-current'), channel);
	if (playing !== 'true') await page.click(channel);
}

/** What the page says is happening. @param {any} page @returns {Promise<string>} */
export const said = (page) => page.evaluate(() => document.querySelector('.dock .state')?.textContent ?? '');

/** The tone of the whole page: how it looks, by what is happening. @param {any} page */
export const tone = (page) => page.evaluate(() => document.querySelector('#page')?.getAttribute('data-tone') ?? '');

/** @param {any} page @param {RegExp} words @param {number} [timeoutMs] */
export const untilSaid = (page, words, timeoutMs = 15000) =>
	until(`the page to say ${words}`, async () => words.test(await said(page)), timeoutMs);
