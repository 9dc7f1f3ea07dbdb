// The pages and what each may weigh. The delegates' page is built first: it empties dist/.

/** @typedef {'listen' | 'booth' | 'stage' | 'desk'} PageName */

/**
 * `budget`: bytes after gzip of all files that a first visit fetches. The booth's page has
 * libopus's encoder beside its decoder; it is opened at a desk, with a cable. `later`: files that
 * are fetched when they are needed, as the technician's microphone.
 * @type {Record<PageName, {root: string, base: string, outDir: string, budget: number, later?: RegExp}>}
 */
export const PAGES = {
	listen: { root: 'listen', base: '/', outDir: '../dist', budget: 75 * 1024 },
	booth: { root: 'booth', base: '/booth/', outDir: '../dist/booth', budget: 250 * 1024 },
	desk: {
		root: 'desk',
		base: '/desk/',
		outDir: '../dist/desk',
		budget: 120 * 1024,
		later: /^(voice|console|microphone|ears|opus-encoder)[.-]/,
	},
	stage: { root: 'stage', base: '/stage/', outDir: '../dist/stage', budget: 20 * 1024 },
};
