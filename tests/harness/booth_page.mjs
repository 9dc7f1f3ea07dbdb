// The booth's page as an interpreter uses it, in Chromium with a WAV file as the microphone.
import { startChromium } from './browsers.mjs';
import { until } from './process.mjs';

/**
 * Chromium whose microphone plays this file in a loop.
 * @param {string} wav
 * @param {{env?: Record<string, string>, args?: string[]}} [options] as startChromium
 */
export const startWithMicrophone = (wav, options = {}) =>
	startChromium({
		...options,
		args: [
			'--use-fake-ui-for-media-stream',
			'--use-fake-device-for-media-stream',
			`--use-file-for-fake-audio-capture=${wav}`,
			...(options.args ?? []),
		],
	});

/**
 * Opens the booth's page in a window of its own and starts it; the check is skipped.
 * @param {Awaited<ReturnType<typeof startChromium>>} chromium
 * @param {{url: string}} server
 * @param {string} token
 * @param {{locale?: string, width?: number, height?: number, name?: string, check?: boolean,
 *   before?: () => void}} [options] `check`: stay in it; `before`: runs in the page before its own scripts
 */
export async function openBooth(chromium, server, token, options = {}) {
	const context = await chromium.browser.newContext({
		viewport: { width: options.width ?? 1280, height: options.height ?? 720 },
		locale: options.locale ?? 'en-GB',
		reducedMotion: 'reduce',
	});
	const page = await context.newPage();
	if (options.before) await page.addInitScript(options.before);
	const faults = [];
	page.on('pageerror', (error) => faults.push(String(error)));
	page.on('console', (message) => message.type() === 'error' && faults.push(message.text()));
	await page.goto(`${server.url}/booth/#t=${token}`);
	if (options.name) await page.fill('[data-setting=name]', options.name);
	await page.click('[data-do=start]');
	await page.waitForSelector('.connection.good');
	if (!options.check) await page.click('.panel .close');
	const it = {
		page,
		context,
		faults,
		/** off, asked, on, cough …: as the whole page shows it. */
		air: () => page.evaluate(() => document.documentElement.dataset.air),
		untilAir: (/** @type {string} */ air) => until(`the page to be ${air}`, async () => (await it.air()) === air, 8000),
		text: (/** @type {string} */ selector) => page.evaluate((at) => document.querySelector(at)?.textContent ?? '', selector),
		untilText: (/** @type {string} */ selector, /** @type {RegExp} */ words) =>
			until(`${selector} to say ${words}`, async () => words.test(await it.text(selector)), 8000),
		/** Waits until the microphone's packets could leave. */
		untilReady: () => page.waitForSelector('.microphone:not([disabled])'),
		stop: () => context.close(),
	};
	return it;
}
