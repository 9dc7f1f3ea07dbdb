// From a booth's microphone to a listener's packet, with the booth's page in Chromium or with the native console.
//
//   jack_player ─▶ JACK ─┬▶ PulseAudio source ─▶ getUserMedia ─▶ page: encode, WebSocket ─▶ cabind ─▶ listener
//                        │  or PortAudio ─▶ cabin-booth
//                        └▶ PortAudio ─▶ cabind: floor (its time at the microphone is known) ─────▶ listener
//
// The floor's clock mapping tells when each chirp was at the microphone, the booth's what the console believes. The
// difference of both, by correlation, corrects the age of each of the booth's packets.
import { join } from 'node:path';
import { makeAccess } from '../harness/access.mjs';
import { startBooth } from '../harness/booth.mjs';
import { openBooth } from '../harness/booth_page.mjs';
import { startChromium } from '../harness/browsers.mjs';
import { startCabind } from '../harness/cabind.mjs';
import { jackDevice, makeEvent } from '../harness/event.mjs';
import { inputPorts, startJack } from '../harness/jack.mjs';
import { connect, decode } from '../harness/listener.mjs';
import { temporaryFolder, until, withOwned } from '../harness/process.mjs';
import { startPulse } from '../harness/pulse.mjs';
import { chirp, locate, percentile } from '../harness/signal.mjs';
import { writeWav } from '../harness/sound.mjs';
import { spread } from './mouth_to_ear.mjs';

const rate = 48000;
const period = 256;
const spacing = 24000;

/** Server clock in ms of a timestamp, by the newest mapping of the listener's epoch. */
function timeOf(listener, timestamp) {
	const { clock } = listener.messages.findLast((one) => one.clock || one.type === 'clock') ?? {};
	const mapping = clock ?? listener.messages.findLast((one) => one.type === 'clock');
	const since = (timestamp - mapping.timestamp) | 0;
	return mapping.server_us / 1000 + (since / mapping.rate_hz) * 1000;
}

/** Places of the chirp in a sound, in ms of server clock. */
function findChirps(listener, packets, needle) {
	const { samples, start } = decode(packets);
	const found = [];
	for (let at = 0; at + spacing + needle.length < samples.length; at += spacing) {
		const { offset, quality } = locate(samples.subarray(at, at + spacing + needle.length), needle);
		if (quality > 0.8) found.push(timeOf(listener, (start + at + offset) % 2 ** 32));
	}
	return found;
}

/** The page, its microphone at JACK by PulseAudio. Gives the microphone's port, and the key. */
async function openPage(own, { jack, server, token }) {
	const pulse = await own(startPulse({
		env: jack.env,
		modules: [`module-jack-source server_name=${jack.name} client_name=mic channels=1 connect=no source_name=mic`],
	}));
	const chromium = await own(startChromium({ env: pulse.env, args: ['--use-fake-ui-for-media-stream'] }));
	const booth = await own(openBooth(chromium, { url: server.url.replace('127.0.0.1', 'localhost') }, token));
	await booth.untilReady();
	const port = await until('the microphone', async () => (await jack.ports()).find((one) => one.startsWith('mic:')));
	return { port, press: () => booth.page.keyboard.press('Space') };
}

async function openNative(own, { jack, server, token, packetMs }) {
	const booth = await own(startBooth({ server, jack, token, args: ['--packet-ms', String(packetMs)] }));
	const port = await until('the microphone', async () =>
		(await jack.ports()).find((one) => /booth-microphone.*in_\d+$/.test(one)));
	return { port, press: () => booth.send('mic on') };
}

/** @param {{kind: 'page' | 'native', count: number, packetMs: 10 | 20}} options `count`: chirps */
export const measureBooth = ({ kind, count, packetMs }) =>
	withOwned(async (own) => {
		const jack = await own(startJack({ channels: 2, period }));
		const access = makeAccess();
		const config = makeEvent({
			languages: ['vi'],
			devices: { card: { ...jackDevice(jack), buffer_frames: period } },
			sources: { floor: { device: 'card', inputs: [1] } },
			rooms: [{ id: 'hall', floor: 'floor', channels: ['vi'] }],
		});
		const server = await own(startCabind({ config, args: access.args }));
		const [floorPort] = await inputPorts(jack, 1);
		const open = kind === 'page' ? openPage : openNative;
		const booth = await open(own, { jack, server, token: access.token('hall-vi'), packetMs });
		const needle = chirp();
		const train = new Float32Array(count * spacing);
		for (let i = 0; i < count; i++) train.set(needle, i * spacing + 4800);
		const floor = await own(connect(server, { channel: 'hall.floor' }));
		const voice = await own(connect(server, { channel: 'hall.vi' }));
		await booth.press();
		const { epoch } = await voice.message('state', (state) => state.feed === 'booth');
		const player = jack.play(writeWav(join(temporaryFolder('booth'), 'train.wav'), [train, train]), [floorPort, booth.port]);
		await player.ended;
		await voice.more(50);
		const packets = voice.packets.filter((packet) => packet.epoch === epoch);
		const truth = findChirps(floor, floor.packets, needle);
		const believed = findChirps(voice, packets, needle);
		// performance.now() and the server's clock are the same clock with another zero.
		const zeroMs = Number(process.hrtime.bigint() / 1000n) / 1000 - performance.now();
		const ages = packets.slice(100).map((packet) => packet.at + zeroMs - timeOf(voice, packet.timestamp % 2 ** 32));
		const errors = believed.map((time) => time - truth.reduce((best, one) => (Math.abs(one - time) < Math.abs(best - time) ? one : best)));
		const error = percentile(errors, 0.5);
		return {
			chirps: count,
			heard: believed.length,
			kind,
			clock_error_ms: spread(errors),
			packet_ms: packetMs,
			packet_and_look_ahead_ms: packetMs + 2.5,
			delay_ms: spread(ages.map((age) => age + error)),
		};
	});
