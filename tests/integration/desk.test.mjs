// What a technician does during the event: heard by listeners, kept over a kill, told in the log.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { startCabind } from '../harness/cabind.mjs';
import { asker, joinDesk, must, startDesk } from '../harness/desk.mjs';
import { makeTwoRooms, name } from '../harness/event.mjs';
import { connect, decode } from '../harness/listener.mjs';
import { own, pause, projectFolder, temporaryFolder, until } from '../harness/process.mjs';
import { levelDb, random, tone, toneHz } from '../harness/signal.mjs';
import { writeWav } from '../harness/sound.mjs';

const begin = (t, options) => startDesk(t, makeTwoRooms(), options);

/** The newest state of a channel that a listener got. */
const feedOf = (listener) => listener.states().at(-1).feed;

/** Frequency and level of the next half second. */
async function heard(listener) {
	const { samples } = decode((await listener.more(40)).slice(-25));
	return { hz: toneHz(samples), db: levelDb(samples) };
}

test('mute, gain, source, tone: the channel alone changes, and goes back', async (t) => {
	const { server, ask } = await begin(t);
	const [vi, fr] = [await own(t, connect(server, { channel: 'plenary.vi' })), await own(t, connect(server, { channel: 'plenary.fr' }))];
	await fr.more(20);
	const before = fr.states().length;
	assert.equal(feedOf(vi), 'pass-through');

	const muted = await must(ask('PATCH', '/channels/plenary.vi', { muted: true }));
	assert.equal(muted.muted, true);
	assert.equal(muted.stored, true);
	await vi.message('state', ({ feed }) => feed === 'silence');

	await must(ask('PATCH', '/channels/plenary.vi', { muted: false, source: 'input:spare' }));
	await vi.message('state', ({ feed }) => feed === 'desk');
	const spare = await heard(vi);
	assert.ok(Math.abs(spare.hz - 700) < 5, `${spare.hz} Hz`);

	await must(ask('PATCH', '/channels/plenary.vi', { source: 'tone' }));
	await until('the test tone', async () => Math.abs((await heard(vi)).hz - 1000) < 5);

	await must(ask('PATCH', '/channels/plenary.vi', { source: 'auto', gain_db: -6 }));
	await vi.message('state', ({ feed, gain_db }) => feed === 'pass-through' && gain_db <= -5.9);
	assert.ok(Math.abs((await heard(vi)).hz - 440) < 5);

	assert.equal(fr.states().length, before, 'the other channel was told nothing');
	const changes = (await must(ask('GET', '/changes'))).changes;
	assert.deepEqual(changes.map(({ scope, subject, key, value, author }) => [scope, subject, key, value, author]), [
		['channel', 'plenary.vi', 'gain_db', -6, 'Minh'],
	]);
	await must(ask('DELETE', '/changes/channel/plenary.vi/gain_db'));
	await vi.message('state', ({ gain_db, feed }) => feed === 'pass-through' && gain_db === 0, { from: vi.messages.length - 1 });

	const { entries } = await must(ask('GET', '/log?kind=action'));
	assert.ok(entries.length >= 5);
	assert.ok(entries.every(({ author }) => author === 'Minh'));
	assert.ok(await server.isRunning());
});

test('a room moves to another input; an announcement reaches every channel of it and ends by itself', async (t) => {
	// In place of the built-in one of 14 s.
	const chime = writeWav(join(temporaryFolder('wav'), 'chime.wav'), [tone(900, 1)]);
	const announcements = [{ id: 'resume-soon', title: name('Soon'), files: { vi: chime, fr: chime } }];
	const { server, ask } = await startDesk(t, { ...makeTwoRooms(), announcements });
	const floor = await own(t, connect(server, { channel: 'plenary.floor' }));
	const [vi, fr] = [await own(t, connect(server, { channel: 'plenary.vi' })), await own(t, connect(server, { channel: 'plenary.fr' }))];
	const water = await own(t, connect(server, { channel: 'water.fr' }));
	await must(ask('PATCH', '/rooms/plenary', { input: 'spare' }));
	await until('the other input', async () => Math.abs((await heard(floor)).hz - 700) < 5);
	await must(ask('PATCH', '/rooms/plenary', { input: null }));
	await until('the own input', async () => Math.abs((await heard(floor)).hz - 440) < 5);

	const desk = await must(ask('GET', '/desk'));
	assert.ok(desk.announcements.some(({ id }) => id === 'evacuation'));
	const before = water.states().length;
	const began = await must(ask('POST', '/announcements', { announcement: 'resume-soon', scope: 'plenary' }));
	assert.equal(began.announcing.announcement, 'resume-soon');
	const ends = [];
	for (const [listener, feed] of [[floor, 'floor'], [vi, 'pass-through'], [fr, 'pass-through']]) {
		const { epoch, at } = await listener.message('state', (state) => state.feed === 'desk' && state.source === 'ok');
		const end = await listener.message('state', (state) => state.at > at && state.feed === feed);
		const { samples } = decode(listener.packets.filter((packet) => packet.epoch === epoch));
		assert.ok(Math.abs(toneHz(samples) - 900) < 5, `${toneHz(samples)} Hz`);
		ends.push(end.at - at);
	}
	t.diagnostic(`announced for ${ends.map((ms) => (ms / 1000).toFixed(1))} s on floor, vi, fr`);
	assert.equal((await must(ask('GET', '/desk'))).announcing, null);
	assert.equal(water.states().length, before, 'the other room was told nothing');
});

test('a room is set up during the event, locked, and removed', async (t) => {
	const { server, ask } = await begin(t);
	const listener = await own(t, connect(server, { channel: 'plenary.floor' }));
	const added = await must(ask('POST', '/rooms', { id: 'side', name: 'Side meeting', input: 'spare', languages: ['vi', 'fr'] }), 201);
	assert.deepEqual(added.booths, ['side-vi', 'side-fr']);
	await listener.message('event');
	const event = await server.event();
	assert.deepEqual(event.rooms.map(({ id }) => id), ['plenary', 'water', 'side']);
	const side = await own(t, connect(server, { channel: 'side.fr' }));
	await until('its floor', async () => Math.abs((await heard(side)).hz - 700) < 5);

	const { pin } = await must(ask('PATCH', '/rooms/side', { locked: true, pin: '004821' }));
	assert.equal(pin, '004821');
	await side.message('error', ({ code }) => code === 'pin-required');
	const channel = event.rooms[2].channels[1].number;
	side.send({ type: 'listen', channel, pin: '1111' });
	await side.message('error', ({ code }) => code === 'pin-wrong');
	side.send({ type: 'listen', channel, pin: '004821' });
	await side.more(20);

	assert.equal((await ask('DELETE', '/rooms/plenary')).status, 409);
	await must(ask('DELETE', '/rooms/side'));
	await until('it has left', async () => (await server.event()).rooms.length === 2);
	await until('it is silent', () => feedOf(side) === 'silence');
});

test('what was changed is there after kill -9, and in the exported configuration', async (t) => {
	const first = await begin(t);
	await must(first.ask('PATCH', '/channels/plenary.vi', { gain_db: 4.5, hide: 'always' }));
	await must(first.ask('PATCH', '/channels/water.fr', { muted: true }));
	await must(first.ask('PATCH', '/rooms/water', { locked: true, pin: '2468' }));
	await must(first.ask('POST', '/rooms', { id: 'side', name: 'Side', input: 'hall', languages: ['en'] }), 201);
	await first.server.stop('SIGKILL');

	const { server, ask } = await begin(t, { data: first.data, args: [] });
	const event = await until('the event', async () => {
		const it = await server.event();
		return it.rooms.length === 3 && it;
	});
	assert.deepEqual(event.rooms[0].channels.map(({ id }) => id), ['plenary.floor', 'plenary.fr']);
	const desk = await must(ask('GET', '/desk'));
	const channel = (id) => desk.channels.find((one) => one.id === id);
	assert.equal(channel('plenary.vi').gain_db, 4.5);
	assert.equal(channel('water.fr').muted, true);
	assert.equal(desk.rooms.find((one) => one.room === 'water').pin, '2468');
	assert.equal(desk.rooms.find((one) => one.room === 'side').added, true);
	const listener = await own(t, connect(server, { channel: 'side.en' }));
	await until('its floor', async () => Math.abs((await heard(listener)).hz - 440) < 5);

	const yaml = await must(ask('GET', '/config'));
	const exported = await own(t, startCabind({ config: yaml }));
	const again = await exported.event();
	assert.deepEqual(again.rooms.map(({ id }) => id), ['plenary', 'water', 'side']);
	assert.match(yaml, /gain_db: 4\.5/);
	const { entries } = await must(ask('GET', '/log?kind=server'));
	assert.equal(entries.filter(({ detail }) => detail.state === 'started').length, 2);
});

test('killed at random moments, again and again: what was answered as stored is there, and nothing is half done', { timeout: 120000 }, async (t) => {
	const seed = Number(process.env.CABIN_SEED ?? Date.now() % 1e9);
	t.diagnostic(`seed ${seed}`);
	const next = random(seed);
	const data = temporaryFolder('data');
	let known = {};
	for (let round = 0; round < 8; round++) {
		const { server, ask } = await begin(t, { data });
		const desk = await must(ask('GET', '/desk'));
		for (const [id, wanted] of Object.entries(known)) {
			const { gain_db, muted } = desk.channels.find((one) => one.id === id);
			// A change whose answer the kill cut off may be there or not, but both halves of it.
			const fits = wanted.some((one) => one.gain_db === gain_db && one.muted === muted);
			assert.ok(fits, `${id}: ${gain_db} ${muted} is none of ${JSON.stringify(wanted)}`);
		}
		known = Object.fromEntries(desk.channels.map((one) => [one.id, [{ gain_db: one.gain_db, muted: one.muted }]]));
		const death = pause(50 + next() * 400).then(() => server.stop('SIGKILL'));
		for (let over = false; !over; ) {
			const id = ['plenary.vi', 'plenary.fr', 'water.vi'][Math.floor(next() * 3)];
			const change = { gain_db: Math.floor(next() * 40) - 20, muted: next() < 0.5 };
			known[id].push(change);
			const answer = await ask('PATCH', `/channels/${id}`, change).catch(() => undefined);
			if (answer?.body?.stored) known[id] = [change];
			over = answer === undefined;
		}
		await death;
	}
});

test('an observer sees and changes nothing; without a token nothing is told', async (t) => {
	const { access, server } = await begin(t);
	const ask = asker(server, access.token(null, { role: 'observer' }));
	await must(ask('PATCH', '/channels/plenary.vi', { muted: true }), 403);
	await must(ask('GET', '/desk'));
	await must(ask('GET', '/config'), 403);
	for (const path of ['/desk', '/alarms', '/log', '/levels', '/audience', '/changes', '/config', '/minutes', '/openapi.json'])
		await must(asker(server, 'no.token')('GET', path), 401);
	const desk = await own(t, joinDesk(server, access.token(null, { role: 'observer' })));
	assert.equal(desk.messages.find(({ type }) => type === 'joined').role, 'observer');
	await until('levels', () => desk.levels.length > 20);
});

test('wrong requests say what to do', async (t) => {
	const { ask } = await begin(t);
	const refusals = [
		['PATCH', '/channels/none', { muted: true }, 404, /no channel has the id/],
		['PATCH', '/channels/plenary.vi', { mute: true }, 400, /"mute" is not known/],
		['PATCH', '/channels/plenary.vi', { gain_db: 90 }, 400, /-40 to 40/],
		['PATCH', '/channels/plenary.vi', { source: 'channel:plenary.vi' }, 400, /another channel/],
		['PATCH', '/channels/plenary.vi', {}, 400, /say what to change/],
		['PATCH', '/channels/plenary.floor', { hide: 'always' }, 400, /floor/],
		['PATCH', '/rooms/plenary', { locked: true, pin: '12' }, 400, /4 to 8 digits/],
		['POST', '/rooms', { id: 'Side!', name: 'x', languages: ['vi'] }, 400, /Side!|"id"/],
		['POST', '/rooms', { id: 'plenary', name: 'x', languages: ['vi'] }, 409, /take another/],
		['POST', '/announcements', { announcement: 'none', scope: 'event' }, 404, /GET \/api\/v1\/desk/],
		['POST', '/talkback', { to: ['none'] }, 404, /no booth/],
		['POST', '/alarms/9/acknowledge', {}, 404, /no such alarm/],
		['DELETE', '/changes/channel/plenary.vi/muted', undefined, 404, /no such change/],
		['GET', '/log?from=yesterday', undefined, 400, /2027/],
		['GET', '/nothing', undefined, 404, /openapi/],
		['POST', '/desk', {}, 405, /openapi/],
	];
	for (const [method, path, body, status, words] of refusals) {
		const answer = await ask(method, path, body);
		assert.equal(answer.status, status, `${method} ${path}: ${answer.text}`);
		assert.match(answer.body.text, words);
	}
	assert.deepEqual((await must(ask('GET', '/changes'))).changes, []);
});

test('the database has the tables and columns of docs/database.md, and what was changed', async (t) => {
	const { server, data, ask } = await begin(t);
	await must(ask('PATCH', '/channels/plenary.vi', { muted: true }));
	await server.stop();
	// A file of SQLite has its schema and its texts as they are; with the server's end all of them are in it.
	const file = readFileSync(join(data, 'cabin.db'), 'latin1');
	assert.equal(file.slice(0, 15), 'SQLite format 3');
	const documented = readFileSync(join(projectFolder, 'docs/database.md'), 'utf8').matchAll(/^\| `(\w+)` \|[^|]*\|([^|]*)\|$/gm);
	const tables = [...documented].map(([, table, columns]) => [table, columns.replace(/\([^)]*\)/g, '').match(/\w+(?=`)/g)]);
	assert.deepEqual(tables.map(([table]) => table), ['change', 'log', 'minute']);
	for (const [table, columns] of tables) {
		const made = file.match(new RegExp(`CREATE TABLE ${table} \\(([^;]*?\\))( WITHOUT ROWID|[^,\\w ])`))?.[1] ?? '';
		const there = [...made.replace(/(PRIMARY KEY|UNIQUE) \(.*/, '').matchAll(/(\w+) (?:TEXT|INTEGER|REAL)/g)].map(([, column]) => column);
		assert.deepEqual(there, columns, table);
	}
	assert.match(file, /channelplenary\.vimutedtrueMinh/);
});
