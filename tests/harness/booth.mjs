// cabin-booth, the native console, driven through its pipe.
import { join } from 'node:path';
import { program, start, temporaryFolder, until } from './process.mjs';

/** One line of logfmt as an object. @param {string} line */
function parseLine(line) {
	const [kind, ...fields] = line.split(' ');
	const out = { kind };
	for (const field of fields) {
		const at = field.indexOf('=');
		if (at > 0) out[field.slice(0, at)] = field.slice(at + 1);
	}
	return out;
}

/**
 * Starts a console and waits until it has joined with both sound cards open.
 * @param {object} options
 * @param {{url: string}} options.server
 * @param {string} options.token
 * @param {{name: string}} options.jack its sound card
 * @param {string[]} [options.args] more options
 * @param {string} [options.url] another address than the server's
 * @param {string[]} [options.within] a command that runs it elsewhere, as in a network namespace
 */
export async function startBooth({ server, token, jack, args = [], url, within = [] }) {
	const folder = temporaryFolder('booth');
	const [command, ...words] = [...within, program('cabin-booth')];
	const it = start(
		command,
		[
			...words,
			...['--server', url ?? server.url, '--no-terminal', '--log-level', process.env.BOOTH_LOG ?? 'info'],
			...['--jack-server', jack.name, '--settings', join(folder, 'booth.json'), ...args],
		],
		{ pipe: true, input: true, env: { CABIN_TOKEN: token } },
	);
	/** @type {{kind: string, at: number, [key: string]: any}[]} */
	const lines = [];
	let rest = '';
	it.child.stdout.setEncoding('utf8').on('data', (text) => {
		const whole = (rest + text).split('\n');
		rest = whole.pop() ?? '';
		for (const line of whole) lines.push({ ...parseLine(line), at: performance.now() });
	});
	const newest = (kind) => lines.findLast((line) => line.kind === kind);
	const console = {
		...it,
		lines,
		/** The newest state. */
		state: () => newest('state') ?? { kind: 'state' },
		figures: () => newest('figures') ?? { kind: 'figures' },
		/** @param {string} line a command of client/control.h */
		send: (line) => it.child.stdin.write(`${line}\n`),
		/**
		 * Waits until the newest state fits.
		 * @param {string} what
		 * @param {(state: any) => boolean} fits
		 * @param {number} [timeoutMs]
		 */
		until: (what, fits, timeoutMs = 5000) =>
			until(
				`${what} (${JSON.stringify(newest('state'))} ${it.stderr().slice(-1500)})`,
				() => {
					if (!it.isRunning()) throw new Error(`cabin-booth ended:\n${it.stderr()}`);
					const state = newest('state');
					return state && fits(state) ? state : undefined;
				},
				timeoutMs,
			),
	};
	await console.until('joined', (state) => state.joined === '1' && state.source !== '-', 15000);
	return console;
}
