// All pages as `npm run build` makes them: what cabind serves.
import { spawnSync } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { PAGES } from './pages.mjs';
import { firstLoad, table } from './size.mjs';

let dist = '';
beforeAll(async () => {
	dist = await mkdtemp(join(tmpdir(), 'cabin-pages-'));
	const made = spawnSync(process.execPath, [new URL('build.mjs', import.meta.url).pathname, dist], {
		encoding: 'utf8',
	});
	expect(made.status, made.stderr).toBe(0);
}, 120_000);
afterAll(() => rm(dist, { recursive: true }));

it.each(Object.entries(PAGES))('%s fits into its budget', async (_, { base, budget, later }) => {
	const files = await firstLoad(join(dist, base), later);
	const sum = files.reduce((bytes, file) => bytes + file.gzip, 0);
	expect(files.length).toBeGreaterThan(2);
	expect(sum, table(files, budget)).toBeLessThanOrEqual(budget);
});

it.each(Object.entries(PAGES))(
	'%s keeps to the content security policy and names only files that are there',
	async (_, { base }) => {
		const html = await readFile(join(dist, base, 'index.html'), 'utf8');
		expect(html).not.toMatch(/<style|\sstyle=|\son\w+=|javascript:/);
		for (const script of html.match(/<script[^>]*>[^<]*/g) ?? []) expect(script).toMatch(/src="[^"]+">$/);
		for (const [, path] of html.matchAll(/(?:src|href)="\/([^"]+)"/g)) {
			expect((await readFile(join(dist, path!))).length).toBeGreaterThan(0);
		}
	},
);

it('the delegates’ page holds nothing of the others', async () => {
	const names = (await readdir(join(dist, 'assets'))).join(' ');
	expect(names).not.toMatch(/console|encoder|ears|microphone/);
});
