// What does not fit: files that went, a database of another event, half a request that is wrong, bytes that are no text.
import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { asker, must, startDesk } from '../harness/desk.mjs';
import { makeEvent } from '../harness/event.mjs';
import { temporaryFolder, until } from '../harness/process.mjs';
import { writeWav } from '../harness/sound.mjs';

const room = (id, more = {}) => ({ id, floor: 'hall', channels: ['vi', 'fr'], booths: ['vi'], ...more });
const configOf = (rooms, sources = {}, more = {}) => makeEvent({ sources: { hall: { tone_hz: 440 }, ...sources }, rooms, ...more });

async function begin(t, config, data) {
	const it = await startDesk(t, config, { data });
	return { ...it, look: asker(it.server, it.access.token(null, { role: 'observer' })) };
}

const channelOf = async (ask, id) => (await must(ask('GET', '/desk'))).channels.find((channel) => channel.id === id);

test('what is no UTF-8 is refused as what it is, in an answer that is JSON', async (t) => {
	const { ask } = await begin(t, configOf([room('hall')]));
	assert.equal((await ask('PATCH', '/channels/%ff%fe', { muted: true })).status, 404);
	const cut = await ask('PATCH', '/channels/hall.vi', { [`${'k'.repeat(350)}${'é'.repeat(40)}`]: 1, k: 2 });
	assert.equal(cut.status, 400);
	assert.equal(cut.body.error, 'unknown-key');
});

test('no PIN is told to an observer, the file’s neither', async (t) => {
	const { ask, look } = await begin(t, configOf([room('hall', { locked: true, pin: '482100' })]));
	await must(ask('PATCH', '/rooms/hall', { locked: true, pin: '975311' }));
	const seen = (await must(look('GET', '/changes'))).changes;
	assert.deepEqual(seen.map(({ key, value, configured }) => [key, value, configured]), [['lock', '****', '****']]);
	assert.equal((await must(ask('GET', '/changes'))).changes[0].configured, '482100');
	for (const path of ['/desk', '/log', '/changes']) assert.doesNotMatch((await look('GET', path)).text, /482100|975311/);
});

test('a request of which a part is wrong changes nothing', async (t) => {
	const { ask } = await begin(t, configOf([room('hall')]));
	assert.equal((await ask('PATCH', '/channels/hall.vi', { source: 'tone', hide: 'perhaps' })).status, 400);
	assert.equal((await channelOf(ask, 'hall.vi')).override, null);
	for (const languages of [['vi', 'fr', 'en', 'de'], ['vi', 7], []])
		assert.equal((await ask('POST', '/rooms', { id: 'side', name: 'Side', languages })).status, 400, `${languages}`);
	assert.equal((await must(ask('GET', '/desk'))).rooms.length, 1);
});

test('a sound that is removed while the server runs keeps nobody from working', async (t) => {
	const file = writeWav(join(temporaryFolder('wav'), 'talk.wav'), [new Float32Array(48000)]);
	const { ask } = await begin(t, configOf([room('hall')], { talk: { play: [file] } }));
	rmSync(file);
	assert.equal((await must(ask('PATCH', '/channels/hall.vi', { muted: true }))).muted, true);
	await must(ask('POST', '/rooms', { id: 'side', name: 'Side', languages: ['vi'] }), 201);
});

test('a database whose file has changed: what does not fit is left out, keeps nobody from the rest, and is taken back', async (t) => {
	const first = await begin(t, configOf([room('hall'), room('water')], { spare: { tone_hz: 700 } }));
	await must(first.ask('PATCH', '/rooms/hall', { input: 'spare' }));
	await must(first.ask('PATCH', '/channels/water.vi', { gain_db: 3 }));
	await must(first.ask('POST', '/rooms', { id: 'side', name: 'Side', languages: ['vi', 'fr'] }), 201);
	await must(first.ask('POST', '/rooms', { id: 'nook', name: 'Nook', languages: ['vi'] }), 201);
	await first.server.stop('SIGKILL');

	/* The input and a room are gone; a room has the id of one that was added; there is one spare place. */
	const config = configOf([room('hall'), room('side')], {}, { server: { spare_rooms: 1 } });
	const { ask } = await begin(t, config, first.data);
	const rooms = (await must(ask('GET', '/desk'))).rooms.map((one) => [one.room, one.added]);
	assert.deepEqual(rooms, [['hall', false], ['side', false], ['nook', true]]);
	await must(ask('PATCH', '/rooms/hall', { locked: true, pin: '1234' }));
	await must(ask('PATCH', '/channels/side.vi', { muted: true }));
	assert.equal((await ask('DELETE', '/rooms/side')).status, 409);
	await must(ask('DELETE', '/changes/setup/side/room'));
	await must(ask('DELETE', '/changes/room/hall/input'));
	await must(ask('DELETE', '/changes/channel/water.vi/gain_db'));
	assert.equal((await channelOf(ask, 'side.vi')).muted, true);
	const left = (await must(ask('GET', '/changes'))).changes.map(({ scope, subject, key }) => `${scope} ${subject} ${key}`);
	assert.deepEqual(left.sort(), ['channel side.vi muted', 'room hall lock', 'setup nook room']);
	await must(ask('DELETE', '/changes/setup/nook/room'));
	assert.equal((await must(ask('GET', '/desk'))).rooms.length, 2);
});

test('what is said to a room ends with it', async (t) => {
	const { ask } = await begin(t, configOf([room('hall')]));
	const add = (id) => must(ask('POST', '/rooms', { id, name: id, languages: ['vi'] }), 201);
	await add('one');
	await must(ask('POST', '/announcements', { announcement: 'voice', scope: 'one' }));
	await must(ask('POST', '/talkback', { to: ['one-vi', 'hall-vi'] }));
	await must(ask('DELETE', '/rooms/one'));
	await add('two');
	const desk = await must(ask('GET', '/desk'));
	assert.equal(desk.announcing, null);
	assert.deepEqual(desk.talkback.to, ['hall-vi']);
	assert.equal((await channelOf(ask, 'two.vi')).override, null);
});

test('an announcement by a voice that is gone ends by itself', { timeout: 90000 }, async (t) => {
	const { ask } = await begin(t, configOf([room('hall')]));
	await must(ask('POST', '/announcements', { announcement: 'voice', scope: 'event' }));
	await until('its end', async () => (await must(ask('GET', '/desk'))).announcing === null, 45000);
	const { entries } = await must(ask('GET', '/log?kind=announcement'));
	assert.equal(entries[0].detail.state, 'nobody-speaks');
});
