/** Meters to be read from across the room. */
import { h } from '../shared/dom.ts';
import { channelName, healthOf, pointKey, pointName, roomName } from './derive.ts';
import type { Model } from './model.ts';
import { word } from './texts.ts';
import { button, listenButton, meter } from './view_parts.ts';

export function metersView(model: Model): HTMLElement {
	const { language } = model;
	const tiles = model.meterGroup === 'channels' ? channelTiles(model) : sourceTiles(model);
	return h(
		'div',
		{ class: 'meters' },
		h(
			'div',
			{ class: 'tools' },
			button('meter-group', word('channels', language), { id: 'channels', isPressed: model.meterGroup === 'channels' }),
			button('meter-group', word('sources', language), { id: 'sources', isPressed: model.meterGroup === 'sources' }),
			button('full-screen', word('fullScreen', language), { isPressed: model.isFullScreen, icon: 'full' }),
			h('span', { class: 'soft' }, word('metersHow', language)),
		),
		h('div', { class: `tiles${tiles.length > 12 ? ' many' : ''}` }, ...tiles),
	);
}

const channelTiles = (model: Model): HTMLElement[] =>
	(model.desk?.channels ?? []).map((channel) =>
		tile(
			model,
			`channel:${channel.id}`,
			roomName(model, channel.room),
			channelName(model, channel),
			healthOf(model, channel),
		),
	);

function sourceTiles(model: Model): HTMLElement[] {
	const keys = (model.desk?.points ?? [])
		.filter((point) => point !== null && point.kind !== 'channel')
		.map((point) => pointKey(model, point))
		.filter((key): key is string => key !== null);
	return keys.map((key) => {
		const isSeat = key.startsWith('seat:');
		return tile(model, key, word(isSeat ? 'booth' : 'input', model.language), pointName(model, key), 'resting');
	});
}

const tile = (model: Model, key: string, place: string, name: string, health: string): HTMLElement =>
	h(
		'article',
		{ class: `tile ${health}`, 'data-key': key },
		h('h3', {}, h('span', { class: 'place' }, place), h('span', {}, name)),
		key.startsWith('insert:') ? null : listenButton(model, key),
		meter(model, key, 'big'),
	);
