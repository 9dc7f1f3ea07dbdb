// docs/openapi.json as a judge: whether an answer, or an example, is what it describes.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Ajv2020 from 'ajv/dist/2020.js';
import { projectFolder } from './process.mjs';

const methods = ['get', 'post', 'patch', 'delete'];
const dateTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/;

/** @typedef {{status: number, type: string, body: any}} Example of an answer, or of a request (status 0) */

export function loadDescription() {
	return JSON.parse(readFileSync(join(projectFolder, 'docs/openapi.json'), 'utf8'));
}

/** Follows a reference, if `value` is one. @param {any} description @param {any} value */
export function resolve(description, value) {
	if (!value?.$ref) return value;
	let found = description;
	for (const part of value.$ref.replace(/^#\//, '').split('/')) found = found?.[part.replace(/~1/g, '/').replace(/~0/g, '~')];
	if (found === undefined) throw new Error(`${value.$ref} leads nowhere`);
	return found;
}

/** Every object in it, with its path. @param {any} value @param {(value: any, path: string) => void} see */
export function walk(value, see, path = '#') {
	if (typeof value !== 'object' || value === null) return;
	see(value, path);
	for (const [key, one] of Object.entries(value)) walk(one, see, `${path}/${key.replace(/~/g, '~0').replace(/\//g, '~1')}`);
}

/** Schemas as ajv takes them. What is not described is a fault here, though clients are to ignore it. */
function strictSchemas(description) {
	const text = JSON.stringify(description.components.schemas).replaceAll('#/components/schemas/', '#/$defs/');
	const schemas = JSON.parse(text);
	walk(schemas, (value) => {
		if (value.properties) value.additionalProperties ??= false;
	});
	return schemas;
}

export function openApi(description = loadDescription()) {
	const ajv = new Ajv2020({ allErrors: true, allowUnionTypes: true, strictTypes: false, strictRequired: false });
	ajv.addFormat('date-time', dateTime);
	ajv.addSchema({ $id: 'api', $defs: strictSchemas(description) });
	const compiled = new Map();

	/** @param {any} schema @param {any} value @returns {string | null} what is wrong with it */
	function faultOf(schema, value) {
		const key = JSON.stringify(schema);
		if (!compiled.has(key)) compiled.set(key, ajv.compile(JSON.parse(key.replaceAll('#/components/schemas/', 'api#/$defs/'))));
		const validate = compiled.get(key);
		return validate(value) ? null : ajv.errorsText(validate.errors, { separator: '\n', dataVar: '' });
	}

	const operations = Object.entries(description.paths).flatMap(([path, item]) =>
		methods.filter((method) => item[method]).map((method) => ({ method: method.toUpperCase(), path, operation: item[method] })),
	);

	/** The operation of a real request, and its path's parameters. @param {string} method @param {string} path after /api/v1 */
	function find(method, path) {
		const plain = path.replace(/\?.*/, '');
		const fits = (one) => new RegExp(`^${one.path.replace(/\./g, '\\.').replace(/\{\w+\}/g, '[^/]+')}$`).test(plain);
		const found = operations.filter((one) => one.method === method && fits(one));
		// One without parameters comes before one with.
		return found.sort((a, b) => a.path.split('{').length - b.path.split('{').length)[0];
	}

	return {
		description,
		operations,
		faultOf,
		find,
		/**
		 * Throws unless the answer is one that the description has.
		 * @param {string} method
		 * @param {string} path after /api/v1
		 * @param {{status: number, headers: Record<string, any>, body: Buffer | string}} answer
		 * @returns {any} its body: of JSON, the value
		 */
		check(method, path, answer) {
			const what = `${method} ${path} ${answer.status}`;
			const one = find(method, path);
			if (!one) throw new Error(`${what}: no such operation`);
			const response = resolve(description, one.operation.responses[answer.status]);
			if (!response) throw new Error(`${what}: no such status: ${answer.body}`);
			const text = answer.body.toString();
			if (!response.content) return text;
			const type = String(answer.headers['content-type']).replace(/;.*/, '');
			const content = response.content[type] ?? response.content['application/octet-stream'];
			if (!content) throw new Error(`${what}: no such content type: ${type}`);
			if (type !== 'application/json') return text;
			const value = JSON.parse(text);
			const fault = faultOf(content.schema, value);
			if (fault) throw new Error(`${what}: ${fault}\n${text.slice(0, 2000)}`);
			return value;
		},
		/** Examples of an operation: its request's, and those of its answers. @returns {Example[]} */
		examples({ operation }) {
			const request = Object.entries(operation.requestBody?.content ?? {});
			const answers = Object.entries(operation.responses).flatMap(([status, response]) =>
				Object.entries(resolve(description, response).content ?? {}).map(([type, content]) => [type, content, Number(status)]),
			);
			return [...request.map(([type, content]) => [type, content, 0]), ...answers].map(([type, content, status]) => ({
				status,
				type,
				schema: content.schema,
				body: content.example,
			}));
		},
	};
}
