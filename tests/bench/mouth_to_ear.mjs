// From the microphone to the ear, over the whole real path, on one clock:
//
//   chirps ─▶ JACK port ─┬─▶ PortAudio ─▶ cabind ─▶ WebSocket ─▶ page in Chromium ─▶ PulseAudio
//                        │                                                              │ module-jack-sink
//                        └────────────▶ jack_rec, left        jack_rec, right ◀─────────┘
//
// All of it is on one JACK server, so both tracks of the recording have the same sample clock, and
// a chirp's delay is the distance of its two copies. A period's sound was at the microphone one period
// before JACK hands it out, as a sound card gathers it, so one capture period is added. The output
// device's own period and converters are not in it: the dummy device has none. PulseAudio's sink is connected to
// the device, as it would be in a hall: alone it knows no latency, and buffers more than it needs.
import { join } from 'node:path';
import { startChromium } from '../harness/browsers.mjs';
import { startCabind } from '../harness/cabind.mjs';
import { jackDevice, makeEvent } from '../harness/event.mjs';
import { inputPorts, startJack } from '../harness/jack.mjs';
import { openDiagnostics, pick, readDiagnostics, untilSaid } from '../harness/page.mjs';
import { pause, start, temporaryFolder, until, withOwned } from '../harness/process.mjs';
import { startPulse } from '../harness/pulse.mjs';
import { chirp, levelDb, locate, percentile, random } from '../harness/signal.mjs';
import { readWav, writeWav } from '../harness/sound.mjs';
import { runLoad } from '../harness/load.mjs';

const rate = 48000;
const period = 256;
const needle = chirp();

/** Chirps at uneven distances, so that they fall anywhere in a packet. @param {number} count */
function chirpTrain(count) {
	const next = random(count);
	const starts = [];
	let at = 3 * rate;
	for (let i = 0; i < count; i++) {
		starts.push(at);
		at += Math.round((0.4 + 0.2 * next()) * rate);
	}
	const sound = new Float32Array(at + rate);
	for (let i = 0; i < sound.length; i++) sound[i] = 0.001 * (next() - 0.5);
	for (const from of starts) for (let i = 0; i < needle.length; i++) sound[from + i] += needle[i];
	return { sound, starts };
}

/**
 * Delay of each chirp in ms; null for one that did not come out.
 * @param {Float32Array} mouth
 * @param {Float32Array} ear
 * @param {number[]} starts places in the train; the recording began at any time
 */
function delays(mouth, ear, starts) {
	const head = starts[0] + needle.length + rate;
	const first = locate(mouth.subarray(0, Math.min(mouth.length, head)), needle).offset;
	return starts.map((start) => {
		const from = Math.round(first + start - starts[0]);
		const span = Math.round(0.39 * rate) + needle.length;
		if (from < 0 || from + span > ear.length) return null;
		const original = mouth.subarray(from, from + needle.length);
		const { offset, quality } = locate(ear.subarray(from, from + span), original);
		return quality > 0.6 ? ((offset + period) / rate) * 1000 : null;
	});
}

/** Percentiles that are published. @param {number[]} values */
export const spread = (values) => ({
	p50: percentile(values, 0.5),
	p95: percentile(values, 0.95),
	p99: percentile(values, 0.99),
	max: Math.max(...values),
});

const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;

/**
 * @param {{packetMs: 10 | 20, count: number}} options
 */
export const measureMouthToEar = ({ packetMs, count }) =>
	withOwned(async (own) => {
		const jack = await own(startJack({ channels: 2, period }));
		const pulse = await own(
			startPulse({
				sinks: [],
				env: jack.env,
				modules: [`module-jack-sink server_name=${jack.name} client_name=speaker channels=2 connect=yes`],
			}),
		);
		const config = makeEvent({
			devices: { card: { ...jackDevice(jack), buffer_frames: period } },
			sources: { microphone: { device: 'card', inputs: [1], opus: { packet_ms: packetMs } } },
			rooms: [{ id: 'hall', floor: 'microphone' }],
		});
		const server = await own(startCabind({ config }));
		const [input] = await inputPorts(jack, 1);
		const chromium = await own(startChromium({ env: pulse.env }));
		const { page } = await chromium.page('en-GB');
		await page.goto(`http://localhost:${server.port}/`);
		await pick(page, 'hall.floor');
		await untilSaid(page, /hall|silence/i);
		await openDiagnostics(page);
		await pause(8000);
		return await record({ jack, server, page, input, count, packetMs });
	});

/** Plays, records, and puts the stages together. */
async function record({ jack, server, page, input, count, packetMs }) {
	const folder = temporaryFolder('mouth-to-ear');
	const { sound, starts } = chirpTrain(count);
	const underrunsBefore = await underruns(server);
	const player = jack.play(writeWav(join(folder, 'train.wav'), [sound]), [input]);
	const isPlayer = (port) => !/^(system|speaker):/.test(port) && port !== input && !port.includes(input.split(':')[0]);
	const [mouthPort] = await until('the player', async () => {
		const found = (await jack.ports()).filter(isPlayer);
		return found.length > 0 && found;
	});
	const wav = join(folder, 'recording.wav');
	const seconds = Math.ceil(sound.length / rate);
	const recorder = start(
		'jack_rec',
		['-f', wav, '-d', String(seconds), '-b', '16', mouthPort, 'speaker:front-left'],
		{ env: jack.env },
	);
	const told = [];
	const load = runLoad({ port: server.port, listeners: 1, seconds: Math.max(5, seconds - 5), channels: [1] });
	while (player.isRunning()) {
		told.push(await readDiagnostics(page));
		await pause(1000);
	}
	if ((await player.ended).code !== 0) throw new Error(player.stderr());
	// The player's port goes with it; the recorder goes on until its time is over.
	await recorder.ended;
	const share = await load;
	const { channels } = readWav(wav);
	const all = delays(channels[0], channels[1], starts);
	const heard = all.filter((value) => value !== null);
	if (heard.length < count * 0.9) {
		throw new Error(`${heard.length} of ${count} chirps came out; level ${levelDb(channels[1]).toFixed(1)} dB`);
	}
	const metrics = await server.metrics();
	const total = mean(heard);
	return {
		packet_ms: packetMs,
		chirps: count,
		heard: heard.length,
		delay_ms: spread(heard),
		mean_ms: total,
		underruns: (await underruns(server)) - underrunsBefore,
		stages: stages({ packetMs, metrics, told, share, total }),
		delays_ms: all,
	};
}

/** Several connections as one result; each of them counts alike in the stages. */
export function mergeVisits(visits) {
	const heard = visits.flatMap((visit) => visit.delays_ms.filter((value) => value !== null));
	const sum = (key) => visits.reduce((total, visit) => total + visit[key], 0);
	const names = Object.keys(visits[0].stages);
	return {
		packet_ms: visits[0].packet_ms,
		connections: visits.length,
		chirps: sum('chirps'),
		heard: heard.length,
		delay_ms: spread(heard),
		p50_by_connection_ms: visits.map((visit) => visit.delay_ms.p50),
		underruns: sum('underruns'),
		stages: Object.fromEntries(names.map((name) => [name, mean(visits.map((visit) => visit.stages[name]))])),
		visits,
	};
}

const underruns = async (server) =>
	(await server.metrics()).get('cabin_report_underruns_total', { channel: 'hall.floor' }) ?? 0;

/**
 * Where the time goes, means in ms; they add up to the measured total.
 * frame and look-ahead: a packet is complete, and decodes, only after its length and Opus's look-ahead.
 * capture, encode: as the server measures them. queue and network: from there to a listener in C, measured
 * by it. jitter buffer: from there to the worklet's output, by the page. output: what is left.
 */
function stages({ packetMs, metrics, told, share, total }) {
	const source = { source: 'microphone' };
	const frame = packetMs + 2.5;
	const capture = metrics.get('cabin_source_capture_seconds', source) * 1000;
	const encode = metrics.get('cabin_source_encode_seconds', source) * 1000;
	const numbers = (label) => told.map((one) => one[label]).filter((value) => typeof value === 'number');
	const page = mean(numbers('Mouth to ear (estimate)'));
	const output = mean(numbers('Output latency'));
	const worklet = page - output;
	const arrival = share.delay_ms.mean;
	return {
		frame_and_look_ahead: frame,
		capture,
		encode,
		queue_and_network: arrival - frame - capture - encode,
		jitter_buffer: worklet - arrival,
		output: total - worklet,
		page_estimate: page,
		page_output_latency: output,
	};
}
