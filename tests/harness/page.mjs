// The listen page as a delegate uses it, the same for Playwright's and Puppeteer's pages.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { buildFolder, until } from './process.mjs';

/** @param {any} page @param {string} name a picture in build/screenshots */
export async function shoot(page, name) {
	const folder = join(buildFolder, 'screenshots');
	mkdirSync(folder, { recursive: true });
	await page.screenshot({ path: join(folder, `${name}.png`) });
}

/** Taps what is in the middle of the screen then, as a person would who has scrolled to it. */
async function tap(page, selector) {
	await page.evaluate((it) => {
		document.querySelector(it).scrollIntoView({ block: 'center', behavior: 'instant' });
	}, selector);
	await page.click(selector);
}

/** Taps a channel of the room that is shown, or goes to its room first. @param {any} page @param {string} id */
export async function pick(page, id) {
	const room = id.split('.')[0];
	const channel = `.channels [data-do="channel"][data-id="${id}"]`;
	await page.waitForSelector('.channels');
	if (!(await page.$(channel))) {
		await tap(page, `.rooms li[data-key="${room}"] button`);
		await page.waitForSelector(channel);
	}
	const playing = await page.evaluate((it) => document.querySelector(it)?.getAttribute('aria-current'), channel);
	if (playing !== 'true') await tap(page, channel);
}

/** What the page says is happening. @param {any} page @returns {Promise<string>} */
export const said = (page) => page.evaluate(() => document.querySelector('.dock .state')?.textContent ?? '');

/** @param {any} page @param {RegExp} words @param {number} [timeoutMs] */
export const untilSaid = (page, words, timeoutMs = 15000) =>
	until(`the page to say ${words}`, async () => words.test(await said(page)), timeoutMs);

/** Opens the diagnostics view of a page in English. @param {any} page */
export async function openDiagnostics(page) {
	await page.click('[data-do="diagnostics"]');
	await page.waitForSelector('dialog.diagnostics dd');
}

/**
 * What the open diagnostics view tells, by its English labels; milliseconds as numbers.
 * @param {any} page
 * @returns {Promise<Record<string, number | string | null>>}
 */
export async function readDiagnostics(page) {
	const lines = await page.evaluate(() =>
		[...document.querySelectorAll('dialog.diagnostics dl > div')].map((line) =>
			[...line.children].map((child) => child.textContent),
		),
	);
	const value = (text) => {
		if (text === '–') return null;
		const number = text.match(/^(-?[\d.]+)( ms.*)?$/)?.[1];
		return number === undefined ? text : Number(number);
	};
	return Object.fromEntries(lines.map(([label, text]) => [label, value(text)]));
}
