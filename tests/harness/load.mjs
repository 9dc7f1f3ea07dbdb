// cabin-load, the measuring listeners in C.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { must, program, temporaryFolder } from './process.mjs';

/**
 * @param {object} options
 * @param {number} options.port of loopback
 * @param {number} [options.listeners]
 * @param {number} [options.seconds] measured time
 * @param {number[]} [options.channels] shared out in turn
 * @param {string[]} [options.args] more of its options
 * @param {number} [options.pid] the server's, to know its CPU and memory
 * @param {number} [options.core] run on this one only
 * @returns {Promise<any>} its JSON
 */
export async function runLoad({ port, listeners = 1, seconds = 10, channels = [1], args = [], pid, core }) {
	const json = join(temporaryFolder('load'), 'result.json');
	const all = [
		...['--connect', `127.0.0.1:${port}`, '--listeners', String(listeners), '--seconds', String(seconds)],
		...['--channels', channels.join(','), '--json', json],
		...(pid ? ['--server-pid', String(pid)] : []),
		...args,
	];
	const [command, before] = core === undefined ? [program('cabin-load'), []] : ['taskset', ['-c', String(core), program('cabin-load')]];
	await must(command, [...before, ...all], { timeoutMs: seconds * 1000 + 120000 });
	return JSON.parse(readFileSync(json, 'utf8'));
}
