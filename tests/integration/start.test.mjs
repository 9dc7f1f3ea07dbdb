// How the server starts, refuses to start, and stops.
import assert from 'node:assert/strict';
import { existsSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { makeCertificate, startCabind, writeConfig } from '../harness/cabind.mjs';
import { makeEvent } from '../harness/event.mjs';
import { connect } from '../harness/listener.mjs';
import { own, program, run, temporaryFolder, until } from '../harness/process.mjs';

const good = makeEvent({ sources: { tone: { tone_hz: 440 } }, rooms: [{ id: 'hall', floor: 'tone' }] });
const cabind = (...args) => run(program('cabind'), args, { timeoutMs: 15000 });

test('starts in under a second, stops cleanly and tells the listeners', { timeout: 20000 }, async (t) => {
	const server = await own(t, startCabind({ config: good }));
	t.diagnostic(`listened after ${server.startMs.toFixed(0)} ms`);
	assert.ok(server.startMs < 1000, `${server.startMs} ms`);
	const listener = await connect(server, { channel: 'hall.floor' });
	await listener.more(5);
	const began = performance.now();
	const ended = await server.stop();
	t.diagnostic(`ended after ${(performance.now() - began).toFixed(0)} ms`);
	assert.deepEqual(ended, { code: 0, signal: null }, server.stderr());
	const bye = await listener.message('bye');
	assert.equal(bye.reason, 'shutdown');
	assert.ok(bye.retry_ms >= 0);
	assert.equal((await listener.closed).code, 1001);
});

test('SIGINT stops it as well', { timeout: 20000 }, async (t) => {
	const server = await own(t, startCabind({ config: good }));
	assert.deepEqual(await server.stop('SIGINT'), { code: 0, signal: null });
});

test('the demo needs nothing else', { timeout: 20000 }, async (t) => {
	const server = await own(t, startCabind({ args: ['--demo'] }));
	t.diagnostic(`listened after ${server.startMs.toFixed(0)} ms`);
	const { rooms, languages } = await server.event();
	assert.ok(rooms.length >= 2);
	assert.ok(languages.some((one) => one.id === 'vi') && languages.some((one) => one.id === 'fr'));
	assert.deepEqual(await server.stop(), { code: 0, signal: null });
});

test('tells systemd that it is ready', { timeout: 20000 }, async (t) => {
	const path = join(temporaryFolder('notify'), 'socket');
	// Node has no Unix datagram sockets; Debian always has perl.
	const listener = run(
		'perl',
		['-MSocket', '-e', `socket(S,PF_UNIX,SOCK_DGRAM,0);bind(S,sockaddr_un($ARGV[0]));$|=1;
			$SIG{ALRM}=sub{exit 1};alarm 10;while(1){recv(S,$m,4096,0);print "$m\\n";exit 0 if $m=~/READY=1/}`, path],
		{ timeoutMs: 12000 },
	);
	await until('the notify socket', () => existsSync(path));
	await own(t, startCabind({ config: good, env: { NOTIFY_SOCKET: path } }));
	const { code, stdout } = await listener;
	assert.equal(code, 0, 'no READY=1 came');
	assert.match(stdout, /READY=1/);
});

const folder = temporaryFolder('start');
const yaml = (name, text) => {
	const path = join(folder, name);
	writeFileSync(path, text);
	return path;
};
const changed = (change) => {
	const copy = JSON.parse(JSON.stringify(good));
	change(copy);
	return JSON.stringify(copy, null, 2);
};

/** @type {[string, string, RegExp][]} what, the file's text, what the message must say */
const badConfigurations = [
	['an unknown key', changed((config) => (config.sources.tone.ton_hz = 3)), /ton_hz.*tone_hz/s],
	['a number as text', changed((config) => (config.sources.tone.tone_hz = 'loud')), /tone_hz/],
	['a number out of range', changed((config) => (config.server = { queue_limit_ms: 5 })), /queue_limit_ms.*40/s],
	['a source that is not there', changed((config) => (config.rooms[0].floor.source = 'tune')), /tune.*tone/s],
	['a file that is not there', changed((config) => (config.sources.tone = { file: 'nowhere.wav' })), /nowhere\.wav/],
	['two rooms of one id', changed((config) => config.rooms.push(config.rooms[0])), /hall/],
	['no YAML', 'event: [unclosed\n  rooms: }', /:\d+:\d+:/],
	['an empty file', '', /event/],
];

for (const [what, text, message] of badConfigurations) {
	test(`a configuration with ${what} is refused, with its place`, { timeout: 20000 }, async () => {
		const path = yaml('bad.yaml', text);
		for (const args of [
			['--check-config', path],
			['--config', path, '--listen', '127.0.0.1:0'],
		]) {
			const { code, stderr } = await cabind(...args);
			assert.equal(code, 2, `${args[0]}: ${stderr}`);
			assert.match(stderr, message);
			assert.match(stderr, /bad\.yaml:\d+:\d+: /);
		}
	});
}

test('every error of a configuration comes at once', { timeout: 20000 }, async () => {
	const path = yaml('three.yaml', changed((config) => {
		config.sources.tone.tone_hz = 'loud';
		config.rooms[0].florr = 1;
		config.server = { queue_limit_ms: 5 };
	}));
	const { stderr } = await cabind('--check-config', path);
	for (const word of ['tone_hz', 'florr', 'queue_limit_ms']) assert.match(stderr, new RegExp(word));
});

test('a good configuration is told to be good, and printed so that it loads again', { timeout: 20000 }, async () => {
	const path = writeConfig(folder, good);
	assert.equal((await cabind('--check-config', path)).code, 0);
	const printed = await cabind('--config', path, '--print-config');
	assert.equal(printed.code, 0, printed.stderr);
	const again = yaml('printed.yaml', printed.stdout);
	assert.equal((await cabind('--check-config', again)).code, 0);
	assert.equal((await cabind('--config', again, '--print-config')).stdout, printed.stdout);
});

test('a configuration that is not there, and one that is a folder', { timeout: 20000 }, async () => {
	for (const path of [join(folder, 'nowhere.yaml'), folder]) {
		const { code, stderr } = await cabind('--config', path, '--listen', '127.0.0.1:0');
		assert.equal(code, 2);
		assert.match(stderr, new RegExp(path));
	}
});

test('a file that is no sound', { timeout: 20000 }, async () => {
	yaml('noise.wav', 'this is no sound');
	const path = yaml('noise.yaml', changed((config) => (config.sources.tone = { file: 'noise.wav' })));
	const { code, stderr } = await cabind('--config', path, '--listen', '127.0.0.1:0');
	assert.equal(code, 2, stderr);
	assert.match(stderr, /noise\.wav/);
});

test('a port in use, an address of another machine, words for an address', { timeout: 20000 }, async (t) => {
	const path = writeConfig(folder, good);
	const holder = createServer().listen(0, '127.0.0.1');
	t.after(() => holder.close());
	await new Promise((done) => holder.once('listening', done));
	const { port } = /** @type {import('node:net').AddressInfo} */ (holder.address());
	/** @type {[string, RegExp][]} */
	const addresses = [
		[`127.0.0.1:${port}`, new RegExp(`${port}.*another program listens`)],
		['192.0.2.1:0', /192\.0\.2\.1/],
		['here:80', /here/],
		['127.0.0.1', /127\.0\.0\.1/],
		['127.0.0.1:99999', /99999/],
	];
	for (const [address, message] of addresses) {
		const { code, stderr } = await cabind('--config', path, '--listen', address);
		assert.equal(code, 2, `${address}: ${stderr}`);
		assert.match(stderr, message);
	}
});

test('a certificate that is not there, is none, or does not fit its key', { timeout: 20000 }, async () => {
	const path = writeConfig(folder, good);
	const one = await makeCertificate(temporaryFolder('one'));
	const two = await makeCertificate(temporaryFolder('two'));
	const pairs = [
		[join(folder, 'no.pem'), one.key],
		[yaml('none.pem', 'none'), one.key],
		[one.cert, two.key],
		[one.cert, yaml('nokey.pem', 'none')],
	];
	for (const [cert, key] of pairs) {
		const args = ['--config', path, '--listen', '127.0.0.1:0', '--listen-tls', '127.0.0.1:0'];
		const { code, stderr } = await cabind(...args, '--tls-cert', cert, '--tls-key', key);
		assert.equal(code, 2, `${cert} ${key}: ${stderr}`);
		assert.match(stderr, /\.pem/);
	}
});

test('options: unknown, without a value, help, version', { timeout: 20000 }, async () => {
	assert.equal((await cabind('--dance')).code, 2);
	assert.match((await cabind('--dance')).stderr, /--dance/);
	assert.equal((await cabind('--config')).code, 2);
	const help = await cabind('--help');
	assert.equal(help.code, 0);
	for (const option of ['--config', '--check-config', '--print-config', '--list-devices', '--demo', '--listen']) {
		assert.ok(help.stdout.includes(option), `${option} in --help`);
	}
});

test('binds the address that it was told and no other', { timeout: 20000 }, async (t) => {
	const server = await own(t, startCabind({ config: good }));
	// Any 127.x.y.z is loopback on Linux; only 127.0.0.1 was asked for.
	await assert.rejects(fetch(`http://127.0.0.2:${server.port}/healthz`));
	assert.equal((await fetch(`${server.url}/healthz`)).status, 200);
});
