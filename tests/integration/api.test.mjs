// docs/openapi.json: whole and without contradiction, and what the server answers.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { makeAccess } from '../harness/access.mjs';
import { startCabind } from '../harness/cabind.mjs';
import { makeEvent, name } from '../harness/event.mjs';
import { request } from '../harness/http.mjs';
import { loadDescription, openApi, resolve, walk } from '../harness/openapi.mjs';
import { own, temporaryFolder } from '../harness/process.mjs';

const api = openApi();
const nameOf = ({ method, path }) => `${method} ${path}`;

test('the description: every reference resolves, every part is used', () => {
	const used = new Set();
	walk(api.description, (value, path) => {
		if (value.$ref === undefined) return;
		assert.doesNotThrow(() => resolve(api.description, value), path);
		used.add(value.$ref);
	});
	for (const kind of ['schemas', 'responses'])
		for (const name of Object.keys(api.description.components[kind])) assert.ok(used.has(`#/components/${kind}/${name}`), `${name} is used`);
	const ids = api.operations.map(({ operation }) => operation.operationId);
	assert.equal(new Set(ids).size, ids.length);
	const tags = new Set(api.description.tags.map(({ name }) => name));
	for (const one of api.operations) {
		const { operation, path } = one;
		assert.ok(operation.summary && operation.tags.every((tag) => tags.has(tag)), nameOf(one));
		const parameters = (operation.parameters ?? []).filter((parameter) => parameter.in === 'path');
		assert.deepEqual(parameters.map(({ name }) => `{${name}}`), path.match(/\{\w+\}/g) ?? [], nameOf(one));
		for (const parameter of operation.parameters ?? [])
			if (parameter.example !== undefined) assert.equal(api.faultOf(parameter.schema, parameter.example), null, `${nameOf(one)} ${parameter.name}`);
	}
});

test('the description: every example is what it describes', () => {
	let count = 0;
	for (const one of api.operations) {
		for (const { status, type, schema, body } of api.examples(one)) {
			if (type === 'application/octet-stream' || one.path === '/openapi.json') continue;
			assert.notEqual(body, undefined, `${nameOf(one)} ${status} ${type} has an example`);
			assert.equal(api.faultOf(schema, body), null, `${nameOf(one)} ${status}`);
			count++;
		}
	}
	assert.ok(count > 100, `${count} examples`);
});

test('the judge refuses: a field too many, too few, of another type, a status and a path that are not there', () => {
	const example = api.examples(api.find('GET', '/desk')).find(({ status }) => status === 200).body;
	const answer = (status, body) => ({ status, headers: { 'content-type': 'application/json; charset=utf-8' }, body: JSON.stringify(body) });
	assert.deepEqual(api.check('GET', '/desk', answer(200, example)), example);
	assert.throws(() => api.check('GET', '/desk', answer(200, { ...example, more: 1 })), /additional properties/);
	assert.throws(() => api.check('GET', '/desk', answer(200, { ...example, revision: undefined })), /required property 'revision'/);
	assert.throws(() => api.check('GET', '/desk', answer(200, { ...example, time: 'now' })), /date-time/);
	assert.throws(() => api.check('GET', '/desk', answer(200, { ...example, points: [{ kind: 'channel' }] })), /points\/0/);
	assert.throws(() => api.check('GET', '/desk', answer(418, {})), /no such status/);
	assert.throws(() => api.check('GET', '/desks', answer(200, {})), /no such operation/);
	const broken = loadDescription();
	delete broken.components.schemas.Room;
	assert.throws(() => openApi(broken).faultOf({ $ref: '#/components/schemas/Desk' }, example), /Room/);
});

const programme = { title: name('Programme'), url: 'https://conference.example/' };
const config = makeEvent({
	languages: ['vi', 'fr'],
	sources: { hall: { tone_hz: 440 }, spare: { tone_hz: 500 } },
	rooms: [{ id: 'plenary', floor: 'hall', channels: ['vi', 'fr'], booths: [{ id: 'plenary-vi', outputs: ['vi'], documents: [programme] }] }],
	agenda: [{ id: 'opening', room: 'plenary', start: '2027-03-02T08:30:00+07:00', end: '2027-03-02T09:15:00+07:00', title: name('Opening') }],
});

/** Asks, and checks the answer by the description. */
function asker(server) {
	return async (method, path, token, body) => {
		const headers = { ...(token && { authorization: `Bearer ${token}` }), ...(body && { 'content-type': 'application/json' }) };
		const answer = await request(`${server.url}/api/v1${path}`, { method, headers, body: body && JSON.stringify(body) });
		return { status: answer.status, body: api.check(method, path, answer) };
	};
}

test('what was there before the desk: event, booths, documents', async (t) => {
	const access = makeAccess();
	const ask = asker(await own(t, startCabind({ config, args: access.args })));
	const [technician, booth] = [access.token(null), access.token('plenary-vi')];
	assert.equal((await ask('GET', '/event')).body.rooms[0].channels.length, 3);
	assert.ok((await ask('GET', '/booths', technician)).body.booths.some(({ booth: id }) => id === 'plenary-vi'));
	assert.equal((await ask('GET', '/booths', booth)).status, 403);
	assert.equal((await ask('GET', '/booths')).status, 401);
	assert.equal((await ask('GET', '/booth/documents', booth)).body.documents[0].url, 'https://conference.example/');
	assert.equal((await ask('GET', '/booth/documents/7', booth)).status, 404);
});

test('the desk: every path of the description, on a running server', { timeout: 60000 }, async (t) => {
	const access = makeAccess();
	const server = await own(t, startCabind({ config, args: [...access.args, '--data', temporaryFolder('api')] }));
	const ask = asker(server);
	const technician = access.token(null, { name: 'Minh' });
	const called = new Set();
	/** Asks as a technician; the status must be this one. */
	async function as(status, method, path, body) {
		const one = api.find(method, path);
		called.add(one?.operation.operationId);
		const answer = await ask(method, path, technician, body);
		assert.equal(answer.status, status, `${method} ${path}: ${JSON.stringify(answer.body)}`);
		return answer.body;
	}
	// What is shown.
	const desk = await as(200, 'GET', '/desk');
	assert.deepEqual(desk.rooms.map(({ room }) => room), ['plenary']);
	assert.deepEqual(desk.channels.map(({ id }) => id), ['plenary.floor', 'plenary.vi', 'plenary.fr']);
	assert.equal(desk.server.stored, true);
	assert.ok((await as(200, 'GET', '/levels')).points.some(({ kind, id }) => kind === 'input' && id === 'hall'));
	await as(200, 'GET', '/audience');
	await as(200, 'GET', '/alarms');
	assert.equal((await as(200, 'GET', '/openapi.json')).info.title, api.description.info.title);
	await as(200, 'GET', '/minutes?channel=plenary.vi&from=2027-03-02T08:00:00%2B07:00&limit=10');
	await as(400, 'GET', '/log?from=yesterday');

	// Channels: each setting, and it is there.
	let channel = await as(200, 'PATCH', '/channels/plenary.fr', { source: 'channel:plenary.vi', gain_db: -3, muted: false, hide: 'idle' });
	assert.deepEqual([channel.gain_db, channel.hide, channel.stored], [-3, 'idle', true]);
	assert.deepEqual(channel.override, { feed: 'channel', from: 'plenary.vi' });
	channel = await as(200, 'PATCH', '/channels/plenary.fr', { source: 'silence' });
	await as(200, 'PATCH', '/channels/plenary.fr', { source: 'input:spare' });
	assert.equal((await as(200, 'PATCH', '/channels/plenary.fr', { muted: true })).muted, true);
	await as(404, 'PATCH', '/channels/nowhere.vi', { muted: true });
	await as(400, 'PATCH', '/channels/plenary.fr', { gain_db: 100 });
	await as(400, 'PATCH', '/channels/plenary.fr', { colour: 'red' });

	// Rooms.
	const locked = await as(200, 'PATCH', '/rooms/plenary', { input: 'spare', locked: true });
	assert.match(locked.pin, /^[0-9]{4,8}$/);
	assert.equal(locked.input, 'spare');
	assert.equal((await as(200, 'PATCH', '/rooms/plenary', { input: null, locked: false })).locked, false);
	await as(404, 'PATCH', '/rooms/nowhere', { locked: true });
	const added = await as(201, 'POST', '/rooms', { id: 'side-1', name: 'Side', input: 'spare', languages: ['vi', 'fr'] });
	assert.equal(added.booths.length, 2);
	assert.equal((await as(200, 'GET', '/desk')).rooms.length, 2);
	await as(409, 'POST', '/rooms', { id: 'side-1', name: 'Side', languages: ['vi'] });
	assert.equal((await ask('GET', '/event')).body.rooms.length, 2);
	await as(200, 'DELETE', '/rooms/side-1');
	await as(409, 'DELETE', '/rooms/plenary');

	// What lasts while it is done.
	assert.equal((await as(200, 'POST', '/announcements', { announcement: 'voice', scope: 'plenary' })).announcing.author, 'Minh');
	await as(404, 'POST', '/announcements', { announcement: 'nothing', scope: 'event' });
	assert.equal((await as(200, 'DELETE', '/announcements')).announcing, null);
	assert.deepEqual((await as(200, 'POST', '/talkback', { to: ['plenary-vi'] })).talkback.to, ['plenary-vi']);
	assert.equal((await as(200, 'DELETE', '/talkback')).talkback, null);
	assert.ok((await as(200, 'POST', '/probes', { input: 'spare' })).channel > 3);
	await as(200, 'POST', '/probes', { booth: 'plenary-vi', seat: 1 });
	await as(200, 'POST', '/calls', { booth: 'plenary-vi', seat: 1, state: 'seen' });
	await as(404, 'POST', '/calls', { booth: 'nowhere', seat: 1, state: 'seen' });
	await as(404, 'POST', '/alarms/99999/acknowledge', {});

	// What differs from the file, and back.
	const { changes } = await as(200, 'GET', '/changes');
	assert.ok(changes.some(({ subject, key, value, author }) => subject === 'plenary.fr' && key === 'gain_db' && value === -3 && author === 'Minh'));
	assert.match(await as(200, 'GET', '/config'), /gain_db: -3/);
	for (const { scope, subject, key } of changes) await as(200, 'DELETE', `/changes/${scope}/${subject}/${key}`);
	await as(404, 'DELETE', '/changes/channel/plenary.fr/gain_db');
	assert.deepEqual((await as(200, 'GET', '/changes')).changes, []);
	const { entries } = await as(200, 'GET', '/log?kind=action&limit=1000');
	assert.ok(entries.length > 10 && entries.every(({ author }) => author === 'Minh'));

	// Who may not.
	const observer = access.token(null, { role: 'observer', name: 'Chief' });
	for (const one of api.operations) {
		if (one.operation.tags[0] === 'event' && one.path !== '/openapi.json') continue;
		const path = one.path.replace('{id}', '1').replace(/\{\w+\}/g, 'x');
		assert.equal((await ask(one.method, path)).status, 401, nameOf(one));
		const status = (await ask(one.method, path, observer, one.operation.requestBody && {})).status;
		assert.equal(status, one.method === 'GET' && one.path !== '/config' ? 200 : 403, nameOf(one));
	}
	const form = await request(`${server.url}/api/v1/talkback`, {
		...{ method: 'POST', body: 'to=all' },
		headers: { authorization: `Bearer ${technician}`, 'content-type': 'application/x-www-form-urlencoded' },
	});
	assert.equal(api.check('POST', '/talkback', form).error, 'not-json');

	for (const one of api.operations)
		if (one.operation.tags[0] !== 'event') assert.ok(called.has(one.operation.operationId), `${nameOf(one)} was called`);
});
