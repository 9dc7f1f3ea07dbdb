// A technician as docs/openapi.json and docs/protocol.md have it.
import { join } from 'node:path';
import { makeAccess } from './access.mjs';
import { startCabind } from './cabind.mjs';
import { request } from './http.mjs';
import { inputPorts } from './jack.mjs';
import { connect } from './listener.mjs';
import { own, temporaryFolder, until } from './process.mjs';
import { writeWav } from './sound.mjs';

/**
 * Asks the HTTP API.
 * @param {{url: string}} server @param {string} token
 * @returns {(method: string, path: string, body?: object) => Promise<{status: number, body: any, text: string}>}
 */
export function asker(server, token) {
	return async (method, path, body) => {
		const headers = { authorization: `Bearer ${token}`, ...(body && { 'content-type': 'application/json' }) };
		const answer = await request(`${server.url}/api/v1${path}`, { method, headers, body: body && JSON.stringify(body) });
		const text = answer.body.toString();
		return { status: answer.status, text, body: text.startsWith('{') ? JSON.parse(text) : undefined };
	};
}

/** What the asker got, which must have this status. */
export async function must(answer, status = 200) {
	const it = await answer;
	if (it.status !== status) throw new Error(`status ${it.status} and not ${status}: ${it.text}`);
	return it.body ?? it.text;
}

/**
 * A server with a key and a database, and a technician who asks it.
 * @param {Parameters<typeof own>[0]} t the server ends with it
 * @param {object | string} config
 * @param {{data?: string} & Parameters<typeof startCabind>[0]} [options] `data`: the database's folder
 */
export async function startDesk(t, config, { data = temporaryFolder('data'), args = [], ...more } = {}) {
	const access = makeAccess();
	const server = await own(t, startCabind({ config, args: [...access.args, '--data', data, ...args], ...more }));
	const token = access.token(null, { name: 'Minh' });
	return { access, data, server, token, ask: asker(server, token) };
}

/** Plays into the first input of the server at this JACK, from now on. @param {Parameters<typeof own>[0]} t */
export async function playHall(t, jack, samples) {
	const [port] = await inputPorts(jack, 1);
	return own(t, jack.play(writeWav(join(temporaryFolder('wav'), 'hall.wav'), [samples]), [port], { loop: true }));
}

/** A desk on its WebSocket. @param {Parameters<typeof connect>[0]} server @param {string} token */
export async function joinDesk(server, token) {
	const it = await connect(server, { url: `${server.ws}?console` });
	it.send({ type: 'join', token });
	await it.message('joined');
	it.send({ type: 'desk', on: true });
	await it.message('desk');
	const levels = [];
	it.socket.on('message', (data, isBinary) => {
		if (isBinary && data[0] === 0x4c) levels.push({ at: performance.now(), bytes: data });
	});
	return {
		...it,
		levels,
		/** The newest message of a kind. */
		newest: (type) => it.messages.findLast((message) => message.type === type),
		/** Waits for an alarm that is raised (or, `raised` false, that is not there any more). */
		alarm: (kind, subject, raised = true, timeoutMs = 15000) =>
			until(
				`alarm ${kind} of ${subject} ${raised ? 'raised' : 'cleared'}`,
				() => {
					const newest = it.messages.findLast(({ type }) => type === 'alarms');
					const found = newest?.alarms.find((alarm) => alarm.kind === kind && alarm.subject === subject);
					return raised ? found : newest && !found;
				},
				timeoutMs,
			),
	};
}
