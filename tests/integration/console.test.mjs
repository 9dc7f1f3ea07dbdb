// The native console end to end: a JACK server as the booth's sound card, another as the hall's.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { makeAccess } from '../harness/access.mjs';
import { startBooth } from '../harness/booth.mjs';
import { startCabind } from '../harness/cabind.mjs';
import { makeHall } from '../harness/event.mjs';
import { inputPorts, startJack } from '../harness/jack.mjs';
import { connect, decode } from '../harness/listener.mjs';
import { runLoad } from '../harness/load.mjs';
import { own, pause, program, projectFolder, run, start, temporaryFolder, until } from '../harness/process.mjs';
import { babble, decimate, levelDb, locate, percentile } from '../harness/signal.mjs';
import { decodeFile, readWav, writeWav } from '../harness/sound.mjs';

const folder = temporaryFolder('console');
const access = makeAccess();
const floorSound = babble(91, 60);
const holdMs = 800;
let hall;
let server;
let speech;
let speechWav;

before(async () => {
	speech = await decodeFile(join(projectFolder, 'deploy/demo/speech/interp-vi.opus'));
	speechWav = writeWav(join(folder, 'speech.wav'), [speech]);
	hall = await startJack({ channels: 1 });
	server = await startCabind({
		config: makeHall(hall, {
			defaults: { hold_ms: holdMs },
			rooms: [{ id: 'hall', floor: 'hall', channels: ['vi', 'fr'], booths: [{ id: 'both', outputs: ['vi', 'fr'] }] }],
		}),
		args: access.args,
	});
	hall.play(writeWav(join(folder, 'floor.wav'), [floorSound]), await inputPorts(hall, 1), { loop: true });
});
after(async () => {
	await server?.stop();
	await hall?.stop();
});

const newConsole = (t, jack, options = {}) =>
	own(t, startBooth({ server, jack, token: access.token('both'), ...options, args: ['--packet-ms', '10', ...(options.args ?? [])] }));
const listen = (t) => own(t, connect(server, { channel: 'hall.vi' }));
const microphones = async (jack) => {
	await inputPorts(jack, 1);
	return (await jack.ports()).filter((port) => /booth-microphone.*in_\d+$/.test(port));
};
const feedOf = (listener) => listener.states().at(-1);
const untilFeed = (listener, feed, timeoutMs = 5000) =>
	until(`feed ${feed}, not ${JSON.stringify(feedOf(listener))}`, () => feedOf(listener)?.feed === feed && feedOf(listener), timeoutMs);

/** How alike the newest packets are to a sound. */
async function likeness(listener, sound, count = 150) {
	const { samples } = decode(await listener.more(count));
	return locate(decimate(sound, 8), decimate(samples.subarray(9600, samples.length - 2400), 8)).quality;
}

/** On air, with speech at the microphone. */
async function speak(t, console_, jack) {
	const player = await own(t, jack.play(speechWav, await microphones(jack), { loop: true }));
	console_.send('mic on');
	await console_.until('on air', (state) => state.air === 'on');
	return player;
}

test('listeners hear what was spoken, at once; the interpreter hears the floor, never too loud', { timeout: 120000 }, async (t) => {
	const jack = await own(t, startJack({ channels: 2 }));
	const console_ = await newConsole(t, jack, { args: ['--name', 'Lan'] });
	const listener = await listen(t);
	await untilFeed(listener, 'pass-through');
	await speak(t, console_, jack);
	const { epoch } = await untilFeed(listener, 'booth');
	const from = listener.packets.length;
	const load = await runLoad({ port: server.port, channels: [feedOf(listener).channel], seconds: 6 });
	const delays = load.delay_ms ?? load.delays_ms;
	t.diagnostic(`microphone to listener's packet, 10 ms packets: ${JSON.stringify(delays)}`);
	assert.ok(delays.count > 500 && delays.p50 < 60, JSON.stringify(load));
	const { samples, missing } = decode(listener.packets.slice(from).filter((packet) => packet.epoch === epoch));
	assert.equal(missing, 0);
	const heard = locate(decimate(speech, 4), decimate(samples.subarray(4800, 4800 + 4 * 48000), 4));
	t.diagnostic(`likeness of what was spoken ${heard.quality.toFixed(4)}`);
	assert.ok(heard.quality > 0.97, `the interpreter is heard as ${heard.quality}`);

	// Full volume, bass and treble up: the protection's ceiling holds, of the loudest hall.
	for (const line of ['volume 0', 'bass 6', 'treble 6']) console_.send(line);
	await pause(500);
	const [ear] = (await jack.ports()).filter((port) => /booth-headset.*out_\d+$/.test(port));
	const wav = join(folder, 'ear.wav');
	await run('jack_rec', ['-f', wav, '-d', '5', '-b', '16', ear], { env: jack.env, timeoutMs: 20000 });
	const [ears] = readWav(wav).channels;
	const peak = ears.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
	const { quality } = locate(decimate(floorSound, 8), decimate(ears.subarray(48000, 48000 * 3), 8));
	t.diagnostic(`the floor in the headset: likeness ${quality.toFixed(3)}, peak ${(20 * Math.log10(peak)).toFixed(2)} dBFS, ${console_.figures().delay_ms} ms`);
	assert.ok(quality > 0.6, `the floor is heard as ${quality}`);
	assert.ok(peak <= 10 ** (-3 / 20) * 1.001, `a sample of ${peak}`);
	assert.ok(Number(console_.figures().delay_ms) < 200);
});

// 20,000 Hz itself lies on the edge of Opus's last band: by its phase against the packets it loses 1 to 15 dB there.
test('the band: within 1 dB from 50 Hz to 18 kHz, 3 dB to 20 kHz', { timeout: 60000 }, async (t) => {
	const steps = [50, 80, 125, 250, 500, 1000, 2000, 4000, 8000, 12000, 16000, 18000, 19000, 19500, 19900];
	const frames = 19200;
	const sweep = new Float32Array(steps.length * frames);
	for (const [index, hz] of steps.entries()) {
		for (let i = 0; i < frames; i++) {
			const edge = Math.min(1, i / 2400, (frames - i) / 2400);
			sweep[index * frames + i] = 0.25 * edge * Math.sin((2 * Math.PI * hz * i) / 48000);
		}
	}
	const jack = await own(t, startJack({ channels: 2 }));
	const console_ = await newConsole(t, jack, { args: ['--packet-ms', '20'] });
	const listener = await listen(t);
	const player = jack.play(writeWav(join(folder, 'sweep.wav'), [sweep]), await microphones(jack), { loop: true });
	t.after(() => player.stop());
	console_.send('mic on');
	await untilFeed(listener, 'booth');
	// Once through all of it, wherever it began.
	const { samples } = decode(await listener.more(Math.ceil(sweep.length / 960) + 60));
	const levels = steps.map((hz) => {
		let best = 0;
		for (let from = 0; from + 9600 <= samples.length; from += 2400) best = Math.max(best, amplitude(samples.subarray(from, from + 9600), hz));
		return 20 * Math.log10(best / 0.25 + 1e-9);
	});
	t.diagnostic(steps.map((hz, i) => `${hz} Hz ${levels[i].toFixed(2)} dB`).join(', '));
	for (const [i, hz] of steps.entries()) assert.ok(Math.abs(levels[i]) <= (hz > 18000 ? 3 : 1), `${hz} Hz: ${levels[i].toFixed(2)} dB`);
});

/** Amplitude of one frequency in a piece of sound, Hann window. */
function amplitude(piece, hz) {
	let [re, im, weight] = [0, 0, 0];
	for (let i = 0; i < piece.length; i++) {
		const window = 0.5 - 0.5 * Math.cos((2 * Math.PI * i) / piece.length);
		re += window * piece[i] * Math.cos((2 * Math.PI * hz * i) / 48000);
		im += window * piece[i] * Math.sin((2 * Math.PI * hz * i) / 48000);
		weight += window;
	}
	return (2 * Math.hypot(re, im)) / weight;
}

test('a cough is silence, and never the floor', { timeout: 60000 }, async (t) => {
	const jack = await own(t, startJack({ channels: 2 }));
	const console_ = await newConsole(t, jack);
	const listener = await listen(t);
	await speak(t, console_, jack);
	await untilFeed(listener, 'booth');
	console_.send('cough on');
	await console_.until('coughs', (state) => state.air === 'cough');
	await pause(holdMs + 500);
	const { samples } = decode(await listener.more(100));
	assert.equal(feedOf(listener).feed, 'booth', 'the channel stays with the booth');
	assert.ok(levelDb(samples.subarray(4800)) < -80, `${levelDb(samples.subarray(4800))} dB`);
	console_.send('cough off');
	await console_.until('speaks again', (state) => state.air === 'on');
	await pause(300);
	assert.ok(levelDb(decode(await listener.more(200)).samples) > -50);
	console_.send('mic off');
	await console_.until('held, then off', (state) => state.air === 'off');
	await untilFeed(listener, 'pass-through');
});

test('a console killed on air: the partner takes over at once', { timeout: 60000 }, async (t) => {
	const jack = await own(t, startJack({ channels: 2 }));
	const first = await newConsole(t, jack, { args: ['--seat', '1'] });
	const second = await newConsole(t, jack, { args: ['--seat', '2'] });
	const listener = await listen(t);
	await speak(t, first, jack);
	await untilFeed(listener, 'booth');
	await second.until('sees it', (state) => state.on_air === '1');
	process.kill(first.pid, 'SIGKILL');
	await pause(100);
	const pressed = performance.now();
	second.send('mic on');
	const taken = await until('the partner is heard', () => listener.states().find((state) => state.at > pressed && state.feed === 'booth' && state.seat === 2));
	t.diagnostic(`key to the listener's state ${(taken.at - pressed).toFixed(0)} ms`);
	assert.ok(taken.at - pressed < 500);
	const arrived = await until('a packet of it', () => listener.packets.find((packet) => packet.epoch === taken.epoch));
	t.diagnostic(`key to the listener's packet ${(arrived.at - pressed).toFixed(0)} ms`);
	assert.ok(!listener.states().some((state) => state.at > pressed && state.feed === 'pass-through'), 'no floor between');
});

test('the sound card vanishes on air and returns', { timeout: 60000 }, async (t) => {
	const jack = await own(t, startJack({ channels: 2 }));
	const console_ = await newConsole(t, jack);
	const listener = await listen(t);
	await speak(t, console_, jack);
	await untilFeed(listener, 'booth');
	const killed = performance.now();
	process.kill(jack.pid, 'SIGKILL');
	const gone = await console_.until('both are gone', (state) => state.microphone_open === '0' && state.headset_open === '0');
	t.diagnostic(`noticed after ${(gone.at - killed).toFixed(0)} ms`);
	assert.ok(gone.at - killed < 600);
	await untilFeed(listener, 'pass-through');
	await jack.ended;
	const again = await own(t, startJack({ name: jack.name, channels: 2 }));
	await console_.until('both are back', (state) => state.microphone_open === '1' && state.headset_open === '1', 10000);
	await own(t, again.play(speechWav, await microphones(again), { loop: true }));
	if (console_.state().air !== 'on') {
		if (console_.state().microphone === '0') console_.send('mic on');
		await console_.until('on air again', (state) => state.air === 'on');
	}
	await untilFeed(listener, 'booth');
	assert.ok((await likeness(listener, speech)) > 0.9, 'the sound after its return');
});

/** A forwarder in a process of its own, so that it can be stopped: a network that stalls. */
async function startForwarder(t, port) {
	const code = `const net=require('node:net');const s=net.createServer((a)=>{const b=net.connect(${port},'127.0.0.1');
		a.setNoDelay();b.setNoDelay();a.pipe(b);b.pipe(a);for(const x of [a,b]){x.on('error',()=>{});x.on('close',()=>{a.destroy();b.destroy();});}});
		s.listen(0,'127.0.0.1',()=>console.log(s.address().port));`;
	const it = await own(t, start(process.execPath, ['-e', code]));
	const text = await until('the forwarder listens', () => it.stdout().trim());
	return { ...it, port: Number(text) };
}

test('a network that stalls: no old speech, and back by itself', { timeout: 60000 }, async (t) => {
	const jack = await own(t, startJack({ channels: 2 }));
	const forwarder = await startForwarder(t, server.port);
	const console_ = await newConsole(t, jack, { url: `http://127.0.0.1:${forwarder.port}` });
	const listener = await listen(t);
	await speak(t, console_, jack);
	await untilFeed(listener, 'booth');
	await listener.more(50);
	// Node's performance.now() and the server's clock are the same clock with another zero.
	const zeroUs = Number(process.hrtime.bigint() / 1000n) - performance.now() * 1000;
	for (const stallMs of [1000, 4500]) {
		const from = listener.packets.length;
		process.kill(forwarder.pid, 'SIGSTOP');
		await pause(stallMs);
		process.kill(forwarder.pid, 'SIGCONT');
		await console_.until('on air again', (state) => state.air === 'on' && state.connected === '1', 15000);
		await until('packets of the booth', () => feedOf(listener).feed === 'booth' && listener.packets.length > from + 50, 10000);
		await listener.more(100);
		const { clock, epoch } = feedOf(listener);
		const ages = listener.packets
			.slice(from)
			.filter((packet) => packet.epoch === epoch)
			.map((packet) => {
				const since = (packet.timestamp - clock.timestamp) | 0;
				return packet.at + zeroUs / 1000 - clock.server_us / 1000 - (since / clock.rate_hz) * 1000;
			});
		t.diagnostic(`stall of ${stallMs} ms: age of packets p50 ${percentile(ages, 0.5).toFixed(0)} ms, oldest ${Math.max(...ages).toFixed(0)} ms`);
		assert.ok(Math.max(...ages) < 700, `speech of ${Math.max(...ages)} ms ago`);
		assert.ok((await likeness(listener, speech)) > 0.9);
	}
});

test('what cannot begin says why, with status 2', { timeout: 60000 }, async (t) => {
	const jack = await own(t, startJack({ channels: 2 }));
	const secure = await own(t, startCabind({ tls: true, args: ['--demo', ...access.args] }));
	const tries = [
		{ url: 'http://127.0.0.1:1', token: access.token('both'), told: /does not answer/ },
		{ url: server.url, token: access.token('nobody'), told: /booth-unknown|token/ },
		{ url: server.url, token: access.token('both', { expiresInS: -5 }), told: /expired/ },
		{ url: server.url, token: makeAccess().token('both'), told: /token/ },
		{ url: secure.tlsUrl, token: access.token('plenary-vi'), told: /certificate/ },
	];
	for (const { url, token, told } of tries) {
		const child = spawn(program('cabin-booth'), ['--server', url, '--check', '--jack-server', jack.name, '--language', 'en'], {
			env: { ...process.env, CABIN_TOKEN: token },
			stdio: ['ignore', 'pipe', 'pipe'],
		});
		let stderr = '';
		child.stderr.setEncoding('utf8').on('data', (text) => (stderr += text));
		const [code] = await once(child, 'close');
		assert.equal(code, 2, `${url}: ${stderr}`);
		assert.match(stderr, told);
		assert.ok(!stderr.includes(token), 'a token is never told');
	}
});
