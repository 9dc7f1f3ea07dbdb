// ./cabin bench [--save] [NAME…]: each benchmark into one folder, as JSON and as a picture.
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, release, totalmem } from 'node:os';
import { join } from 'node:path';
import { buildFolder, must, projectFolder } from '../harness/process.mjs';
import { measureBooth } from './booth.mjs';
import { measureDeskCost } from './desk_cost.mjs';
import { measureDeskDelay } from './desk_delay.mjs';
import { measureDeskGrowth } from './desk_growth.mjs';
import { measureListeners } from './listeners.mjs';
import { measureMouthToEar, mergeVisits } from './mouth_to_ear.mjs';
import { percentilesPicture, stagesPicture } from './picture.mjs';

const args = process.argv.slice(2);
const save = args.includes('--save');
const names = args.filter((arg) => !arg.startsWith('--'));
const unknown = args.filter((arg) => arg.startsWith('--') && arg !== '--save' && arg !== '--quick');
// A look at whether it works; its figures are not for publishing.
const quick = args.includes('--quick');
if (unknown.length > 0 || (quick && save)) {
	console.error(`unknown or not together: ${args.join(' ')}; usage: ./cabin bench [--save | --quick] [NAME…]`);
	process.exit(2);
}
const folder = save ? join(projectFolder, 'docs/bench') : join(buildFolder, 'bench');
mkdirSync(folder, { recursive: true });

/** What the figures were measured on. */
async function machine() {
	const version = async (command, pattern) => (await must(command, ['--version'])).stdout.match(pattern)?.[1] ?? '';
	return {
		cores: cpus().length,
		processor: cpus()[0].model.trim(),
		memory_gib: Math.round(totalmem() / 2 ** 30),
		kernel: release(),
		chromium: await version('chromium', /Chromium ([\d.]+)/),
		date: new Date().toISOString().slice(0, 10),
	};
}

function write(name, result) {
	const path = join(folder, name);
	writeFileSync(path, typeof result === 'string' ? result : `${JSON.stringify(result, null, '\t')}\n`);
	console.log(`${'bench'.padEnd(8)} ${path.slice(projectFolder.length + 1)}`);
}

const ms = (values) => Object.entries(values).map(([name, value]) => `${name} ${value.toFixed(1)}`).join('  ');

async function mouthToEar() {
	const rows = [];
	for (const packetMs of [20, 10]) {
		// Packets and pulls of the output meet in another phase each time, so several connections; the first
		// of 20 ms packets is five minutes long, to count underruns.
		const counts = quick ? [15, 15] : packetMs === 20 ? [600, 60, 60] : [60, 60, 60];
		const visits = [];
		for (const count of counts) {
			const visit = await measureMouthToEar({ packetMs, count });
			visits.push(visit);
			console.log(`${''.padEnd(8)} ${packetMs} ms packets, ${visit.heard} of ${count} chirps: ${ms(visit.delay_ms)} ms; ${visit.underruns} underruns`);
		}
		rows.push(mergeVisits(visits));
		const { delay_ms, stages, chirps, heard, underruns } = rows.at(-1);
		console.log(`${'bench'.padEnd(8)} mouth to ear, ${packetMs} ms packets, ${heard} of ${chirps} chirps: ${ms(delay_ms)} ms; ${underruns} underruns`);
		console.log(`${''.padEnd(8)} ${ms(stages)}`);
	}
	write('mouth_to_ear.json', { machine: await machine(), runs: rows });
	const stageNames = ['frame_and_look_ahead', 'capture', 'encode', 'queue_and_network', 'jitter_buffer', 'output'];
	const picture = stagesPicture(
		'Mouth to ear: JACK, PortAudio, cabind, WebSocket, page in headless Chromium, output device',
		rows.map((row) => ({
			name: `${row.packet_ms} ms packets`,
			stages: stageNames.map((name) => ({ name: name.replaceAll('_', ' '), ms: row.stages[name] })),
			values: row.delay_ms,
		})),
	);
	write('mouth_to_ear.svg', picture);
}

async function listeners() {
	const runs = [];
	for (const [count, seconds] of quick ? [[100, 5]] : [[800, 30], [2000, 60]]) {
		const result = await measureListeners({ count, seconds });
		runs.push(result);
		console.log(`${'bench'.padEnd(8)} ${count} listeners, ${seconds} s: ${ms(result.delay_ms)} ms; ${result.lost} packets lost, ${result.expected} expected; ${result.server_cpu_us_per_message.toFixed(2)} µs of server a message`);
	}
	write('listeners.json', { machine: await machine(), runs });
	const lines = runs.map((run) => ({ name: `${run.listeners} listeners`, points: run.percentiles_ms }));
	write('listeners.svg', percentilesPicture('From the microphone to a listener’s socket, all listeners', lines));
}

async function booth() {
	const runs = [];
	for (const [kind, packetMs] of [['native', 10], ['native', 20], ['page', 20]]) {
		for (const count of quick ? [15] : [60, 60, 60]) {
			const run = await measureBooth({ kind, count, packetMs });
			runs.push(run);
			console.log(`${'bench'.padEnd(8)} booth, ${kind}, ${packetMs} ms packets, ${run.heard} of ${count} chirps: microphone to listener's packet ${ms(run.delay_ms)} ms; its clock is off by ${ms(run.clock_error_ms)} ms`);
		}
	}
	write('booth.json', { machine: await machine(), runs });
}

async function desk() {
	const say = (text) => console.log(`${'bench'.padEnd(8)} desk: ${text}`);
	const percent = (share) => `${(100 * share).toFixed(1)} %`;
	const range = ({ median, min, max }, text) => `${text(median)} (${text(min)} to ${text(max)})`;
	const cost = await measureDeskCost(quick ? { count: 100, seconds: 5, rounds: 1 } : { count: 2000, seconds: 20, rounds: 5 });
	say(`${cost.listeners} listeners, ${cost.channels} channels: fan-out ${range(cost.fan_out_share, percent)} of a core; meter ${range(cost.threads['cabin-meter'], percent)}, desk ${range(cost.threads['cabin-desk'], percent)}, store ${range(cost.threads['cabin-store'], percent)}`);
	say(`meter, desk, store and what the loops do more: ${percent(cost.ratio_of_medians)} of the fan-out; ${cost.lost} packets lost`);
	say(`one desk's WebSocket: ${range(cost.bandwidth.all_kbits, (kbits) => `${kbits.toFixed(1)} kbit/s`)}`);
	const delay = await measureDeskDelay(quick ? { count: 100, bursts: 20 } : { count: 2000, bursts: 150 });
	for (const [when, run] of Object.entries(delay))
		say(`level at the input to frame at the desk, ${when}, ${run.shown} of ${run.bursts} bursts: ${ms(run.delay_ms)}  max ${run.max_ms.toFixed(1)} ms`);
	const growth = await measureDeskGrowth({ seconds: quick ? 20 : 600 });
	const [first, last] = [growth.after_a_minute, growth.at_the_end];
	say(`${growth.seconds} s, ${growth.actions} actions, ${growth.alarms} alarms: server ${first.server_kib} to ${last.server_kib} KiB, page ${first.page.heap} to ${last.page.heap} bytes`);
	write('desk.json', { machine: await machine(), cost, delay, growth });
}

const benchmarks = { 'mouth-to-ear': mouthToEar, listeners, booth, desk };
for (const name of names.length > 0 ? names : Object.keys(benchmarks)) {
	if (!benchmarks[name]) {
		console.error(`no benchmark ${name}; there are ${Object.keys(benchmarks).join(', ')}`);
		process.exit(2);
	}
	await benchmarks[name]();
}
process.exit(0);
