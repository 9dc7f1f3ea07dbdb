// The technician speaks to a booth: heard in the headset over a lowered floor, on the page and in the native console.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { afterEach, before, beforeEach, test } from 'node:test';
import { makeAccess } from '../harness/access.mjs';
import { startBooth } from '../harness/booth.mjs';
import { openBooth, startWithMicrophone } from '../harness/booth_page.mjs';
import { startCabind } from '../harness/cabind.mjs';
import { encode, joinBooth } from '../harness/console.mjs';
import { asker, must } from '../harness/desk.mjs';
import { makeEvent } from '../harness/event.mjs';
import { startJack } from '../harness/jack.mjs';
import { shoot } from '../harness/page.mjs';
import { own, run, temporaryFolder, until } from '../harness/process.mjs';
import { startPulse } from '../harness/pulse.mjs';
import { babble, percentile, tone } from '../harness/signal.mjs';
import { readWav, writeWav } from '../harness/sound.mjs';

const floorHz = 440;
const voiceHz = 1000;
const voiceDb = -26;
/** What both consoles begin with. */
const volumeDb = -6;
const config = makeEvent({
	// Quiet enough for the hearing protection to let it be.
	sources: { hall: { tone_hz: floorHz, gain_db: -10 } },
	rooms: [{ id: 'plenary', floor: 'hall', channels: ['vi', 'fr'], booths: [{ id: 'plenary-vi', outputs: ['vi'], seats: 2 }, 'fr'] }],
});
const folder = temporaryFolder('talkback');
const access = makeAccess();
const technicianToken = access.token(null, { name: 'Minh' });
let voice;
let server;
let ask;

before(async () => {
	voice = await encode(tone(voiceHz, 2, 10 ** (voiceDb / 20)));
});
beforeEach(async () => {
	server = await startCabind({ config, args: [...access.args, '--data', temporaryFolder('data')] });
	ask = asker(server, technicianToken);
});
afterEach(() => server.stop());

/** The technician's microphone, on air in the booth of the desk. */
async function technician(t) {
	const it = await own(t, joinBooth(server, { token: technicianToken, booth: 'desk' }));
	assert.equal(await it.speak(voice), undefined);
	await it.untilBooth('is on air', (booth) => booth.on_air === it.joined.seat);
	return it;
}

/**
 * Level of a frequency, in dB below a sine of full scale: of the middle one of short windows, so
 * that a gap of a busy machine, or a period that the jitter buffer left out, does not count.
 */
function toneDb(samples, hz) {
	const frames = 2400;
	const levels = [];
	for (let from = 0; from + frames <= samples.length; from += frames) {
		let re = 0;
		let im = 0;
		for (let i = 0; i < frames; i++) {
			const weighted = (1 - Math.cos((2 * Math.PI * (i + 0.5)) / frames)) * samples[from + i];
			re += weighted * Math.cos((2 * Math.PI * hz * i) / 48000);
			im += weighted * Math.sin((2 * Math.PI * hz * i) / 48000);
		}
		levels.push(20 * Math.log10((2 * Math.hypot(re, im)) / frames + 1e-9));
	}
	return percentile(levels, 0.5);
}

/**
 * Both tones in the headset once they stand still: the floor always, and the technician's `isSpoken`.
 * @param {() => Promise<Float32Array>} next
 */
async function heard(next, isSpoken) {
	let before = { floor: Infinity, voice: Infinity };
	return until(`steady tones, the technician ${isSpoken ? 'among them' : 'silent'}`, async () => {
		const sound = await next();
		const levels = { floor: toneDb(sound, floorHz), voice: toneDb(sound, voiceHz) };
		const isSteady = Math.abs(levels.floor - before.floor) < 0.3 && (!isSpoken || Math.abs(levels.voice - before.voice) < 0.3);
		before = levels;
		return levels.floor > -60 && levels.voice > -60 === isSpoken && isSteady && levels;
	}, 40000);
}

/** What talkback does to what is heard: the voice is there, the floor 12 dB lower, and all is as it was after it. */
async function checkHeard(t, next, isSaid) {
	await technician(t);
	const before = await heard(next, false);
	await must(ask('POST', '/talkback', { to: ['plenary-vi'] }));
	await isSaid(true);
	const during = await heard(next, true);
	await must(ask('DELETE', '/talkback'));
	await isSaid(false);
	const after = await heard(next, false);
	const text = [before, during, after].map((levels) => `floor ${levels.floor.toFixed(1)} dB, voice ${levels.voice.toFixed(1)} dB`);
	t.diagnostic(`before: ${text[0]}; during: ${text[1]}; after: ${text[2]}`);
	assert.ok(before.voice < -70 && after.voice < -70, 'the voice only while it is asked for');
	assert.ok(Math.abs(before.floor - during.floor - 12) < 1, `the floor: ${before.floor} dB, then ${during.floor} dB`);
	assert.ok(Math.abs(after.floor - before.floor) < 1, `the floor: ${before.floor} dB, ${after.floor} dB after it`);
	// As loud as it was spoken, but for the volume that the console begins with.
	assert.ok(Math.abs(during.voice - voiceDb - volumeDb) < 1, `the voice: ${during.voice} dB`);
}

const openPage = async (t, options = {}) => {
	const chromium = await own(t, startWithMicrophone(writeWav(join(folder, `${Math.random()}.wav`), [babble(21, 4)]), options));
	return own(t, openBooth(chromium, server, access.token('plenary-vi'), options));
};
const saysSo = (page) => (isOn) =>
	isOn
		? page.untilText('.talkback', /^The technician speaks to you/)
		: until('the page to fall silent on it', async () => (await page.text('.talkback')) === '');

test('the page: heard over a lowered floor, said, and over; another booth gets nothing', { timeout: 240000 }, async (t) => {
	const pulse = await own(t, startPulse());
	const recording = await own(t, pulse.record());
	const page = await openPage(t, { env: pulse.env });
	const other = await own(t, joinBooth(server, { token: access.token('plenary-fr'), channel: 'plenary.floor' }));
	const floor = other.states().at(-1).channel;
	await page.page.waitForSelector('.source strong');
	await checkHeard(t, () => recording.next(1), async (isOn) => {
		await saysSo(page)(isOn);
		if (isOn) await shoot(page.page, 'booth-talkback');
	});
	await other.more(20);
	assert.equal(other.messages.filter(({ type }) => type === 'talkback').length, 0, 'the other booth is told nothing');
	assert.deepEqual([...new Set(other.packets.map(({ channel }) => channel))], [floor], 'and hears nothing');
	assert.deepEqual(page.faults, []);
});

test('the page: a talkback to all that was there before it, over a lost connection', { timeout: 240000 }, async (t) => {
	const pulse = await own(t, startPulse());
	const recording = await own(t, pulse.record());
	await technician(t);
	await must(ask('POST', '/talkback', { to: 'all' }));
	const page = await openPage(t, { env: pulse.env });
	await saysSo(page)(true);
	const next = () => recording.next(1);
	const first = await heard(next, true);
	t.diagnostic(`floor ${first.floor.toFixed(1)} dB, voice ${first.voice.toFixed(1)} dB`);
	assert.ok(Math.abs(first.voice - voiceDb - volumeDb) < 1, `the voice: ${first.voice} dB`);

	process.kill(server.pid, 'SIGSTOP');
	try {
		await saysSo(page)(false);
	} finally {
		process.kill(server.pid, 'SIGCONT');
	}
	await saysSo(page)(true);
	await must(ask('DELETE', '/talkback'));
	await saysSo(page)(false);
	assert.ok((await heard(next, false)).voice < -70);
});

test('the native console: heard over a lowered floor, said, and over', { timeout: 240000 }, async (t) => {
	const jack = await own(t, startJack({ channels: 2 }));
	const console_ = await own(t, startBooth({ server, jack, token: access.token('plenary-vi') }));
	const ear = await until('the headset', async () => (await jack.ports()).find((port) => /booth-headset.*out_\d+$/.test(port)));
	const next = async () => {
		const wav = join(folder, `${Math.random()}.wav`);
		await run('jack_rec', ['-f', wav, '-d', '1', '-b', '16', ear], { env: jack.env, timeoutMs: 20000 });
		return readWav(wav).channels[0];
	};
	await checkHeard(t, next, (isOn) => console_.until(`talkback ${isOn}`, (state) => (state.talkback !== '0') === isOn));
});
