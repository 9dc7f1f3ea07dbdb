// JACK servers with the dummy driver: a sound card whose inputs a test plays into.
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { must, program, run, start, until } from './process.mjs';

let count = 0;
let starting = Promise.resolve();

/**
 * JACK keeps a place for each server that was killed, and has eight: where none runs, what is there is left over.
 */
function clearLeftOver() {
	const isServer = (pid) => {
		try {
			return readFileSync(`/proc/${pid}/comm`, 'utf8') === 'jackd\n';
		} catch {
			return false; // it has ended
		}
	};
	if (readdirSync('/proc').some((name) => /^\d+$/.test(name) && isServer(name))) return;
	for (const name of readdirSync('/dev/shm')) if (/^jack[-_]/.test(name)) rmSync(`/dev/shm/${name}`, { recursive: true, force: true });
}

/**
 * Starts `jackd` with a name of its own and waits until clients can connect.
 * @param {object} [options]
 * @param {string} [options.name] take this name again
 * @param {number} [options.rate]
 * @param {number} [options.period] frames
 * @param {number} [options.channels] inputs, and as many outputs
 */
export function startJack(options = {}) {
	// One after the other: what one finds left over is none of another that begins.
	const started = starting.then(() => startOne(options));
	starting = started.then(() => undefined, () => undefined);
	return started;
}

/** @param {Parameters<typeof startJack>[0]} options */
async function startOne(options) {
	const name = options.name ?? `cabin-test-${process.pid}-${++count}`;
	const env = { JACK_DEFAULT_SERVER: name, JACK_NO_AUDIO_RESERVATION: '1', JACK_NO_START_SERVER: '1' };
	const channels = String(options.channels ?? 2);
	clearLeftOver();
	const it = start(
		'jackd',
		[
			...['--realtime', '-n', name, '-d', 'dummy', '-r', String(options.rate ?? 48000)],
			...['-p', String(options.period ?? 256), '-C', channels, '-P', channels],
		],
		{ env },
	);
	const wait = await run('jack_wait', ['-s', name, '-w', '-t', '10'], { env });
	if (wait.code !== 0 || !it.isRunning()) {
		await it.stop();
		throw new Error(`jackd ${name} did not start:\n${it.stderr()}${it.stdout()}`);
	}
	return {
		...it,
		name,
		env,
		/** Names of ports, as `jack_lsp` tells them. */
		async ports() {
			return (await must('jack_lsp', ['-s', name], { env })).stdout.split('\n').filter(Boolean);
		},
		/**
		 * Plays a WAV file into `ports`, one port for each of its channels.
		 * @param {string} wav
		 * @param {string[]} ports
		 * @param {{loop?: boolean}} [play]
		 */
		play(wav, ports, play = {}) {
			return start(program('jack-player'), [...(play.loop ? ['--loop'] : []), wav, ...ports], { env });
		},
	};
}

/**
 * The ports by which a helper takes sound in, once it is there.
 * @param {Awaited<ReturnType<typeof startJack>>} jack
 * @param {number} count
 */
export async function inputPorts(jack, count) {
	const isInput = (port) => !port.startsWith('system:') && /in(put)?_?\d+$/.test(port);
	let ports = [];
	await until(`${count} inputs of a capture helper at ${jack.name}`, async () => {
		ports = (await jack.ports()).filter(isInput);
		return ports.length >= count;
	});
	return ports.slice(0, count);
}
