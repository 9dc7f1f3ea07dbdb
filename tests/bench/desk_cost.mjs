// What the technician's desk costs: the server's processor time beside the fan-out's, and the network of one desk.
import { readdirSync, readFileSync } from 'node:fs';
import { joinDesk } from '../harness/desk.mjs';
import { runLoad } from '../harness/load.mjs';
import { pause } from '../harness/process.mjs';
import { babble, percentile } from '../harness/signal.mjs';
import { connectSeconds, settleSeconds, startVisitors, withEvent } from './desk_event.mjs';

/** Processor seconds of each thread of a process so far, by the thread's name without its number. */
function threadSeconds(pid) {
	const out = {};
	for (const task of readdirSync(`/proc/${pid}/task`)) {
		const stat = readFileSync(`/proc/${pid}/task/${task}/stat`, 'utf8');
		const thread = stat.slice(stat.indexOf('(') + 1, stat.lastIndexOf(')')).replace(/-?\d+$/, '');
		const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
		out[thread] = (out[thread] ?? 0) + (Number(fields[11]) + Number(fields[12])) / 100;
	}
	return out;
}

/** Every WebSocket message of a desk, as it is on the wire: header and payload. */
function countBytes(desk) {
	const count = { levels: 0, frames: 0, texts: {} };
	desk.socket.on('message', (data, isBinary) => {
		const bytes = data.length + (data.length < 126 ? 2 : data.length < 65536 ? 4 : 10);
		if (isBinary) {
			count.levels += bytes;
			count.frames++;
			return;
		}
		const { type } = JSON.parse(data.toString());
		count.texts[type] = (count.texts[type] ?? 0) + bytes;
	});
	return count;
}

/** One stretch of the event: with listeners' reports and a desk, or with neither. */
async function measureOnce({ server, channels, token }, { count, seconds, withDesk }) {
	const desk = withDesk ? await joinDesk(server, token) : undefined;
	const visitors = startVisitors(server);
	try {
		const load = runLoad({
			...{ port: server.port, listeners: count, seconds, channels, pid: server.pid },
			args: [...(withDesk ? ['--reports'] : []), '--connect-seconds', String(connectSeconds), '--settle-seconds', String(settleSeconds)],
		});
		await pause((connectSeconds + settleSeconds) * 1000);
		const bytes = desk && countBytes(desk);
		const began = performance.now();
		const before = threadSeconds(server.pid);
		await pause(seconds * 1000 - 500); // the load ends a little later, so that it is there all the time
		const after = threadSeconds(server.pid);
		const took = (performance.now() - began) / 1000;
		const counted = structuredClone(bytes);
		const result = await load;
		const share = {};
		for (const thread of Object.keys(after)) share[thread] = (after[thread] - (before[thread] ?? 0)) / took;
		const kbits = (sum) => (sum * 8) / 1000 / took;
		return {
			share,
			packets: result.sums.delivered,
			lost: result.sums.missing,
			bandwidth: counted && {
				levels_kbits: kbits(counted.levels),
				frames_per_s: counted.frames / took,
				texts_kbits: Object.fromEntries(Object.entries(counted.texts).map(([type, sum]) => [type, kbits(sum)])),
				all_kbits: kbits(counted.levels + Object.values(counted.texts).reduce((sum, one) => sum + one, 0)),
			},
		};
	} finally {
		visitors.stop();
		await desk?.stop();
	}
}

const spread = (values) => ({ median: percentile(values, 0.5), min: Math.min(...values), max: Math.max(...values) });

/**
 * Processor time and network, in `rounds` of both stretches in turn.
 * @param {{count: number, seconds: number, rounds: number}} options `count`: listeners
 */
export const measureDeskCost = ({ count, seconds, rounds }) =>
	withEvent(async (event) => {
		event.play(babble(99, 20), true);
		const plain = [];
		const full = [];
		for (let i = 0; i < rounds; i++) {
			// The order changes, so that what drifts is in both.
			for (const withDesk of i % 2 ? [true, false] : [false, true])
				(withDesk ? full : plain).push(await measureOnce(event, { count, seconds, withDesk }));
		}
		return told({ count, seconds, channels: event.channels.length, plain, full });
	});

function told({ count, seconds, channels, plain, full }) {
	const of = (runs, thread) => spread(runs.map((run) => run.share[thread] ?? 0));
	const fanOut = of(plain, 'loop');
	const threads = Object.fromEntries(['cabin-meter', 'cabin-desk', 'cabin-store', 'cabin-hub'].map((thread) => [thread, of(full, thread)]));
	const loopsWithDesk = of(full, 'loop');
	// The hub works for the fan-out with and without a desk.
	const own = threads['cabin-meter'].median + threads['cabin-desk'].median + threads['cabin-store'].median;
	/** Each round by itself: what the loops do more, and all of it beside the fan-out. */
	const more = full.map((run, i) => run.share.loop - plain[i].share.loop);
	const pairs = full.map((run, i) => (run.share['cabin-meter'] + run.share['cabin-desk'] + run.share['cabin-store'] + more[i]) / plain[i].share.loop);
	const bandwidth = (of) => spread(full.map((run) => of(run.bandwidth)));
	const types = [...new Set(full.flatMap((run) => Object.keys(run.bandwidth.texts_kbits)))];
	return {
		...{ listeners: count, channels, seconds, rounds: plain.length },
		/** The loops without reports and without a desk, in cores. */
		fan_out_share: fanOut,
		loops_with_desk_share: loopsWithDesk,
		threads,
		loops_more: spread(more),
		ratio_of_pairs: spread(pairs),
		ratio_of_medians: (own + loopsWithDesk.median - fanOut.median) / fanOut.median,
		lost: [...plain, ...full].reduce((sum, run) => sum + run.lost, 0),
		delivered: [...plain, ...full].reduce((sum, run) => sum + run.packets, 0),
		bandwidth: {
			all_kbits: bandwidth((one) => one.all_kbits),
			levels_kbits: bandwidth((one) => one.levels_kbits),
			frames_per_s: bandwidth((one) => one.frames_per_s),
			texts_kbits: Object.fromEntries(types.map((type) => [type, bandwidth((one) => one.texts_kbits[type] ?? 0)])),
		},
	};
}
