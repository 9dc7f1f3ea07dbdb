// A booth's console as docs/protocol.md has it, with sound that was encoded beforehand.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect } from './listener.mjs';
import { must, pause, temporaryFolder, until } from './process.mjs';
import { writeWav } from './sound.mjs';

/** libopus in opusenc: what it looks ahead by, in samples, is the stream's pre-skip. */
const headerBytes = 19;

/**
 * Opus packets of a sound, each of `packetMs`.
 * @param {Float32Array} samples mono, 48 kHz
 * @param {number} [packetMs] 10 or 20
 * @returns {Promise<{packets: Buffer[], packetMs: number, lookAhead: number}>} `lookAhead`: samples
 */
export async function encode(samples, packetMs = 20) {
	const folder = temporaryFolder('encode');
	const wav = writeWav(join(folder, 'in.wav'), [samples]);
	const opus = join(folder, 'out.opus');
	await must('opusenc', ['--quiet', '--bitrate', '48', '--framesize', String(packetMs), '--comp', '5', wav, opus]);
	const { packets, head } = readOgg(readFileSync(opus));
	return { packets, packetMs, lookAhead: head.readUInt16LE(10) };
}

/** The packets of an Ogg stream (RFC 3533), without its two headers. @param {Buffer} bytes */
function readOgg(bytes) {
	const packets = [];
	let rest = Buffer.alloc(0);
	for (let at = 0; at + 27 <= bytes.length; ) {
		const segments = bytes[at + 26];
		let body = at + 27 + segments;
		for (let i = 0; i < segments; i++) {
			const size = bytes[at + 27 + i];
			rest = Buffer.concat([rest, bytes.subarray(body, body + size)]);
			body += size;
			if (size === 255) continue;
			packets.push(rest);
			rest = Buffer.alloc(0);
		}
		at = body;
	}
	const [head] = packets;
	if (head.toString('latin1', 0, 8) !== 'OpusHead' || head.length < headerBytes) throw new Error('not Ogg Opus');
	return { head, packets: packets.slice(2) };
}

/** Server clock less performance.now(), in ms: the offset of the quickest of some pings. */
async function measureOffset(console_) {
	let best;
	for (let id = 0; id < 6; id++) {
		const from = console_.messages.length;
		const sent = performance.now();
		console_.send({ type: 'ping', id, t1: Math.round(sent * 1000) });
		const pong = await console_.message('pong', (message) => message.id === id, { from });
		const offset = ((pong.t2 - pong.t1) / 1000 + (pong.t3 / 1000 - pong.at)) / 2;
		const trip = pong.at - sent;
		if (!best || trip < best.trip) best = { offset, trip };
	}
	return best.offset;
}

/**
 * Connects, joins and waits for the answer.
 * @param {{ws: string, event: () => Promise<any>}} server as startCabind gives it
 * @param {{token: string, seat?: number, resume?: string, name?: string, mic?: boolean, channel?: string,
 *   refused?: boolean, rejectUnauthorized?: boolean, booth?: string}} options `refused`: do not wait for `joined`;
 *   `booth`: with a technician's token
 */
export async function joinBooth(server, options) {
	const { channel, rejectUnauthorized } = options;
	const it = await connect(server, { channel, rejectUnauthorized, url: `${server.ws}?console` });
	const { token, seat, resume, name, mic, booth } = options;
	it.send({ type: 'join', token, seat, resume, name, mic, booth, console: 'test' });
	if (options.refused) return it;
	const joined = await it.message('joined');
	const offset = await measureOffset(it);
	let sequence = Math.floor(Math.random() * 65536);
	let timestamp = Math.floor(Math.random() * 2 ** 32);
	let speaking;
	let asked = 0;
	const newest = (type, fits = () => true) => it.messages.filter((one) => one.type === type && fits(one)).at(-1);

	/** The mapping: `timestamp` was spoken at `at` (performance.now()). */
	function sendClock(stamp, at) {
		const server_us = Math.round((at + offset) * 1000);
		it.send({ type: 'clock', timestamp: stamp, server_us, rate_hz: 48000 });
	}

	function sendPacket(payload, packetMs) {
		const header = Buffer.alloc(12);
		header[0] = 0x80;
		header[1] = 111;
		header.writeUInt16BE(sequence, 2);
		header.writeUInt32BE(timestamp, 4);
		header.writeUInt32BE(joined.ssrc, 8);
		it.socket.send(Buffer.concat([header, payload]));
		sequence = (sequence + 1) % 65536;
		timestamp = (timestamp + packetMs * 48) % 2 ** 32;
	}

	const console_ = {
		...it,
		joined,
		offset,
		newest,
		booth: () => newest('booth', (state) => state.booth === joined.booth),
		room: () => newest('room', (state) => state.room === joined.room),
		/** Waits until the booth's newest state fits. @param {string} what @param {(state: any) => boolean} fits */
		untilBooth: (what, fits, timeoutMs = 5000) =>
			until(`the booth ${what}`, () => {
				const state = console_.booth();
				return state && fits(state) && state;
			}, timeoutMs),
		untilRoom: (what, fits, timeoutMs = 5000) =>
			until(`the room ${what}`, () => {
				const state = console_.room();
				return state && fits(state) && state;
			}, timeoutMs),
		/** Asks for something, and gives the error that came, if any, before the answer to a ping that follows. */
		async ask(message) {
			const from = it.messages.length;
			const id = 1000 + asked++;
			it.send(message);
			it.send({ type: 'ping', id, t1: 0 });
			await it.message('pong', (pong) => pong.id === id, { from });
			await pause(30); // the hub's answer comes by another thread than the pong
			return it.messages.slice(from).find((one) => one.type === 'error');
		},
		/** Microphone on, its sound from `sound` in a loop, in real time. Gives the error, if any. */
		async speak(sound, { take = false } = {}) {
			const error = await console_.ask({ type: 'mic', on: true, take });
			if (error) return error;
			console_.stream(sound);
			return undefined;
		},
		/** Sends sound in real time, from now on, without a word about the microphone. */
		stream(sound) {
			console_.hush();
			const begin = performance.now();
			// The first sample that a decoder gives out for the first packet was spoken so long before.
			sendClock(timestamp, begin - sound.lookAhead / 48);
			let sent = 0;
			let clockDue = begin + 1000;
			speaking = setInterval(() => {
				const now = performance.now();
				if (now >= clockDue) {
					sendClock(timestamp, begin + sent * sound.packetMs - sound.lookAhead / 48);
					clockDue += 1000;
				}
				for (; begin + (sent + 1) * sound.packetMs <= now; sent++) {
					sendPacket(sound.packets[sent % sound.packets.length], sound.packetMs);
				}
			}, 4);
		},
		sendPacket,
		sendClock,
		hush() {
			clearInterval(speaking);
			speaking = undefined;
		},
		/** Microphone off. */
		async off() {
			console_.hush();
			return console_.ask({ type: 'mic', on: false });
		},
		/** As if the console were killed. */
		kill() {
			console_.hush();
			it.socket.terminate();
		},
		/** Gives the seat up, so that it is free at once. */
		async stop() {
			console_.hush();
			if (it.socket.readyState === 1) {
				it.send({ type: 'leave' });
				it.socket.close();
				await it.closed;
			}
		},
		/** How the newest state shows a seat; its own without a number. */
		seat: (number = joined.seat) => console_.booth().seats.find((seat) => seat.seat === number),
	};
	return console_;
}
