// A listener as docs/protocol.md has it, that keeps everything that it got.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import WebSocket from 'ws';
import { projectFolder, until } from './process.mjs';

const decoderBytes = readFileSync(join(projectFolder, 'web/opus/opus-decoder.wasm'));

/**
 * @typedef {object} Packet
 * @property {number} sequence extended over its wraps
 * @property {number} timestamp the same
 * @property {boolean} marker
 * @property {number} channel
 * @property {Buffer} payload
 * @property {number} at when it arrived, performance.now()
 * @property {number} epoch of the newest `state` before it
 */

/** The value nearest to `last` whose low `bits` are `low`. */
function extend(low, last, bits) {
	const range = 2 ** bits;
	if (last === undefined) return low;
	const difference = (((low - last) % range) + range) % range;
	return last + (difference < range / 2 ? difference : difference - range);
}

/**
 * @param {Buffer} message
 * @returns {Packet | undefined} undefined: not a packet of this protocol
 */
export function parsePacket(message) {
	if (message.length < 13 || message.length > 12 + 1275 || message[0] !== 0x80 || (message[1] & 0x7f) !== 111) return;
	return {
		marker: message[1] >= 0x80,
		sequence: message.readUInt16BE(2),
		timestamp: message.readUInt32BE(4),
		channel: message.readUInt32BE(8),
		payload: message.subarray(12),
		at: performance.now(),
		epoch: 0,
	};
}

/**
 * Connects and waits for `welcome`.
 * @param {{ws: string, event: () => Promise<any>}} server as startCabind gives it
 * @param {{channel?: string, rejectUnauthorized?: boolean, url?: string}} [options] `channel`: an id to listen to at once
 */
export async function connect(server, options = {}) {
	const socket = new WebSocket(options.url ?? server.ws, 'cabin.v1', {
		perMessageDeflate: false,
		rejectUnauthorized: options.rejectUnauthorized ?? true,
	});
	/** @type {{at: number, [key: string]: any}[]} */
	const messages = [];
	/** @type {Packet[]} */
	const packets = [];
	const faults = [];
	let last;
	let epoch = 0;
	socket.on('message', (data, isBinary) => {
		if (!isBinary) {
			const message = JSON.parse(data.toString());
			if (message.type === 'state') epoch = message.epoch;
			messages.push({ ...message, at: performance.now() });
			return;
		}
		const packet = parsePacket(data);
		if (!packet) return void faults.push(`not a packet: ${data.toString('hex', 0, 16)}`);
		if (last?.channel !== packet.channel) last = undefined;
		packet.sequence = extend(packet.sequence, last?.sequence, 16);
		packet.timestamp = extend(packet.timestamp, last?.timestamp, 32);
		packet.epoch = epoch;
		last = packet;
		packets.push(packet);
	});
	const closed = new Promise((done) => {
		socket.once('close', (code, reason) => done({ code, reason: reason.toString(), at: performance.now() }));
	});
	socket.on('error', (error) => faults.push(error.message));
	const listener = {
		socket,
		messages,
		packets,
		faults,
		closed,
		states: () => messages.filter((message) => message.type === 'state'),
		send: (message) => socket.send(typeof message === 'string' ? message : JSON.stringify(message)),
		/**
		 * Waits for a control message, past ones included from place `from` on.
		 * @param {string} type
		 * @param {(message: any) => boolean} [fits]
		 * @param {{timeoutMs?: number, from?: number}} [wait]
		 */
		message: (type, fits = () => true, wait = {}) =>
			until(
				`message ${type} (${faults.join('; ') || `closed: ${socket.readyState > 1}`})`,
				() => messages.slice(wait.from ?? 0).find((message) => message.type === type && fits(message)),
				wait.timeoutMs,
			),
		/** Waits until there are `count` packets more. @param {number} count @param {number} [timeoutMs] */
		async more(count, timeoutMs) {
			const from = packets.length;
			await until(`${count} packets`, () => packets.length >= from + count, timeoutMs ?? count * 20 + 5000);
			return packets.slice(from);
		},
		async listen(id) {
			const channel = await channelNumber(server, id);
			const from = messages.length;
			listener.send({ type: 'listen', channel });
			return listener.message('state', (state) => state.channel === channel, { from });
		},
		async stop() {
			socket.terminate();
		},
	};
	await listener.message('welcome');
	if (options.channel) await listener.listen(options.channel);
	return listener;
}

/** @param {{event: () => Promise<any>}} server @param {string} id */
export async function channelNumber(server, id) {
	const channels = (await server.event()).rooms.flatMap((room) => room.channels);
	const channel = channels.find((one) => one.id === id);
	if (!channel) throw new Error(`no channel ${id}; there are ${channels.map((one) => one.id).join(', ')}`);
	return channel.number;
}

/**
 * Decodes packets to where their timestamps say. The decoder starts anew at each marker.
 * @param {Packet[]} packets of one channel
 * @returns {{samples: Float32Array, start: number, missing: number}} `start`: timestamp of the first sample;
 *   `missing`: packets that the sequence says were lost
 */
export function decode(packets) {
	const decoder = new WebAssembly.Instance(new WebAssembly.Module(decoderBytes)).exports;
	const input = new Uint8Array(decoder.memory.buffer, decoder.input(), decoder.input_size());
	const output = new Float32Array(decoder.memory.buffer, decoder.output(), decoder.output_size());
	if (decoder.init(0) !== 0) throw new Error('the decoder does not start');
	const start = packets[0].timestamp;
	const samples = new Float32Array(packets[packets.length - 1].timestamp - start + 960);
	let missing = 0;
	let expected = packets[0].sequence;
	for (const packet of packets) {
		missing += packet.sequence - expected;
		expected = packet.sequence + 1;
		if (packet.marker) decoder.reset(0);
		input.set(packet.payload);
		const count = decoder.decode(0, packet.payload.length);
		if (count !== 480 && count !== 960) throw new Error(`packet ${packet.sequence} decodes to ${count}`);
		samples.set(output.subarray(0, count), packet.timestamp - start);
	}
	return { samples, start, missing };
}
