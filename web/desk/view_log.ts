/** The event's log, and what differs from the configuration file. */
import { h, icon } from '../shared/dom.ts';
import { outcomeKey } from './actions.ts';
import { boothPlace, channelOf, pointName, roomName, roomOf, venueTimeOf } from './derive.ts';
import type { LogEntry } from './desk_wire.ts';
import { entryKey, type Model } from './model.ts';
import { LOG_KIND, LOG_STATE, SETTING, word } from './texts.ts';
import { alarmWords } from './texts_alarms.ts';
import { button, handle, labelOf, outcome } from './view_parts.ts';

/** A channel, room or booth by its name; anything else as it is. */
function nameOfSubject(model: Model, subject: string): string {
	if (channelOf(model, subject) !== null) return pointName(model, `channel:${subject}`);
	if (roomOf(model, subject) !== null) return roomName(model, subject);
	return model.booths.has(subject) ? boothPlace(model, subject) : subject;
}

function shown(model: Model, value: unknown): string {
	if (typeof value === 'boolean') return word(value ? 'on' : 'off', model.language);
	if (value === null || value === undefined) return '–';
	return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

function detailText(model: Model, entry: LogEntry): string {
	const { detail } = entry;
	if (typeof detail !== 'object' || detail === null) return shown(model, detail);
	return Object.entries(detail)
		.map(([key, value]) => {
			if (key === 'alarm') return alarmWords(String(value), model.language).what;
			if (key === 'state') return labelOf(LOG_STATE, String(value), model);
			return `${labelOf(SETTING, key, model)}: ${shown(model, value)}`;
		})
		.join(', ');
}

/** Entries that hold every word of the filter. */
export function filtered(model: Model): LogEntry[] {
	const words = model.logFilter.toLowerCase().split(/\s+/).filter(Boolean);
	return model.log.filter((entry) => {
		if (model.logKind !== '' && entry.kind !== model.logKind) return false;
		const text = [
			entry.kind,
			labelOf(LOG_KIND, entry.kind, model),
			entry.subject,
			nameOfSubject(model, entry.subject),
			entry.author,
			detailText(model, entry),
		]
			.join(' ')
			.toLowerCase();
		return words.every((one) => text.includes(one));
	});
}

export function logView(model: Model): HTMLElement {
	const { language } = model;
	const entries = filtered(model);
	const kinds = [...new Set([...Object.keys(LOG_KIND), ...model.log.map((entry) => entry.kind)])];
	return h(
		'section',
		{ class: 'card log' },
		h(
			'div',
			{ class: 'tools' },
			h(
				'label',
				{ class: 'field' },
				h('span', {}, word('filter', language)),
				h('input', { type: 'search', 'data-setting': 'log-filter', autocomplete: 'off' }),
			),
			h(
				'label',
				{ class: 'field' },
				h('span', {}, word('kind', language)),
				h(
					'select',
					{ 'data-setting': 'log-kind' },
					h('option', { value: '' }, word('everything', language)),
					...kinds.map((kind) => h('option', { value: kind }, labelOf(LOG_KIND, kind, model))),
				),
			),
		),
		outcome(model, outcomeKey('log', '')),
		entries.length === 0
			? h('p', { class: 'soft' }, word(model.isLogLoading ? 'loading' : 'noEntries', language))
			: null,
		h(
			'ol',
			{ class: 'entries' },
			...entries
				.slice(0, 300)
				.map((entry) =>
					h(
						'li',
						{ 'data-key': entryKey(entry) },
						h('time', { datetime: entry.at }, venueTimeOf(model, entry.at)),
						h('b', {}, labelOf(LOG_KIND, entry.kind, model)),
						h('span', {}, nameOfSubject(model, entry.subject)),
						h('span', { class: 'soft' }, detailText(model, entry)),
						h('span', { class: 'who' }, entry.author || word('server', language)),
					),
				),
		),
		model.logNext === null ? null : button('older', word('older', language), { isDisabled: model.isLogLoading }),
	);
}

export function changesView(model: Model): HTMLElement {
	const { language, changes } = model;
	return h(
		'section',
		{ class: 'card changes' },
		h('p', { class: 'soft' }, word('changesHow', language)),
		outcome(model, outcomeKey('changes', '')),
		model.changesFault === null
			? null
			: h(
					'p',
					{ class: 'outcome failed', role: 'alert' },
					icon('critical'),
					word('failed', language, model.changesFault),
				),
		changes === null ? h('p', { class: 'soft' }, word('loading', language)) : null,
		changes?.length === 0 ? h('p', {}, icon('good'), word('noChanges', language)) : null,
		h(
			'ul',
			{ class: 'entries' },
			...(changes ?? []).map((change) => {
				const id = [change.scope, change.subject, change.key].map(encodeURIComponent).join('/');
				return h(
					'li',
					{ 'data-key': id },
					h('b', {}, nameOfSubject(model, change.subject)),
					h('span', {}, labelOf(SETTING, change.key, model)),
					h(
						'span',
						{},
						`${word('nowValue', language)}: `,
						h('b', {}, shown(model, change.value)),
						` · ${word('inFile', language)}: ${shown(model, change.configured)}`,
					),
					h('span', { class: 'who' }, `${change.author || word('server', language)}, ${venueTimeOf(model, change.at)}`),
					handle(model, { what: 'take-back', id, value: '' }, word('takeBack', language)),
				);
			}),
		),
	);
}
