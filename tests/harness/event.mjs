// Configurations for tests. JSON is YAML, so an object is enough.
const name = (text) => ({ vi: text, fr: text, en: text });

/**
 * @param {object} parts
 * @param {Record<string, object>} parts.sources
 * @param {{id: string, floor: string, channels?: Record<string, string | null>}[]} parts.rooms `channels`: source by
 *   language, null: without a booth
 * @param {Record<string, object>} [parts.devices]
 * @param {object} [parts.server]
 * @param {object} [parts.defaults]
 */
export function makeEvent({ sources, rooms, devices, server, defaults }) {
	return {
		event: { id: 'test', name: name('Test') },
		languages: ['vi', 'fr', 'en'],
		...(server ? { server } : {}),
		...(devices ? { devices } : {}),
		...(defaults ? { defaults } : {}),
		sources,
		rooms: rooms.map((room) => ({
			id: room.id,
			name: name(room.id),
			floor: { source: room.floor },
			channels: Object.entries(room.channels ?? {}).map(([language, source]) => ({
				language,
				...(source ? { source } : {}),
			})),
		})),
	};
}

/** A JACK server's device for `devices`. @param {{name: string}} jack */
export const jackDevice = (jack) => ({ api: 'JACK', name: 'system', jack_server: jack.name });
