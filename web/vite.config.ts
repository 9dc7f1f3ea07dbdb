import { defineConfig } from 'vitest/config';
import { precompress } from './scripts/precompress.mjs';

// cabind serves dist/ as it is: index.html at the root, everything else named by its
// content's hash and kept by browsers for a year, each file with .br and .gz beside it.
export default defineConfig({
	root: 'listen',
	base: '/',
	build: {
		outDir: '../dist',
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
	plugins: [precompress()],
	test: {
		root: '.',
		include: ['**/*.test.ts'],
		exclude: ['node_modules', 'dist'],
	},
});
