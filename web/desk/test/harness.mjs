// Takes a picture of the desk in every state (gallery.ts), in three languages and on several
// screens, under the server's policy. For looking at.
//
//   node desk/test/harness.mjs FOLDER [WORD]   pictures whose names hold WORD
//
// Says what pictures hide: console errors, a page wider than its screen, contrast under AA, controls
// without a name.
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { findFaults } from '../../listen/test/faults.mjs';
import { buildGallery, serve } from './gallery_server.mjs';

/** @type {{name: string, width: number, height: number, language: string, full?: boolean, only?: string[]}[]} */
const VIEWS = [
	{ name: '1440-en', width: 1440, height: 900, language: 'en' },
	{ name: '1440-vi', width: 1440, height: 900, language: 'vi' },
	{ name: '1440-fr', width: 1440, height: 900, language: 'fr' },
	{ name: '1024-fr', width: 1024, height: 768, language: 'fr' },
	{ name: '390-vi', width: 390, height: 844, language: 'vi' },
];

async function main() {
	const [folder, word = ''] = process.argv.slice(2);
	if (!folder) throw new Error('usage: node desk/test/harness.mjs FOLDER [WORD]');
	await mkdir(folder, { recursive: true });
	const root = await buildGallery();
	const { server, origin } = await serve(root);
	const browser = await chromium.launch({
		executablePath: '/usr/bin/chromium',
		args: ['--no-sandbox', '--disable-gpu'],
	});
	let faults = 0;
	for (const view of VIEWS) {
		const page = await browser.newPage({
			viewport: { width: view.width, height: view.height },
			reducedMotion: 'reduce',
		});
		/** @type {string[]} */
		const said = [];
		page.on('console', (message) => message.type() === 'error' && said.push(message.text()));
		page.on('pageerror', (error) => said.push(String(error)));
		await page.goto(`${origin}/desk.html`);
		await page.waitForFunction('window.scenes');
		/** @type {string[]} */
		const scenes = await page.evaluate('window.scenes');
		for (const scene of scenes) {
			const name = `${scene}-${view.name}`;
			if (!name.includes(word)) continue;
			await page.evaluate(
				([what, language]) => /** @type {any} */ (window).show(what, language),
				[scene, view.language],
			);
			await page.waitForTimeout(100);
			const found = (await page.evaluate(findFaults)).filter(
				(/** @type {string} */ fault) => !/^target |^text cut/.test(fault),
			);
			for (const fault of [...said.splice(0), ...found]) {
				faults++;
				console.log(`${name}: ${fault}`);
			}
			await page.screenshot({ path: join(folder, `${name}.png`) });
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
