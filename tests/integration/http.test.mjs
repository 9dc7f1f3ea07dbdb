// The pages and the API as a browser asks for them, on http and https.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { startCabind } from '../harness/cabind.mjs';
import { makeEvent } from '../harness/event.mjs';
import { request } from '../harness/http.mjs';
import { connect, decode } from '../harness/listener.mjs';

let server;
let page;
let assets;

before(async () => {
	const config = makeEvent({
		sources: { tone: { tone_hz: 440 } },
		rooms: [{ id: 'hall', floor: 'tone', channels: { vi: null, fr: null } }],
	});
	server = await startCabind({ config, tls: true });
	page = await request(`${server.url}/`);
	assets = [...page.body.toString().matchAll(/(?:src|href)="\.?(\/[^"]+|assets\/[^"]+)"/g)].map(([, path]) =>
		new URL(path, `${server.url}/`).pathname,
	);
});

after(() => server?.stop());

test('the page', () => {
	assert.equal(page.status, 200);
	assert.match(page.headers['content-type'], /^text\/html; ?charset=utf-8$/i);
	assert.equal(page.headers['x-content-type-options'], 'nosniff');
	assert.ok(page.headers['referrer-policy']);
	const csp = page.headers['content-security-policy'];
	assert.match(csp, /default-src '(none|self)'/);
	assert.match(csp, /script-src[^;]*'wasm-unsafe-eval'/);
	assert.doesNotMatch(csp, /unsafe-inline|'unsafe-eval'|\*/);
	assert.match(page.headers['cache-control'], /no-cache/);
	assert.ok(page.headers.etag, 'no ETag');
	assert.ok(assets.length > 0, 'the page names no script');
});

test('unchanged: 304, with no body', async () => {
	const again = await request(`${server.url}/`, { headers: { 'If-None-Match': page.headers.etag } });
	assert.equal(again.status, 304);
	assert.equal(again.body.length, 0);
	const listed = await request(`${server.url}/`, { headers: { 'If-None-Match': `"other", ${page.headers.etag}` } });
	assert.equal(listed.status, 304);
	const other = await request(`${server.url}/`, { headers: { 'If-None-Match': '"other"' } });
	assert.equal(other.status, 200);
});

test('what has a hash in its name is kept for ever, and has its type', async () => {
	const types = { js: /^text\/javascript/, css: /^text\/css/, svg: /^image\/svg\+xml/, png: /^image\/png/ };
	let hashed = 0;
	for (const path of assets) {
		const answer = await request(server.url + path);
		assert.equal(answer.status, 200, path);
		const type = types[path.split('.').pop()];
		if (type) assert.match(answer.headers['content-type'], type, path);
		if (!path.startsWith('/assets/')) continue;
		hashed++;
		assert.match(answer.headers['cache-control'], /max-age=31536000.*immutable/, path);
	}
	assert.ok(hashed > 0);
});

test('compressed as the browser asks', async () => {
	const script = assets.find((path) => path.endsWith('.js'));
	for (const path of ['/', script]) {
		const ask = (encodings) => request(server.url + path, { headers: { 'Accept-Encoding': encodings } });
		const plain = await ask('identity');
		assert.equal(plain.headers['content-encoding'], undefined);
		assert.match(plain.headers.vary, /accept-encoding/i);
		const gzip = await ask('gzip, deflate');
		assert.equal(gzip.headers['content-encoding'], 'gzip');
		assert.deepEqual(gunzipSync(gzip.body), plain.body);
		const brotli = await ask('gzip, deflate, br, zstd');
		assert.equal(brotli.headers['content-encoding'], 'br');
		assert.deepEqual(brotliDecompressSync(brotli.body), plain.body);
		assert.ok(brotli.body.length < plain.body.length);
		assert.equal((await ask('br;q=0, gzip;q=0.5')).headers['content-encoding'], 'gzip');
		assert.equal((await ask('gzip;q=0')).headers['content-encoding'], undefined);
		assert.equal(Number(gzip.headers['content-length']), gzip.body.length);
	}
});

test('HEAD, wrong methods, and what is not there', async () => {
	const head = await request(`${server.url}/`, { method: 'HEAD' });
	assert.equal(head.status, 200);
	assert.equal(head.body.length, 0);
	assert.equal(head.headers['content-length'], page.headers['content-length']);
	for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS']) {
		const answer = await request(`${server.url}/`, { method, body: method === 'OPTIONS' ? undefined : 'x' });
		assert.equal(answer.status, 405, method);
		assert.match(answer.headers.allow, /GET/);
	}
	const missing = ['/nowhere', '/assets/', '/assets/nowhere.js', '/index.html.gz', '/../../etc/passwd'];
	for (const path of [...missing, '/%2e%2e/%2e%2e/etc/passwd', '/assets/..%2f..%2f..%2fetc/passwd', '/.git/config']) {
		const answer = await request(server.url + path);
		assert.equal(answer.status, 404, path);
		assert.ok(!answer.body.includes('root:'));
	}
});

test('/api/v1/event is as docs/protocol.md says', async () => {
	const answer = await request(`${server.url}/api/v1/event`);
	assert.equal(answer.status, 200);
	assert.match(answer.headers['content-type'], /^application\/json/);
	assert.ok(Math.abs(Date.parse(answer.headers.date) - Date.now()) < 5000, 'Date tells the time');
	const event = JSON.parse(answer.body.toString());
	assert.equal(event.protocol, 1);
	assert.match(event.revision, /^[0-9a-f]{8,}$/);
	assert.equal(event.event.id, 'test');
	assert.deepEqual(event.languages.map((one) => one.id), ['vi', 'fr', 'en']);
	assert.deepEqual(event.rooms.map((room) => room.id), ['hall']);
	const channels = event.rooms[0].channels;
	assert.deepEqual(channels.map((one) => one.id), ['hall.floor', 'hall.vi', 'hall.fr']);
	assert.deepEqual(channels.map((one) => one.kind), ['floor', 'language', 'language']);
	assert.deepEqual(channels.map((one) => one.language), [null, 'vi', 'fr']);
	for (const channel of channels) {
		assert.ok(Number.isInteger(channel.number) && channel.number >= 1 && channel.number <= 65535);
		assert.equal(channel.packet_ms, 20);
		for (const language of ['vi', 'fr', 'en']) assert.ok(channel.name[language]);
	}
	assert.deepEqual(event.agenda, []);
});

test('/healthz', async () => {
	const answer = await request(`${server.url}/healthz`);
	assert.equal(answer.status, 200);
	assert.match(answer.headers['cache-control'] ?? '', /no-store|no-cache/);
});

test('many requests on one connection, and on many at once', async () => {
	const answers = await Promise.all(Array.from({ length: 100 }, () => request(server.url + assets[0])));
	for (const answer of answers) assert.equal(answer.status, 200);
	for (let i = 0; i < 50; i++) assert.equal((await fetch(`${server.url}/`)).status, 200);
});

test('https has the same pages, HTTP/1.1 only, and the same sound', { timeout: 30000 }, async (t) => {
	const answer = await request(`${server.tlsUrl}/`);
	assert.equal(answer.status, 200);
	assert.deepEqual(answer.body, page.body);
	// Inside HTTP/2 a WebSocket has no socket of its own, and shared frames cannot be written.
	assert.equal(answer.alpn, 'http/1.1');
	const url = `wss://127.0.0.1:${server.tlsPort}/ws`;
	const listener = await connect(server, { url, rejectUnauthorized: false, channel: 'hall.floor' });
	t.after(() => listener.stop());
	await listener.more(100);
	assert.equal(decode(listener.packets).missing, 0);
	assert.deepEqual(listener.faults, []);
});

test('plain http on the https port ends, and harms nothing', { timeout: 20000 }, async () => {
	await assert.rejects(request(`http://127.0.0.1:${server.tlsPort}/`).then((answer) => {
		if (answer.status >= 300) throw new Error('refused');
	}));
	assert.equal((await request(`${server.tlsUrl}/healthz`)).status, 200);
});
