// A WebSocket client that may break every rule: for what a server must refuse.
import { randomBytes } from 'node:crypto';
import { connect as connectSocket } from 'node:net';
import { until } from './process.mjs';

/**
 * One frame of a client.
 * @param {{opcode: number, payload?: Buffer | string, fin?: boolean, masked?: boolean, reserved?: number,
 *   length?: number}} frame `length`: the payload length that the header claims
 */
export function frame({ opcode, payload = '', fin = true, masked = true, reserved = 0, length }) {
	const body = Buffer.from(payload);
	const claimed = length ?? body.length;
	const header = [(fin ? 0x80 : 0) | (reserved << 4) | opcode];
	const mask = masked ? 0x80 : 0;
	if (claimed < 126) header.push(mask | claimed);
	else if (claimed < 65536) header.push(mask | 126, claimed >> 8, claimed & 255);
	else {
		const long = Buffer.alloc(8);
		long.writeBigUInt64BE(BigInt(claimed));
		header.push(mask | 127, ...long);
	}
	const key = randomBytes(4);
	if (masked) body.forEach((byte, i) => (body[i] = byte ^ key[i % 4]));
	return Buffer.concat([Buffer.from(header), masked ? key : Buffer.alloc(0), body]);
}

/**
 * Opens a connection and upgrades it by hand.
 * @param {number} port
 * @param {{headers?: string[], path?: string, receiveBytes?: number}} [options] `headers` in place of the right ones
 */
export async function upgrade(port, options = {}) {
	const socket = connectSocket({ port, host: '127.0.0.1' });
	let bytes = Buffer.alloc(0);
	let over = false;
	socket.on('data', (chunk) => (bytes = Buffer.concat([bytes, chunk])));
	socket.on('error', () => {});
	socket.on('close', () => (over = true));
	await new Promise((done, fail) => socket.once('connect', done).once('error', fail));
	const headers = options.headers ?? [
		'Host: 127.0.0.1',
		'Connection: Upgrade',
		'Upgrade: websocket',
		'Sec-WebSocket-Version: 13',
		`Sec-WebSocket-Key: ${randomBytes(16).toString('base64')}`,
		'Sec-WebSocket-Protocol: cabin.v1',
	];
	socket.write([`GET ${options.path ?? '/ws'} HTTP/1.1`, ...headers, '', ''].join('\r\n'));
	await until('answer to the upgrade', () => over || bytes.includes('\r\n\r\n'));
	const end = bytes.indexOf('\r\n\r\n') + 4;
	const head = bytes.toString('latin1', 0, end);
	bytes = bytes.subarray(end);
	return {
		socket,
		status: Number(head.split(' ')[1]),
		head,
		write: (data) => socket.write(data),
		/** Stops reading, so that the kernel's buffers fill. */
		pause: () => socket.pause(),
		resume: () => socket.resume(),
		isClosed: () => over,
		/** Bytes received after the header and not looked at. */
		received: () => bytes.length,
		/** Waits for the server's close frame, and gives its code. @param {number} [timeoutMs] */
		closeCode: (timeoutMs) =>
			until(
				'a close frame',
				() => {
					const code = findClose(bytes);
					if (code === undefined && over) throw new Error('closed without a close frame');
					return code;
				},
				timeoutMs,
			),
		stop: () => socket.destroy(),
	};
}

/** @param {Buffer} bytes a server's frames */
function findClose(bytes) {
	for (let at = 0; at + 2 <= bytes.length; ) {
		let length = bytes[at + 1] & 0x7f;
		let header = 2;
		if (length === 126) {
			if (at + 4 > bytes.length) return;
			length = bytes.readUInt16BE(at + 2);
			header = 4;
		} else if (length === 127) {
			return;
		}
		if (at + header + length > bytes.length) return;
		if ((bytes[at] & 0x0f) === 8) return length >= 2 ? bytes.readUInt16BE(at + header) : 1005;
		at += header + length;
	}
}
