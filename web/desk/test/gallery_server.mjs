// The desk's gallery, built and served under the server's policy: for harness.mjs and bench.mjs.
import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join } from 'node:path';
import { build } from 'vite';

const CSP =
	"default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data:; connect-src 'self' ws: wss:";
/** @type {Record<string, string>} */
const TYPES = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.css': 'text/css' };
const here = new URL('.', import.meta.url).pathname;

/** The folder: with the page's own symbols and style. To be removed by whoever asked for it. */
export async function buildGallery() {
	// Inside the project, where its modules are found.
	const root = await mkdtemp(join(here, '../../.gallery-'));
	const html = await readFile(join(here, '../index.html'), 'utf8');
	const changed = html
		.replace('href="./desk.css"', 'href="../desk/desk.css"')
		.replace('src="./main.ts"', 'src="../desk/test/gallery.ts"')
		.replace(/<link rel="icon"[^>]*>/, '<link rel="icon" href="data:," />');
	await writeFile(join(root, 'desk.html'), changed);
	await build({
		configFile: false,
		root,
		logLevel: 'warn',
		build: { outDir: 'dist', assetsInlineLimit: 0, rollupOptions: { input: join(root, 'desk.html') } },
	});
	return root;
}

/** @param {string} root @returns {Promise<{server: import('node:http').Server, origin: string}>} */
export function serve(root) {
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
	return new Promise((resolve) =>
		server.listen(0, '127.0.0.1', () => {
			const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
			resolve({ server, origin: `http://127.0.0.1:${port}` });
		}),
	);
}
