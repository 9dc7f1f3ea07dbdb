// cabinctl against a server: what it asks, how it shows the answer, what it says when something is wrong.
import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { join } from 'node:path';
import { test } from 'node:test';
import { makeAccess } from '../harness/access.mjs';
import { startExampleServer } from '../harness/api_server.mjs';
import { makeCertificate, startCabind } from '../harness/cabind.mjs';
import { own, program, run, start, temporaryFolder, until } from '../harness/process.mjs';

const access = makeAccess();
const token = access.token(null, { name: 'Minh' });
const env = { CABIN_TOKEN: token, CABIN_SERVER: undefined, TZ: 'UTC', LANG: 'en_GB.UTF-8', LC_ALL: undefined, LC_MESSAGES: undefined };

/** Runs it against a server that answers as the examples say; the request must be one of the description. */
async function remote(t, instead) {
	const server = await own(t, startExampleServer(instead));
	return {
		server,
		async ctl(...args) {
			const before = server.asked.length;
			const result = await run(program('cabinctl'), args, { env: { ...env, CABIN_SERVER: server.url } });
			const asked = server.asked.slice(before);
			for (const one of asked) assert.equal(one.fault, null, `${args.join(' ')}: ${one.method} ${one.path} ${one.fault}`);
			return { ...result, asked };
		},
	};
}
const example = (server, method, path) => server.api.examples(server.api.find(method, path)).find(({ status }) => status >= 200 && status < 300).body;

test('tables for people', async (t) => {
	const { ctl } = await remote(t);
	const shown = async (...args) => {
		const result = await ctl(...args);
		assert.equal(result.code, 0, result.stderr);
		assert.equal(result.stderr, '');
		return result.stdout;
	};
	const status = await shown('status');
	assert.match(status, /^server {6}0\.1\.0, up 1 h 37 min, 815 connections$/m);
	assert.match(status, /^listeners {3}812$/m);
	assert.match(status, /^alarms {6}2: 1 critical, 1 not acknowledged/m);
	assert.match(status, /^talkback {4}plenary-vi since 2027-03-02 02:00:30 \(Minh\)$/m);
	assert.match(status, /^side-1 {3}Side room {2}video {2}PIN 4821/m);

	const channels = (await shown('channels')).trimEnd().split('\n');
	assert.match(channels[2], /^plenary\.vi +2 {2}booth plenary-vi\/1 +ok +direct +\+0\.0 dB/);
	assert.match(channels[3], /^plenary\.fr +3 {2}tone \(by hand\) +ok +– +-3\.0 dB/);

	const levels = await shown('levels');
	assert.match(levels, /^input hall +-9\.5 +-9\.1 +-21\.0 +-20\.4 +-21\.7 +2 {2}█+░+ *$/m);
	assert.match(levels, /^channel plenary\.vi +-7\.4/m);
	assert.match(levels, /^input video( +–){5} +0/m);

	const listeners = await shown('listeners');
	assert.match(listeners, /^812 listeners$/m);
	assert.match(listeners, /^plenary\.vi +412 +404 +2 +3 +3 +12 +3$/m);
	assert.match(listeners, /^mouth to ear +100 ms +150 ms$/m);
	assert.match(listeners, /^ +733 {2}plenary\.vi +stalled +– +0 ms +8200 ms/m);

	assert.match(await shown('alarms'), /^17 {2}critical {2}floor-silent {2}plenary\.floor +-72\.1 +-60 dBFS {2}2027-03-02 02:00:12 {2}–$/m);
	assert.match(await shown('calls'), /^plenary-vi +1 {2}Lan +open$/m);
	assert.match(await shown('changes'), /^channel {2}plenary\.fr {2}gain_db {2}-3 +0 +Minh +2027-03-02 02:01:00$/m);
	assert.match(await shown('minutes', '--channel', 'plenary.vi'), /^2027-03-02 02:00 {2}plenary\.vi +-21\.4 +-6\.2 +415 +3000 +1 +340 +160 +240 {2}booth 58 s, pass-through 2 s$/m);
	assert.equal(await shown('config', 'export'), 'event:\n  id: assises-2027\n');
	assert.match(await shown('talkback', 'status'), /plenary-vi/);
});

test('columns stand under each other, also with accents and wide characters', async (t) => {
	const names = ['Hội nghị thượng đỉnh', 'Hội nghị', '会議室', 'e\u0301te\u0301', 'evil\u001b[2J\u202e'];
	const { server, ctl } = await remote(t, (method, path) =>
		path === '/desk' ? { status: 200, body: { ...example(server, 'GET', '/desk'), rooms: names.map(roomOf) } } : undefined,
	);
	const roomOf = (text, i) => ({ ...example(server, 'GET', '/desk').rooms[0], room: `r${i}`, name: { vi: text, fr: text, en: text } });
	const rows = (await ctl('status')).stdout.split('\n').filter((line) => /^r\d/.test(line));
	assert.equal(rows.length, names.length);
	const widths = rows.map((row) => {
		const before = row.slice(0, row.indexOf('hall')).replace(/\p{Mn}/gu, '');
		return [...before].reduce((sum, one) => sum + (/[\u2e80-\ua4cf]/.test(one) ? 2 : 1), 0);
	});
	assert.equal(new Set(widths).size, 1, `${widths}`);
	assert.ok(rows[4].includes('evil?[2J?'), 'no control characters of others reach the terminal');
});

test('names in the language of the terminal', async (t) => {
	const { server } = await remote(t);
	for (const [LANG, word] of [['vi_VN.UTF-8', 'Phiên toàn thể'], ['fr_FR.UTF-8', 'Séance plénière'], ['C', 'Plenary']]) {
		const { stdout } = await run(program('cabinctl'), ['status'], { env: { ...env, LANG, CABIN_SERVER: server.url } });
		assert.ok(stdout.includes(word), LANG);
	}
});

test('--json is the answer as it came', async (t) => {
	const { server, ctl } = await remote(t);
	for (const [command, path] of [['status', '/desk'], ['channels', '/desk'], ['levels', '/levels'], ['listeners', '/audience'], ['alarms', '/alarms'], ['changes', '/changes'], ['calls', '/booths'], ['minutes', '/minutes']]) {
		const result = await ctl(command, '--json');
		assert.equal(result.code, 0, result.stderr);
		assert.deepEqual(JSON.parse(result.stdout), example(server, 'GET', path), command);
	}
	const lines = (await ctl('log', '--json', '--limit', '2')).stdout.trimEnd().split('\n');
	assert.deepEqual(lines.map((line) => JSON.parse(line).id), [208, 209], 'a line for each entry, the newest last');
});

test('actions ask for what the description says', async (t) => {
	const { ctl } = await remote(t);
	const rows = [
		[['channel', 'set', 'plenary.fr', '--gain', '-3.5'], 'PATCH', '/channels/plenary.fr', { gain_db: -3.5 }],
		[['channel', 'set', 'plenary.fr', '--source', 'channel:plenary.vi', '--mute', '--hide', 'idle', '--yes'], 'PATCH', '/channels/plenary.fr', { source: 'channel:plenary.vi', muted: true, hide: 'idle' }],
		[['channel', 'set', 'plenary.fr', '--unmute', '--source', 'auto'], 'PATCH', '/channels/plenary.fr', { source: 'auto', muted: false }],
		[['room', 'set', 'plenary', '--input', 'video', '--lock', '--pin', '004821', '--yes'], 'PATCH', '/rooms/plenary', { input: 'video', locked: true, pin: '004821' }],
		[['room', 'set', 'plenary', '--input', 'configured', '--unlock', '--yes'], 'PATCH', '/rooms/plenary', { input: null, locked: false }],
		[['room', 'add', 'side-1', '--name', 'Phòng bên', '--languages', 'vi,fr'], 'POST', '/rooms', { id: 'side-1', name: 'Phòng bên', input: null, languages: ['vi', 'fr'] }],
		[['room', 'remove', 'side-1', '--yes'], 'DELETE', '/rooms/side-1', undefined],
		[['announce', 'evacuation', '--scope', 'plenary', '--repeat', '3', '--yes'], 'POST', '/announcements', { announcement: 'evacuation', scope: 'plenary', repeat: 3 }],
		[['announce', 'stop'], 'DELETE', '/announcements', undefined],
		[['talkback', 'stop'], 'DELETE', '/talkback', undefined],
		[['call', 'answer', 'plenary-vi', '--seat', '1'], 'POST', '/calls', { booth: 'plenary-vi', seat: 1, state: 'seen' }],
		[['call', 'answer', 'plenary-vi', '--seat', '2', '--done'], 'POST', '/calls', { booth: 'plenary-vi', seat: 2, state: 'done' }],
		[['alarm', 'acknowledge', '17'], 'POST', '/alarms/17/acknowledge', {}],
		[['changes', 'undo', 'channel', 'plenary.fr', 'gain_db', '--yes'], 'DELETE', '/changes/channel/plenary.fr/gain_db', undefined],
	];
	for (const [args, method, path, body] of rows) {
		const result = await ctl(...args);
		assert.equal(result.code, 0, `${args.join(' ')}: ${result.stderr}`);
		assert.deepEqual(result.asked.map((one) => [one.method, one.path, one.token]), [[method, path, token]]);
		assert.deepEqual(result.asked[0].body, body);
	}
	const added = await ctl('room', 'add', 'side-1', '--name', 'Side', '--languages', 'vi');
	assert.match(added.stdout, /^booth {4}side-1-vi$/m);
	assert.match((await ctl('room', 'set', 'plenary', '--lock', '--yes')).stdout, /^locked {3}yes, PIN 4821$/m);
});

test('what listeners hear is not changed by a script by accident', async (t) => {
	const { ctl } = await remote(t);
	for (const args of [['channel', 'set', 'x', '--mute'], ['channel', 'set', 'x', '--source', 'tone'], ['room', 'set', 'x', '--lock'], ['room', 'remove', 'x'], ['announce', 'evacuation', '--scope', 'event'], ['changes', 'undo', 'a', 'b', 'c']]) {
		const result = await ctl(...args);
		assert.equal(result.code, 2, args.join(' '));
		assert.match(result.stderr, /add --yes/);
		assert.equal(result.asked.length, 0);
	}
});

test('the log: questions, and following it', async (t) => {
	const entry = (id) => ({ id, at: `2027-03-02T02:01:${String(id % 60).padStart(2, '0')}.000Z`, kind: 'action', subject: 'plenary.fr', author: 'Minh', detail: { gain_db: -id } });
	let newest = 3;
	const { server, ctl } = await remote(t, (method, path) => {
		if (path !== '/log') return undefined;
		const { query } = server.asked.at(-1);
		const before = Number(query.get('before') ?? newest + 1);
		const size = Math.min(2, Number(query.get('limit')));
		const entries = [];
		for (let id = before - 1; id > 0 && entries.length < size; id--) entries.push(entry(id));
		return { status: 200, body: { entries, next: entries.at(-1)?.id > 1 ? entries.at(-1).id : null } };
	});
	const all = await ctl('log', '--kind', 'action', '--subject', 'plenary.fr', '--from', '2027-03-02T08:00:00+07:00');
	assert.deepEqual(all.stdout.trimEnd().split('\n').map((line) => line.split('  ').pop()), ['Minh  gain_db=-1', 'Minh  gain_db=-2', 'Minh  gain_db=-3'].map((text) => text.split('  ').pop()));
	assert.equal(all.asked[0].query.get('from'), '2027-03-02T08:00:00+07:00');
	assert.equal(all.asked[0].query.get('kind'), 'action');
	assert.equal((await ctl('log', '--limit', '1')).stdout.trimEnd().split('\n').length, 1);
	const ago = (await ctl('log', '--from', '90m')).asked[0].query.get('from');
	assert.ok(Math.abs(Date.parse(ago) - (Date.now() - 90 * 60000)) < 30000, ago);

	const follower = await own(t, start(program('cabinctl'), ['log', '--follow'], { env: { ...env, CABIN_SERVER: server.url } }));
	await until('the first entries', () => follower.stdout().includes('gain_db=-3'));
	newest = 8;
	await until('the new ones', () => follower.stdout().includes('gain_db=-8'));
	const ids = [...follower.stdout().matchAll(/gain_db=-(\d+)/g)].map(([, id]) => Number(id));
	assert.deepEqual(ids, [1, 2, 3, 4, 5, 6, 7, 8], 'each once, in order');
});

test('levels are watched', async (t) => {
	const { server } = await remote(t);
	const watcher = await own(t, start(program('cabinctl'), ['levels', '--watch'], { env: { ...env, CABIN_SERVER: server.url } }));
	await until('three tables', () => watcher.stdout().split('POINT').length > 3);
});

test('tokens and servers: from where they come', async (t) => {
	const { server } = await remote(t);
	const file = join(temporaryFolder('ctl'), 'token');
	const ctl = (text, args, more) => {
		writeFileSync(file, text);
		return run(program('cabinctl'), ['alarms', '--token-file', file, ...args], { env: { ...env, CABIN_TOKEN: undefined, ...more } });
	};
	assert.equal((await ctl(`${token}\n`, ['--server', `${server.url}/`])).code, 0);
	assert.equal((await ctl(token, [], { CABIN_SERVER: server.url })).code, 0);
	assert.equal((await ctl(`${server.url}/desk/#t=${token}\n`, [])).code, 0, "the link says the server's name too");
	assert.equal(server.asked.at(-1).token, token);
	const none = await ctl(token, []);
	assert.equal(none.code, 2);
	assert.match(none.stderr, /no server: --server URL/);
	const booth = await ctl(access.token('plenary-vi'), ['--server', server.url]);
	assert.deepEqual([booth.code, /a booth's token/.test(booth.stderr)], [4, true]);
	const wrong = await ctl('secret', ['--server', server.url]);
	assert.deepEqual([wrong.code, /no token of Cabin/.test(wrong.stderr)], [1, true]);
	const nothing = await run(program('cabinctl'), ['alarms', '--server', server.url], { env: { ...env, CABIN_TOKEN: undefined } });
	assert.deepEqual([nothing.code, /CABIN_TOKEN/.test(nothing.stderr)], [2, true]);
});

test('what the server refuses is told, with its words and a status', async (t) => {
	let answer;
	const { ctl } = await remote(t, () => answer);
	const rows = [
		[401, { error: 'token-expired', text: 'the token has expired: ask the technician for a new one' }, 4, /has expired.*\(token-expired\)/],
		[403, { error: 'not-yours', text: 'an observer changes nothing' }, 4, /observer changes nothing/],
		[404, { error: 'unknown-channel', text: 'no channel plenary.xx' }, 5, /no channel plenary\.xx \(unknown-channel\)/],
		[404, 'not found', 5, /has no such thing: is it a Cabin server/],
		[409, { error: 'no-spare-room', text: 'all are in use' }, 5, /all are in use/],
		[503, 'busy', 3, /answers 503: busy/],
		[200, 'hello', 5, /something else than JSON/],
	];
	for (const [status, body, code, words] of rows) {
		answer = { status, body };
		const result = await ctl('alarms');
		assert.equal(result.code, code, `${status}: ${result.stderr}`);
		assert.match(result.stderr, words);
		assert.equal(result.stdout, '');
	}
	answer = { status: 200, body: { stored: false } };
	const kept = await ctl('talkback', 'stop');
	assert.equal(kept.code, 0);
	assert.match(kept.stderr, /could not be stored/);
});

test('https: a certificate of the venue, and one that is not trusted', async (t) => {
	const folder = temporaryFolder('ctl');
	const { cert, key } = await makeCertificate(folder);
	const secure = createServer({ cert: readFileSync(cert), key: readFileSync(key) }, (_, response) => response.end('{"alarms":[]}'));
	await new Promise((done) => secure.listen(0, '127.0.0.1', () => done(undefined)));
	t.after(() => (secure.close(), secure.closeAllConnections()));
	const server = `https://localhost:${/** @type {any} */ (secure.address()).port}`;
	const ctl = (...args) => run(program('cabinctl'), ['alarms', ...args], { env: { ...env, CABIN_SERVER: server } });
	const strange = await ctl();
	assert.equal(strange.code, 3);
	assert.match(strange.stderr, /not trusted.*--ca FILE/);
	assert.equal((await ctl('--ca', cert)).stdout, 'no alarm is raised\n');
	assert.equal((await ctl('--insecure')).code, 0);
	assert.match((await ctl('--ca', join(folder, 'none'))).stderr, /--ca: the file cannot be read/);
	const gone = await run(program('cabinctl'), ['alarms', '--server', 'http://127.0.0.1:1'], { env });
	assert.deepEqual([gone.code, /nobody answers there/.test(gone.stderr)], [3, true]);
});

test('wrong words are told before anything is asked', async (t) => {
	const { server, ctl } = await remote(t);
	const rows = [
		[['channel', 'set', 'x'], /nothing to change/],
		[['channel', 'set', 'x', '--gain', '50'], /-40 to 40/],
		[['channel', 'set', 'x', '--gain', 'loud'], /-40 to 40/],
		[['channel', 'set', 'x', '--mute', '--unmute'], /does not go with/],
		[['channel', 'set', 'x', '--source', 'radio'], /--source is auto/],
		[['channel', 'set', 'x', '--hide', 'no'], /--hide is never/],
		[['channel', 'set'], /needs ID/],
		[['room', 'set', 'x', '--lock', '--pin', '12'], /4 to 8 digits/],
		[['room', 'set', 'x', '--pin', '1234'], /goes with --lock/],
		[['room', 'add', 'x', '--name', 'X'], /--languages is missing/],
		[['announce', 'x'], /--scope is missing/],
		[['announce', 'voice', '--scope', 'event'], /needs a microphone/],
		[['call', 'answer', 'x'], /--seat is 1, 2 or 3/],
		[['alarm', 'acknowledge', 'seventeen'], /no alarm's number/],
		[['log', '--from', 'yesterday'], /so long ago/],
		[['log', '--limit', '0'], /--limit 0/],
		[['levels', '--follow'], /knows no option '--follow'/],
		[['completion', 'csh'], /bash, zsh or fish/],
		[['changes', 'undo', 'a', 'b'], /needs SCOPE SUBJECT KEY/],
	];
	for (const [args, words] of rows) {
		const result = await ctl(...args);
		assert.equal(result.code, 2, `${args.join(' ')}: ${result.stderr}`);
		assert.match(result.stderr, words);
	}
	assert.equal(server.asked.length, 0);
	assert.match((await ctl('channel', 'set', '--help')).stdout, /--gain DB/);
	const output = join(temporaryFolder('ctl'), 'event.yaml');
	assert.equal((await ctl('config', 'export', '--output', output)).code, 0);
	assert.ok(existsSync(output));
});

test('bash completes commands, options, and their values', async () => {
	const folder = temporaryFolder('ctl');
	const file = join(folder, 'completion.bash');
	writeFileSync(file, (await run(program('cabinctl'), ['completion', 'bash'])).stdout);
	const complete = async (...words) => {
		const script = 'source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _cabinctl; printf "%s\\n" "${COMPREPLY[@]}"';
		const result = await run('bash', ['-euc', script, 'bash', file, 'cabinctl', ...words], { cwd: folder });
		assert.equal(result.code, 0, result.stderr);
		return result.stdout.split('\n').filter((word) => word !== '');
	};
	assert.deepEqual(await complete('ch'), ['channels', 'channel', 'changes']);
	assert.ok((await complete('')).includes('status'));
	assert.deepEqual(await complete('channel', ''), ['set']);
	assert.deepEqual(await complete('room', ''), ['set', 'add', 'remove']);
	assert.ok((await complete('changes', '')).includes('undo'));
	assert.ok((await complete('changes', '--')).includes('--json'));
	assert.deepEqual(await complete('channel', 'set', 'plenary.fr', '--un'), ['--unmute']);
	assert.deepEqual(await complete('token', 'create', '--role', 'o'), ['observer']);
	assert.deepEqual(await complete('channel', 'set', 'x', '--hide', ''), ['never', 'idle', 'always']);
	assert.deepEqual(await complete('log', '--f'), ['--from', '--follow']);
	assert.deepEqual(await complete('completion', ''), ['bash', 'zsh', 'fish']);
	assert.deepEqual(await complete('alarms', '--token-file', 'comp'), ['completion.bash']);
	assert.deepEqual(await complete('token', 'create', '--name', ''), []);
});

test('a real server: its demo, seen and changed from a shell', { timeout: 60000 }, async (t) => {
	const server = await own(t, startCabind({ args: ['--demo', '--data', temporaryFolder('ctl'), ...access.args] }));
	const ctl = async (...args) => {
		const result = await run(program('cabinctl'), args, { env: { ...env, CABIN_SERVER: server.url } });
		assert.equal(result.code, 0, `${args.join(' ')}: ${result.stderr}`);
		return result.stdout;
	};
	assert.match(await ctl('status'), /^plenary {2}Plenary +plenary-floor/m);
	assert.match(await ctl('channels'), /^plenary\.vi +2 /m);
	await until('the floor is heard', async () => /^input plenary-floor +-\d/m.test(await ctl('levels')));
	assert.match(await ctl('listeners'), /^0 listeners$/m);
	await ctl('channel', 'set', 'plenary.vi', '--source', 'silence', '--gain', '-6', '--yes');
	await until('it is silent', async () => /^plenary\.vi +2 {2}silence \(by hand\).*-6\.0 dB/m.test(await ctl('channels')));
	assert.match(await ctl('changes'), /^channel {2}plenary\.vi {2}gain_db {2}-6/m);
	assert.match(await ctl('config', 'export'), /gain_db: -6/);
	assert.match(await ctl('room', 'add', 'side-1', '--name', 'Phòng bên', '--languages', 'vi'), /^booth {4}side-1-vi$/m);
	assert.match(await ctl('room', 'set', 'side-1', '--lock', '--pin', '004821', '--yes'), /PIN 004821/);
	assert.match(await ctl('status'), /^side-1 {3}Phòng bên +– +PIN 004821/m);
	await ctl('room', 'remove', 'side-1', '--yes');
	await ctl('announce', 'evacuation', '--scope', 'water', '--yes');
	assert.match(await ctl('status'), /^announcing {2}evacuation in water since .*\(Minh\)$/m);
	await ctl('announce', 'stop');
	await ctl('changes', 'undo', 'channel', 'plenary.vi', 'gain_db', '--yes');
	assert.match(await ctl('log', '--from', '5m', '--kind', 'action'), /plenary\.vi {2}Minh {2}?.*gain_db=-6/);
	assert.match(await ctl('minutes', '--from', '1h'), /^MINUTE/);
	assert.match(await ctl('talkback', 'status'), /off/);
});
