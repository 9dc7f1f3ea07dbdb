// How long a level takes from the input to the desk.
//
//   jack_player ─▶ JACK ─▶ PortAudio ─▶ cabind: meter ─▶ levels frame ─▶ desk (here)
//                                          └─▶ listener (here): its clock mapping says when a burst was at the input
import { joinDesk } from '../harness/desk.mjs';
import { connect, decode } from '../harness/listener.mjs';
import { runLoad } from '../harness/load.mjs';
import { pause } from '../harness/process.mjs';
import { locate, percentile, random } from '../harness/signal.mjs';
import { connectSeconds, rate, withEvent } from './desk_event.mjs';

const burstMs = 150;
const shortestMs = 400;

/** Begins within a sample, sweeps so that correlation finds it, and is as loud at once as it stays. */
function makeBurst() {
	const size = (burstMs / 1000) * rate;
	return Float32Array.from({ length: size }, (_, i) => {
		const t = i / rate;
		return 0.5 * Math.sin(2 * Math.PI * (400 * t + (4000 * t * t) / (2 * (burstMs / 1000))));
	});
}

/** At odd distances, so that they meet packets and frames in every phase. */
function makeTrain(count) {
	const next = random(7);
	const burst = makeBurst();
	const places = [rate];
	while (places.length < count) places.push(places.at(-1) + Math.round(((shortestMs + 100 * next()) / 1000) * rate));
	const train = new Float32Array(places.at(-1) + rate);
	for (const place of places) train.set(burst, place);
	return { train, burst, places };
}

/** The peak of the first point in a levels frame, in dBFS. The room's input is the first of all sources. */
function firstPeak(bytes) {
	const count = bytes.readUInt16BE(8);
	return bytes[10] & 0x80 ? bytes[10 + Math.ceil(count / 8)] / 2 - 120 : -Infinity;
}

/** The server's clock in ms at a timestamp of the listener's, and in performance.now() at once. */
function clockOf(listener) {
	const mappings = listener.messages.map((one) => one.clock ?? (one.type === 'clock' ? one : undefined)).filter(Boolean);
	// Both are CLOCK_MONOTONIC with another zero.
	const zeroMs = Number(process.hrtime.bigint() / 1000n) / 1000 - performance.now();
	return (timestamp) => {
		const since = (mapping) => (timestamp - mapping.timestamp) | 0;
		const mapping = mappings.findLast((one) => since(one) >= 0) ?? mappings[0];
		return mapping.server_us / 1000 + (since(mapping) / mapping.rate_hz) * 1000 - zeroMs;
	};
}

/** When each burst was at the input, by the sound that a listener got of it. */
function findBursts(listener, { burst, places }) {
	const { samples, start } = decode(listener.packets);
	const timeOf = clockOf(listener);
	const span = Math.round((shortestMs / 2000) * rate);
	// Before the first burst there is silence.
	const shift = samples.findIndex((sample) => Math.abs(sample) > 0.2) - places[0];
	return places.flatMap((place) => {
		const from = shift + place - span;
		if (from < 0 || from + burst.length + 2 * span > samples.length) return [];
		const { offset, quality } = locate(samples.subarray(from, from + burst.length + 2 * span), burst);
		return quality > 0.7 ? [timeOf((start + from + offset) % 2 ** 32)] : [];
	});
}

async function measureTrain({ server, token, play }, train) {
	const desk = await joinDesk(server, token);
	const listener = await connect(server, { channel: 'hall.floor' });
	try {
		await listener.more(50);
		await play(train.train, false).ended;
		await pause(500);
		const bursts = findBursts(listener, train);
		// From the moment of the burst on, the first frame that shows it: it is at −6 dBFS, all else is silence.
		const delays = bursts.flatMap((at) => {
			const frame = desk.levels.find((one) => one.at > at && firstPeak(one.bytes) > -12);
			return frame && frame.at - at < shortestMs ? [frame.at - at] : [];
		});
		const arrivals = desk.levels.map((frame) => frame.at);
		return { bursts: train.places.length, located: bursts.length, shown: delays.length, delays, steps: arrivals.slice(1).map((at, i) => at - arrivals[i]) };
	} finally {
		await listener.stop();
		await desk.stop();
	}
}

const delayFigures = ({ bursts, located, shown, delays, steps }) => ({
	...{ bursts, located, shown },
	delay_ms: Object.fromEntries([['p50', 0.5], ['p95', 0.95], ['p99', 0.99]].map(([key, share]) => [key, percentile(delays, share)])),
	min_ms: Math.min(...delays),
	max_ms: Math.max(...delays),
	frame_step_ms: { p50: percentile(steps, 0.5), p99: percentile(steps, 0.99), max: Math.max(...steps) },
});

/**
 * From a burst at the input to the levels frame at the desk; by itself, and while listeners are served.
 * @param {{count: number, bursts: number}} options `count`: listeners
 */
export const measureDeskDelay = ({ count, bursts }) =>
	withEvent(async (event) => {
		const train = makeTrain(bursts);
		const alone = await measureTrain(event, train);
		const seconds = train.train.length / rate + 6;
		const load = runLoad({
			...{ port: event.server.port, listeners: count, seconds, channels: event.channels, pid: event.server.pid },
			args: ['--reports', '--connect-seconds', String(connectSeconds), '--settle-seconds', '1'],
		});
		await pause((connectSeconds + 2) * 1000);
		const loaded = await measureTrain(event, train);
		return { alone: delayFigures(alone), loaded: { listeners: count, lost: (await load).sums.missing, ...delayFigures(loaded) } };
	});
