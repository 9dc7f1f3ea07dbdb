// A technician as docs/openapi.json and docs/protocol.md have it.
import { connect } from './listener.mjs';
import { request } from './http.mjs';
import { until } from './process.mjs';

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
		/** Waits for an alarm that is raised (or, `raised` false, that is not there any more). */
		alarm: (kind, subject, raised = true, timeoutMs = 15000) =>
			until(
				`alarm ${kind} of ${subject} ${raised ? 'raised' : 'cleared'}`,
				() => {
					const newest = it.messages.filter(({ type }) => type === 'alarms').at(-1);
					const found = newest?.alarms.find((alarm) => alarm.kind === kind && alarm.subject === subject);
					return raised ? found : newest && !found;
				},
				timeoutMs,
			),
	};
}
