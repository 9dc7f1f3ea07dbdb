// A listener that stops reading: it skips to live, then it is closed; nobody else notices.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { startCabind } from '../harness/cabind.mjs';
import { makeEvent } from '../harness/event.mjs';
import { connect, decode } from '../harness/listener.mjs';
import { own, pause, until } from '../harness/process.mjs';

/** Many bytes a second, so that the kernel's buffers are full soon. */
const config = (closeAfterMs) =>
	makeEvent({
		server: { queue_limit_ms: 300, close_after_ms: closeAfterMs },
		sources: { tone: { tone_hz: 440, opus: { bitrate_bps: 256000, packet_ms: 10, mode: 'audio' } } },
		rooms: [{ id: 'hall', floor: 'tone' }],
	});

/** Missing packets and the longest wait between two, in ms. */
function disturbance(listener, from) {
	const packets = listener.packets.slice(from);
	let longest = 0;
	for (let i = 1; i < packets.length; i++) longest = Math.max(longest, packets[i].at - packets[i - 1].at);
	return { missing: decode(packets).missing, longest };
}

const skips = async (server) => (await server.metrics()).get('cabin_listener_skips_total') ?? 0;

async function skipsToLive(t) {
	const server = await own(t, startCabind({ config: config(60000) }));
	const others = await Promise.all([1, 2, 3].map(() => own(t, connect(server, { channel: 'hall.floor' }))));
	const slow = await own(t, connect(server, { channel: 'hall.floor' }));
	await slow.more(20);
	const starts = others.map((other) => other.packets.length);
	const before = await skips(server);
	slow.socket.pause();
	// It skips when its socket takes more again; until then nothing shows that the kernel's buffers are full.
	await pause(15000);
	const states = slow.states().length;
	slow.socket.resume();
	await until('a skip', async () => (await skips(server)) > before);
	await until('packets after a gap', () => {
		const packets = slow.packets;
		return packets.some((packet, i) => i > 0 && packet.sequence > packets[i - 1].sequence + 1);
	});
	await slow.more(50);
	const at = slow.packets.findIndex((packet, i) => i > 0 && packet.sequence > slow.packets[i - 1].sequence + 1);
	const gap = slow.packets[at].sequence - slow.packets[at - 1].sequence - 1;
	t.diagnostic(`skipped ${gap} packets of 10 ms`);
	assert.ok(!slow.packets[at].marker, 'a skip is no new epoch');
	assert.ok(slow.states().length > states, 'state comes again with a skip');
	// Live again: as far as the others are, but for what is on its way.
	const behind = others[0].packets.at(-1).sequence - slow.packets.at(-1).sequence;
	assert.ok(Math.abs(behind) <= 10, `still ${behind} packets behind`);
	for (const [i, other] of others.entries()) {
		const { missing, longest } = disturbance(other, starts[i]);
		t.diagnostic(`another listener: longest wait ${longest.toFixed(0)} ms`);
		assert.equal(missing, 0, 'another listener lost packets');
	}
}

async function isClosed(t) {
	const server = await own(t, startCabind({ config: config(4000) }));
	const other = await own(t, connect(server, { channel: 'hall.floor' }));
	const slow = await own(t, connect(server, { channel: 'hall.floor' }));
	await slow.more(20);
	const from = other.packets.length;
	slow.socket.pause();
	const closedCount = async () => (await server.metrics()).get('cabin_connections_closed_total', { code: '4000' }) ?? 0;
	await until('the slow listener to be closed', async () => (await closedCount()) === 1, 60000);
	slow.socket.resume();
	const { code } = await slow.closed;
	// The close frame waits behind what the kernel holds; when that cannot be sent, the socket just ends.
	assert.ok(code === 4000 || code === 1006, `close code ${code}`);
	await pause(500);
	assert.equal(disturbance(other, from).missing, 0);
	assert.ok(server.isRunning());
}

// Both mostly wait for the kernel’s buffers to fill: side by side.
describe('a slow listener', { concurrency: true }, () => {
	test('skips to live, and hears live sound again', { timeout: 90000 }, skipsToLive);
	test('is closed after its limit, counted, and disturbs nobody', { timeout: 90000 }, isClosed);
});
