/** The big part: am I on air, do I sound right, for how long. */
import { h } from '../shared/dom.ts';
import { KEY_NAMES } from './keys.ts';
import { type Air, airOf, type Model, onAirMs } from './model.ts';
import { AIR, AIR_MEANS, said, VERDICT, word } from './texts.ts';
import { bar, button, clockText, partnerName } from './view_parts.ts';

/** The limits of voice_level.h. */
const GOOD_DBFS = [-30, -12] as const;

export function airWords(model: Model, air: Air): { title: string; means: string } {
	const { language } = model;
	const onAir = model.booth?.on_air ?? null;
	return {
		title: said(AIR[air], language),
		means: said(AIR_MEANS[air], language, onAir === null ? '' : partnerName(model, onAir)),
	};
}

export function airView(model: Model, nowMs: number): HTMLElement {
	const air = airOf(model);
	const { title, means } = airWords(model, air);
	return h(
		'section',
		{ class: 'air', 'aria-label': title },
		h('div', { class: 'sign' }, h('span', { class: 'lamp', 'aria-hidden': 'true' }), h('h1', {}, title)),
		h('p', { class: 'means' }, means),
		timesView(model, nowMs),
		ownLevelView(model),
		h('div', { class: 'talk' }, microphoneButton(model, air), coughButton(model, air)),
	);
}

function microphoneButton(model: Model, air: Air): HTMLElement {
	const { language, settings, status } = model;
	const isOn = status !== null && status.microphone !== 'off';
	const text = settings.isPushToTalk
		? word('talk', language)
		: isOn
			? word('microphoneOff', language)
			: air === 'partner-lost'
				? word('takeOver', language)
				: word('microphoneOn', language);
	return button('microphone', text, {
		key: word('space', language),
		class: 'microphone',
		isPressed: isOn,
		isDisabled: !isOn && (air === 'offline' || model.microphone !== 'open'),
	});
}

function coughButton(model: Model, air: Air): HTMLElement {
	return button('cough', word('cough', model.language), {
		key: KEY_NAMES.cough,
		class: 'cough',
		isPressed: model.isCoughing,
		isDisabled: !['on', 'cough', 'soon', 'asked'].includes(air),
	});
}

function timesView(model: Model, nowMs: number): HTMLElement {
	const { language, shiftBegan, settings } = model;
	const onAir = onAirMs(model, nowMs);
	const leftMs = shiftBegan === null ? null : settings.shiftMinutes * 60_000 - (nowMs - shiftBegan);
	return h(
		'dl',
		{ class: 'times' },
		onAir === null
			? null
			: h('div', { 'data-key': 'onair' }, h('dt', {}, word('onAirFor', language)), h('dd', {}, clockText(onAir))),
		leftMs === null
			? null
			: h(
					'div',
					{ class: leftMs < 0 ? 'over' : '', 'data-key': 'shift' },
					h('dt', {}, word(leftMs < 0 ? 'shiftOver' : 'shiftLeft', language)),
					h('dd', {}, leftMs < 0 ? `+${clockText(-leftMs)}` : clockText(leftMs)),
				),
	);
}

export function ownLevelView(model: Model): HTMLElement {
	const { language, status, microphone } = model;
	const own = microphone === 'open' ? (status?.own ?? null) : null;
	const trouble =
		microphone === 'denied'
			? word('denied', language)
			: microphone === 'lost' || microphone === 'missing'
				? word('microphoneLost', language)
				: microphone === 'muted'
					? word('microphoneMuted', language)
					: null;
	const verdict = own?.verdict ?? 'none';
	return h(
		'div',
		{ class: `own ${trouble ? 'trouble' : verdict}` },
		h('span', { class: 'name' }, word('myLevel', language)),
		trouble
			? h('strong', { class: 'verdict', 'data-key': 'trouble' }, trouble)
			: h('strong', { class: 'verdict', 'data-key': 'verdict' }, said(VERDICT[verdict], language)),
		bar(own?.rmsDbfs ?? -120, {
			good: GOOD_DBFS,
			peak: own?.peakDbfs ?? -120,
		}),
	);
}
