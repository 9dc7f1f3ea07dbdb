// Shows the page in every state with a stand-in for the player and for the server, for
// looking at: builds the page to a temporary folder, serves it under the same content
// security policy as cabind, and takes a picture of each state.
//
//   node listen/test/harness.mjs FOLDER [WORD]   pictures whose names hold WORD
//
// Says what a reader of the pictures might miss: console errors, a page wider than the
// screen, targets under 48 px, texts under AA's contrast.
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { chromium } from 'playwright-core';
import { build } from 'vite';
import { findFaults } from './faults.mjs';
import { STATES, VIEWS } from './scenes.mjs';

const CSP =
	"default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data:; connect-src 'self' ws: wss:";
const IPHONE = 'Mozilla/5.0 (iPhone; CPU iPhone OS 15_0 like Mac OS X) AppleWebKit/605.1.15 Mobile Safari';
const ANDROID = 'Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/140 Mobile Safari/537.36';
/** @type {Record<string, string>} */
const TYPES = {
	'.html': 'text/html; charset=utf-8',
	'.js': 'text/javascript',
	'.css': 'text/css',
	'.svg': 'image/svg+xml',
	'.png': 'image/png',
	'.webmanifest': 'application/manifest+json',
	'.json': 'application/json',
};
const here = new URL('.', import.meta.url).pathname;
const event = JSON.parse(await readFile(join(here, 'event.json'), 'utf8'));

/** What the stand-in server answers now. @type {{event: object | null, date: string}} */
const answer = { event, date: '2027-03-02T09:40:00+07:00' };

async function buildPage() {
	const outDir = await mkdtemp(join(tmpdir(), 'cabin-harness-'));
	await build({
		configFile: join(here, '../../vite.config.ts'),
		root: join(here, '..'),
		logLevel: 'warn',
		build: { outDir, emptyOutDir: true },
		plugins: [
			{
				name: 'fake-player',
				enforce: 'pre',
				resolveId: (source, importer) =>
					source === './player.ts' && !importer?.includes('/test/') ? join(here, 'fake-player.ts') : null,
			},
		],
	});
	return outDir;
}

/** @param {string} root @returns {Promise<import('node:http').Server>} */
function serve(root) {
	const server = createServer(async (request, response) => {
		const path = new URL(request.url ?? '/', 'http://x').pathname;
		response.setHeader('Content-Security-Policy', CSP);
		if (path === '/api/v1/event') {
			response.statusCode = answer.event ? 200 : 503;
			response.setHeader('Date', new Date(answer.date).toUTCString());
			response.setHeader('Content-Type', 'application/json');
			response.end(JSON.stringify(answer.event));
			return;
		}
		try {
			const file = join(root, path === '/' ? 'index.html' : path);
			response.setHeader('Content-Type', TYPES[extname(file)] ?? '');
			response.end(await readFile(file));
		} catch {
			response.statusCode = 404;
			response.end();
		}
	});
	return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)));
}

async function main() {
	const [folder, word = ''] = process.argv.slice(2);
	if (!folder) throw new Error('usage: node listen/test/harness.mjs FOLDER [WORD]');
	await mkdir(folder, { recursive: true });
	const root = await buildPage();
	const server = await serve(root);
	const origin = `http://127.0.0.1:${/** @type {import('node:net').AddressInfo} */ (server.address()).port}`;
	const browser = await chromium.launch({
		executablePath: '/usr/bin/chromium',
		args: [
			'--no-sandbox',
			'--disable-gpu',
			'--no-first-run',
			'--disable-background-networking',
			'--disable-component-update',
			'--disable-sync',
			'--disable-quic',
		],
	});
	let faults = 0;
	for (const state of STATES) {
		for (const view of VIEWS) {
			const name = `${state.name}-${view.name}`;
			if (!name.includes(word) || (view.only && !view.only.includes(state.name))) continue;
			answer.event = state.event === undefined ? event : state.event ? state.event(structuredClone(event)) : null;
			answer.date = state.date ?? '2027-03-02T09:40:00+07:00';
			const context = await browser.newContext({
				viewport: { width: view.width, height: view.height },
				deviceScaleFactor: view.scale ?? 1,
				locale: view.locale,
				timezoneId: 'Europe/Paris',
				colorScheme: view.dark ? 'dark' : 'light',
				hasTouch: !view.desktop,
				isMobile: !view.desktop,
				reducedMotion: 'reduce',
				...(view.desktop ? {} : { userAgent: state.iphone ? IPHONE : ANDROID }),
			});
			const page = await context.newPage();
			/** @type {string[]} */
			const said = [];
			page.on('console', (message) => message.type() === 'error' && said.push(message.text()));
			page.on('pageerror', (error) => said.push(String(error)));
			if (state.memory) await page.addInitScript((memory) => Object.assign(localStorage, memory), state.memory);
			await page.goto(`${origin}/${state.hash ?? ''}`);
			await page.waitForSelector(state.event === null ? '.again' : 'main');
			await state.act?.(page);
			const expected = state.event === null ? /503/ : /^$/;
			for (const fault of [...said.filter((line) => !expected.test(line)), ...(await page.evaluate(findFaults))]) {
				faults++;
				console.log(`${name}: ${fault}`);
			}
			await page.screenshot({ path: join(folder, `${name}.png`), fullPage: Boolean(view.full) });
			await context.close();
		}
	}
	await browser.close();
	server.close();
	await rm(root, { recursive: true });
	console.log(`${faults} faults`);
	process.exitCode = faults ? 1 : 0;
}

await main();
