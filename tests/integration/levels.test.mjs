// What a desk is shown of a channel is what its listeners hear: by ffmpeg's ebur128, and in time.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { makeAccess } from '../harness/access.mjs';
import { startCabind } from '../harness/cabind.mjs';
import { makeEvent } from '../harness/event.mjs';
import { channelNumber, connect, decode } from '../harness/listener.mjs';
import { must, own, projectFolder, temporaryFolder, until } from '../harness/process.mjs';
import { tone } from '../harness/signal.mjs';
import { decodeFile, writeWav } from '../harness/sound.mjs';

const silentTenths = -32768;

/** A levels frame (server/monitor/levels_frame.h); undefined: another message. @param {Buffer} bytes */
function parseFrame(bytes) {
	if (bytes[0] !== 0x4c) return;
	const count = bytes.readUInt16BE(8);
	const points = new Map();
	let at = 10 + Math.ceil(count / 8);
	for (let i = 0; i < count; i++) {
		if (!(bytes[10 + (i >> 3)] & (0x80 >> (i & 7)))) continue;
		const loudness = (offset) => {
			const tenths = bytes.readInt16BE(at + offset);
			return tenths === silentTenths ? -Infinity : tenths / 10;
		};
		points.set(i, { peak: bytes[at] / 2 - 120, truePeak: bytes[at + 1] / 2 - 120, momentary: loudness(3), shortTerm: loudness(5) });
		at += 8;
	}
	assert.equal(at, bytes.length);
	return { count, clockMs: bytes.readUInt32BE(4), points };
}

/** A technician who has asked for the desk's messages; her frames come into `frames`. */
async function openDesk(t, server, access) {
	const desk = await own(t, await connect(server, { url: `${server.ws}?desk` }));
	const frames = [];
	desk.socket.on('message', (data, isBinary) => {
		const frame = isBinary && parseFrame(data);
		if (frame) frames.push({ ...frame, at: performance.now() });
	});
	desk.send({ type: 'join', token: access.token(null), console: 'test' });
	await desk.message('joined');
	desk.send({ type: 'desk', on: true });
	let offset;
	for (let id = 0, best = Infinity; id < 8; id++) {
		const sent = performance.now();
		desk.send({ type: 'ping', id, t1: Math.round(sent * 1000) });
		const pong = await desk.message('pong', (message) => message.id === id);
		if (pong.at - sent >= best) continue;
		best = pong.at - sent;
		offset = ((pong.t2 - pong.t1) / 1000 + (pong.t3 / 1000 - pong.at)) / 2;
	}
	const answer = await fetch(`${server.url}/api/v1/desk`, { headers: { authorization: `Bearer ${access.token(null)}` } });
	const { points } = await answer.json();
	const number = await channelNumber(server, 'hall.fr');
	const channelPoint = points.findIndex((point) => point?.kind === 'channel' && point.channel === number);
	assert.ok(channelPoint > 0);
	return { ...desk, frames, offset, channelPoint };
}

async function start(t, sound) {
	const access = makeAccess();
	const wav = writeWav(join(temporaryFolder('levels'), 'floor.wav'), [sound]);
	const config = makeEvent({ sources: { hall: { file: wav, loop: true } }, rooms: [{ id: 'hall', floor: 'hall', channels: ['fr'] }] });
	return { server: await own(t, startCabind({ config, args: access.args })), access };
}

/**
 * Short-term loudness by ffmpeg after each packet of 20 ms: it tells one each 100 ms, so it is asked five times.
 * @param {Float32Array} samples
 */
async function shortTermOf(samples) {
	const told = [];
	for (let shift = 0; shift < 4800; shift += 960) {
		const wav = writeWav(join(temporaryFolder('levels'), 'heard.wav'), [samples.subarray(shift)]);
		const filter = 'ebur128=dualmono=true:metadata=1,ametadata=print:key=lavfi.r128.S:file=-';
		const { stdout } = await must('ffmpeg', ['-v', 'error', '-i', wav, '-af', filter, '-f', 'null', '-']);
		told.push([...String(stdout).matchAll(/lavfi\.r128\.S=(\S+)/g)].map((match) => Number(match[1])));
	}
	/** @param {number} count samples that were heard, a multiple of 960 */
	return (count) => told[(count % 4800) / 960][Math.floor(count / 4800) - 1] ?? NaN;
}

test('the loudness of a channel is that of what its listeners decode, within 0.1 LU', { timeout: 90000 }, async (t) => {
	const { server, access } = await start(t, (await decodeFile(join(projectFolder, 'deploy/demo/speech/floor-vi.opus'))).map((sample) => 0.5 * sample));
	const listener = await own(t, connect(server, { channel: 'hall.fr' }));
	const desk = await openDesk(t, server, access);
	await listener.more(10.5 * 50, 40000);
	const { channelPoint } = desk;
	const { samples, start: from, missing } = decode(listener.packets);
	assert.equal(missing, 0);
	const expected = await shortTermOf(samples);
	// How much of the sound a frame knows of: what had come when it came, give or take two packets.
	const place = (frame) => {
		const packet = listener.packets.filter((one) => one.at <= frame.at).at(-1);
		return packet && packet.timestamp + 960 - from;
	};
	const frames = desk.frames.filter((frame) => place(frame) > 4.5 * 48000 && frame.points.has(channelPoint));
	assert.ok(frames.length > 100, `${frames.length} frames`);
	// Which packet was the newest in a frame is known but for one or two, on a busy machine for some
	// more: their figures are the limits, narrow ones for nearly all frames.
	const differencesWithin = (packets) =>
		frames
			.map((frame) => {
				const around = [];
				for (let shift = -packets; shift < packets; shift++) around.push(expected(place(frame) + 960 * shift));
				const { shortTerm } = frame.points.get(channelPoint);
				return Math.max(0, Math.min(...around) - shortTerm, shortTerm - Math.max(...around));
			})
			.filter((difference) => !Number.isNaN(difference))
			.sort((a, b) => a - b);
	const differences = differencesWithin(2);
	const [nearlyAll, most] = [differences[Math.floor(differences.length * 0.9)], differencesWithin(6).at(-1)];
	t.diagnostic(`short term: 90 % ${nearlyAll.toFixed(3)}, at most ${most.toFixed(3)} LU apart, of ${differences.length} frames`);
	assert.ok(nearlyAll <= 0.1 && most <= 0.1, `${nearlyAll} and ${most} LU apart`);
	assert.ok(differences.length > 100);
	const heard = frames.map((frame) => frame.points.get(channelPoint).shortTerm);
	assert.ok(Math.max(...heard) - Math.min(...heard) > 1, 'and the speech is not equally loud all the time');
	for (const frame of frames) assert.ok(frame.points.get(channelPoint).truePeak >= frame.points.get(channelPoint).peak);
	const gaps = frames.slice(1).map((frame, i) => frame.clockMs - frames[i].clockMs).sort((a, b) => a - b);
	assert.ok(Math.abs(gaps[gaps.length >> 1] - 50) <= 6, `every 50 ms, not ${gaps[gaps.length >> 1]}`);
});

test('a level is on the desk soon after the microphone', { timeout: 90000 }, async (t) => {
	// Steps of 200 ms at an uneven distance: at any place in a packet and between frames.
	const sound = new Float32Array(48000 * 12);
	const step = tone(1000, 0.2, 0.3);
	for (let begin = 9600; begin + 9600 < sound.length; begin += 23977) sound.set(step, begin);
	const { server, access } = await start(t, sound);
	const listener = await own(t, connect(server, { channel: 'hall.fr' }));
	const desk = await openDesk(t, server, access);
	await listener.more(9 * 50, 40000);
	const { channelPoint } = desk;
	const loud = (frame) => (frame.points.get(channelPoint)?.peak ?? -120) > -20;
	const seen = desk.frames.filter((frame, i) => i > 0 && loud(frame) && !loud(desk.frames[i - 1])).map((frame) => frame.at + desk.offset);
	const { samples, start: from } = decode(listener.packets);
	const clock = await until('a clock', () => listener.messages.filter((message) => message.clock || message.type === 'clock').at(-1));
	const { timestamp, server_us, rate_hz } = clock.clock ?? clock;
	const spoken = [];
	for (let i = 4800, quiet = 0; i < samples.length; i++) {
		if (Math.abs(samples[i]) < 0.1) quiet++;
		else {
			if (quiet > 4800) spoken.push(server_us / 1000 + ((((from + i - timestamp) | 0) / rate_hz) * 1000));
			quiet = 0;
		}
	}
	const delays = spoken.map((one) => seen.find((frame) => frame > one) - one).filter((delay) => delay < 400).sort((a, b) => a - b);
	t.diagnostic(`microphone to desk: median ${delays[delays.length >> 1].toFixed(0)} ms, 95 % ${delays[Math.floor(delays.length * 0.95)].toFixed(0)} ms of ${delays.length} steps`);
	assert.ok(seen.length >= 15 && delays.length >= 15, `${seen.length} steps of ${spoken.length} were shown`);
});
