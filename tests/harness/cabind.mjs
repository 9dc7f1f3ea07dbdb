// The real server, on ports of its own.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildFolder, must, pause, program, start, temporaryFolder, untilFile } from './process.mjs';

/**
 * Starts cabind on free ports of loopback and waits until it listens.
 * @param {object} options
 * @param {object} [options.config] a configuration; JSON is YAML
 * @param {string[]} [options.args] more options
 * @param {boolean} [options.tls] https too, with a certificate made for it
 * @param {number} [options.port] http port, when it must be this one
 * @param {string} [options.address] that it binds, in place of 127.0.0.1
 * @param {Record<string, string>} [options.env]
 */
export async function startCabind(options = {}) {
	const folder = temporaryFolder('cabind');
	const args = ['--listen', `${options.address ?? '127.0.0.1'}:${options.port ?? 0}`, '--port-file', join(folder, 'port')];
	if (options.config) args.push('--config', writeConfig(folder, options.config));
	if (options.tls) {
		const { cert, key } = await makeCertificate(folder);
		args.push('--listen-tls', '127.0.0.1:0', '--tls-port-file', join(folder, 'tls-port'));
		args.push('--tls-cert', cert, '--tls-key', key);
	}
	args.push(...(options.args ?? []));
	const began = performance.now();
	const it = start(program('cabind'), args, { env: options.env });
	const port = Number(await untilFile(join(folder, 'port'), it));
	const startMs = performance.now() - began;
	const tlsPort = options.tls ? Number(await untilFile(join(folder, 'tls-port'), it)) : 0;
	return {
		...it,
		port,
		tlsPort,
		/** From the start of the process until it listened. */
		startMs,
		url: `http://127.0.0.1:${port}`,
		tlsUrl: `https://127.0.0.1:${tlsPort}`,
		ws: `ws://127.0.0.1:${port}/ws`,
		folder,
		async event() {
			return (await fetch(`http://127.0.0.1:${port}/api/v1/event`)).json();
		},
		/** Figures that were read after this call: the server gives the same ones for a second. */
		async metrics() {
			const asked = Date.now() / 1000;
			for (;;) {
				const figures = parseMetrics(await (await fetch(`http://127.0.0.1:${port}/metrics`)).text());
				if (!(figures.get('cabin_figures_time_seconds') < asked)) return figures;
				await pause(10);
			}
		},
	};
}

/** @param {string} folder @param {object | string} config text is written as it is */
export function writeConfig(folder, config) {
	const path = join(folder, 'event.yaml');
	writeFileSync(path, typeof config === 'string' ? config : JSON.stringify(config, null, 2));
	return path;
}

/** A certificate for loopback and localhost. */
export async function makeCertificate(folder) {
	const cert = join(folder, 'cert.pem');
	const key = join(folder, 'key.pem');
	await must('openssl', [
		...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'],
		...['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,DNS:venue.test,IP:127.0.0.1'],
		...['-keyout', key, '-out', cert],
	]);
	return { cert, key };
}

/**
 * Prometheus text. Throws on a line that is none.
 * @param {string} text
 * @returns {{get: (name: string, labels?: Record<string, string>) => number | undefined,
 *   all: (name: string) => {labels: Record<string, string>, value: number}[], types: Map<string, string>}}
 */
export function parseMetrics(text) {
	const samples = [];
	const types = new Map();
	for (const line of text.split('\n')) {
		if (line === '') continue;
		if (line.startsWith('#')) {
			const [, kind, name, rest] = line.match(/^# (HELP|TYPE) (\S+) (.+)$/) ?? [];
			if (!kind) throw new Error(`not Prometheus text: ${line}`);
			if (kind === 'TYPE') types.set(name, rest);
			continue;
		}
		const match = line.match(/^([a-zA-Z_:][\w:]*)(?:\{((?:[a-zA-Z_]\w*="(?:[^"\\]|\\.)*",?)*)\})? (\S+)$/);
		const value = { '+Inf': Infinity, '-Inf': -Infinity }[match?.[3]] ?? Number(match?.[3]);
		if (!match || (Number.isNaN(value) && match[3] !== 'NaN')) throw new Error(`not Prometheus text: ${line}`);
		const labels = Object.fromEntries(
			[...(match[2] ?? '').matchAll(/([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"/g)].map(([, key, label]) => [key, label]),
		);
		samples.push({ name: match[1], labels, value });
	}
	const fits = (sample, labels) => Object.entries(labels).every(([key, value]) => sample.labels[key] === value);
	return {
		types,
		all: (name) => samples.filter((sample) => sample.name === name),
		get: (name, labels = {}) => samples.find((sample) => sample.name === name && fits(sample, labels))?.value,
	};
}

/** The folder of the built pages. */
export const webFolder = join(buildFolder, 'share/cabin/web');
