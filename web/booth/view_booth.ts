/** The outgoing side: what the listeners get, the outputs, the partner and the hand-over. */
import { h } from '../shared/dom.ts';
import type { Seat } from './console_wire.ts';
import { KEY_NAMES } from './keys.ts';
import {
	airOf,
	amOnAir,
	type Gets,
	handoverView,
	type IdleChoice,
	idleChoices,
	listenersGet,
	type Model,
	outputOf,
	outputViews,
	partners,
} from './model.ts';
import { HANDOVER, labelled, QUALITY, said, word } from './texts.ts';
import { boothSeat, button, channelNameOf, languageName, partnerName } from './view_parts.ts';

export function getsText(model: Model, gets: Gets): string {
	const { language } = model;
	switch (gets.kind) {
		case 'me':
			return word('getsMe', language);
		case 'cough':
			return word('getsCough', language);
		case 'floor':
			return word('getsFloor', language);
		case 'silence':
			return word('getsSilence', language);
		case 'desk':
			return word('getsDesk', language);
		case 'unknown':
			return word('unknown', language);
		case 'partner':
			return partnerName(model, gets.seat);
		case 'booth':
			return word('getsBooth', language, boothSeat(model, gets.booth, gets.seat));
		case 'channel':
			return word('getsChannel', language, channelNameOf(model, gets.channel));
	}
}

export function idleText(model: Model, choice: IdleChoice): string {
	const { language } = model;
	if (choice.feed === 'silence') return word('idleSilence', language);
	if (choice.feed === 'pass-through') return word('idlePassThrough', language);
	return word('idleChannel', language, channelNameOf(model, choice.from));
}

export function outView(model: Model): HTMLElement {
	const { language } = model;
	const output = outputOf(model);
	const gets = listenersGet(model, output?.channel ?? null);
	const outputs = outputViews(model);
	const chosen = outputs.find((one) => one.isChosen);
	const idle = idleChoices(model).find((choice) => choice.isNow);
	return h(
		'section',
		{ class: `out gets-${gets.kind}` },
		h(
			'h2',
			{},
			word('listenersHear', language),
			h('small', {}, ` · ${chosen?.listeners ?? 0} ${word('listeners', language)}`),
		),
		h('p', { class: 'gets' }, getsText(model, gets)),
		h(
			'div',
			{ class: 'outputs', role: 'group', 'aria-label': word('outgoing', language) },
			...outputs.map((one) =>
				h(
					'div',
					{ class: one.heldBy ? 'held' : '', 'data-key': one.output },
					button('output', languageName(model, one.language), {
						id: one.output,
						key: KEY_NAMES[one.output],
						isPressed: one.isChosen,
						class: 'output',
						label: labelled(
							`${word('outgoing', language)} ${one.output.toUpperCase()}`,
							languageName(model, one.language),
							language,
						),
					}),
					one.heldBy
						? h(
								'small',
								{ class: 'holder' },
								word('heldBy', language, boothSeat(model, one.heldBy.booth, one.heldBy.seat)),
							)
						: null,
				),
			),
		),
		button(
			'panel',
			h('span', {}, labelled(word('idle', language), '', language), h('b', {}, idle ? idleText(model, idle) : '–')),
			{
				id: 'idle',
				key: KEY_NAMES.idle,
				class: 'idle',
				isPressed: model.panel === 'idle',
			},
		),
	);
}

function seatState(model: Model, seat: Seat): { text: string; kind: string } {
	const { language, booth } = model;
	const isOnAir = booth?.on_air === seat.seat && !booth.held;
	if (!seat.present) {
		return {
			text: word(seat.name === null && !isOnAir ? 'partnerNone' : 'partnerAway', language),
			kind: isOnAir ? 'late' : 'away',
		};
	}
	if (isOnAir && seat.late) return { text: word('partnerLate', language), kind: 'late' };
	if (isOnAir && seat.cough) return { text: word('partnerCough', language), kind: 'onair' };
	if (isOnAir) return { text: word('partnerOnAir', language), kind: 'onair' };
	return { text: word('partnerOff', language), kind: 'there' };
}

function seatView(model: Model, seat: Seat): HTMLElement {
	const { language } = model;
	const { text, kind } = seatState(model, seat);
	const hears =
		seat.present && seat.channel !== null
			? `${word('hears', language, channelNameOf(model, seat.channel))}${seat.quality && seat.quality !== 'direct' ? ` · ${said(QUALITY[seat.quality], language)}` : ''}`
			: '';
	return h(
		'li',
		{ class: kind, 'data-key': `seat${seat.seat}` },
		h('span', { class: 'who' }, seat.name || `${word('seat', language)} ${seat.seat}`),
		h('strong', {}, text),
		h('small', {}, hears),
	);
}

export function partnerView(model: Model): HTMLElement {
	const { language } = model;
	const handover = handoverView(model);
	const other = model.booth?.handover
		? model.booth.handover.from === model.joined?.seat
			? model.booth.handover.to
			: model.booth.handover.from
		: null;
	const isForMe = handover === 'offered-to-me' || handover === 'asked-of-me';
	const isMine = handover === 'offered-by-me' || handover === 'asked-by-me';
	const text = isForMe
		? word('accept', language)
		: isMine || handover === 'agreed'
			? word('withdraw', language)
			: word(amOnAir(model) ? 'offer' : 'ask', language);
	const canAsk = handover !== 'none' || (partners(model).some((seat) => seat.present) && model.booth?.on_air != null);
	return h(
		'section',
		{ class: `partner ${isForMe ? 'forme' : ''} handover-${handover}` },
		h('h2', {}, word('partner', language), h('small', {}, ` · ${word(model.booth?.mode ?? 'override', language)}`)),
		h('ul', {}, ...partners(model).map((seat) => seatView(model, seat))),
		handover === 'none'
			? null
			: h(
					'p',
					{ class: 'handover', 'data-key': 'handover' },
					said(HANDOVER[handover], language, partnerName(model, other)),
				),
		h(
			'div',
			{ class: 'pair' },
			button('handover', text, {
				key: KEY_NAMES.handover,
				class: isForMe ? 'strong' : '',
				isDisabled: !canAsk || airOf(model) === 'uncertain',
			}),
			isForMe ? button('decline', word('decline', language), { key: KEY_NAMES.decline }) : null,
		),
	);
}
