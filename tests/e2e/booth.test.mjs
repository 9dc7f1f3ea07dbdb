// The booth's page in Chromium, with a WAV file as its microphone, against a real server.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, before, beforeEach, test } from 'node:test';
import { makeAccess } from '../harness/access.mjs';
import { openBooth, startWithMicrophone } from '../harness/booth_page.mjs';
import { startCabind } from '../harness/cabind.mjs';
import { encode, joinBooth } from '../harness/console.mjs';
import { makeEvent, name } from '../harness/event.mjs';
import { connect, decode } from '../harness/listener.mjs';
import { shoot } from '../harness/page.mjs';
import { own, pause, temporaryFolder, until } from '../harness/process.mjs';
import { startPulse } from '../harness/pulse.mjs';
import { babble, levelDb, locate, percentile } from '../harness/signal.mjs';
import { writeWav } from '../harness/sound.mjs';

const access = makeAccess();
const folder = temporaryFolder('booth');
/** What the page's microphone hears, and the scripted console's. */
const voice = babble(11, 8);
const other = babble(12, 6);
const documentText = 'Discours du 2 mars\n';
let otherPackets;
/** Each test has its own server: no seat of one is kept for another. @type {Awaited<ReturnType<typeof startCabind>>} */
let server;

const file = join(folder, 'speech.txt');
const config = makeEvent({
	defaults: { hold_ms: 600 },
	sources: { hall: { tone_hz: 440 } },
	rooms: [{
		id: 'hall',
		floor: 'hall',
		channels: ['vi', 'fr', 'en'],
		booths: [
			{
				id: 'both',
				outputs: ['vi', 'fr'],
				seats: 3,
				documents: [{ title: { vi: 'Diễn văn', fr: 'Discours', en: 'Speech' }, file }],
			},
			{ id: 'french', name: name('Cabine FR'), outputs: ['fr'] },
		],
	}],
});

before(async () => {
	writeFileSync(file, documentText);
	otherPackets = await encode(other);
});
beforeEach(async () => {
	server = await startCabind({ args: access.args, config });
});
afterEach(() => server.stop());

const browser = async (t, samples = voice, options = {}) =>
	own(t, startWithMicrophone(writeWav(join(folder, `${Math.random()}.wav`), [samples]), options));
const open = async (t, chromium, options = {}) => own(t, openBooth(chromium, server, access.token(options.booth ?? 'both'), options));
const listen = (t, channel = 'hall.vi') => own(t, connect(server, { channel }));
const untilFed = (listener, booth, seat) =>
	until(`${booth} ${seat} on the channel`, () => {
		const state = listener.states().at(-1);
		return state?.booth === booth && (seat === undefined || state.seat === seat) && state;
	}, 8000);

/** How well the listener's newest packets sound like `sound`, which is spoken in a loop. */
async function likeness(listener, sound, seconds = 1.5) {
	const { samples } = decode(await listener.more(Math.round(seconds * 50)));
	const loop = new Float32Array(sound.length * 2);
	loop.set(sound);
	loop.set(sound, sound.length);
	return locate(loop, samples.subarray(9600, samples.length - 4800)).quality;
}

test('the microphone reaches a listener, cough is silence, off is off', { timeout: 90000 }, async (t) => {
	const listener = await listen(t);
	const page = await open(t, await browser(t), { name: 'Lan' });
	await page.untilReady();
	assert.equal(await page.page.evaluate(() => location.hash), '', 'the token is out of the address');
	await pause(1500);
	const before = await server.metrics();
	const carried = () => before.all('cabin_uplink_packets_total').reduce((sum, one) => sum + one.value, 0);
	assert.equal(carried(), 0, 'nothing left before the key');

	await page.page.keyboard.press('Space');
	await page.untilAir('on');
	await untilFed(listener, 'both', 1);
	const heard = await likeness(listener, voice);
	t.diagnostic(`heard with a correlation of ${heard.toFixed(3)}`);
	assert.ok(heard > 0.9, `correlation ${heard}`);
	await page.untilText('.gets', /^YOU$/);
	await shoot(page.page, 'booth-on-air');

	await page.page.keyboard.down('c');
	await page.untilAir('cough');
	await pause(300);
	const cough = decode(await listener.more(30)).samples;
	assert.ok(levelDb(cough.subarray(4800)) < -70, `cough leaves ${levelDb(cough.subarray(4800))} dB`);
	assert.equal(listener.states().at(-1).booth, 'both', 'the channel stays with the booth');
	await page.page.keyboard.up('c');
	await page.untilAir('on');
	assert.ok((await likeness(listener, voice)) > 0.9, 'back after the cough');

	const clock = listener.messages.filter((one) => one.type === 'clock' && one.channel === listener.states().at(-1).channel);
	const rate = clock.at(-1).rate_hz;
	t.diagnostic(`its clock: ${rate.toFixed(1)} Hz, ${clock.length} mappings`);
	assert.ok(Math.abs(rate - 48000) < 48, `rate ${rate}`);

	await page.page.keyboard.press('Space');
	await page.untilAir('off');
	await until('pass-through', () => listener.states().at(-1).feed === 'pass-through', 5000);
	assert.deepEqual(page.faults, []);
});

/** Amplitude of a frequency in a window (Goertzel), as a part of full scale. */
function amplitude(samples, hz) {
	const turn = (2 * Math.PI * hz) / 48000;
	let re = 0;
	let im = 0;
	for (let i = 0; i < samples.length; i++) {
		const weight = 1 - Math.cos((2 * Math.PI * (i + 0.5)) / samples.length);
		re += weight * samples[i] * Math.cos(turn * i);
		im += weight * samples[i] * Math.sin(turn * i);
	}
	return (2 * Math.hypot(re, im)) / samples.length;
}

test('the band: within 1 dB from 50 Hz to 18 kHz', { timeout: 90000 }, async (t) => {
	// Chromium's false microphone runs at 44,100 Hz, so what is above shows its own filter.
	const steps = [50, 80, 125, 250, 500, 1000, 2000, 4000, 8000, 12000, 16000, 18000];
	const stepFrames = 28800;
	const sweep = new Float32Array(steps.length * stepFrames);
	steps.forEach((hz, index) => {
		for (let i = 0; i < stepFrames; i++) {
			const edge = Math.min(1, i / 2400, (stepFrames - i) / 2400);
			sweep[index * stepFrames + i] = 0.25 * edge * Math.sin((2 * Math.PI * hz * i) / 48000);
		}
	});
	const listener = await listen(t);
	const page = await open(t, await browser(t, sweep));
	await page.untilReady();
	await page.page.keyboard.press('Space');
	await untilFed(listener, 'both', 1);
	const { samples } = decode(await listener.more(Math.ceil((sweep.length / 960) * 1.15) + 20));
	const found = steps.map((hz) => {
		let best = 0;
		for (let from = 0; from + 9600 <= samples.length; from += 2400) {
			best = Math.max(best, amplitude(samples.subarray(from, from + 9600), hz));
		}
		return 20 * Math.log10(best / 0.25 + 1e-9);
	});
	const reference = found[steps.indexOf(1000)];
	const table = steps.map((hz, index) => [hz, found[index] - reference]);
	t.diagnostic(table.map(([hz, db]) => `${hz} Hz ${db.toFixed(2)} dB`).join(', '));
	for (const [hz, db] of table) assert.ok(Math.abs(db) <= 1, `${hz} Hz: ${db.toFixed(2)} dB`);
	await page.page.keyboard.press('Space');
});

test('hand-over between two pages: offered, accepted, without a gap', { timeout: 90000 }, async (t) => {
	const chromium = await browser(t);
	const listener = await listen(t);
	const lan = await open(t, chromium, { name: 'Lan' });
	const minh = await open(t, chromium, { name: 'Minh' });
	await Promise.all([lan.untilReady(), minh.untilReady()]);
	await lan.page.keyboard.press('Space');
	await lan.untilAir('on');
	await minh.untilAir('partner');
	await minh.untilText('.partner', /Lan/);
	await listener.more(40);
	await lan.page.keyboard.press('h');
	await minh.untilText('.handover', /Lan offers you the air/);
	await shoot(minh.page, 'booth-handover-offered');
	await minh.page.keyboard.press('h');
	await minh.untilAir('on');
	await lan.untilAir('partner');
	await lan.untilText('.said', /Handed over/);
	await untilFed(listener, 'both', 2);
	await listener.more(40);
	const change = listener.packets.findLastIndex((packet) => packet.marker);
	const [last, first] = [listener.packets[change - 1], listener.packets[change]];
	const gap = first.timestamp - (last.timestamp + 960);
	t.diagnostic(`RTP time across the hand-over: ${gap} samples`);
	assert.ok(Math.abs(gap) <= 960, `${gap} samples`);
	assert.equal(first.sequence - last.sequence, 1);
	// In override the newest microphone takes the air, and the other page says so.
	await lan.page.keyboard.press('Space');
	await lan.untilAir('on');
	await minh.untilAir('partner');
	await minh.untilText('.said', /took the air/);
	await lan.page.keyboard.press('Space');
	assert.deepEqual([...lan.faults, ...minh.faults], []);
});

test('with another console: it asks for the air, gets it, vanishes, is taken over', { timeout: 90000 }, async (t) => {
	const listener = await listen(t);
	const page = await open(t, await browser(t), { name: 'Lan' });
	const partner = await own(t, joinBooth(server, { token: access.token('both'), name: 'Console', channel: 'hall.vi' }));
	await page.untilReady();
	await page.page.keyboard.press('Space');
	await page.untilAir('on');
	await listener.more(30);
	const ages = await agesOf(partner, 100);
	t.diagnostic(
		`a packet's last sample, from the microphone to another's socket: p50 ${percentile(ages, 0.5).toFixed(1)} ms, p99 ${percentile(ages, 0.99).toFixed(1)} ms`,
	);
	assert.ok(percentile(ages, 0.5) > 0 && percentile(ages, 0.5) < 100, `age ${percentile(ages, 0.5)} ms`);
	partner.send({ type: 'handover', action: 'ask' });
	await page.untilText('.handover', /Console asks for the air/);
	await page.page.keyboard.press('h');
	await partner.untilBooth('agrees', (booth) => booth.handover?.state === 'agreed');
	assert.equal(await partner.speak(otherPackets), undefined);
	await untilFed(listener, 'both', partner.joined.seat);
	await page.untilAir('partner');
	assert.ok((await likeness(listener, other)) > 0.85, 'the partner is heard');
	// Its sound stops: the page says so, and its key takes over at once.
	partner.kill();
	await page.untilText('.partner', /SOUND LOST|disconnected/);
	await page.page.keyboard.press('Space');
	await page.untilAir('on');
	await untilFed(listener, 'both', 1);
	assert.ok((await likeness(listener, voice)) > 0.9, 'the page is heard');
	await page.page.keyboard.press('Space');
	assert.deepEqual(page.faults, []);
});

/** How old the newest packets' last samples were when they came, by their channel's mapping, in ms. */
async function agesOf(console_, count) {
	const packets = (await console_.more(count)).slice(-count + 20);
	const clock = console_.newest('clock', (one) => one.epoch === packets.at(-1).epoch);
	return packets.map((packet) => {
		const samples = (packet.timestamp % 2 ** 32) + 960 - clock.timestamp;
		const spokenMs = clock.server_us / 1000 + (samples / clock.rate_hz) * 1000;
		return packet.at + console_.offset - spokenMs;
	});
}

test('a channel that another booth holds is taken by a second press only', { timeout: 90000 }, async (t) => {
	const page = await open(t, await browser(t));
	const french = await own(t, joinBooth(server, { token: access.token('french'), name: 'FR', channel: 'hall.floor' }));
	assert.equal(await french.speak(otherPackets), undefined);
	await page.untilReady();
	await page.untilText('.holder', /Cabine FR/);
	await page.page.keyboard.press('Space');
	await page.untilAir('on');
	await page.page.keyboard.press('b');
	await page.untilText('.said', /Cabine FR .* is on air/);
	assert.equal(french.booth().on_air, 1);
	await shoot(page.page, 'booth-channel-held');
	await page.page.keyboard.press('b');
	await page.page.waitForSelector('.output[data-id=b][aria-pressed=true]');
	await page.page.keyboard.press('a');
	await page.page.waitForSelector('.output[data-id=a][aria-pressed=true]');
	assert.deepEqual(page.faults, []);
});

test('signals reach the stage’s sign, messages the partner, documents open', { timeout: 90000 }, async (t) => {
	const chromium = await browser(t);
	const page = await open(t, chromium);
	const partner = await own(t, joinBooth(server, { token: access.token('both'), channel: 'hall.floor' }));
	const { page: sign, faults, context } = await chromium.page('en-GB');
	t.after(() => context.close());
	await sign.goto(`${server.url}/stage/hall`);
	await sign.waitForSelector('.calm');
	await page.page.keyboard.press('d');
	await sign.waitForSelector('.signal.slow-down');
	assert.match(await sign.evaluate(() => document.body.innerText), /RALENTISSEZ[^]*SLOW DOWN|SLOW DOWN[^]*RALENTISSEZ/);
	await shoot(sign, 'stage-slow-down');
	await page.page.keyboard.press('d');
	await sign.waitForSelector('.calm');

	await page.page.keyboard.press('m');
	await page.page.keyboard.press('5');
	const message = await partner.message('message');
	assert.equal(message.canned, 'take-over-soon');
	partner.send({ type: 'message', to: 'partner', text: 'Trang 3, dòng 2', canned: null });
	await page.untilText('.talk-list', /Trang 3, dòng 2/);
	await page.page.keyboard.press('Escape');

	await page.page.keyboard.press('l');
	await page.untilText('.documents-list', /Speech/);
	const [tab] = await Promise.all([page.context.waitForEvent('page'), page.page.click('[data-do=document]')]);
	await tab.waitForURL(/^blob:/);
	await until('the document', async () => (await tab.evaluate(() => document.body?.innerText ?? '')).includes(documentText.trim()), 8000);
	assert.ok(!tab.url().includes('token'), 'no token in the address');
	await page.page.keyboard.press('t');
	await page.untilText('.call', /Called/);
	await page.page.keyboard.press('t');
	assert.deepEqual([...page.faults, ...faults], []);
});

test('preflight: own voice comes back by the server, and goes nowhere else', { timeout: 90000 }, async (t) => {
	const listener = await listen(t);
	const page = await open(t, await browser(t), { check: true });
	await page.page.waitForSelector('.check-line.good .own.good', { timeout: 10000 });
	await page.page.click('[data-do=echo]');
	await until('echo', async () => Number(await page.page.getAttribute('.echoes', 'data-count')) > 20, 8000);
	assert.equal(listener.states().at(-1).feed, 'pass-through');
	await page.page.click('[data-do=check-yes][data-id=voice]');
	await shoot(page.page, 'booth-preflight');
	assert.equal(await page.air(), 'off');
	assert.deepEqual(page.faults, []);
});

test('the network stops on air: the page says so, comes back by itself, speaks nothing old', { timeout: 90000 }, async (t) => {
	const listener = await listen(t);
	const page = await open(t, await browser(t));
	await page.untilReady();
	await page.page.keyboard.press('Space');
	await page.untilAir('on');
	await untilFed(listener, 'both', 1);
	process.kill(server.pid, 'SIGSTOP');
	try {
		await page.untilAir('uncertain');
		await shoot(page.page, 'booth-reconnecting');
	} finally {
		process.kill(server.pid, 'SIGCONT');
	}
	await page.untilAir('on');
	await untilFed(listener, 'both', 1);
	assert.ok((await likeness(listener, voice)) > 0.9, 'heard again');
	await page.page.keyboard.press('Space');
});

test('what the interpreter hears: the floor, by her volume, under the ceiling', { timeout: 90000 }, async (t) => {
	const pulse = await own(t, startPulse());
	const recording = await own(t, pulse.record());
	const page = await open(t, await browser(t, voice, { env: pulse.env }), { check: true });
	await page.page.waitForSelector('.source strong');
	await page.page.click('.panel .close');
	/** Once it is steady: volume and match glide. */
	const heard = async () => {
		let before = Infinity;
		return until('a steady level', async () => {
			const sound = await recording.next(1);
			const level = levelDb(sound);
			const isSteady = Math.abs(level - before) < 0.3;
			before = level;
			return isSteady && sound;
		}, 15000);
	};
	await until('the floor in the ears', async () => levelDb(await recording.next(0.5)) > -60, 8000);
	const at = levelDb(await heard());
	for (let i = 0; i < 5; i++) await page.page.keyboard.press('-');
	const softer = levelDb(await heard());
	t.diagnostic(`the floor's tone at ${at.toFixed(1)} dB, five steps of 2 dB down ${softer.toFixed(1)} dB`);
	assert.ok(Math.abs(at - softer - 10) < 1, `${at} dB, then ${softer} dB`);
	for (let i = 0; i < 8; i++) await page.page.keyboard.press('+');
	await page.page.evaluate(() => {
		for (const name of ['bassDb', 'trebleDb']) {
			const slider = document.querySelector(`[data-setting=${name}]`);
			slider.value = '12';
			slider.dispatchEvent(new Event('input', { bubbles: true }));
		}
	});
	const loud = await heard();
	const peak = loud.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
	t.diagnostic(`everything up: peak ${(20 * Math.log10(peak)).toFixed(2)} dBFS`);
	assert.ok(levelDb(loud) > at + 3, 'louder');
	assert.ok(20 * Math.log10(peak) <= -2.95, `peak ${20 * Math.log10(peak)} dBFS`);
	// Nobody on air: the own channel passes the floor through; monitored, it is heard beside the floor.
	await page.page.keyboard.press('o');
	await page.page.waitForSelector('.monitor[aria-pressed=true]');
	await page.page.keyboard.press('1');
	await page.untilText('.source strong', /English/);
	assert.deepEqual(page.faults, []);
});

test('a microphone that is unplugged on air and comes back', { timeout: 90000 }, async (t) => {
	const listener = await listen(t);
	const chromium = await browser(t);
	const page = await open(t, chromium, {
		before: () => {
			const real = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
			navigator.mediaDevices.getUserMedia = async (constraints) => {
				if (window.isUnplugged) throw new DOMException('none', 'NotFoundError');
				const stream = await real(constraints);
				window.unplug = () => {
					window.isUnplugged = true;
					for (const track of stream.getTracks()) {
						track.stop();
						track.dispatchEvent(new Event('ended'));
					}
				};
				return stream;
			};
		},
	});
	await page.untilReady();
	await page.page.keyboard.press('Space');
	await page.untilAir('on');
	await untilFed(listener, 'both', 1);
	await page.page.evaluate(() => window.unplug());
	await page.untilAir('mute');
	await page.untilText('.own .verdict', /MICROPHONE LOST/);
	await shoot(page.page, 'booth-no-microphone');
	await page.page.evaluate(() => {
		window.isUnplugged = false;
	});
	await page.untilAir('on');
	await untilFed(listener, 'both', 1);
	assert.ok((await likeness(listener, voice)) > 0.9, 'heard again');
	assert.deepEqual(page.faults, []);
});

test('a page that is loaded anew has its seat again, a second one with the same link its own', { timeout: 90000 }, async (t) => {
	const chromium = await browser(t);
	const first = await open(t, chromium);
	await first.untilText('.booth', /seat 1/);
	const second = await open(t, chromium);
	await second.untilText('.booth', /seat 2/);
	await first.page.reload();
	await first.page.click('[data-do=start]');
	await first.untilText('.booth', /seat 1/);
	assert.deepEqual([...first.faults, ...second.faults], []);
});

test('a link that is no good any more is said to be so', { timeout: 60000 }, async (t) => {
	const chromium = await browser(t);
	const { page, context } = await chromium.page('fr-FR');
	t.after(() => context.close());
	await page.goto(`${server.url}/booth/#t=${access.token('both', { expiresInS: -10 })}`);
	await page.click('[data-do=start]');
	await until('the word', async () => /expiré/.test(await page.evaluate(() => document.body.innerText)), 8000);
	await page.goto(`${server.url}/booth/`);
	await page.evaluate(() => sessionStorage.clear());
	await page.reload();
	assert.match(await page.evaluate(() => document.body.innerText), /lien de votre cabine/);
});

test('a server that is started anew while on air: on air again without a key', { timeout: 90000 }, async (t) => {
	const page = await open(t, await browser(t));
	await page.untilReady();
	await page.page.keyboard.press('Space');
	await page.untilAir('on');
	await server.stop();
	await page.untilAir('uncertain');
	server = await startCabind({ args: access.args, config, port: server.port });
	await page.untilAir('on');
	const listener = await listen(t);
	await untilFed(listener, 'both', 1);
	assert.ok((await likeness(listener, voice)) > 0.9, 'heard again');
});

test('packets of 10 ms where the server asks for them; push to talk ends with the focus', { timeout: 90000 }, async (t) => {
	await server.stop();
	const quick = structuredClone(config);
	quick.defaults.opus = { packet_ms: 10 };
	server = await startCabind({ args: access.args, config: quick });
	const listener = await listen(t);
	const page = await open(t, await browser(t));
	await page.untilReady();
	await page.page.keyboard.press('s');
	await page.page.check('[data-setting=isPushToTalk]');
	await page.page.keyboard.press('Escape');
	await page.page.keyboard.down('Space');
	await page.untilAir('on');
	await untilFed(listener, 'both', 1);
	const packets = (await listener.more(120)).slice(20);
	assert.equal(packets.at(-1).timestamp - packets[0].timestamp, (packets.length - 1) * 480);
	await page.page.evaluate(() => window.dispatchEvent(new Event('blur')));
	await until('the microphone to close', async () => (await page.air()) !== 'on', 5000);
	await page.page.keyboard.up('Space');
	assert.deepEqual(page.faults, []);
});
