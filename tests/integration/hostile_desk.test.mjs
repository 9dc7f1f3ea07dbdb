// Whoever breaks the desk's rules, by mistake or on purpose, over HTTP and on a WebSocket: each is refused, nothing
// changes, and listeners, booths and other desks notice nothing.
import assert from 'node:assert/strict';
import { connect as connectSocket } from 'node:net';
import { after, before, test } from 'node:test';
import { makeAccess } from '../harness/access.mjs';
import { startCabind } from '../harness/cabind.mjs';
import { encode, joinBooth } from '../harness/console.mjs';
import { asker, joinDesk, must } from '../harness/desk.mjs';
import { makeEvent } from '../harness/event.mjs';
import { connect } from '../harness/listener.mjs';
import { own, temporaryFolder, until } from '../harness/process.mjs';
import { frame, upgrade } from '../harness/raw.mjs';
import { babble } from '../harness/signal.mjs';

const config = makeEvent({
	languages: ['vi', 'fr'],
	sources: { hall: { tone_hz: 440 } },
	rooms: [{ id: 'hall', floor: 'hall', channels: ['vi', 'fr'], booths: ['vi', 'fr'] }],
});
const access = makeAccess();
const technician = access.token(null, { name: 'Minh' });
const observer = access.token(null, { role: 'observer' });
let server;
let witness; // a listener who hears the floor all the time

before(async () => {
	server = await startCabind({ config, args: [...access.args, '--data', temporaryFolder('data')] });
	witness = await connect(server, { channel: 'hall.floor' });
	await witness.more(20);
	witness.packets.length = 0;
});
after(async () => {
	await witness?.stop();
	await server?.stop();
});

/** Bytes on a socket of their own; the statuses of all answers, once there are `count` or it is over. */
async function statuses(bytes, count = 1) {
	const socket = connectSocket({ port: server.port, host: '127.0.0.1' });
	let text = '';
	let over = false;
	socket.on('data', (chunk) => (text += chunk.toString('latin1')));
	socket.on('error', () => {});
	socket.on('close', () => (over = true));
	for (const piece of [bytes].flat()) socket.write(piece);
	const found = () => [...text.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => Number(status));
	await until('an answer', () => over || found().length >= count);
	socket.destroy();
	return found();
}

function ask(method, path, { token = technician, type = 'application/json', length, body = '', more = [] } = {}) {
	const size = length ?? (body || ['POST', 'PATCH'].includes(method) ? body.length : undefined);
	return [
		`${method} /api/v1${path} HTTP/1.1`,
		'Host: cabin',
		...(token ? [`Authorization: Bearer ${token}`] : []),
		...(type && size !== undefined ? [`Content-Type: ${type}`] : []),
		...(size === undefined ? [] : [`Content-Length: ${size}`]),
		...more,
		'',
		body,
	].join('\r\n');
}

const mute = { body: '{"muted":true}' };

/** @type {[string, string, number][]} name, request, status */
const cases = [
	['no token', ask('PATCH', '/channels/hall.vi', { ...mute, token: '' }), 401],
	['a token of nobody', ask('PATCH', '/channels/hall.vi', { ...mute, token: 'a.b' }), 401],
	['a token of another key', ask('PATCH', '/channels/hall.vi', { ...mute, token: makeAccess().token(null) }), 401],
	['an expired token', ask('GET', '/desk', { token: access.token(null, { expiresInS: -1 }) }), 401],
	['a token of 6 KB', ask('GET', '/desk', { token: 'x'.repeat(6000) }), 401],
	['a booth’s token', ask('GET', '/desk', { token: access.token('hall-vi') }), 403],
	['an observer’s POST', ask('POST', '/announcements', { token: observer, body: '{}' }), 403],
	['an observer’s PATCH', ask('PATCH', '/channels/hall.vi', { ...mute, token: observer }), 403],
	['an observer’s DELETE', ask('DELETE', '/talkback', { token: observer }), 403],
	['a form of another site', ask('PATCH', '/channels/hall.vi', { ...mute, type: 'text/plain' }), 415],
	['no content type', ask('PATCH', '/channels/hall.vi', { ...mute, type: '' }), 415],
	['a method that is none', ask('BREW', '/desk'), 0],
	['PUT', ask('PUT', '/channels/hall.vi', mute), 405],
	['a body of 17 KB', ask('PATCH', '/channels/hall.vi', { body: `{"x":"${'y'.repeat(17 << 10)}"}` }), 413],
	['the claim of a terabyte', ask('PATCH', '/channels/hall.vi', { ...mute, length: 2 ** 40 }), 413],
	['chunks', ask('PATCH', '/channels/hall.vi', { ...mute, more: ['Transfer-Encoding: chunked'] }), 411],
	['half JSON', ask('PATCH', '/channels/hall.vi', { body: '{"muted":tru' }), 400],
	['JSON that is no object', ask('PATCH', '/channels/hall.vi', { body: '[true]' }), 400],
	['an empty body', ask('PATCH', '/channels/hall.vi', {}), 400],
	['JSON five thousand deep', ask('PATCH', '/channels/hall.vi', { body: `{"muted":${'['.repeat(5000)}${']'.repeat(5000)}}` }), 400],
	['NUL in a text', ask('POST', '/rooms', { body: '{"id":"a\\u0000b"}' }), 400],
	['a path that climbs', ask('GET', '/../../etc/passwd'), 404],
	['a path with a line break', ask('GET', '/channels/%0d%0aX-Evil:%20yes'), 404],
	['a path of 1 KB', ask('GET', `/${'a'.repeat(1000)}`), 414],
	['the desk’s own channel', ask('PATCH', '/channels/desk.voice', mute), 404],
];

for (const [what, bytes, status] of cases) {
	test(`${what}: ${status || 'no answer of the desk'}`, async () => {
		const [got] = await statuses(bytes);
		if (status) assert.equal(got, status);
		else assert.ok(got === undefined || got >= 400, `${got}`);
	});
}

test('nothing of it changed anything', async () => {
	const it = asker(server, technician);
	assert.deepEqual((await must(it('GET', '/changes'))).changes, []);
	const { channels, rooms, announcing, talkback } = await must(it('GET', '/desk'));
	assert.deepEqual([rooms.length, announcing, talkback], [1, null, null]);
	for (const { id, muted, override } of channels) assert.deepEqual([muted, override], [false, null], id);
});

test('pipelined requests are answered in their order', async () => {
	const paths = ['/changes', '/nothing', '/alarms', '/nothing', '/audience'];
	const got = await statuses(paths.map((path) => ask('GET', path)).join(''), paths.length);
	assert.deepEqual(got, [200, 404, 200, 404, 200]);
});

test('whoever goes before the answer comes, a hundred times', async () => {
	for (let i = 0; i < 100; i++) {
		const socket = connectSocket({ port: server.port, host: '127.0.0.1' });
		socket.on('error', () => {});
		await new Promise((done) => socket.once('connect', done));
		socket.write(ask('GET', '/config'));
		if (i % 2) socket.resetAndDestroy();
		else socket.end();
	}
	assert.deepEqual(await statuses(ask('GET', '/changes')), [200]);
});

test('three hundred at once: each is answered, or told to come again', async () => {
	const all = await Promise.all(Array.from({ length: 300 }, () => statuses(ask('GET', '/desk'))));
	for (const [status] of all) assert.ok([200, 503].includes(status), `${status}`);
	assert.ok(all.some(([status]) => status === 200));
});

test('half a body holds up nobody', async (t) => {
	const socket = connectSocket({ port: server.port, host: '127.0.0.1' });
	t.after(() => socket.destroy());
	socket.on('error', () => {});
	socket.write(ask('PATCH', '/channels/hall.vi', { length: 100, body: '{"muted":' }));
	assert.deepEqual(await statuses(ask('GET', '/changes')), [200]);
});

test('channels that /api/v1/event does not name are no listener’s', async (t) => {
	const named = new Set((await server.event()).rooms.flatMap((room) => room.channels.map(({ number }) => number)));
	const it = await own(t, connect(server));
	// The event's three, four spare rooms of four, and six of the desk.
	for (let channel = 4; channel <= 25; channel++) it.send({ type: 'listen', channel });
	it.send({ type: 'ping', id: 1, t1: 1 });
	await it.message('pong');
	assert.deepEqual([...named].sort(), [1, 2, 3]);
	assert.equal(it.messages.filter(({ code }) => code === 'unknown-channel').length, 6);
	// Spare rooms are there, and silent; the desk's room says nothing of itself.
	const { channels } = await must(asker(server, technician)('GET', '/desk'));
	assert.ok(channels.every(({ id }) => !id.startsWith('desk.')));
	await witness.more(20);
	assert.equal(it.packets.length, 0);
});

test('an observer’s WebSocket: told all, allowed nothing', async (t) => {
	const desk = await own(t, joinDesk(server, observer));
	assert.equal(desk.messages.find(({ type }) => type === 'joined').role, 'observer');
	await until('levels', () => desk.levels.length > 5);
	for (const message of [
		{ type: 'call', booth: 'hall-vi', seat: 1, state: 'seen' },
		{ type: 'message', to: 'room', canned: 'yes' },
	]) {
		const from = desk.messages.length;
		desk.send(message);
		await desk.message('error', ({ code }) => code === 'not-yours', { from });
	}
	const seat = await own(t, joinBooth(server, { token: observer, booth: 'desk', refused: true }));
	await seat.message('error', ({ code }) => code === 'not-yours');
});

// That it is closed in the end, test_desk_feed shows: the kernel's buffers hold minutes of levels.
test('while a desk reads nothing, another one gets its levels all the time', async (t) => {
	const good = await own(t, joinDesk(server, technician));
	const deaf = await upgrade(server.port, { path: '/ws?console' });
	t.after(() => deaf.stop());
	deaf.write(frame({ opcode: 1, payload: JSON.stringify({ type: 'join', token: technician }) }));
	await until('joined', () => deaf.received() > 500);
	deaf.pause();
	deaf.write(frame({ opcode: 1, payload: '{"type":"desk","on":true}' }));
	good.levels.length = 0;
	await until('levels', () => good.levels.length >= 40);
	const gaps = good.levels.slice(1).map(({ at }, i) => at - good.levels[i].at);
	assert.ok(Math.max(...gaps) < 500, `${Math.max(...gaps)} ms without levels`);
});

test('talkback is heard in the booths that were called, and nowhere else', async (t) => {
	const ask_ = asker(server, technician);
	const called = await own(t, joinBooth(server, { token: access.token('hall-vi') }));
	const other = await own(t, joinBooth(server, { token: access.token('hall-fr') }));
	const voice = await own(t, joinBooth(server, { token: technician, booth: 'desk' }));
	await must(ask_('POST', '/talkback', { to: ['hall-vi'] }));
	const { channel } = await called.message('talkback', ({ on }) => on);
	await voice.speak(await encode(babble(5, 2), 20));
	await until('the technician’s voice', () => called.packets.filter((packet) => packet.channel === channel).length > 20);
	await must(ask_('DELETE', '/talkback'));
	await called.message('talkback', ({ on }) => !on);
	assert.ok(other.packets.every((packet) => packet.channel !== channel));
	assert.ok(!other.messages.some(({ type }) => type === 'talkback'));
	assert.ok(witness.packets.every((packet) => packet.channel !== channel));
	// Nobody but a technician sits there.
	const booth = await own(t, joinBooth(server, { token: access.token('desk'), refused: true }));
	await booth.message('error', ({ code }) => code === 'booth-unknown');
});

test('the listener missed nothing of the floor meanwhile', () => {
	assert.ok(witness.packets.length > 100);
	witness.packets.slice(1).forEach((packet, i) => {
		assert.equal(packet.sequence - witness.packets[i].sequence, 1);
	});
});
