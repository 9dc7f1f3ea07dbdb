// The built page: what cabind serves and what a phone fetches.
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { build } from 'vite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BUDGET, firstLoad, table } from '../../scripts/size.mjs';

let dist = '';

beforeAll(async () => {
	dist = await mkdtemp(join(tmpdir(), 'cabin-build-'));
	const configFile = new URL('../../vite.config.ts', import.meta.url).pathname;
	await build({ configFile, logLevel: 'error', build: { outDir: dist, emptyOutDir: true } });
}, 60_000);
afterAll(() => rm(dist, { recursive: true }));

describe('the built page', () => {
	it('fits the first load into its budget', async () => {
		const files = await firstLoad(dist);
		const sum = files.reduce((bytes, file) => bytes + file.gzip, 0);
		expect(sum, table(files)).toBeLessThanOrEqual(BUDGET);
	});

	it('has the page, the worker, the worklet and the decoder as separate files', async () => {
		const names = (await firstLoad(dist)).map(({ name }) => name.replace(/-[\w-]{8}\./, '.'));
		expect(names).toContain('index.html');
		for (const kind of [/worker\.js$/, /worklet\.js$/, /\.wasm$/, /index\.js$/, /index\.css$/]) {
			expect(names.filter((name) => kind.test(name))).toHaveLength(1);
		}
		// Nothing fetches the style sheet of a part that is imported later (vite.config.ts).
		const sheets = (await readdir(join(dist, 'assets'))).filter((name) => name.endsWith('.css'));
		expect(sheets).toHaveLength(1);
	});

	it('names every asset by its content, beside compressed copies that are its own', async () => {
		const names = await readdir(join(dist, 'assets'));
		const plain = names.filter((name) => !/\.(br|gz)$/.test(name));
		for (const name of plain) {
			expect(name).toMatch(/^[\w.-]+-[\w-]{8}\.\w+$/);
			const bytes = await readFile(join(dist, 'assets', name));
			expect(gunzipSync(await readFile(join(dist, 'assets', `${name}.gz`))).equals(bytes)).toBe(true);
			expect(brotliDecompressSync(await readFile(join(dist, 'assets', `${name}.br`))).equals(bytes)).toBe(true);
		}
		expect(names).toHaveLength(plain.length * 3);
	});

	it('keeps to the content security policy: no inline script or style', async () => {
		const html = await readFile(join(dist, 'index.html'), 'utf8');
		expect(html).not.toMatch(/<style|\sstyle=|\son\w+=|javascript:/);
		for (const script of html.match(/<script[^>]*>[^<]*/g) ?? []) expect(script).toMatch(/src="[^"]+">$/);
		expect(html).not.toMatch(/(src|href)="(https?:)?\/\//);
	});

	it('names only files that are there', async () => {
		const html = await readFile(join(dist, 'index.html'), 'utf8');
		const manifest = JSON.parse(await readFile(join(dist, 'manifest.webmanifest'), 'utf8'));
		const paths = [...html.matchAll(/(?:src|href)="\/([^"]+)"/g)].map((match) => match[1]!);
		for (const { src } of manifest.icons) paths.push(src.slice(1));
		expect(paths.length).toBeGreaterThan(5);
		for (const path of paths) expect((await readFile(join(dist, path))).length).toBeGreaterThan(0);
	});
});
