// HTTP as it is on the wire: nothing decompressed, nothing followed.
import { request as plain } from 'node:http';
import { request as secure } from 'node:https';

/**
 * @param {string} url
 * @param {{method?: string, headers?: Record<string, string>, body?: string}} [options]
 * @returns {Promise<{status: number, headers: import('node:http').IncomingHttpHeaders, body: Buffer, alpn?: string}>}
 */
export function request(url, options = {}) {
	return new Promise((done, fail) => {
		const send = url.startsWith('https:') ? secure : plain;
		const settings = { method: options.method ?? 'GET', headers: options.headers, rejectUnauthorized: false };
		const it = send(url, { ...settings, ALPNProtocols: ['h2', 'http/1.1'], agent: false }, (answer) => {
			const chunks = [];
			answer.on('data', (chunk) => chunks.push(chunk));
			answer.on('error', fail);
			answer.on('end', () => {
				const alpn = /** @type {any} */ (answer.socket).alpnProtocol;
				done({ status: answer.statusCode, headers: answer.headers, body: Buffer.concat(chunks), alpn });
			});
		});
		it.on('error', fail);
		it.end(options.body);
	});
}
