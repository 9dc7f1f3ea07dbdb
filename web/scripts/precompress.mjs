// Vite plugin: writes FILE.br and FILE.gz beside every built file that they make
// smaller, at the highest level, so that the server only ever copies.
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

const COMPRESSIBLE = /\.(html|css|js|wasm|svg|json|webmanifest|txt)$/;

/** @param {Buffer} bytes */
export function brotli(bytes) {
	return brotliCompressSync(bytes, {
		params: {
			[constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
			[constants.BROTLI_PARAM_LGWIN]: constants.BROTLI_MAX_WINDOW_BITS,
			[constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
		},
	});
}

/** @param {Buffer} bytes */
export function gzip(bytes) {
	return gzipSync(bytes, { level: constants.Z_BEST_COMPRESSION, memLevel: 9 });
}

/** @param {string} folder @returns {Promise<string[]>} paths of all files below `folder` */
async function filesBelow(folder) {
	const entries = await readdir(folder, { withFileTypes: true });
	const nested = await Promise.all(
		entries.map((entry) => {
			const path = join(folder, entry.name);
			return entry.isDirectory() ? filesBelow(path) : [path];
		}),
	);
	return nested.flat();
}

/** @returns {import('vite').Plugin} */
export function precompress() {
	return {
		name: 'cabin-precompress',
		apply: 'build',
		async writeBundle(options) {
			if (!options.dir) return; // a worker's own bundle: its file is written with the page's
			for (const path of await filesBelow(options.dir)) {
				if (!COMPRESSIBLE.test(path)) continue;
				const bytes = await readFile(path);
				await Promise.all(
					[
						{ suffix: '.br', packed: brotli(bytes) },
						{ suffix: '.gz', packed: gzip(bytes) },
					]
						.filter(({ packed }) => packed.length < bytes.length)
						.map(({ suffix, packed }) => writeFile(path + suffix, packed)),
				);
			}
		},
	};
}
