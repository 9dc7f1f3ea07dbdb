import { defineConfig } from 'vitest/config';
import { PAGES, type PageName } from './scripts/pages.mjs';
import { precompress } from './scripts/precompress.mjs';

// cabind serves dist/ as it is: a page's index.html at its place, everything else named by its
// content's hash and kept by browsers for a year, each file with .br and .gz beside it.
//
// Each page is a build of its own (`npm run build` makes them all, one after the other;
// CABIN_PAGE names one): what pages share is in each of them, so that no page's first load
// grows, or falls into more files, because of another page.
const page = (process.env.CABIN_PAGE as PageName | undefined) ?? 'listen';
const { root, base, outDir } = PAGES[page];

/** In place of Vite's helper, which fetches the style sheets of what is imported later: the delegates'
 * page has none but the first (a test holds it to that), and the helper would be part of its first load. */
const plainImports = {
	name: 'plain-imports',
	enforce: 'pre' as const,
	load: (id: string) =>
		page === 'listen' && id === '\0vite/preload-helper.js' ? 'export const __vitePreload = (load) => load();' : null,
};

export default defineConfig({
	root,
	base,
	build: {
		outDir,
		emptyOutDir: true,
		target: ['es2020', 'safari15', 'chrome90', 'firefox90'],
		assetsInlineLimit: 0, // the CSP allows no data: scripts, and the wasm is fetched as a file
		modulePreload: { polyfill: false },
		rollupOptions: {
			output: {
				entryFileNames: 'assets/[name]-[hash].js',
				chunkFileNames: 'assets/[name]-[hash].js',
				assetFileNames: 'assets/[name]-[hash][extname]',
			},
		},
	},
	worker: {
		format: 'iife', // a classic worker, and a worklet module without imports
		rollupOptions: { output: { entryFileNames: 'assets/[name]-[hash].js' } },
	},
	plugins: [precompress(), plainImports],
	test: {
		root: '.',
		include: ['**/*.test.ts'],
		exclude: ['node_modules', 'dist'],
	},
});
