// What the desk's meters cost: twenty frames a second of five rooms (20 channels, 35 sources) for
// ten seconds in Chromium, against the same page that only reads the frames.
//
//   node desk/test/bench.mjs [SECONDS]
//
// TaskDuration is the page's main thread; "processes" is the CPU time of the whole browser, its
// compositor and software GPU included.
import { readdir, readFile, rm } from 'node:fs/promises';
import { chromium } from 'playwright-core';
import { buildGallery, serve } from './gallery_server.mjs';

const SECONDS = Number(process.argv[2] ?? 10);
const TICKS_A_SECOND = 100;

/** CPU seconds of a process and all of its children so far. @param {number} root @returns {Promise<number>} */
async function cpuSeconds(root) {
	/** @type {Map<number, {parent: number, ticks: number}>} */
	const all = new Map();
	for (const name of await readdir('/proc')) {
		if (!/^\d+$/.test(name)) continue;
		const stat = await readFile(`/proc/${name}/stat`, 'utf8').catch(() => '');
		const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
		if (fields.length > 13)
			all.set(Number(name), { parent: Number(fields[1]), ticks: Number(fields[11]) + Number(fields[12]) });
	}
	const isBelow = (/** @type {number} */ pid) => {
		for (let at = pid; at > 1; at = all.get(at)?.parent ?? 0) if (at === root) return true;
		return false;
	};
	let ticks = 0;
	for (const [pid, one] of all) if (isBelow(pid)) ticks += one.ticks;
	return ticks / TICKS_A_SECOND;
}

async function main() {
	const root = await buildGallery();
	const { server, origin } = await serve(root);
	for (const scene of ['faulty', 'meters']) {
		for (const isDrawn of [false, true]) {
			const browser = await chromium.launchServer({
				executablePath: '/usr/bin/chromium',
				args: ['--no-sandbox', '--disable-gpu'],
			});
			const client = await chromium.connect(browser.wsEndpoint());
			const page = await client.newPage({ viewport: { width: 1440, height: 900 } });
			await page.goto(`${origin}/desk.html`);
			await page.waitForFunction('window.scenes');
			await page.evaluate((name) => /** @type {any} */ (window).show(name, 'en'), scene);
			await page.evaluate((drawn) => /** @type {any} */ (window).run(drawn), isDrawn);
			const session = await page.context().newCDPSession(page);
			await session.send('Performance.enable', { timeDomain: 'threadTicks' });
			const task = async () =>
				(await session.send('Performance.getMetrics')).metrics.find(({ name }) => name === 'TaskDuration')?.value ?? 0;
			await page.waitForTimeout(1500);
			const pid = browser.process().pid ?? 0;
			const before = [await task(), await cpuSeconds(pid), performance.now()];
			await page.waitForTimeout(SECONDS * 1000);
			const after = [await task(), await cpuSeconds(pid), performance.now()];
			const [main = 0, cpu = 0, ms = 1] = after.map((value, index) => value - (before[index] ?? 0));
			const percent = (/** @type {number} */ seconds) => `${((seconds * 100_000) / ms).toFixed(1)} %`;
			console.log(
				`${scene}, ${isDrawn ? 'drawn' : 'only read'}: main thread ${percent(main)}, processes ${percent(cpu)} of a core`,
			);
			await client.close();
			await browser.close();
		}
	}
	server.close();
	await rm(root, { recursive: true });
}

await main();
