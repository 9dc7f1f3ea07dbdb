// docs/openapi.json: whole and without contradiction, and what the server answers.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { makeAccess } from '../harness/access.mjs';
import { startCabind } from '../harness/cabind.mjs';
import { request } from '../harness/http.mjs';
import { loadDescription, openApi, resolve, walk } from '../harness/openapi.mjs';
import { own } from '../harness/process.mjs';

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

const name = (text) => ({ vi: text, fr: text, en: text });
const config = {
	event: { id: 'test', name: name('Test') },
	languages: ['vi', 'fr'],
	sources: { hall: { tone_hz: 440 }, spare: { tone_hz: 500 } },
	rooms: [
		{
			id: 'plenary',
			name: name('Plenary'),
			floor: { source: 'hall' },
			channels: [{ language: 'vi' }, { language: 'fr' }],
			booths: [{ id: 'plenary-vi', outputs: ['vi'], documents: [{ title: name('Programme'), url: 'https://conference.example/' }] }],
		},
	],
	agenda: [{ id: 'opening', room: 'plenary', start: '2027-03-02T08:30:00+07:00', end: '2027-03-02T09:15:00+07:00', title: name('Opening') }],
};

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
