/** What opens over the console: sound, messages, documents, idle feed, check, help. */
import { type Child, h } from '../shared/dom.ts';
import { MONITOR_LOWEST_DB } from './actions.ts';
import { CANNED, type TalkMessage } from './console_wire.ts';
import { KEY_NAMES, PICKS } from './keys.ts';
import { type Checks, idleChoices, type Model, networkCheck, outputOf } from './model.ts';
import { CANNED_TEXT, CHECK_HOW, CHECK_NAME, CHECK_STATE, SIGNAL, said, type Word, word } from './texts.ts';
import { ownLevelView } from './view_air.ts';
import { idleText } from './view_booth.ts';
import { protectionView } from './view_ears.ts';
import { bar, boothSeat, button, languageName, slider } from './view_parts.ts';

export function panelView(model: Model): HTMLElement | null {
	switch (model.panel) {
		case 'sound':
			return panel(model, word('sound', model.language), ...soundView(model));
		case 'messages':
			return panel(model, word('messages', model.language), ...messagesView(model));
		case 'documents':
			return panel(model, word('documents', model.language), documentsView(model));
		case 'idle':
			return panel(model, word('idle', model.language), ...idleView(model));
		case 'check':
			return panel(model, word('check', model.language), ...checkView(model));
		case 'help':
			return panel(model, word('help', model.language), helpView(model));
		default:
			return null;
	}
}

function panel(model: Model, title: string, ...children: Child[]): HTMLElement {
	return h(
		'div',
		{ class: `panel ${model.panel}`, role: 'dialog', 'aria-label': title, 'data-key': model.panel },
		h(
			'header',
			{},
			h('h2', {}, title),
			button('close', word('close', model.language), { key: KEY_NAMES.close, class: 'close' }),
		),
		h('div', { class: 'body' }, ...children),
	);
}

// --- sound ---------------------------------------------------------------------------

function toggle(model: Model, setting: string, key: Word, isOn: boolean): HTMLElement {
	return h(
		'label',
		{ class: 'toggle' },
		h('input', { type: 'checkbox', checked: isOn, 'data-setting': setting }),
		h('span', {}, word(key, model.language)),
	);
}

function deviceList(
	model: Model,
	setting: string,
	key: Word,
	devices: { id: string; label: string }[],
	chosen: string,
): HTMLElement {
	return h(
		'label',
		{ class: 'device' },
		h('span', {}, word(key, model.language)),
		h(
			'select',
			{ 'data-setting': setting },
			h('option', { value: '', selected: chosen === '' }, word('defaultDevice', model.language)),
			...devices.map((device, index) =>
				h(
					'option',
					{ value: device.id, selected: device.id === chosen },
					device.label || `${word(key, model.language)} ${index + 1}`,
				),
			),
		),
	);
}

function soundView(model: Model): Child[] {
	const { language, settings, ears } = model;
	const sensitivity = settings.sensitivityDb;
	return [
		h(
			'div',
			{ class: 'columns' },
			h(
				'fieldset',
				{},
				h('legend', {}, word('headset', language)),
				slider(model, 'volumeDb', 'volume', settings.volumeDb, -60, 0),
				slider(model, 'bassDb', 'bass', settings.bassDb, -12, 12),
				slider(model, 'trebleDb', 'treble', settings.trebleDb, -12, 12),
				slider(model, 'monitorDb', 'monitorLevel', settings.monitorDb, MONITOR_LOWEST_DB, 0),
				model.outputs.length > 0 ? deviceList(model, 'outputId', 'headset', model.outputs, settings.outputId) : null,
				toggle(model, 'hasChime', 'chime', settings.hasChime),
			),
			h(
				'fieldset',
				{},
				h('legend', {}, word('microphone', language)),
				deviceList(model, 'deviceId', 'microphone', model.inputs, settings.microphone.deviceId),
				toggle(model, 'echoCancellation', 'echoCancellation', settings.microphone.echoCancellation),
				toggle(model, 'noiseSuppression', 'noiseSuppression', settings.microphone.noiseSuppression),
				toggle(model, 'autoGainControl', 'autoGain', settings.microphone.autoGainControl),
				toggle(model, 'isPushToTalk', 'pushToTalk', settings.isPushToTalk),
				slider(model, 'shiftMinutes', 'shiftMinutes', settings.shiftMinutes, 5, 120, ''),
			),
		),
		h(
			'fieldset',
			{ class: 'calibration' },
			h('legend', {}, word('calibration', language)),
			h('p', {}, word('calibrationHow', language)),
			h(
				'div',
				{ class: 'row' },
				button('tone', word(model.isToneOn ? 'stopTone' : 'tone', language), { isPressed: model.isToneOn }),
				h('input', {
					type: 'number',
					min: 80,
					max: 140,
					step: 1,
					value: sensitivity === 0 ? '' : sensitivity,
					placeholder: 'dB SPL',
					'aria-label': word('calibration', language),
					'data-setting': 'sensitivityDb',
				}),
				h(
					'span',
					{},
					sensitivity === 0 ? word('notCalibrated', language) : word('calibrated', language, String(sensitivity)),
				),
				sensitivity === 0 ? null : button('uncalibrate', word('clear', language)),
			),
			ears ? protectionView(model) : null,
		),
	];
}

// --- messages ------------------------------------------------------------------------

function messageFrom(model: Model, message: TalkMessage): string {
	const { booth, seat } = message.from;
	if (booth === null) return word('toTechnician', model.language);
	if (booth === model.joined?.booth) {
		if (seat === model.joined.seat) return word('you', model.language);
		return model.booth?.seats.find((one) => one.seat === seat)?.name || `${word('seat', model.language)} ${seat}`;
	}
	return boothSeat(model, booth, seat);
}

function messagesView(model: Model): Child[] {
	const { language } = model;
	const receivers = [
		['partner', 'toPartner'],
		['room', 'toRoom'],
		['technician', 'toTechnician'],
	] as const;
	return [
		h(
			'ol',
			{ class: 'talk-list', 'aria-live': 'polite' },
			...(model.messages.length === 0 ? [h('li', { class: 'none' }, word('messagesNone', language))] : []),
			...model.messages.slice(-8).map((message) =>
				h(
					'li',
					{
						class: message.from.seat === model.joined?.seat && message.from.booth === model.joined?.booth ? 'mine' : '',
					},
					h('b', {}, messageFrom(model, message)),
					h(
						'span',
						{},
						message.canned ? said(CANNED_TEXT[message.canned] ?? ['', '', ''], language) : (message.text ?? ''),
					),
				),
			),
		),
		h(
			'div',
			{ class: 'row to', role: 'group', 'aria-label': word('sendTo', language) },
			h('span', {}, word('sendTo', language)),
			...receivers.map(([id, key]) => button('to', word(key, language), { id, isPressed: model.messageTo === id })),
		),
		h(
			'div',
			{ class: 'canned' },
			...CANNED.map((canned, index) =>
				button('pick', said(CANNED_TEXT[canned], language), { id: index, key: PICKS[index] }),
			),
		),
		h(
			'form',
			{ class: 'row', 'data-form': 'message' },
			h('input', {
				type: 'text',
				maxlength: 200,
				placeholder: word('write', language),
				'aria-label': word('write', language),
				autocomplete: 'off',
			}),
			h('button', { type: 'submit' }, h('span', { class: 'what' }, word('send', language))),
		),
	];
}

// --- documents, idle feed ---------------------------------------------------------------

function documentsView(model: Model): Child {
	const { language, documents } = model;
	if (model.documentsFault) return h('p', {}, word('documentsFault', language));
	if (documents === null) return h('p', {}, word('loading', language));
	if (documents.length === 0) return h('p', {}, word('documentsNone', language));
	return h(
		'ul',
		{ class: 'documents-list' },
		...documents.map((entry) =>
			h(
				'li',
				{},
				button('document', h('span', {}, entry.title, h('small', {}, entry.file ?? entry.url)), { id: entry.number }),
			),
		),
	);
}

function idleView(model: Model): Child[] {
	const output = outputOf(model);
	return [
		h('p', {}, word('idleAsk', model.language, languageName(model, output?.language ?? null))),
		h(
			'div',
			{ class: 'choices' },
			...idleChoices(model).map((choice, index) =>
				button(
					'pick',
					h(
						'span',
						{},
						idleText(model, choice),
						choice.isNow ? h('small', {}, ` (${word('now', model.language)})`) : null,
					),
					{ id: index, key: PICKS[index], isPressed: choice.isNow },
				),
			),
		),
	];
}

// --- the check before going on air --------------------------------------------------------

function checkLine(model: Model, name: keyof Checks, ...tools: Child[]): HTMLElement {
	const { language } = model;
	const state = name === 'network' ? networkCheck(model) : model.checks[name];
	return h(
		'li',
		{ class: `check-line ${state}` },
		h('h3', {}, said(CHECK_NAME[name], language)),
		h('strong', { class: 'state' }, said(CHECK_STATE[state], language)),
		h('p', {}, said(CHECK_HOW[name], language)),
		h('div', { class: 'instruments' }, ...tools),
	);
}

function answers(model: Model, name: keyof Checks): Child[] {
	const { language } = model;
	return [
		button('check-yes', word('yes', language), { id: name, isPressed: model.checks[name] === 'good', class: 'answer' }),
		button('check-no', word('no', language), { id: name, isPressed: model.checks[name] === 'bad', class: 'answer' }),
	];
}

export function checkView(model: Model): Child[] {
	const { language, status } = model;
	const roundTrip = status?.roundTripMs ?? null;
	const isDone = [model.checks.microphone, model.checks.headset, model.checks.voice, networkCheck(model)].every(
		(state) => state === 'good',
	);
	return [
		h(
			'ol',
			{ class: 'checks' },
			checkLine(
				model,
				'microphone',
				ownLevelView(model),
				button('panel', word('sound', language), { id: 'sound', key: KEY_NAMES.sound }),
			),
			checkLine(
				model,
				'headset',
				button('tone', word(model.isToneOn ? 'stopTone' : 'tone', language), { isPressed: model.isToneOn }),
				...answers(model, 'headset'),
			),
			checkLine(
				model,
				'voice',
				button('echo', word(model.isEchoOn ? 'stopEcho' : 'echo', language), {
					isPressed: model.isEchoOn,
					isDisabled: status?.joined == null || status.microphone !== 'off',
				}),
				model.isEchoOn
					? h('span', { class: 'echoes', 'data-count': status?.echoes ?? 0 }, bar(model.ears?.monitorDbfs ?? -120))
					: null,
				...answers(model, 'voice'),
			),
			checkLine(
				model,
				'network',
				h('span', { class: 'figure' }, roundTrip === null ? '–' : `${roundTrip.toFixed(0)} ms`),
			),
		),
		h(
			'div',
			{ class: 'row end' },
			button('close', word(isDone ? 'ready' : 'skip', language), { class: isDone ? 'strong' : '', key: 'Esc' }),
		),
	];
}

function helpView(model: Model): HTMLElement {
	const { language } = model;
	const lines: [string, string][] = [
		[word('space', language), `${word('microphoneOn', language)} / ${word('microphoneOff', language)} (Ctrl+␣)`],
		['C', word('cough', language)],
		['H', `${word('offer', language)} / ${word('ask', language)} / ${word('accept', language)}`],
		['N', word('decline', language)],
		['A B', word('outgoing', language)],
		['I', word('idle', language)],
		['0 1 2 3', word('youHear', language)],
		['← →', word('youHear', language)],
		['P', `${word('store', language)} (P 1–3)`],
		['+ −', word('volume', language)],
		['O', word('monitor', language)],
		['S', word('sound', language)],
		[
			'D U R',
			(['slow-down', 'louder', 'cannot-hear'] as const).map((kind) => said(SIGNAL[kind], language)).join(' / '),
		],
		['T', word('toTechnician', language)],
		['M', word('messages', language)],
		['L', word('documents', language)],
		['X', word('shift', language)],
		['V', word('check', language)],
		['Esc', word('close', language)],
	];
	return h(
		'dl',
		{ class: 'keys' },
		...lines.map(([key, text]) => h('div', {}, h('dt', {}, h('kbd', {}, key)), h('dd', {}, text))),
	);
}
