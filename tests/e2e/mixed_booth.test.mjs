// One booth, a page and a native console in it: the air goes from one to the other and back.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { makeAccess } from '../harness/access.mjs';
import { startBooth } from '../harness/booth.mjs';
import { openBooth, startWithMicrophone } from '../harness/booth_page.mjs';
import { startCabind } from '../harness/cabind.mjs';
import { makeEvent } from '../harness/event.mjs';
import { startJack } from '../harness/jack.mjs';
import { connect, decode } from '../harness/listener.mjs';
import { own, temporaryFolder, until } from '../harness/process.mjs';
import { babble, locate, percentile } from '../harness/signal.mjs';
import { writeWav } from '../harness/sound.mjs';

const config = makeEvent({
	defaults: { hold_ms: 600 },
	sources: { hall: { tone_hz: 440 } },
	rooms: [{ id: 'hall', floor: 'hall', channels: ['vi'], booths: [{ id: 'both', outputs: ['vi'] }] }],
});
const rounds = 20;

test(`${rounds} hand-overs between a page and a native console`, { timeout: 150000 }, async (t) => {
	const folder = temporaryFolder('mixed');
	const [ofPage, ofNative] = [babble(31, 6), babble(32, 6)];
	const access = makeAccess();
	const server = await own(t, startCabind({ config, args: access.args }));
	const listener = await own(t, connect(server, { channel: 'hall.vi' }));
	const chromium = await own(t, startWithMicrophone(writeWav(join(folder, 'page.wav'), [ofPage])));
	const page = await own(t, openBooth(chromium, server, access.token('both'), { name: 'Lan' }));
	await page.untilReady();
	const jack = await own(t, startJack({ channels: 2 }));
	const native = await own(t, startBooth({ server, jack, token: access.token('both') }));
	const microphones = (await jack.ports()).filter((port) => /booth-microphone.*in_\d+$/.test(port));
	await own(t, jack.play(writeWav(join(folder, 'native.wav'), [ofNative]), microphones, { loop: true }));

	await page.page.keyboard.press('Space');
	await page.untilAir('on');
	await until('the page on the channel', () => listener.states().at(-1)?.feed === 'booth');
	await listener.more(20);
	const first = listener.packets.length;
	for (let round = 0; round < rounds; round++) {
		const toNative = round % 2 === 0;
		if (toNative) {
			await page.page.keyboard.press('h');
			await native.until('the offer', (state) => /offered/.test(state.handover ?? ''));
			native.send('handover accept');
			await native.until('on air', (state) => state.air === 'on');
			await page.untilAir('partner');
		} else {
			native.send('handover offer');
			await page.untilText('.handover', /offers you the air/);
			await page.page.keyboard.press('h');
			await page.untilAir('on');
			await native.until('off air', (state) => state.air !== 'on');
		}
		if (round >= rounds - 2) {
			const packets = await listener.more(80);
			const { samples } = decode(packets);
			const sound = toNative ? ofNative : ofPage;
			const loop = new Float32Array(sound.length * 2);
			loop.set(sound);
			loop.set(sound, sound.length);
			const { quality } = locate(loop, samples.subarray(24000, samples.length - 4800));
			assert.ok(quality > 0.85, `${toNative ? 'native' : 'page'} is heard: ${quality}`);
		}
	}
	const packets = listener.packets.slice(first);
	const gaps = [];
	for (let i = 1; i < packets.length; i++) {
		if (!packets[i].marker) continue;
		assert.equal(packets[i].sequence, packets[i - 1].sequence + 1);
		gaps.push((packets[i].timestamp - packets[i - 1].timestamp - 960) / 48);
	}
	t.diagnostic(`${gaps.length} changes: gap p50 ${percentile(gaps, 0.5).toFixed(1)}, ${Math.min(...gaps).toFixed(1)} to ${Math.max(...gaps).toFixed(1)} ms`);
	assert.equal(gaps.length, rounds);
	for (const gap of gaps) assert.ok(gap >= 0 && gap <= 20, `${gap} ms`);
});
