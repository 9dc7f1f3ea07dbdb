// Who may join: tokens that are good, forged, expired, revoked, of another booth.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { makeAccess } from '../harness/access.mjs';
import { startCabind } from '../harness/cabind.mjs';
import { encode, joinBooth } from '../harness/console.mjs';
import { makeEvent, name } from '../harness/event.mjs';
import { connect, decode } from '../harness/listener.mjs';
import { own, temporaryFolder, until } from '../harness/process.mjs';
import { babble } from '../harness/signal.mjs';

const folder = temporaryFolder('documents');
const slides = randomBytes(30 << 20);
writeFileSync(join(folder, 'slides.pdf'), slides);
execFileSync('mkfifo', [join(folder, 'pipe.pdf')]);
const config = makeEvent({
	languages: ['vi', 'fr'],
	sources: { hall: { tone_hz: 440 } },
	rooms: [{
		id: 'hall',
		floor: 'hall',
		channels: ['vi', 'fr'],
		booths: [
			{ id: 'vi', outputs: ['vi'], documents: [
				{ title: name('Speech'), file: new URL(import.meta.url).pathname },
				{ title: name('Terms'), url: 'https://conference.example/terms' },
			] },
			{ id: 'fr', outputs: ['fr'] },
			{ id: 'large', outputs: ['fr'], documents: [
				{ title: name('Slides'), file: join(folder, 'slides.pdf') },
				{ title: name('Pipe'), file: join(folder, 'pipe.pdf') },
			] },
		],
	}],
});
const access = makeAccess();
let server;
before(async () => {
	server = await startCabind({ config, args: access.args });
});
after(() => server?.stop());

/** What a token gets: the error's code and the close code. */
async function refusal(t, token) {
	const it = await own(t, joinBooth(server, { token, refused: true }));
	const error = await it.message('error');
	return [error.code, (await it.closed).code];
}

test('good, forged, expired, revoked, unknown booth', async (t) => {
	const good = await own(t, joinBooth(server, { token: access.token('vi') }));
	assert.equal(good.joined.booth, 'vi');
	assert.deepEqual(await refusal(t, makeAccess().token('vi')), ['token-invalid', 4003]);
	assert.deepEqual(await refusal(t, access.token('vi', { expiresInS: -1 })), ['token-expired', 4003]);
	assert.deepEqual(await refusal(t, 'nonsense'), ['token-invalid', 4003]);
	const [payload, signature] = access.token('vi').split('.');
	const changed = Buffer.from(payload, 'base64url').toString().replace('"vi"', '"fr"');
	assert.deepEqual(await refusal(t, `${Buffer.from(changed).toString('base64url')}.${signature}`), ['token-invalid', 4003]);
	access.revoke('00000000000000aa');
	await until('the list to be read', async () =>
		(await refusal(t, access.token('vi', { id: '00000000000000aa' })))[0] === 'token-revoked');
	const nowhere = await own(t, joinBooth(server, { token: access.token('de'), refused: true }));
	assert.equal((await nowhere.message('error')).code, 'booth-unknown');
	const metrics = await server.metrics();
	assert.equal(metrics.get('cabin_joins_refused_total', { reason: 'token-expired' }), 1);
	assert.ok(metrics.get('cabin_joins_refused_total', { reason: 'token-invalid' }) >= 3);
});

test('a token that is revoked on air: its console is closed, its sound ends at once', async (t) => {
	const sound = await encode(babble(5, 2));
	const listener = await own(t, connect(server, { channel: 'hall.vi' }));
	const id = '00000000000000bb';
	const one = await own(t, joinBooth(server, { token: access.token('vi', { id }) }));
	await one.speak(sound);
	await listener.message('state', (state) => state.feed === 'booth');
	access.revoke(id);
	const { code, at } = await one.closed;
	one.hush();
	assert.equal(code, 4003);
	assert.equal(one.newest('error').code, 'token-revoked');
	const state = await until('the floor', () => listener.states().filter((it) => it.feed === 'pass-through').at(-1));
	assert.ok(state.at - at < 1000, 'without the hold time');
});

test('without a token: no seat, no sound, no state of booths, no documents', async (t) => {
	const it = await own(t, connect(server));
	for (const message of [
		{ type: 'mic', on: true },
		{ type: 'signal', kind: 'louder', on: true },
		{ type: 'idle', channel: 2, feed: 'silence' },
		{ type: 'call', booth: 'vi', seat: 1, state: 'seen' },
	]) {
		const from = it.messages.length;
		it.send(message);
		assert.equal((await it.message('error', () => true, { from })).code, 'not-joined');
	}
	it.socket.send(Buffer.alloc(20));
	assert.equal((await it.closed).code, 1003);
	for (const path of ['/api/v1/booths', '/api/v1/booth/documents', '/api/v1/booth/documents/1']) {
		assert.equal((await fetch(server.url + path)).status, 401);
		const wrong = await fetch(server.url + path, { headers: { authorization: 'Bearer x.y' } });
		assert.equal(wrong.status, 401);
	}
	const booth = await fetch(`${server.url}/api/v1/booths`, { headers: { authorization: `Bearer ${access.token('vi')}` } });
	assert.equal(booth.status, 403);
});

test('a booth gets its own documents', async () => {
	const headers = { authorization: `Bearer ${access.token('vi')}` };
	const { documents } = await (await fetch(`${server.url}/api/v1/booth/documents`, { headers })).json();
	assert.deepEqual(documents.map((one) => [one.number, one.file, one.url]), [
		[1, 'access.test.mjs', null],
		[2, null, 'https://conference.example/terms'],
	]);
	const file = await fetch(`${server.url}/api/v1/booth/documents/1`, { headers });
	assert.equal(file.status, 200);
	assert.match(await file.text(), /Who may join/);
	for (const path of ['2', '0', '3', '1x', '99999999999999999999']) {
		assert.equal((await fetch(`${server.url}/api/v1/booth/documents/${path}`, { headers })).status, 404, path);
	}
	assert.equal((await fetch(`${server.url}/api/v1/booth/documents/../1`, { headers })).status, 403, 'the API is for technicians');
	const other = { authorization: `Bearer ${access.token('fr')}` };
	assert.deepEqual((await (await fetch(`${server.url}/api/v1/booth/documents`, { headers: other })).json()).documents, []);
	assert.equal((await fetch(`${server.url}/api/v1/booth/documents/1`, { headers: other })).status, 404);
});

test('large documents come whole, and no sound waits for them', { timeout: 30000 }, async (t) => {
	const listener = await own(t, connect(server, { channel: 'hall.floor' }));
	const headers = { authorization: `Bearer ${access.token('large')}` };
	const url = `${server.url}/api/v1/booth/documents/1`;
	const fetchOne = async () => Buffer.from(await (await fetch(url, { headers })).arrayBuffer());
	const began = performance.now();
	for (const bytes of await Promise.all([fetchOne(), fetchOne(), fetchOne()])) assert.ok(bytes.equals(slides));
	t.diagnostic(`three times 30 MB in ${(performance.now() - began).toFixed(0)} ms`);
	await listener.more(5);
	assert.equal(decode(listener.packets).missing, 0);
	const head = await fetch(url, { headers, method: 'HEAD' });
	assert.equal(head.headers.get('content-length'), String(slides.length));
	assert.equal(head.headers.get('content-type'), 'application/pdf');
	// Neither a pipe nor whoever hangs up half-way stops anything.
	assert.equal((await fetch(`${server.url}/api/v1/booth/documents/2`, { headers })).status, 503);
	const files = (await server.metrics()).get('process_open_fds');
	for (let i = 0; i < 5; i++) {
		const stop = new AbortController();
		const half = await fetch(url, { headers, signal: stop.signal });
		await half.body.getReader().read();
		stop.abort();
	}
	await until('the files to be closed', async () => (await server.metrics()).get('process_open_fds') <= files + 2);
});

test('over https: a seat, sound both ways, and close codes as well', { timeout: 30000 }, async (t) => {
	const safe = await own(t, startCabind({ config, tls: true, args: access.args }));
	const over = { ...safe, ws: `wss://127.0.0.1:${safe.tlsPort}/ws` };
	const more = { rejectUnauthorized: false };
	const sound = await encode(babble(6, 1));
	const listener = await own(t, connect(over, { channel: 'hall.vi', ...more }));
	const one = await own(t, joinBooth(over, { token: access.token('vi'), channel: 'hall.floor', ...more }));
	await one.speak(sound);
	await listener.message('state', (state) => state.feed === 'booth' && state.booth === 'vi');
	const heard = (await listener.more(30)).slice(10);
	const sent = new Set(sound.packets.map((packet) => packet.toString('base64')));
	assert.ok(heard.every((packet) => sent.has(packet.payload.toString('base64'))));
	assert.equal(decode(heard).missing, 0);
	await one.more(20);
	one.socket.send(Buffer.alloc(30));
	assert.equal((await one.closed).code, 1008);
});

test('the pages of interpreters and of the stage', async () => {
	const booth = await fetch(`${server.url}/booth/`);
	assert.equal(booth.status, 200);
	assert.match(booth.headers.get('permissions-policy'), /microphone=\(self\)/);
	assert.match(booth.headers.get('content-security-policy'), /frame-ancestors 'none'/);
	const sign = await fetch(`${server.url}/stage/hall`);
	assert.equal(sign.status, 200);
	assert.match(sign.headers.get('content-type'), /^text\/html/);
	assert.match(sign.headers.get('permissions-policy'), /microphone=\(\)/);
	for (const path of ['/stage/a/b', '/stage/Hall', '/booth/..%2f..%2fetc%2fpasswd'])
		assert.equal((await fetch(server.url + path)).status, 404, path);
});

test('a server without a key lets nobody in', async (t) => {
	const open = await own(t, startCabind({ config }));
	const it = await own(t, joinBooth(open, { token: access.token('vi'), refused: true }));
	assert.equal((await it.message('error')).code, 'no-access');
	assert.equal((await it.closed).code, 4003);
});
