// The server's own share, over all listeners at once: JACK, PortAudio, cabind, WebSocket, listeners
// in C that read the clock at each packet. Beside it, in the same run and on the same cores, a bare
// loop of send(): what the kernel alone costs.
import { readFileSync } from 'node:fs';
import { startCabind } from '../harness/cabind.mjs';
import { jackDevice, makeEvent } from '../harness/event.mjs';
import { inputPorts, startJack } from '../harness/jack.mjs';
import { runLoad } from '../harness/load.mjs';
import { must, program, start, until, withOwned } from '../harness/process.mjs';

const period = 256;
const packetMs = 20;
const lookAheadMs = 2.5;

/** The bare loop with as many listeners, on the server's core. */
async function measureBare(count, seconds) {
	const bare = start('taskset', ['-c', '0', program('cabin-bare-server')]);
	try {
		const port = await until('the bare server', () => bare.stdout().match(/port (\d+)/)?.[1]);
		const args = ['--bare', '--connect-seconds', '2'];
		return await runLoad({ port, listeners: count, seconds, channels: [1, 2, 3], args, pid: bare.pid, core: 1 });
	} finally {
		await bare.stop();
	}
}

/** Memory that is the process's own and of no file. @param {number} pid */
const anonymousBytes = (pid) =>
	Number(readFileSync(`/proc/${pid}/status`, 'utf8').match(/RssAnon:\s+(\d+) kB/)[1]) * 1024;

/**
 * @param {{count: number, seconds: number}} options
 */
export const measureListeners = ({ count, seconds }) =>
	withOwned(async (own) => {
		const jack = await own(startJack({ channels: 3, period }));
		const config = makeEvent({
			devices: { card: { ...jackDevice(jack), buffer_frames: period } },
			defaults: { gate_db: -120 },
			sources: {
				floor: { device: 'card', inputs: [1] },
				vi: { device: 'card', inputs: [2] },
				fr: { device: 'card', inputs: [3] },
			},
			rooms: [{ id: 'hall', floor: 'floor', channels: { vi: 'vi', fr: 'fr' } }],
		});
		const server = await own(startCabind({ config }));
		await inputPorts(jack, 3);
		const idle = await server.metrics();
		const idleBytes = anonymousBytes(server.pid);
		const channels = (await server.event()).rooms[0].channels.map((channel) => channel.number);
		const bareBefore = await measureBare(count, 8);
		const load = await runLoad({
			...{ port: server.port, listeners: count, seconds, channels, pid: server.pid },
			args: ['--reports', '--connect-seconds', '2', '--settle-seconds', '3'],
		});
		// The ratio takes both on the same cores: server on one, listeners on the other.
		await must('taskset', ['-a', '-p', '-c', '0', String(server.pid)]);
		const pinned = await runLoad({
			...{ port: server.port, listeners: count, seconds: 8, channels, pid: server.pid, core: 1 },
			args: ['--connect-seconds', '2'],
		});
		const bareAfter = await measureBare(count, 8);
		return await told({ count, load, pinned, bare: [bareBefore, bareAfter], idle, idleBytes, server });
	});

async function told({ count, load, pinned, bare, idle, idleBytes, server }) {
	const metrics = await server.metrics();
	const delays = load.delay_ms;
	const bareCost = bare.map((run) => run.server.cpu_us_per_packet);
	const ideal = packetMs + lookAheadMs + (period / 48000) * 1000;
	return {
		listeners: count,
		seconds: load.seconds,
		delay_ms: { p50: delays.p50, p90: delays.p90, p99: delays.p99, 'p99.9': delays['p99.9'], max: delays.max },
		/** Frame, look-ahead and one device buffer: what cannot be less. */
		floor_ms: ideal,
		worst_listener: load.worst_listener,
		expected: load.sums.expected,
		lost: load.sums.missing,
		skips: metrics.get('cabin_listener_skips_total') - idle.get('cabin_listener_skips_total'),
		reconnects: load.sums.reconnects,
		/** How late the load client itself was: its own misses are in the delays. */
		client_lateness_ms: load.own_lateness_ms,
		client_cpu_share: load.own_cpu_s / load.seconds,
		server_cpu_share: load.server.cpu_s / load.seconds,
		server_cpu_us_per_message: load.server.cpu_us_per_packet,
		pinned_cpu_us_per_message: pinned.server.cpu_us_per_packet,
		bare_cpu_us_per_message: bareCost,
		ratio_to_bare: (2 * pinned.server.cpu_us_per_packet) / (bareCost[0] + bareCost[1]),
		memory_bytes_per_listener: (load.server.anonymous_bytes - idleBytes) / count,
		percentiles_ms: [
			...[[0.5, delays.p50], [0.9, delays.p90], [0.99, delays.p99]],
			...[[0.999, delays['p99.9']], [0.99999, delays.max]],
		],
	};
}
