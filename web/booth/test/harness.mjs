// Takes a picture of the booth's page and the stage's sign in every state (gallery.ts), in three
// languages and on several screens, under the server's policy. For looking at.
//
//   node booth/test/harness.mjs FOLDER [WORD]   pictures whose names hold WORD
//
// Says what pictures hide: console errors, a page that does not fit its screen, texts under AA's
// contrast, controls without a name.
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join } from 'node:path';
import { chromium } from 'playwright-core';
import { build } from 'vite';
import { findFaults } from '../../listen/test/faults.mjs';

const CSP =
	"default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data:; connect-src 'self' ws: wss:";
/** @type {Record<string, string>} */
const TYPES = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.css': 'text/css' };
const KEY = [
	'off',
	'on-air',
	'offered-to-me',
	'messages',
	'preflight',
	'start',
	'reconnecting',
	'talkback',
	'talkback-message',
];
/** @type {{name: string, width: number, height: number, language: string, only?: string[], scrolls?: boolean}[]} */
const VIEWS = [
	{ name: '1280-vi', width: 1280, height: 720, language: 'vi' },
	{ name: '1280-fr', width: 1280, height: 720, language: 'fr' },
	{ name: '1280-en', width: 1280, height: 720, language: 'en' },
	{ name: '1920-fr', width: 1920, height: 1080, language: 'fr', only: KEY },
	{ name: '1024-vi', width: 1024, height: 768, language: 'vi', only: KEY },
	{ name: '1024-fr', width: 1024, height: 768, language: 'fr', only: KEY },
	{ name: '390-fr', width: 390, height: 844, language: 'fr', only: KEY, scrolls: true },
];
const STAGE_VIEWS = [
	{ name: '1920', width: 1920, height: 1080, language: 'en' },
	{ name: '1024', width: 1024, height: 768, language: 'en' },
];
const here = new URL('.', import.meta.url).pathname;

/** The gallery with each page's own symbols and style. */
async function buildGallery() {
	// Inside the project, where its modules are found.
	const root = await mkdtemp(join(here, '../../.gallery-'));
	for (const page of ['booth', 'stage']) {
		const html = await readFile(join(here, `../../${page}/index.html`), 'utf8');
		const changed = html
			.replace(/href="\.\/(\w+\.css)"/, `href="../${page}/$1"`)
			.replace(/src="\.\/main\.ts"/, 'src="../booth/test/gallery.ts"')
			.replace(/<link rel="icon"[^>]*>/, '<link rel="icon" href="data:," />');
		await writeFile(join(root, `${page}.html`), changed);
	}
	await build({
		configFile: false,
		root,
		logLevel: 'warn',
		build: {
			outDir: 'dist',
			assetsInlineLimit: 0,
			rollupOptions: { input: [join(root, 'booth.html'), join(root, 'stage.html')] },
		},
	});
	return root;
}

/** @param {string} root @returns {Promise<import('node:http').Server>} */
function serve(root) {
	const server = createServer(async (request, response) => {
		response.setHeader('Content-Security-Policy', CSP);
		try {
			const path = new URL(request.url ?? '/', 'http://x').pathname;
			const bytes = await readFile(join(root, 'dist', path));
			response.setHeader('Content-Type', TYPES[extname(path)] ?? '');
			response.end(bytes);
		} catch {
			response.statusCode = 404;
			response.end();
		}
	});
	return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)));
}

async function main() {
	const [folder, word = ''] = process.argv.slice(2);
	if (!folder) throw new Error('usage: node booth/test/harness.mjs FOLDER [WORD]');
	await mkdir(folder, { recursive: true });
	const root = await buildGallery();
	const server = await serve(root);
	const origin = `http://127.0.0.1:${/** @type {import('node:net').AddressInfo} */ (server.address()).port}`;
	const browser = await chromium.launch({
		executablePath: '/usr/bin/chromium',
		args: ['--no-sandbox', '--disable-gpu'],
	});
	let faults = 0;
	for (const view of [...VIEWS, ...STAGE_VIEWS]) {
		const isStage = STAGE_VIEWS.includes(view);
		const page = await browser.newPage({
			viewport: { width: view.width, height: view.height },
			reducedMotion: 'reduce',
		});
		/** @type {string[]} */
		const said = [];
		page.on('console', (message) => message.type() === 'error' && said.push(message.text()));
		page.on('pageerror', (error) => said.push(String(error)));
		await page.goto(`${origin}/${isStage ? 'stage' : 'booth'}.html`);
		await page.waitForFunction('window.scenes');
		/** @type {string[]} */
		const scenes = await page.evaluate(isStage ? 'window.signs' : 'window.scenes');
		for (const scene of scenes) {
			const name = `${scene}-${view.name}`;
			if (!name.includes(word) || ('only' in view && Array.isArray(view.only) && !view.only.includes(scene))) continue;
			await page.evaluate(
				([what, language]) => /** @type {any} */ (window).show(what, language),
				[scene, view.language],
			);
			const found = (await page.evaluate(findFaults)).filter((/** @type {string} */ fault) => !/^target /.test(fault));
			const over = await page.evaluate('document.documentElement.scrollHeight - window.innerHeight');
			if (over > 0 && !('scrolls' in view)) found.push(`page is ${over} px too high`);
			for (const fault of [...said.splice(0), ...found]) {
				faults++;
				console.log(`${name}: ${fault}`);
			}
			await page.screenshot({ path: join(folder, `${name}.png`), fullPage: 'scrolls' in view });
		}
		await page.close();
	}
	await browser.close();
	server.close();
	await rm(root, { recursive: true });
	console.log(`${faults} faults`);
	process.exitCode = faults ? 1 : 0;
}

await main();
