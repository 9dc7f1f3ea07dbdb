// cabinctl as a technician uses it: its keys and tokens open booths, and its list closes them.
import assert from 'node:assert/strict';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { startCabind } from '../harness/cabind.mjs';
import { joinBooth } from '../harness/console.mjs';
import { makeEvent } from '../harness/event.mjs';
import { own, program, run, temporaryFolder } from '../harness/process.mjs';

const config = makeEvent({ sources: { hall: { tone_hz: 440 } }, rooms: [{ id: 'hall', floor: 'hall', channels: ['vi'] }] });
const ctl = (...args) => run(program('cabinctl'), args);

test('from a key to a seat, and out again', async (t) => {
	const folder = temporaryFolder('ctl');
	const key = join(folder, 'event');
	const list = join(folder, 'revoked.txt');
	assert.equal((await ctl('key', 'create', key)).code, 0);
	assert.equal(statSync(key).mode & 0o777, 0o600);
	const server = await own(t, startCabind({ config, args: ['--access-key', `${key}.pub`, '--revoked', list] }));

	const made = await ctl('token', 'create', '--key', key, '--booth', 'hall-vi', '--valid', '12h', '--server', 'https://venue.example:8443/', '--json');
	assert.equal(made.code, 0, made.stderr);
	const { id, booth, exp, token, link } = JSON.parse(made.stdout);
	assert.equal(booth, 'hall-vi');
	assert.ok(Math.abs(exp - Date.now() / 1000 - 12 * 3600) < 60);
	assert.equal(link, `https://venue.example:8443/booth/#t=${token}`);
	const seat = await own(t, joinBooth(server, { token }));
	assert.equal(seat.joined.booth, 'hall-vi');

	const shown = await ctl('token', 'show', link);
	assert.match(shown.stdout, new RegExp(`id +${id}\nbooth +hall-vi\nexpires +20`));
	assert.equal(JSON.parse((await ctl('token', 'show', token, '--json')).stdout).exp, exp);
	assert.equal((await ctl('token', 'revoke', token, '--list', list, '--remark', 'lost laptop')).code, 0);
	assert.equal(readFileSync(list, 'utf8'), `${id}  # lost laptop\n`);
	assert.equal((await seat.closed).code, 4003);

	const desk = JSON.parse((await ctl('token', 'create', '--key', key, '--role', 'technician', '--json')).stdout);
	const answer = await fetch(`${server.url}/api/v1/booths`, { headers: { authorization: `Bearer ${desk.token}` } });
	assert.equal(answer.status, 200);
});

test('tokens of people: a technician and an observer, with their names', async () => {
	const folder = temporaryFolder('ctl');
	const key = join(folder, 'event');
	await ctl('key', 'create', key);
	for (const role of ['technician', 'observer']) {
		const made = await ctl('token', 'create', '--key', key, '--role', role, '--name', 'Nguyễn "Minh"', '--server', 'https://v.example', '--json');
		assert.equal(made.code, 0, made.stderr);
		const { token, link, ...rest } = JSON.parse(made.stdout);
		assert.deepEqual([rest.role, rest.name, rest.booth], [role, 'Nguyễn "Minh"', null]);
		assert.equal(link, `https://v.example/desk/#t=${token}`);
		assert.match((await ctl('token', 'show', link)).stdout, new RegExp(`\nrole     ${role}\nname     Nguyễn "Minh"\n`));
	}
});

test('lines for people, and a QR code that a phone reads', async () => {
	const folder = temporaryFolder('ctl');
	const key = join(folder, 'event');
	await ctl('key', 'create', key);
	const made = await ctl('token', 'create', '--key', key, '--booth', 'b', '--server', 'https://v.example', '--qr');
	assert.match(made.stdout, /^id {7}[0-9a-f]{16}\nbooth {4}b\nexpires {2}\S+\ntoken {4}\S+\nlink {5}https:\/\/v\.example\/booth\/#t=\S+\n/);
	const rows = made.stdout.split('\n').filter((line) => /[▀▄█]/.test(line));
	assert.ok(rows.length > 15, 'a code of half blocks');
});

test('wrong words and wrong files are told, with what to do', async () => {
	const folder = temporaryFolder('ctl');
	const key = join(folder, 'event');
	await ctl('key', 'create', key);
	const wrong = [
		[[], 2, /usage: cabinctl/],
		[['tokens', 'create'], 2, /no command 'tokens create'/],
		[['key', 'create'], 2, /needs FILE/],
		[['key', 'create', key], 1, /is there already/],
		[['key', 'create', join(folder, 'no/where')], 1, /cannot be written/],
		[['token', 'create', '--booth', 'b'], 2, /--key is missing/],
		[['token', 'create', '--key', key], 2, /--booth is missing/],
		[['token', 'create', '--key', key, '--booth', 'b', '--role', 'technician'], 2, /does not go with/],
		[['token', 'create', '--key', key, '--booth', 'B b'], 2, /is not an id/],
		[['token', 'create', '--key', key, '--role', 'boss'], 2, /booth, technician or observer/],
		[['token', 'create', '--key', key, '--role', 'observer', '--name', 'a\nb'], 2, /not plain UTF-8/],
		[['token', 'create', '--key', key, '--role', 'observer', '--name', 'ễ'.repeat(11)], 2, /--name is too long: at most 32/],
		[['token', 'create', '--key', key, '--booth', 'b', '--valid', 'long'], 2, /such as 90m/],
		[['token', 'create', '--key', key, '--booth', 'b', '--server', 'venue'], 2, /write it like https/],
		[['token', 'create', '--key', `${key}.pub`, '--booth', 'b'], 1, /is the public key/],
		[['token', 'create', '--key', join(folder, 'none'), '--booth', 'b'], 1, /cabinctl key create/],
		[['token', 'create', '--colour', 'x'], 2, /knows no option '--colour'/],
		[['token', 'show', 'x', 'y'], 2, /one word too many/],
		[['token', 'show', 'x.y'], 1, /no token of Cabin/],
		[['token', 'revoke', 'x', '--list', join(folder, 'list')], 2, /neither a token nor its id/],
		[['token', 'revoke', '0011223344556677'], 2, /--list is missing/],
	];
	for (const [args, status, words] of wrong) {
		const result = await ctl(...args);
		assert.equal(result.code, status, `${args.join(' ')}: ${result.stderr}`);
		assert.match(result.stderr, words);
	}
	assert.ok(!existsSync(join(folder, 'list')));
	assert.match((await ctl('--help')).stdout, /token revoke ID\|TOKEN/);
});
