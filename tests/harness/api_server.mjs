// A small server that answers as the examples of docs/openapi.json say, and judges what it is asked.
import { createServer } from 'node:http';
import { openApi } from './openapi.mjs';

/**
 * @param {(method: string, path: string) => {status: number, body: any} | undefined} [instead] another answer
 */
export async function startExampleServer(instead = () => undefined) {
	const api = openApi();
	/** @type {{method: string, path: string, query: URLSearchParams, token: string, body: any, fault: string | null}[]} */
	const asked = [];
	const server = createServer(async (request, response) => {
		let text = '';
		for await (const chunk of request) text += chunk;
		const url = new URL(request.url, 'http://server');
		const path = decodeURI(url.pathname).replace(/^\/api\/v1/, '');
		const one = api.find(request.method, path);
		const body = text ? JSON.parse(text) : undefined;
		asked.push({
			method: request.method,
			path,
			query: url.searchParams,
			token: String(request.headers.authorization).replace(/^Bearer /, ''),
			body,
			fault: faultOf(api, one, request, url, body),
		});
		const other = instead(request.method, path);
		const answer = other ?? (one ? api.examples(one).find(({ status }) => status >= 200 && status < 300) : { status: 404, body: '' });
		response.writeHead(answer.status, { 'content-type': answer.type ?? 'application/json' });
		response.end(typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body));
	});
	await new Promise((done) => server.listen(0, '127.0.0.1', () => done(undefined)));
	return {
		api,
		asked,
		url: `http://127.0.0.1:${/** @type {any} */ (server.address()).port}`,
		stop: () => new Promise((done) => (server.close(done), server.closeAllConnections())),
	};
}

/** What is wrong with a request, by the description. */
function faultOf(api, one, request, url, body) {
	if (!one) return `${request.method} ${url.pathname}: no such operation`;
	const known = new Map((one.operation.parameters ?? []).filter((parameter) => parameter.in === 'query').map((parameter) => [parameter.name, parameter]));
	for (const [name, value] of url.searchParams) {
		const { schema } = known.get(name) ?? {};
		if (!schema) return `no parameter ${name}`;
		const fault = api.faultOf(schema, schema.type === 'integer' ? Number(value) : value);
		if (fault) return `${name}: ${fault}`;
	}
	const content = one.operation.requestBody?.content['application/json'];
	if (body !== undefined && request.headers['content-type'] !== 'application/json') return 'wrong content type';
	if (content) return body === undefined ? 'no body' : api.faultOf(content.schema, body);
	return body === undefined || JSON.stringify(body) === '{}' ? null : 'a body that is not wanted';
}
