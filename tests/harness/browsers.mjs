// The real browsers of Debian, playing to a PulseAudio of the test's own.
import { chromium } from 'playwright-core';
import puppeteer from 'puppeteer-core';
import { temporaryFolder } from './process.mjs';

/**
 * Chromium, with sound, with the autoplay rules that people have.
 * @param {{env?: Record<string, string>, args?: string[], locale?: string}} [options] `env`: of startPulse
 */
export async function startChromium(options = {}) {
	const browser = await chromium.launch({
		executablePath: '/usr/bin/chromium',
		ignoreDefaultArgs: ['--mute-audio'],
		args: ['--autoplay-policy=document-user-activation-required', ...(options.args ?? [])],
		env: { ...process.env, ...options.env },
	});
	return {
		browser,
		/** A page of a phone's size, with nothing remembered. */
		async page(language = options.locale ?? 'en-GB') {
			const context = await browser.newContext({
				ignoreHTTPSErrors: true,
				viewport: { width: 390, height: 844 },
				deviceScaleFactor: 2,
				hasTouch: true,
				locale: language,
			});
			const page = await context.newPage();
			return { page, faults: watchFaults(page), context };
		},
		stop: () => browser.close(),
	};
}

/** Errors that a page shows in its console or throws. @param {import('playwright-core').Page} page */
function watchFaults(page) {
	const faults = [];
	page.on('pageerror', (error) => faults.push(String(error)));
	page.on('console', (message) => message.type() === 'error' && faults.push(message.text()));
	return faults;
}

const headless = { MOZ_HEADLESS_WIDTH: '450', MOZ_HEADLESS_HEIGHT: '900', MOZ_CRASHREPORTER_DISABLE: '1' };

/**
 * Firefox by WebDriver BiDi. It needs an output device: without one its AudioContext stays suspended.
 * @param {{env?: Record<string, string>, language?: string}} [options]
 */
export async function startFirefox(options = {}) {
	const folder = temporaryFolder('firefox');
	const browser = await puppeteer.launch({
		browser: 'firefox',
		executablePath: '/usr/bin/firefox-esr',
		headless: true,
		acceptInsecureCerts: true,
		userDataDir: folder,
		// Setting a viewport takes commands that older Firefoxes have not; the window has a phone's width instead.
		defaultViewport: null,
		env: { ...process.env, HOME: folder, ...headless, ...options.env },
		extraPrefsFirefox: {
			'intl.accept_languages': options.language ?? 'en-GB,en',
			'media.cubeb.sandbox': false,
			'app.update.enabled': false,
		},
	});
	return {
		browser,
		async page() {
			const page = await browser.newPage();
			const faults = [];
			page.on('pageerror', (error) => faults.push(String(error)));
			page.on('console', (message) => message.type() === 'error' && faults.push(message.text()));
			// On a busy machine Firefox at times never answers input.performActions, so a click is the element's own,
			// with the user activation that BiDi's script.callFunction gives (puppeteer always asks for it).
			page.click = (selector) => page.$eval(selector, (element) => element.click());
			return { page, faults };
		},
		stop: () => browser.close(),
	};
}
