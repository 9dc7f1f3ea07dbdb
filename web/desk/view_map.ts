/** The map: a row for each room, with its channels as listeners get them and the seats of its booths. */
import type { BoothMessage, Seat } from '../booth/console_wire.ts';
import { SIGNAL } from '../booth/texts.ts';
import { clockTime } from '../shared/agenda.ts';
import { type Child, h, icon } from '../shared/dom.ts';
import { roomListeners } from './actions.ts';
import {
	alarmsOf,
	boothName,
	boothsOf,
	channelAlarms,
	channelName,
	channelOf,
	channelsOf,
	healthOf,
	isTechnician,
	languageName,
	nameOf,
	roomHealth,
	roomOf,
	seatOf,
	sessionTitle,
} from './derive.ts';
import type { DeskChannel, DeskRoom } from './desk_wire.ts';
import type { Model } from './model.ts';
import { FEED, labelled, OVERRIDE, SOURCE_STATE, said, word } from './texts.ts';
import { alarmWords } from './texts_alarms.ts';
import { badge, button, listenButton, meter, number, sparkline } from './view_parts.ts';

export function mapView(model: Model): HTMLElement {
	const rooms = model.desk?.rooms ?? [];
	const others = boothsOf(model, null);
	return h(
		'div',
		{ class: 'map' },
		...rooms.map((room) => roomView(model, room)),
		others.length > 0
			? h(
					'section',
					{ class: 'room' },
					h('div', { class: 'booths' }, ...others.map((booth) => boothView(model, booth))),
				)
			: null,
		isTechnician(model)
			? button('open', word('addRoom', model.language), { id: 'add-room', class: 'quiet', icon: 'plus' })
			: null,
	);
}

function roomView(model: Model, room: DeskRoom): HTMLElement {
	const { language } = model;
	const booths = boothsOf(model, room.room);
	return h(
		'section',
		{
			class: `room ${roomHealth(model, room)}`,
			'data-key': room.room,
			'aria-label': nameOf(model, room.name, room.room),
		},
		h(
			'header',
			{ class: 'room-head' },
			button('open', nameOf(model, room.name, room.room), { id: `room:${room.room}`, class: 'name' }),
			h('span', { class: 'count' }, icon('people'), number(roomListeners(model, room.room), language)),
			floorSpeaks(model, room),
			onNow(model, room),
			h(
				'span',
				{ class: 'badges' },
				room.locked ? badge(`${word('locked', language)}${room.pin ? ` ${room.pin}` : ''}`, 'warn', 'lock') : null,
				room.input !== room.input_configured && !room.added
					? badge(word('movedInput', language), 'hand', 'hand')
					: null,
				room.added ? badge(word('added', language), '', 'plus') : null,
				...signals(model, room.room),
				...alarmsOf(model, room.room, room.input).map((alarm) =>
					badge(alarmWords(alarm.kind, language).what, alarm.severity, alarm.severity),
				),
			),
		),
		h('div', { class: 'channels' }, ...channelsOf(model, room.room).map((channel) => channelView(model, channel))),
		booths.length > 0 ? h('div', { class: 'booths' }, ...booths.map((booth) => boothView(model, booth))) : null,
	);
}

function floorSpeaks(model: Model, room: DeskRoom): Child {
	const spoken = languageName(model, model.rooms.get(room.room)?.floor_language ?? null);
	return h(
		'span',
		{ class: 'speaks' },
		labelled(word('floorSpeaks', model.language), spoken ?? word('unknown', model.language), model.language),
	);
}

function onNow(model: Model, room: DeskRoom): HTMLElement {
	const { language } = model;
	const now = sessionTitle(model, room.session);
	const next = sessionTitle(model, room.next);
	return h(
		'span',
		{ class: 'sessions' },
		now === null
			? h('span', { class: 'soft' }, word('nothingOn', language))
			: h('span', {}, `${now} → ${clockTime(room.session!.end)}`),
		next === null ? null : h('span', { class: 'soft' }, `${clockTime(room.next!.start)} ${next}`),
	);
}

const signals = (model: Model, room: string): HTMLElement[] =>
	(model.rooms.get(room)?.signals ?? []).map((signal) =>
		badge(said(SIGNAL[signal.kind], model.language), 'warn', 'signal'),
	);

export function channelView(model: Model, channel: DeskChannel): HTMLElement {
	const health = healthOf(model, channel);
	const isOpen = model.subject?.kind === 'channel' && model.subject.id === channel.id;
	return h(
		'article',
		{
			class: `channel ${health}${isOpen ? ' open' : ''}`,
			'data-key': channel.id,
			'data-do': 'open',
			'data-id': `channel:${channel.id}`,
		},
		h(
			'div',
			{ class: 'top' },
			h('span', { class: 'health' }, icon(health)),
			button('open', channelName(model, channel), { id: `channel:${channel.id}`, class: 'name' }),
			h(
				'span',
				{ class: 'count', title: `${word('listeners', model.language)}, ${word('hour', model.language)}` },
				sparkline(channel.listeners_hour),
				number(channel.listeners, model.language),
			),
			listenButton(model, `channel:${channel.id}`),
		),
		meter(model, `channel:${channel.id}`, 'small'),
		h('div', { class: 'feed' }, feedView(model, channel)),
		h('div', { class: 'badges' }, ...channelBadges(model, channel)),
	);
}

/** Who or what is on the channel, in one line. */
export function feedView(model: Model, channel: DeskChannel): HTMLElement {
	const { language } = model;
	const hand = channel.override;
	if (channel.muted) return line('mute', word('muted', language), 'off');
	if (hand !== null) return line('hand', overrideText(model, hand), 'hand');
	if (channel.feed === 'booth' && channel.booth !== null) {
		const seat = seatOf(model, channel.booth, channel.seat);
		const who = [boothName(model, channel.booth), channel.seat, seat?.name].filter(
			(part) => part != null && part !== '',
		);
		const lost = channel.source === 'lost' ? ` – ${said(SOURCE_STATE.lost, language)}` : '';
		return line(
			channel.source === 'lost' ? 'critical' : 'air',
			`${who.join(' · ')}${lost}`,
			channel.source === 'lost' ? 'lost' : 'air',
		);
	}
	const input = channel.feed === 'floor' ? (roomOf(model, channel.room)?.input ?? null) : null;
	const from = channel.feed === 'channel' ? channelName(model, channelOf(model, channel.from)) : '';
	const icons = {
		floor: 'room',
		booth: 'air',
		'pass-through': 'pass',
		silence: 'silence',
		channel: 'relay',
		desk: 'hand',
	};
	const state =
		channel.source === 'ok' || channel.feed === 'silence' ? '' : ` – ${said(SOURCE_STATE[channel.source], language)}`;
	return line(
		icons[channel.feed] ?? 'pass',
		(input ?? said(FEED[channel.feed] ?? FEED.desk, language, from)) + state,
		channel.source === 'lost' ? 'lost' : channel.feed,
	);
}

export function overrideText(model: Model, hand: NonNullable<DeskChannel['override']>): string {
	const from = hand.feed === 'channel' ? channelName(model, channelOf(model, hand.from)) : String(hand.from ?? '');
	return said(OVERRIDE[hand.feed] ?? OVERRIDE.input, model.language, from).trim();
}

const line = (name: string, text: string, kind: string) =>
	h('span', { class: `on feed-${kind}` }, icon(name), h('span', {}, text));

function channelBadges(model: Model, channel: DeskChannel): Child[] {
	const { language } = model;
	const { gain_db } = channel;
	return [
		...channelAlarms(model, channel).map((alarm) =>
			badge(alarmWords(alarm.kind, language).what, alarm.severity, alarm.severity),
		),
		qualityBadge(model, channel.quality),
		channel.override !== null && !channel.muted ? badge(word('byHand', language), 'hand') : null,
		gain_db === 0 ? null : badge(`${gain_db > 0 ? '+' : '−'}${Math.abs(gain_db)} dB`, 'hand', 'gain'),
		channel.hidden ? badge(word('hidden', language), '', 'hidden') : null,
	];
}

function qualityBadge(model: Model, quality: DeskChannel['quality']): Child {
	if (quality === null) return null;
	const key = quality === 'direct' ? 'direct' : quality === 'relay' ? 'relay' : 'relayOfRelay';
	return badge(word(key, model.language), quality === 'relay-of-relay' ? 'warn' : '');
}

export function boothView(model: Model, booth: BoothMessage): HTMLElement {
	const alarms = alarmsOf(model, booth.booth);
	return h(
		'div',
		{
			class: `booth${alarms.some((alarm) => alarm.severity === 'critical') ? ' critical' : alarms.length > 0 ? ' warning' : ''}`,
			'data-key': booth.booth,
		},
		button('open', boothName(model, booth.booth), { id: `booth:${booth.booth}`, class: 'name' }),
		...booth.seats.map((seat) => seatView(model, booth, seat)),
	);
}

export function seatView(model: Model, booth: BoothMessage, seat: Seat): HTMLElement {
	const { language } = model;
	const isOnAir = booth.on_air === seat.seat && seat.mic && !booth.held;
	const state = seat.late && isOnAir ? 'late' : isOnAir ? 'air' : seat.mic ? 'mic' : seat.present ? 'present' : 'empty';
	const words = {
		late: 'late',
		air: seat.cough ? 'coughs' : 'onAir',
		mic: 'micOpen',
		present: 'present',
		empty: 'empty',
	} as const;
	const icons = { late: 'critical', air: seat.cough ? 'mute' : 'air', mic: 'mic', present: 'person', empty: 'nobody' };
	const name = seat.name ?? (seat.present ? `${word('seat', language)} ${seat.seat}` : '–');
	const call = seat.call === 'open' || seat.call === 'seen' ? seat.call : null;
	return h(
		'span',
		{
			class: `seat ${state}${call === 'open' ? ' calls' : ''}`,
			title: `${seat.seat} · ${name} · ${word(words[state], language)}`,
		},
		icon(call === 'open' ? 'phone' : icons[state]),
		h('span', {}, `${seat.seat} ${name}`),
		h('span', { class: 'unseen' }, word(words[state], language)),
		call === null ? null : h('b', {}, word(call === 'open' ? 'callsYou' : 'callSeen', language)),
	);
}
