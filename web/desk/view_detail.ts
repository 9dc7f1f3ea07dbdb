/** The panel at the side: what one channel, room, input or booth is, and what can be done with it. */
import { CALL } from '../booth/texts.ts';
import { type Child, h, icon } from '../shared/dom.ts';
import { outcomeKey, roomListeners } from './actions.ts';
import {
	alarmsOf,
	boothPlace,
	channelAlarms,
	channelName,
	channelOf,
	channelsOf,
	inputOf,
	isTechnician,
	nameOf,
	pointName,
	roomOf,
} from './derive.ts';
import type { Alarm, DeskChannel, DeskRoom } from './desk_wire.ts';
import type { Model } from './model.ts';
import { HIDE, labelled, said, word } from './texts.ts';
import { alarmWords } from './texts_alarms.ts';
import { feedView, seatView } from './view_map.ts';
import { badge, button, handle, listenButton, meter, number, outcome } from './view_parts.ts';
import { messagesView, talkView } from './view_talk.ts';

export function detailView(model: Model): HTMLElement | null {
	const { subject } = model;
	if (subject === null) return null;
	const [title, ...children] = contents(model, subject);
	return h(
		'aside',
		{ class: 'detail', 'aria-label': title, 'data-key': JSON.stringify(subject) },
		h(
			'header',
			{},
			h('h2', {}, title),
			button('close', null, { icon: 'close', class: 'close', label: word('close', model.language) }),
		),
		...children,
	);
}

function contents(model: Model, subject: NonNullable<Model['subject']>): [string, ...Child[]] {
	const { language } = model;
	switch (subject.kind) {
		case 'channel': {
			const channel = channelOf(model, subject.id);
			if (channel === null) return [subject.id, null];
			return [pointName(model, `channel:${channel.id}`), ...channelDetail(model, channel)];
		}
		case 'room': {
			const room = roomOf(model, subject.id);
			return room === null ? [subject.id, null] : [nameOf(model, room.name, room.room), ...roomDetail(model, room)];
		}
		case 'input':
			return [`${word('input', language)} ${subject.id}`, ...inputDetail(model, subject.id)];
		case 'booth':
			return [boothPlace(model, subject.id), ...boothDetail(model, subject.id)];
		case 'talk':
			return [word('talk', language), ...talkView(model)];
		case 'add-room':
			return [word('addRoom', language), addRoomView(model)];
	}
}

const alarmLines = (model: Model, alarms: readonly Alarm[]): Child[] =>
	alarms.map((alarm) => {
		const { what, todo } = alarmWords(alarm.kind, model.language);
		return h(
			'p',
			{ class: `advice ${alarm.severity}` },
			icon(alarm.severity),
			h('span', {}, h('b', {}, what), ' ', todo),
		);
	});

const group = (title: string, ...children: Child[]): Child =>
	children.every((child) => !child)
		? null
		: h(
				'div',
				{ class: 'group', role: 'group', 'aria-label': title },
				h('h3', {}, title),
				h('div', { class: 'buttons' }, ...children),
			);

function channelDetail(model: Model, channel: DeskChannel): Child[] {
	const { language } = model;
	const count = number(channel.listeners, language);
	const { id } = channel;
	const isFloor = channel.kind === 'floor';
	return [
		meter(model, `channel:${id}`, 'big'),
		h('p', { class: 'line' }, feedView(model, channel), listenButton(model, `channel:${id}`)),
		h('p', { class: 'line' }, icon('people'), `${count} ${word('listeners', language)}`),
		...alarmLines(model, channelAlarms(model, channel)),
		outcome(model, outcomeKey('channel', id)),
		group(
			word('mute', language),
			channel.muted
				? handle(model, { what: 'mute', id, value: 'off' }, word('unmute', language), { icon: 'ear', class: 'strong' })
				: handle(
						model,
						{ what: 'mute', id, value: 'on' },
						word('mute', language),
						{ icon: 'mute' },
						word('askMute', language, count),
					),
		),
		group(
			`${word('gain', language)} ${channel.gain_db > 0 ? '+' : ''}${channel.gain_db} dB`,
			handle(model, { what: 'gain', id, value: '-1' }, '−1 dB', { label: word('gainDown', language) }),
			handle(model, { what: 'gain', id, value: '1' }, '+1 dB', { label: word('gainUp', language) }),
			handle(model, { what: 'gain', id, value: '0' }, word('gainZero', language), {
				isDisabled: channel.gain_db === 0,
			}),
		),
		isFloor ? null : group(word('source', language), ...sources(model, channel, count)),
		isFloor
			? null
			: group(
					word('hideChannel', language),
					...(['never', 'idle', 'always'] as const).map((hide) =>
						handle(model, { what: 'hide', id, value: hide }, said(HIDE[hide], language), {
							isPressed: channel.hide === hide,
						}),
					),
				),
	];
}

function sources(model: Model, channel: DeskChannel, count: string): Child[] {
	const { language } = model;
	const current =
		channel.override === null
			? 'auto'
			: channel.override.feed === 'channel'
				? `channel:${channelOf(model, channel.override.from)?.id ?? ''}`
				: channel.override.feed === 'input'
					? `input:${channel.override.from}`
					: channel.override.feed;
	const choice = (value: string, text: string, question = '') =>
		handle(model, { what: 'source', id: channel.id, value }, text, { isPressed: current === value }, question);
	const others = channelsOf(model, channel.room).filter((one) => one.kind === 'language' && one.id !== channel.id);
	return [
		choice('auto', word('auto', language)),
		choice('floor', word('passFloor', language)),
		...others.map((one) => choice(`channel:${one.id}`, channelName(model, one))),
		...(model.desk?.inputs ?? []).map((one) => choice(`input:${one.input}`, `${word('input', language)} ${one.input}`)),
		choice('silence', word('silence', language), word('askSilence', language, count)),
		choice('tone', word('tone', language), word('askTone', language, count)),
		choice('identification', word('identification', language), word('askTone', language, count)),
	];
}

function roomDetail(model: Model, room: DeskRoom): Child[] {
	const { language } = model;
	const id = room.room;
	const count = number(roomListeners(model, id), language);
	const pin = room.pin ?? model.pins.get(id) ?? null;
	return [
		...alarmLines(model, alarmsOf(model, id, room.input)),
		outcome(model, outcomeKey('room', id)),
		room.locked && pin !== null && isTechnician(model)
			? h('p', { class: 'pin' }, h('span', {}, word('pin', language)), h('b', {}, pin))
			: null,
		group(
			word('input', language),
			...(model.desk?.inputs ?? []).map((one) =>
				handle(
					model,
					{ what: 'move-input', id, value: one.input },
					`${one.input}${one.input === room.input_configured ? ` (${word('configured', language)})` : ''}`,
					{ isPressed: room.input === one.input, ...(one.lost ? { icon: 'critical' } : {}) },
					word('askInput', language, count),
				),
			),
		),
		room.input === null
			? null
			: h('div', { class: 'group' }, h('h3', {}, room.input), ...inputDetail(model, room.input)),
		group(
			word('pin', language),
			isTechnician(model) && !room.locked
				? h(
						'label',
						{ class: 'field' },
						h('span', {}, word('pinOptional', language)),
						h('input', {
							type: 'text',
							inputmode: 'numeric',
							pattern: '[0-9]{4,8}',
							maxlength: 8,
							name: 'pin',
							autocomplete: 'off',
						}),
					)
				: null,
			room.locked
				? handle(model, { what: 'lock', id, value: 'off' }, word('unlockRoom', language), {
						icon: 'lock',
						class: 'strong',
					})
				: handle(
						model,
						{ what: 'lock', id, value: 'on' },
						word('lockRoom', language),
						{ icon: 'lock' },
						word('askLock', language, count),
					),
		),
		room.added
			? handle(
					model,
					{ what: 'remove-room', id, value: '' },
					word('removeRoom', language),
					{ class: 'danger' },
					word('askRemove', language, count),
				)
			: null,
	];
}

function inputDetail(model: Model, id: string): Child[] {
	const { language } = model;
	const input = inputOf(model, id);
	if (input === null) return [];
	const fact = (name: string, value: string, kind = '') =>
		h('div', { class: kind }, h('dt', {}, name), h('dd', {}, value));
	return [
		meter(model, `input:${id}`, 'big'),
		h('p', { class: 'line' }, h('span', {}, word('listen', language)), listenButton(model, `input:${id}`)),
		h(
			'dl',
			{ class: 'facts' },
			fact(
				word('device', language),
				word(input.lost ? 'deviceLost' : 'deviceGood', language),
				input.lost ? 'bad' : 'fine',
			),
			fact(
				word('bandwidth', language),
				input.bandwidth_hz > 0 ? `${input.bandwidth_hz / 1000} kHz` : '–',
				input.bandwidth_hz > 0 && input.bandwidth_hz < 12500 ? 'poor' : '',
			),
			fact(word('hum', language), word(input.hum ? 'on' : 'noHum', language), input.hum ? 'poor' : ''),
			fact(word('clip', language), String(input.clips), input.clips > 0 ? 'poor' : ''),
			fact(word('overruns', language), String(input.overruns), input.overruns > 0 ? 'poor' : ''),
			fact(
				word('feeds', language),
				input.feeds
					.map((one) => channelOf(model, one))
					.map((one) => (one ? pointName(model, `channel:${one.id}`) : ''))
					.join(', ') || '–',
			),
		),
		...alarmLines(model, alarmsOf(model, id)),
	];
}

function boothDetail(model: Model, id: string): Child[] {
	const { language } = model;
	const booth = model.booths.get(id);
	if (booth === undefined) return [];
	return [
		outcome(model, outcomeKey('booth', id)),
		...alarmLines(model, alarmsOf(model, id)),
		...booth.seats.map((seat) =>
			h(
				'div',
				{ class: 'group', 'data-key': seat.seat },
				h('p', { class: 'line' }, seatView(model, booth, seat), listenButton(model, `seat:${id}:${seat.seat}`)),
				meter(model, `seat:${id}:${seat.seat}`, 'big'),
				seat.channel === null
					? null
					: h(
							'p',
							{ class: 'soft' },
							labelled(word('listeningTo', language), channelName(model, channelOf(model, seat.channel)), language),
						),
				seat.call === null
					? null
					: h(
							'p',
							{ class: 'line' },
							badge(said(CALL[seat.call], language), seat.call === 'open' ? 'critical' : '', 'phone'),
						),
				seat.call === 'open'
					? handle(model, { what: 'call', id, value: `${seat.seat}:seen` }, word('seen', language), { class: 'strong' })
					: null,
				seat.call === 'open' || seat.call === 'seen'
					? handle(model, { what: 'call', id, value: `${seat.seat}:done` }, word('doneCall', language))
					: null,
			),
		),
		isTechnician(model)
			? h('div', { class: 'buttons' }, button('talk-to', word('talkback', language), { id, icon: 'mic' }))
			: null,
		messagesView(model, id),
	];
}

function addRoomView(model: Model): Child {
	const { language } = model;
	const field = (name: string, label: string, more: Record<string, string | number | boolean> = {}) =>
		h(
			'label',
			{ class: 'field' },
			h('span', {}, label),
			h('input', { type: 'text', name, autocomplete: 'off', ...more }),
		);
	const choice = (name: string, label: string, options: [string, string][]) =>
		h(
			'label',
			{ class: 'field' },
			h('span', {}, label),
			h('select', { name }, ...options.map(([value, text]) => h('option', { value }, text))),
		);
	const languages = (model.event?.languages ?? []).map(({ id, name }): [string, string] => [
		id,
		nameOf(model, name, id),
	]);
	const second: [string, string][] = [...languages.slice(1), ...languages.slice(0, 1), ['', '–']];
	return h(
		'form',
		{ class: 'group', 'data-form': 'add-room' },
		field('id', word('roomId', language), { required: true, pattern: '[a-z0-9-]{1,63}', maxlength: 63 }),
		field('name', word('roomName', language), { required: true, maxlength: 60 }),
		choice('input', word('input', language), [
			['', word('noInput', language)],
			...(model.desk?.inputs ?? []).map(({ input }): [string, string] => [input, input]),
		]),
		choice('language1', word('firstLanguage', language), languages),
		choice('language2', word('secondLanguage', language), second),
		h('button', { type: 'submit', class: 'strong' }, h('span', {}, word('setUp', language))),
		outcome(model, outcomeKey('add-room', '')),
	);
}
