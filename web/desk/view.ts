/** The desk as a whole. Drawn anew from the model and laid over what stands (shared/dom.ts). */
import { type Child, h, icon } from '../shared/dom.ts';
import { LANGUAGES } from '../shared/languages.ts';
import { outcomeKey } from './actions.ts';
import {
	boothPlace,
	calls,
	isTechnician,
	pointName,
	sessionTitle,
	sortedAlarms,
	subjectName,
	subjectOf,
	venueTime,
} from './derive.ts';
import type { Alarm } from './desk_wire.ts';
import { type Model, VIEWS } from './model.ts';
import { LOGIN, said, UNIT, VIEW_NAME, word } from './texts.ts';
import { alarmWords } from './texts_alarms.ts';
import { detailView } from './view_detail.ts';
import { listenersView } from './view_listeners.ts';
import { changesView, logView } from './view_log.ts';
import { mapView } from './view_map.ts';
import { metersView } from './view_meters.ts';
import { age, badge, button, handle, labelOf, number, outcome } from './view_parts.ts';
import { overView } from './view_talk.ts';

const NAMES = { vi: 'Tiếng Việt', fr: 'Français', en: 'English' } as const;

/** `wallMs`: this computer's wall clock. */
export function page(model: Model, wallMs: number): HTMLElement {
	if (model.pass === null) return login(model);
	const classes = `desk view-${model.view}${model.subject === null ? '' : ' with-detail'}${model.isFullScreen ? ' full' : ''}`;
	return h(
		'div',
		{ id: 'page', class: classes },
		topView(model, wallMs),
		h(
			'div',
			{ class: 'strips' },
			...troubleView(model),
			...overView(model),
			...callLines(model),
			alarmsView(model, wallMs),
		),
		h('main', { 'data-key': model.view }, mainView(model)),
		detailView(model),
		heardView(model),
	);
}

function mainView(model: Model): Child {
	if (model.desk === null) return h('p', { class: 'soft waiting' }, word('connecting', model.language));
	switch (model.view) {
		case 'map':
			return mapView(model);
		case 'meters':
			return metersView(model);
		case 'listeners':
			return listenersView(model);
		case 'log':
			return logView(model);
		case 'changes':
			return changesView(model);
	}
}

function login(model: Model): HTMLElement {
	const { language } = model;
	const fault = model.loginFault === null ? null : said(LOGIN[model.loginFault] ?? LOGIN['no-access']!, language);
	return h(
		'div',
		{ id: 'page', class: 'door' },
		h(
			'main',
			{},
			h('div', { class: 'mark' }, icon('mark')),
			h('h1', {}, word('title', language)),
			h('p', {}, word('loginHow', language)),
			h(
				'form',
				{ 'data-form': 'login' },
				h(
					'label',
					{ class: 'field' },
					h('span', {}, word('token', language)),
					h('input', { type: 'text', name: 'token', required: true, autocomplete: 'off', spellcheck: 'false' }),
				),
				h('button', { type: 'submit', class: 'strong' }, h('span', {}, word('enter', language))),
			),
			fault === null ? null : h('p', { role: 'alert', class: 'fault' }, icon('critical'), fault),
			languages(model),
		),
	);
}

function languages(model: Model): HTMLElement {
	return h(
		'div',
		{ class: 'languages', role: 'group', 'aria-label': word('pageLanguage', model.language) },
		...LANGUAGES.map((id) =>
			h(
				'button',
				{
					type: 'button',
					lang: id,
					'data-do': 'language',
					'data-id': id,
					'aria-pressed': String(id === model.language),
					'aria-label': NAMES[id],
				},
				h('span', {}, id.toUpperCase()),
			),
		),
	);
}

function topView(model: Model, wallMs: number): HTMLElement {
	const { language, desk, pass } = model;
	const total = model.audience?.total ?? desk?.channels.reduce((sum, channel) => sum + channel.listeners, 0) ?? 0;
	const worst = model.alarms.some((one) => one.severity === 'critical')
		? 'critical'
		: model.alarms.length > 0
			? 'warning'
			: model.isJoined
				? 'good'
				: 'resting';
	const isGood = model.isJoined && model.connection === 'open';
	const sessions = (desk?.rooms ?? [])
		.map((room) => sessionTitle(model, room.session))
		.filter((title) => title !== null);
	return h(
		'header',
		{ class: 'bar' },
		h(
			'time',
			{ class: 'clock', id: 'clock', 'aria-label': word('eventTime', language) },
			venueTime(model, wallMs + model.wallOffsetMs),
		),
		h(
			'span',
			{ class: 'session' },
			sessions[0] ?? word('nothingOn', language),
			sessions.length > 1 ? ` +${sessions.length - 1}` : null,
		),
		h(
			'span',
			{ class: 'figure' },
			icon('people'),
			h('b', {}, number(total, language)),
			h('span', {}, word(total === 1 ? 'listener' : 'listeners', language)),
		),
		h(
			'span',
			{ class: `figure alarm-count ${worst}` },
			icon(worst),
			h('b', {}, worst === 'resting' ? '–' : String(model.alarms.length)),
			h('span', {}, word(model.alarms.length === 1 ? 'alarm' : 'alarms', language)),
		),
		h(
			'span',
			{ class: `figure link ${isGood ? 'good' : 'critical'}`, role: 'status' },
			icon(isGood ? 'good' : 'critical'),
			h('span', {}, word(isGood ? 'connected' : 'connecting', language)),
		),
		h(
			'nav',
			{ 'aria-label': word('title', language) },
			...VIEWS.map((view) =>
				button(
					'view',
					said(VIEW_NAME[view], language) +
						(view === 'changes' && desk !== null && desk.changes > 0 ? ` ${desk.changes}` : ''),
					{ id: view, isPressed: model.view === view },
				),
			),
			button('open', word('talkShort', language) + (model.unread > 0 ? ` ${model.unread}` : ''), {
				id: 'talk',
				isPressed: model.subject?.kind === 'talk',
				icon: 'mic',
			}),
		),
		h(
			'span',
			{ class: 'person' },
			button('alarm-sound', null, {
				icon: model.hasAlarmSound ? 'bell' : 'bell-off',
				isPressed: model.hasAlarmSound,
				label: `${word('alarmSound', language)}: ${word(model.hasAlarmSound ? 'on' : 'off', language)}`,
			}),
			languages(model),
			button('leave', `${pass?.name ?? word(isTechnician(model) ? 'technician' : 'observer', language)}`, {
				label: word('leave', language),
				icon: 'leave',
			}),
			isTechnician(model) ? null : badge(word('observer', language), 'warn'),
		),
	);
}

function troubleView(model: Model): Child[] {
	const { language } = model;
	return [
		model.lostAt !== null && !model.isJoined
			? h('p', { class: 'trouble', role: 'alert' }, icon('critical'), word('connectionLost', language))
			: null,
		model.desk !== null && model.desk.server?.stored === false
			? h('p', { class: 'trouble', role: 'alert' }, icon('critical'), word('notStored', language))
			: null,
	];
}

/** A booth that calls is heard of without any panel. */
const callLines = (model: Model): Child[] =>
	calls(model)
		.filter(({ seat }) => seat.call === 'open')
		.map(({ booth, seat }) =>
			h(
				'div',
				{ class: 'over call', role: 'status', 'data-key': `${booth}${seat.seat}` },
				icon('phone'),
				button(
					'open',
					word(
						'callFrom',
						model.language,
						[boothPlace(model, booth), seat.seat, seat.name].filter((part) => part !== null).join(' · '),
					),
					{ id: `booth:${booth}`, class: 'name' },
				),
				handle(model, { what: 'call', id: booth, value: `${seat.seat}:seen` }, word('seen', model.language), {
					class: 'strong',
				}),
			),
		);

function alarmsView(model: Model, wallMs: number): Child {
	const { language } = model;
	const alarms = sortedAlarms(model);
	// Without a connection nobody knows.
	if (alarms.length === 0 && !model.isJoined) return null;
	if (alarms.length === 0) {
		return h('p', { class: 'no-alarms' }, icon('good'), word('noAlarms', language));
	}
	return h(
		'ul',
		{ class: 'alarms', 'aria-label': word('alarms', language), 'aria-live': 'assertive' },
		...alarms.map((alarm) => alarmView(model, alarm, wallMs)),
	);
}

function alarmValue(model: Model, { value, unit }: Alarm): string {
	if (value === null || unit === null) return '';
	const rounded = String(Math.round(value * 10) / 10).replace('-', '−');
	return `${rounded} ${labelOf(UNIT, rounded === '1' && `1 ${unit}` in UNIT ? `1 ${unit}` : unit, model)}`.trim();
}

function alarmView(model: Model, alarm: Alarm, wallMs: number): HTMLElement {
	const { language } = model;
	const { what, todo } = alarmWords(alarm.kind, language);
	const at = subjectOf(model, alarm);
	const value = alarmValue(model, alarm);
	const where = subjectName(model, alarm);
	const isSeen = alarm.acknowledged_by !== null;
	return h(
		'li',
		{ class: `alarm ${alarm.severity}${isSeen ? ' seen' : ''}`, 'data-key': alarm.id },
		h('span', { class: 'sign' }, icon(alarm.severity), h('span', { class: 'unseen' }, word(alarm.severity, language))),
		h(
			'span',
			{ class: 'what' },
			at === null ? h('b', {}, where) : button('open', where, { id: `${at.kind}:${at.id}`, class: 'name' }),
			h('b', {}, what),
			h(
				'span',
				{ class: 'value' },
				value,
				value ? ' · ' : '',
				`${word('since', language)} `,
				age(model, alarm.since, wallMs),
			),
		),
		h('span', { class: 'todo' }, todo),
		isSeen
			? h('span', { class: 'by' }, icon('good'), word('seenBy', language, alarm.acknowledged_by!))
			: handle(model, { what: 'acknowledge', id: String(alarm.id), value: '' }, word('acknowledge', language), {
					class: 'ack',
				}),
		failedOnly(model, outcomeKey('alarm', String(alarm.id))),
	);
}

const failedOnly = (model: Model, key: string): Child =>
	model.outcomes.get(key)?.state === 'failed' ? outcome(model, key) : null;

/** What is listened to, with its volume and its end. */
function heardView(model: Model): HTMLElement | null {
	const { heard, language } = model;
	if (heard === null) return null;
	return h(
		'div',
		{ class: 'heard-bar', role: 'status' },
		icon('ear'),
		h('span', {}, `${word('listeningTo', language)} `, h('b', {}, pointName(model, heard.point))),
		heard.fault !== null
			? h('span', { class: 'fault' }, icon('critical'), heard.fault || word('soundFailed', language))
			: heard.isPlaying
				? null
				: h('span', { class: 'soft' }, word('waitingForSound', language)),
		h(
			'label',
			{ class: 'volume' },
			h('span', {}, word('volume', language)),
			h('input', {
				type: 'range',
				min: 0,
				max: 100,
				step: 1,
				value: Math.round(model.volume * 100),
				'data-setting': 'volume',
			}),
		),
		button('hush', word('stop', language), { icon: 'stop' }),
	);
}
