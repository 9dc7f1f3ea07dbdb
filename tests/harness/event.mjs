// Configurations for tests. JSON is YAML, so an object is enough.

/** A text that is the same in each language. @param {string} text */
export const name = (text) => ({ vi: text, fr: text, en: text });

/**
 * A booth of a room as the configuration has it: `'vi'` is short for the one that speaks this channel, `ROOM-vi`.
 * @param {string} room
 * @param {string | object} booth
 */
const makeBooth = (room, booth) => (typeof booth === 'string' ? { id: `${room}-${booth}`, outputs: [booth] } : booth);

/**
 * @param {object} parts what is not named here goes into the configuration as it is
 * @param {Record<string, object>} parts.sources
 * @param {{id: string, floor: string, channels?: (string | object)[] | Record<string, string | null>, booths?: (string | object)[],
 *   [more: string]: any}[]} parts.rooms `channels`: languages (or channels as
 *   the configuration has them), or a source by language (null: without one)
 * @param {string[]} [parts.languages]
 */
export function makeEvent({ sources, rooms, languages = ['vi', 'fr', 'en'], ...more }) {
	return {
		event: { id: 'test', name: name('Test') },
		languages,
		...more,
		sources,
		rooms: rooms.map(({ id, floor, channels = [], booths, ...rest }) => ({
			id,
			name: name(id),
			floor: { source: floor },
			channels: Array.isArray(channels)
				? channels.map((one) => (typeof one === 'string' ? { language: one } : one))
				: Object.entries(channels).map(([language, source]) => ({ language, ...(source ? { source } : {}) })),
			...(booths ? { booths: booths.map((booth) => makeBooth(id, booth)) } : {}),
			...rest,
		})),
	};
}

/** Two rooms of two languages with their booths, a tone of its own for each floor: what most tests of the desk need. */
export const makeTwoRooms = () =>
	makeEvent({
		sources: { hall: { tone_hz: 440 }, spare: { tone_hz: 700 } },
		rooms: [
			{ id: 'plenary', floor: 'hall', channels: ['vi', 'fr'], booths: ['vi', 'fr'] },
			{ id: 'water', floor: 'spare', channels: ['vi', 'fr'], booths: ['vi', 'fr'] },
		],
	});

/** One room whose floor is a JACK server's first input. @param {{name: string}} jack @param {object} [more] as makeEvent */
export const makeHall = (jack, { sources, ...more } = {}) =>
	makeEvent({
		languages: ['vi', 'fr'],
		devices: { card: jackDevice(jack) },
		sources: { hall: { device: 'card', inputs: [1] }, ...sources },
		rooms: [{ id: 'hall', floor: 'hall', channels: ['vi', 'fr'], booths: ['vi'] }],
		...more,
	});

/** A JACK server's device for `devices`. @param {{name: string}} jack */
export const jackDevice = (jack) => ({ api: 'JACK', name: 'system', jack_server: jack.name });
