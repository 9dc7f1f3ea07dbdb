// Builds all pages into dist/, one after the other (see vite.config.ts).
// `node scripts/build.mjs FOLDER`: into another folder.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { argv, env, execPath, exit } from 'node:process';
import { fileURLToPath } from 'node:url';
import { PAGES } from './pages.mjs';

const vite = fileURLToPath(new URL('../node_modules/vite/bin/vite.js', import.meta.url));
const cwd = fileURLToPath(new URL('..', import.meta.url));

for (const [page, { base }] of Object.entries(PAGES)) {
	const out = argv[2] ? ['--outDir', join(argv[2], base), '--emptyOutDir'] : [];
	const { status } = spawnSync(execPath, [vite, 'build', '--logLevel', 'warn', ...out], {
		cwd,
		env: { ...env, CABIN_PAGE: page },
		stdio: 'inherit',
	});
	if (status !== 0) exit(status ?? 1);
}
