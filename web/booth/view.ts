/** The booth page as a whole. Drawn anew from the model and laid over what stands (shared/dom.ts). */
import { type Child, h, icon } from '../shared/dom.ts';
import { LANGUAGES } from '../shared/languages.ts';
import { SIGNALS } from './console_wire.ts';
import { KEY_NAMES } from './keys.ts';
import { airOf, isJoined, type Model, mySeat } from './model.ts';
import { CALL, labelled, REFUSED, SAID, SIGNAL, said, word } from './texts.ts';
import { airView, airWords } from './view_air.ts';
import { outView, partnerView } from './view_booth.ts';
import { earsView } from './view_ears.ts';
import { panelView } from './view_panels.ts';
import { boothSeat, button, languageName } from './view_parts.ts';

const NAMES = { vi: 'Tiếng Việt', fr: 'Français', en: 'English' } as const;

export function page(model: Model, nowMs: number): HTMLElement {
	const refused = model.hasToken ? (model.status?.refused ?? null) : 'no-token';
	const air = airOf(model);
	if (refused !== null && model.joined === null) return closed(model, refused);
	if (!model.isStarted) return welcome(model);
	return h(
		'div',
		{ id: 'page', class: `console air-${air}` },
		h('div', { class: 'frame', 'aria-hidden': 'true' }),
		header(model, nowMs),
		h('main', {}, airView(model, nowMs), outView(model), partnerView(model), earsView(model), toolsView(model)),
		saidView(model, nowMs),
		h('p', { class: 'unseen', role: 'status', 'aria-live': 'assertive' }, airWords(model, air).title),
		panelView(model),
	);
}

/** Only a link lets in, or the link is no good any more. */
function closed(model: Model, code: string): HTMLElement {
	const { language } = model;
	return h(
		'div',
		{ id: 'page', class: 'door' },
		h(
			'main',
			{},
			mark(),
			h('h1', {}, word('boothTitle', language)),
			h('p', { role: 'alert' }, said(REFUSED[code] ?? REFUSED['no-access']!, language)),
			languages(model),
		),
	);
}

/** The tap that browsers want before there is sound. */
function welcome(model: Model): HTMLElement {
	const { language } = model;
	return h(
		'div',
		{ id: 'page', class: 'door' },
		h(
			'main',
			{},
			mark(),
			h('h1', {}, word('boothTitle', language)),
			h('p', {}, word('startHow', language)),
			h(
				'label',
				{ class: 'name' },
				h('span', {}, word('name', language)),
				h('input', {
					type: 'text',
					maxlength: 32,
					value: model.settings.name,
					'data-setting': 'name',
					autocomplete: 'name',
				}),
			),
			button('start', word('start', language), { key: 'Enter', class: 'strong start' }),
			languages(model),
		),
	);
}

function mark(): HTMLElement {
	return h('div', { class: 'mark' }, icon('mark'));
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
				h('span', { class: 'what' }, id.toUpperCase()),
			),
		),
	);
}

function connectionText(model: Model): string {
	const { language, status } = model;
	if (status === null || status.connection === 'idle' || status.connection === 'connecting')
		return word('connecting', language);
	if (status.connection === 'reconnecting') return word('reconnecting', language);
	return word(isJoined(model) ? 'connected' : 'connecting', language);
}

function header(model: Model, nowMs: number): HTMLElement {
	const { language, joined, status, mouthToEarMs } = model;
	const isGood = isJoined(model);
	const figures = [
		isGood && status?.roundTripMs != null ? `${status.roundTripMs.toFixed(0)} ms` : '',
		isGood && mouthToEarMs !== null ? `${word('delay', language)} ${mouthToEarMs.toFixed(0)} ms` : '',
		status !== null && status.droppedPackets > 0 ? `${status.droppedPackets} ${word('dropped', language)}` : '',
	].filter((text) => text !== '');
	const time = new Date(nowMs + model.wallOffsetMs);
	return h(
		'header',
		{ class: 'top' },
		h('strong', { class: 'booth' }, joined ? boothSeat(model, joined.booth, joined.seat) : 'Cabin'),
		h(
			'span',
			{ class: 'floor-language' },
			`${word('floorSpeaks', language)} `,
			h('b', {}, languageName(model, model.room?.floor_language ?? null)),
		),
		h(
			'span',
			{ class: `connection ${isGood ? 'good' : 'bad'}`, role: 'status' },
			h('span', { class: 'dot', 'aria-hidden': 'true' }),
			connectionText(model),
			h('small', { 'aria-live': 'off' }, figures.join(' · ')),
		),
		h(
			'time',
			{ class: 'clock' },
			`${String(time.getHours()).padStart(2, '0')}:${String(time.getMinutes()).padStart(2, '0')}`,
		),
		languages(model),
	);
}

function toolsView(model: Model): HTMLElement {
	const { language } = model;
	const call = mySeat(model)?.call ?? null;
	return h(
		'section',
		{ class: 'tools' },
		h(
			'div',
			{ class: 'signals', role: 'group', 'aria-label': word('toOthers', language) },
			...SIGNALS.map((kind) =>
				button('signal', said(SIGNAL[kind], language), {
					id: kind,
					key: KEY_NAMES[kind],
					isPressed: model.room?.signals.some((signal) => signal.kind === kind) ?? false,
				}),
			),
		),
		button('technician', said(CALL[call ?? 'none'], language), {
			key: KEY_NAMES.technician,
			class: `call ${call ?? ''}`,
			isPressed: call === 'open' || call === 'seen',
		}),
		button('panel', badge(word('messages', language), model.unread), {
			id: 'messages',
			key: KEY_NAMES.messages,
			class: model.unread > 0 ? 'unread' : '',
		}),
		button('panel', word('documents', language), { id: 'documents', key: KEY_NAMES.documents }),
		button('panel', word('sound', language), { id: 'sound', key: KEY_NAMES.sound }),
		button('panel', word('checkShort', language), { id: 'check', key: KEY_NAMES.check }),
		button('shift', word('shift', language), { key: KEY_NAMES.shift }),
		button('panel', word('helpShort', language), { id: 'help', key: KEY_NAMES.help }),
	);
}

function badge(text: string, count: number): Child {
	return count === 0 ? text : h('span', {}, `${text} `, h('b', { class: 'badge' }, String(count)));
}

/** That the voice in the headset is not the hall's. */
function talkbackView({ language, status }: Model): HTMLElement | null {
	const talkback = status?.talkback ?? null;
	if (talkback === null) return null;
	const words = word('technicianSpeaks', language);
	const name = talkback.name ?? '';
	return h(
		'strong',
		{ class: 'talkback', 'data-key': 'talkback' },
		name === '' ? words : labelled(words, name, language),
	);
}

/** The newest thing that the interpreter is to know. */
function saidView(model: Model, nowMs: number): HTMLElement {
	const { language } = model;
	const line = model.said !== null && nowMs < model.saidUntil ? model.said : null;
	const filler =
		line?.code === 'take-channel' ? boothSeat(model, line.booth, line.seat) : line?.code === 'refused' ? line.text : '';
	const fault = model.hasSoundFailed ? word('soundFailed', language) : null;
	const talkback = talkbackView(model);
	return h(
		'div',
		{
			class: `said ${fault ? 'fault' : line ? 'is' : talkback ? 'spoken' : ''} ${line?.code.startsWith('take-') ? 'take' : ''}`,
			role: 'status',
			'aria-live': 'polite',
		},
		talkback,
		h('span', { 'data-key': 'line' }, fault ?? (line ? said(SAID[line.code], language, filler) : '')),
		!model.isSoundRunning && !fault ? button('resume', word('resume', language), { class: 'strong' }) : null,
	);
}
