// Clients that break the rules: each is closed with its code and counted; nobody else notices.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startCabind } from '../harness/cabind.mjs';
import { makeEvent } from '../harness/event.mjs';
import { connect, decode } from '../harness/listener.mjs';
import { pause, until } from '../harness/process.mjs';
import { frame, upgrade } from '../harness/raw.mjs';

const text = (payload, more = {}) => frame({ opcode: 1, payload, ...more });
const ping = '{"type":"ping","id":1,"t1":1}';
const report = (changes) =>
	JSON.stringify({
		...{ type: 'report', channel: 1, state: 'live', buffer_ms: 40, target_ms: 40, late_ms: 0, concealed_ms: 0 },
		...{ underruns: 0, mouth_to_ear_ms: null, round_trip_ms: null, hidden: false, fallback: 'none', ...changes },
	});

/** @type {[string, Buffer | Buffer[], number][]} name, frames, close code */
const cases = [
	['unmasked text', text(ping, { masked: false }), 1002],
	['a reserved bit', text(ping, { reserved: 4 }), 1002],
	['all reserved bits', text(ping, { reserved: 7 }), 1002],
	['a reserved opcode', frame({ opcode: 3, payload: ping }), 1002],
	['a reserved control opcode', frame({ opcode: 11, payload: '' }), 1002],
	['a fragmented message', [text('{"type":', { fin: false }), frame({ opcode: 0, payload: '"stop"}' })], 1002],
	['a continuation of nothing', frame({ opcode: 0, payload: ping }), 1002],
	['a ping frame that is too long', frame({ opcode: 9, payload: Buffer.alloc(126) }), 1002],
	['a fragmented ping frame', frame({ opcode: 9, payload: 'x', fin: false }), 1002],
	['a binary message', frame({ opcode: 2, payload: Buffer.alloc(40) }), 1003],
	['an empty binary message', frame({ opcode: 2 }), 1003],
	['text that is not UTF-8', text(Buffer.from([0x7b, 0xff, 0xfe, 0x7d])), 1007],
	['text that is not JSON', text('hello'), 1007],
	['an empty text', text(''), 1007],
	['half of a JSON object', text('{"type":"stop"'), 1007],
	['JSON and more', text('{"type":"stop"}{"type":"stop"}'), 1007],
	['JSON that is no object', text('[1,2,3]'), 1008],
	['no type', text('{"channel":1}'), 1008],
	['an unknown type', text('{"type":"dance"}'), 1008],
	['listen without a channel', text('{"type":"listen"}'), 1008],
	['listen to a word', text('{"type":"listen","channel":"1"}'), 1008],
	['a ping with a negative id', text('{"type":"ping","id":-1,"t1":1}'), 1008],
	['a ping with a huge id', text('{"type":"ping","id":2147483648,"t1":1}'), 1008],
	['a report with too large a number', text(report({ buffer_ms: 600001 })), 1008],
	['a report with a negative number', text(report({ late_ms: -1 })), 1008],
	['a report with an unknown state', text(report({ state: 'happy' })), 1008],
	['a report with a number as text', text(report({ hidden: 'no' })), 1008],
	['a message of 513 bytes', text(`{"type":"ping","id":1,"t1":1,"x":"${'y'.repeat(513 - 36)}"}`), 1009],
	['a message of 64 KB', text('x'.repeat(65000)), 1009],
	['a claim of 2^40 bytes', text('x', { length: 2 ** 40 }), 1009],
	['500 messages at once', Buffer.concat(Array.from({ length: 500 }, () => text(ping))), 1008],
];

let server;
let others;

before(async () => {
	const config = makeEvent({
		sources: { tone: { tone_hz: 300 } },
		rooms: [{ id: 'hall', floor: 'tone', channels: { vi: null } }],
	});
	server = await startCabind({ config });
	others = await Promise.all([1, 2].map(() => connect(server, { channel: 'hall.floor' })));
});

after(async () => {
	for (const other of others ?? []) await other.stop();
	await server?.stop();
});

const closed = new Map(); // by code, as this file saw it

for (const [name, frames, code] of cases) {
	test(`${name} is closed with ${code}`, { timeout: 20000 }, async (t) => {
		const client = await upgrade(server.port);
		t.after(() => client.stop());
		assert.equal(client.status, 101);
		client.write(text('{"type":"listen","channel":1}'));
		await until('packets', () => client.received() > 500);
		for (const bytes of [frames].flat()) client.write(bytes);
		assert.equal(await client.closeCode(5000), code);
		client.socket.end();
		await until('the connection to end', () => client.isClosed());
		closed.set(code, (closed.get(code) ?? 0) + 1);
	});
}

test('each of them was counted once, by its code', { timeout: 20000 }, async () => {
	const metrics = await server.metrics();
	assert.ok(closed.size > 1);
	for (const [code, count] of closed)
		assert.equal(metrics.get('cabin_connections_closed_total', { code: String(code) }), count, `code ${code}`);
});

test('garbage in place of HTTP, endless headers, and half a request end alone', { timeout: 30000 }, async (t) => {
	const half = await upgrade(server.port);
	t.after(() => half.stop());
	half.write(frame({ opcode: 1, payload: ping }).subarray(0, 3));
	const { connect: connectSocket } = await import('node:net');
	for (const bytes of [Buffer.alloc(70000, 0xaa), Buffer.from(`GET / HTTP/1.1\r\nX: ${'y'.repeat(200000)}`)]) {
		const socket = connectSocket(server.port, '127.0.0.1');
		let over = false;
		socket.on('close', () => (over = true)).on('error', () => {});
		socket.resume();
		socket.write(bytes);
		await until('the connection to end', () => over, 10000);
	}
});

test('an upgrade that is not this protocol is refused', { timeout: 20000 }, async (t) => {
	const headers = (protocol, version = 13) => [
		...['Host: 127.0.0.1', 'Connection: Upgrade', 'Upgrade: websocket', `Sec-WebSocket-Version: ${version}`],
		'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
		...(protocol ? [`Sec-WebSocket-Protocol: ${protocol}`] : []),
	];
	for (const refused of [headers(), headers('chat'), headers('cabin.v2')]) {
		const client = await upgrade(server.port, { headers: refused });
		t.after(() => client.stop());
		assert.equal(client.status, 400, refused.join(' '));
	}
	const elsewhere = await upgrade(server.port, { path: '/elsewhere' });
	t.after(() => elsewhere.stop());
	assert.notEqual(elsewhere.status, 101);
	const several = await upgrade(server.port, { headers: headers('chat, cabin.v1') });
	t.after(() => several.stop());
	assert.equal(several.status, 101, 'one of several is enough');
});

test('unknown channels and fields are no offence', { timeout: 20000 }, async (t) => {
	const listener = await connect(server, { channel: 'hall.floor' });
	t.after(() => listener.stop());
	listener.send({ type: 'listen', channel: 999 });
	assert.equal((await listener.message('error')).code, 'unknown-channel');
	listener.send({ type: 'ping', id: 7, t1: 123456, colour: 'blue' });
	const pong = await listener.message('pong');
	assert.deepEqual([pong.id, pong.t1], [7, 123456]);
	assert.ok(pong.t3 >= pong.t2);
	listener.send(report({}));
	await listener.more(20);
	listener.send({ type: 'stop' });
	await pause(300);
	const count = listener.packets.length;
	await pause(300);
	assert.equal(listener.packets.length, count, 'packets after stop');
	await listener.listen('hall.vi');
	await listener.more(10);
	assert.deepEqual(listener.faults, []);
});

test('nobody else noticed any of it', () => {
	for (const other of others) {
		assert.deepEqual(other.faults, []);
		assert.ok(other.packets.length > 50);
		assert.equal(decode(other.packets).missing, 0);
	}
	assert.ok(server.isRunning());
});
