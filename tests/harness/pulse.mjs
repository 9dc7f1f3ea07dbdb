// A PulseAudio of its own, with null sinks: an output device that can be recorded.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { must, run, start, temporaryFolder, until } from './process.mjs';

/**
 * @param {{sinks?: string[], modules?: string[], env?: Record<string, string>, rate?: number}} [options] the first sink
 *   is the default. `rate`: of the server. Chromium plays with this one whatever the sink has, and resamples to it:
 *   PulseAudio's own default, 44,100, would cost it longer and less even pulls. Phones have 48,000.
 */
export async function startPulse(options = {}) {
	const folder = temporaryFolder('pulse');
	const socket = join(folder, 'socket');
	const own = { HOME: folder, XDG_RUNTIME_DIR: folder, XDG_CONFIG_HOME: folder, PULSE_STATE_PATH: folder, PULSE_CONFIG: join(folder, 'daemon.conf') };
	const env = { ...own, PULSE_SERVER: `unix:${socket}`, ...options.env };
	writeFileSync(join(folder, 'daemon.conf'), `default-sample-rate = ${options.rate ?? 48000}\n`);
	const sinks = options.sinks ?? ['out'];
	const modules = [
		`module-native-protocol-unix socket=${socket} auth-anonymous=1`,
		...sinks.map((name) => `module-null-sink sink_name=${name} rate=48000 channels=2 format=float32le`),
		...(options.modules ?? []),
	];
	const it = start(
		'pulseaudio',
		[
			...['-n', '--daemonize=no', '--exit-idle-time=-1', '--use-pid-file=no', '--disable-shm=yes'],
			...['--realtime=yes', '--log-target=stderr', ...modules.flatMap((module) => ['-L', module])],
		],
		{ env: { ...own, ...options.env } },
	);
	await until('PulseAudio', async () => {
		if (!it.isRunning()) throw new Error(`pulseaudio ended:\n${it.stderr()}`);
		return (await run('pactl', ['info'], { env })).code === 0;
	});
	if (sinks.length > 0) await must('pactl', ['set-default-sink', sinks[0]], { env });
	return {
		...it,
		env,
		/** What is played at a sink from now on: mono, 48 kHz. @param {string} [sink] */
		record: (sink = sinks[0]) => startRecording(env, `${sink}.monitor`),
	};
}

/** @param {Record<string, string>} env @param {string} device */
async function startRecording(env, device) {
	const it = start(
		'parec',
		[`--device=${device}`, '--format=float32le', '--rate=48000', '--channels=1', '--latency-msec=10', '--raw'],
		{ env, pipe: true },
	);
	const chunks = [];
	it.child.stdout.on('data', (chunk) => chunks.push(chunk));
	await until('first sound from parec', () => {
		if (!it.isRunning()) throw new Error(`parec ended:\n${it.stderr()}`);
		return chunks.length > 0;
	});
	const samples = () => {
		const bytes = Buffer.concat(chunks);
		const whole = bytes.length - (bytes.length % 4);
		return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + whole));
	};
	return {
		/** Samples so far; a place in the recording to come back to. */
		position: () => Math.floor(chunks.reduce((sum, chunk) => sum + chunk.length, 0) / 4),
		samples,
		/** Waits for `seconds` more of recording and gives them. @param {number} seconds */
		async next(seconds) {
			const from = Math.floor(chunks.reduce((sum, chunk) => sum + chunk.length, 0) / 4);
			const size = Math.round(seconds * 48000);
			await until(
				`${seconds} s of recording`,
				() => chunks.reduce((sum, chunk) => sum + chunk.length, 0) / 4 >= from + size,
				seconds * 1000 + 10000,
			);
			return samples().subarray(from, from + size);
		},
		stop: () => it.stop(),
	};
}
