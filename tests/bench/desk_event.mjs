// The event of the desk's benchmarks: five rooms of a floor and three languages, all twenty channels sounding.
import { join } from 'node:path';
import { makeAccess } from '../harness/access.mjs';
import { startCabind } from '../harness/cabind.mjs';
import { jackDevice, makeEvent } from '../harness/event.mjs';
import { inputPorts, startJack } from '../harness/jack.mjs';
import { connect } from '../harness/listener.mjs';
import { temporaryFolder, withOwned } from '../harness/process.mjs';
import { babble, random } from '../harness/signal.mjs';
import { writeWav } from '../harness/sound.mjs';

export const rate = 48000;
const period = 256;
export const rooms = ['hall', 'rose', 'lily', 'lake', 'hill'];
export const languages = ['vi', 'fr', 'en'];
export const connectSeconds = 2;
export const settleSeconds = 3;

/** The first room's floor comes of JACK, everything else of files that never pause. */
function makeConfig(jack, extra) {
	const folder = temporaryFolder('desk');
	const sources = { 'hall-floor': { device: 'card', inputs: [1] } };
	rooms.forEach((room, r) => {
		['floor', ...languages].forEach((what, k) => {
			const id = `${room}-${what}`;
			const file = join(folder, `${id}.wav`);
			const sound = writeWav(file, [babble(100 + 4 * r + k, 20)]);
			const pausing = [{ file: sound, length_ms: 5000 }, { silence_ms: 4000 }];
			sources[id] ??= { ...(extra.agenda && k === 0 ? { play: pausing } : { file: sound }), loop: true };
		});
	});
	return makeEvent({
		languages,
		devices: { card: { ...jackDevice(jack), buffer_frames: period } },
		sources,
		rooms: rooms.map((id) => ({
			id,
			floor: `${id}-floor`,
			channels: Object.fromEntries(languages.map((language) => [language, `${id}-${language}`])),
			booths: languages.map((language) => ({ id: `booth-${id}-${language}`, outputs: [language] })),
		})),
		...extra,
	});
}

/**
 * Starts all of it and runs `work` with it.
 * @template T
 * @param {(event: {server: Awaited<ReturnType<typeof startCabind>>, channels: number[], token: string,
 *   play: (samples: Float32Array, loop: boolean) => ReturnType<Awaited<ReturnType<typeof startJack>>['play']>}) => Promise<T>} work
 * @param {object} [extra] of the configuration
 * @returns {Promise<T>}
 */
export const withEvent = (work, extra = {}) =>
	withOwned(async (own) => {
		const jack = await own(startJack({ channels: 1, period }));
		const access = makeAccess();
		const args = [...access.args, '--data', temporaryFolder('data')];
		const server = await own(startCabind({ config: makeConfig(jack, extra), args }));
		const [port] = await inputPorts(jack, 1);
		const channels = (await server.event()).rooms.flatMap((room) => room.channels.map((channel) => channel.number));
		const play = (samples, loop) => jack.play(writeWav(join(temporaryFolder('wav'), 'hall.wav'), [samples]), [port], { loop });
		return await work({ server, channels, play, token: access.token(null, { name: 'Minh' }) });
	});

/** Somebody comes each second and goes after up to ten: counts change all the time, as they do at an event. */
export function startVisitors(server) {
	const next = random(11);
	const timer = setInterval(async () => {
		const one = await connect(server, { channel: `${rooms[1]}.fr` });
		setTimeout(() => one.stop(), 10000 * next());
	}, 1000);
	return { stop: () => clearInterval(timer) };
}
