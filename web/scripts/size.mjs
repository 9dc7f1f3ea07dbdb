// What each page fetches before its first sound, file by file: `npm run size` prints it for
// dist/, a test holds it under the budget.
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { argv, exit } from 'node:process';
import { fileURLToPath } from 'node:url';
import { PAGES } from './pages.mjs';
import { brotli, gzip } from './precompress.mjs';

/** Of the delegates' page: bytes after gzip, all files of the first load together. */
export const BUDGET = PAGES.listen.budget;

/** Files that a visit fetches later, or never. */
const LATER = /^(diagnostics|modal|pin|script_processor)-/; // the last in place of the worklet, without https

/**
 * @param {string} dist folder of the built page
 * @param {RegExp} [later] files of this page that a first visit does not fetch
 * @returns {Promise<{name: string, raw: number, gzip: number, brotli: number}[]>} sizes in bytes
 */
export async function firstLoad(dist, later) {
	const assets = await readdir(join(dist, 'assets'));
	const names = assets
		.filter((name) => /\.(js|css|wasm)$/.test(name) && !LATER.test(name) && !later?.test(name))
		.sort();
	return Promise.all(
		['index.html', ...names.map((name) => join('assets', name))].map(async (name) => {
			const bytes = await readFile(join(dist, name));
			return { name, raw: bytes.length, gzip: gzip(bytes).length, brotli: brotli(bytes).length };
		}),
	);
}

let exitCode = 0;

/** @param {Awaited<ReturnType<typeof firstLoad>>} files @param {number} [budget] */
export function table(files, budget = BUDGET) {
	const sum = { name: 'together', raw: 0, gzip: 0, brotli: 0 };
	for (const file of files) {
		sum.raw += file.raw;
		sum.gzip += file.gzip;
		sum.brotli += file.brotli;
	}
	const line = (/** @type {(string | number)[]} */ [name, ...sizes]) =>
		`${String(name).padEnd(44)}${sizes.map((size) => String(size).padStart(9)).join('')}`;
	return [
		line(['bytes', 'raw', 'gzip', 'brotli']),
		...[...files, sum].map((file) => line([file.name, file.raw, file.gzip, file.brotli])),
		line(['budget', '', budget, '']),
	].join('\n');
}

if (argv[1] === fileURLToPath(import.meta.url)) {
	const dist = fileURLToPath(new URL('../dist', import.meta.url));
	for (const [page, { base, budget, later }] of Object.entries(PAGES)) {
		const files = await firstLoad(join(dist, base), later);
		console.log(`${page}\n${table(files, budget)}\n`);
		if (files.reduce((sum, file) => sum + file.gzip, 0) > budget) exitCode = 1;
	}
	exit(exitCode);
}
