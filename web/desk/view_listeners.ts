/** How the listeners are: counts, histograms of the last minute, and the ten who are worst off. */
import { type Child, h, icon, svg } from '../shared/dom.ts';
import { channelOf, pointName, roomName } from './derive.ts';
import type { AudienceMessage } from './desk_wire.ts';
import type { Model } from './model.ts';
import { AUDIENCE_STATE, FALLBACK, HISTOGRAM, labelled, said, type Word, word } from './texts.ts';
import { labelOf, number } from './view_parts.ts';

export function listenersView(model: Model): HTMLElement {
	const { audience, language } = model;
	if (audience === null) return h('p', { class: 'soft waiting' }, word('loading', language));
	return h(
		'div',
		{ class: 'listeners' },
		h('section', { class: 'card' }, h('h2', {}, word('byChannel', language)), channelTable(model, audience)),
		h(
			'section',
			{ class: 'card' },
			h('h2', {}, labelled(word('total', language), number(audience.total, language), language)),
			...sums(model, audience),
		),
		...(Object.keys(HISTOGRAM) as (keyof typeof HISTOGRAM)[]).map((key) => histogram(model, audience, key)),
		h('section', { class: 'card wide' }, h('h2', {}, word('worst', language)), worstTable(model, audience)),
	);
}

const count = (of: Record<string, number>, key: string) => of[key] ?? 0;

function channelTable(model: Model, audience: AudienceMessage): HTMLElement {
	const { language } = model;
	const head = [
		word('channel', language),
		word('total', language),
		...Object.keys(AUDIENCE_STATE).map((key) => labelOf(AUDIENCE_STATE, key, model)),
		word('inBackground', language),
		word('trouble', language),
	];
	const rows = audience.channels
		.filter((one) => channelOf(model, one.channel) !== null)
		.map((one) =>
			h(
				'tr',
				{ 'data-key': one.channel, class: one.trouble > 0 && one.trouble >= one.listeners / 10 ? 'bad' : '' },
				h('th', { scope: 'row' }, pointName(model, `channel:${channelOf(model, one.channel)!.id}`)),
				h('td', {}, number(one.listeners, language)),
				...Object.keys(AUDIENCE_STATE).map((key) => h('td', {}, number(count(one.states, key), language))),
				h('td', {}, number(one.hidden, language)),
				h(
					'td',
					{ class: one.trouble > 0 ? 'trouble-count' : '' },
					one.trouble > 0 ? icon('warning') : null,
					number(one.trouble, language),
				),
			),
		);
	return table(head, rows);
}

const table = (head: string[], rows: HTMLElement[]): HTMLElement =>
	h(
		'div',
		{ class: 'scroll', tabindex: 0 },
		h(
			'table',
			{},
			h('thead', {}, h('tr', {}, ...head.map((text) => h('th', { scope: 'col' }, text)))),
			h('tbody', {}, ...rows),
		),
	);

function sums(model: Model, audience: AudienceMessage): Child[] {
	const { language } = model;
	const fact = (name: string, value: number) => h('div', {}, h('dt', {}, name), h('dd', {}, number(value, language)));
	const sum = (key: string, of: (one: AudienceMessage['channels'][number]) => Record<string, number>) =>
		audience.channels.reduce((all, one) => all + count(of(one), key), 0);
	return [
		h('dl', { class: 'facts' }, ...audience.rooms.map((room) => fact(roomName(model, room.room), room.listeners))),
		h('h3', {}, word('fallbacks', language)),
		h(
			'dl',
			{ class: 'facts' },
			...Object.keys(FALLBACK).map((key) =>
				fact(
					labelOf(FALLBACK, key, model),
					sum(key, (one) => one.fallbacks),
				),
			),
		),
	];
}

const BAR = 20;
const HEIGHT = 60;

/** The bound below which half of the counts lie; null: there are none. */
export function medianBound(counts: readonly number[], bounds: readonly number[]): string | null {
	const half = counts.reduce((sum, one) => sum + one, 0) / 2;
	if (half === 0) return null;
	let below = 0;
	for (const [index, one] of counts.entries()) {
		below += one;
		if (below >= half)
			return bounds[index] === undefined ? `> ${bounds[bounds.length - 1]} ms` : `≤ ${bounds[index]} ms`;
	}
	return null;
}

function histogram(model: Model, audience: AudienceMessage, key: keyof typeof HISTOGRAM): HTMLElement {
	const { language } = model;
	const counts = audience.histograms[key] ?? [];
	const bounds = audience.bounds_ms;
	const most = Math.max(1, ...counts);
	const middle = medianBound(counts, bounds);
	const text = counts
		.map((value, index) => `${bounds[index] === undefined ? '>' : `≤ ${bounds[index]}`} ms: ${value}`)
		.join(', ');
	return h(
		'section',
		{ class: 'card' },
		h(
			'h2',
			{},
			said(HISTOGRAM[key], language),
			h(
				'small',
				{},
				` ${word('lastMinute', language)}${middle === null ? '' : ` · ${word('median', language)} ${middle}`}`,
			),
		),
		svg(
			'svg',
			{
				class: 'histogram',
				viewBox: `0 0 ${Math.max(1, counts.length) * BAR} ${HEIGHT + 12}`,
				role: 'img',
				'aria-label': text,
			},
			...counts.flatMap((value, index) => {
				const height = (value / most) * HEIGHT;
				return [
					svg('rect', { x: index * BAR + 1, y: HEIGHT - height, width: BAR - 2, height: Math.max(height, 0.5) }),
					index % 2 === 0
						? svg(
								'text',
								{ x: index * BAR + BAR / 2, y: HEIGHT + 10 },
								bounds[index] === undefined ? '∞' : String(bounds[index]),
							)
						: svg('g', {}),
				];
			}),
		),
	);
}

function worstTable(model: Model, audience: AudienceMessage): HTMLElement {
	const { language } = model;
	if (audience.worst.length === 0) return h('p', { class: 'soft' }, word('nobodyWorse', language));
	const columns: Word[] = [
		'anonymous',
		'channel',
		'state',
		'delay',
		'buffer',
		'concealed',
		'underruns',
		'roundTrip',
		'queue',
		'skips',
		'retransmissions',
	];
	const ms = (value: number | null) => (value === null ? '–' : `${Math.round(value)} ms`);
	return table(
		columns.map((key) => word(key, language)),
		audience.worst.map((one) => {
			const channel = channelOf(model, one.channel);
			const state = `${labelOf(AUDIENCE_STATE, one.state, model)}${one.fallback === 'none' ? '' : ` · ${labelOf(FALLBACK, one.fallback, model)}`}${one.hidden ? ` · ${word('inBackground', language)}` : ''}`;
			return h(
				'tr',
				{ 'data-key': one.listener },
				...[
					String(one.listener),
					channel === null ? String(one.channel) : pointName(model, `channel:${channel.id}`),
					state,
					ms(one.mouth_to_ear_ms),
					ms(one.buffer_ms),
					ms(one.concealed_ms),
					String(one.underruns),
					`${ms(one.round_trip_ms)}${one.rtt_ms == null ? '' : ` (TCP ${ms(one.rtt_ms)})`}`,
					ms(one.queue_ms),
					String(one.skips),
					String(one.retransmissions ?? '–'),
				].map((text) => h('td', {}, text)),
			);
		}),
	);
}
