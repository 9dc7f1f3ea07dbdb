/** The incoming side: what I hear, how loud, and how my ears are kept. */
import { h } from '../shared/dom.ts';
import { KEY_NAMES } from './keys.ts';
import { floorOf, type Model, presets, sourceOf, sourceQuality, sourceTrouble } from './model.ts';
import { labelled, QUALITY, said, type Word, word } from './texts.ts';
import { bar, button, channelName, languageName, slider } from './view_parts.ts';

export function earsView(model: Model): HTMLElement {
	const { language, ears } = model;
	const source = sourceOf(model);
	const quality = sourceQuality(model);
	const trouble = sourceTrouble(model);
	const troubleWord: Record<string, Word> = { lost: 'sourceLost', stalled: 'sourceStalled', silent: 'sourceSilent' };
	const name = source?.kind === 'floor' ? word('floor', language) : channelName(source, language);
	return h(
		'section',
		{ class: `ears trouble-${trouble}` },
		h('h2', {}, word('youHear', language)),
		h(
			'p',
			{ class: 'source' },
			h('strong', {}, name),
			quality ? h('span', { class: `quality ${quality}` }, said(QUALITY[quality], language)) : null,
			source?.kind === 'floor' && model.room ? h('small', {}, languageName(model, model.room.floor_language)) : null,
		),
		trouble === 'none'
			? bar(ears?.sourceDbfs ?? -120)
			: h('p', { class: 'trouble', 'data-key': 'trouble' }, word(troubleWord[trouble]!, language)),
		sourcesView(model),
		h(
			'div',
			{ class: 'volume' },
			button('volume', '−', {
				id: -1,
				key: KEY_NAMES.quieterVolume,
				class: 'step',
				label: `${word('volume', language)} −`,
			}),
			h('span', { class: 'value' }, `${word('volume', language)} ${model.settings.volumeDb} dB`),
			button('volume', '+', {
				id: 1,
				key: KEY_NAMES.louderVolume,
				class: 'step',
				label: `${word('volume', language)} +`,
			}),
			button(
				'monitor',
				labelled(word('monitor', language), word(model.isMonitoring ? 'on' : 'off', language), language),
				{
					key: KEY_NAMES.monitor,
					class: 'monitor',
					isPressed: model.isMonitoring,
				},
			),
		),
		h(
			'div',
			{ class: 'tone' },
			slider(model, 'bassDb', 'bass', model.settings.bassDb, -12, 12),
			slider(model, 'trebleDb', 'treble', model.settings.trebleDb, -12, 12),
		),
		protectionView(model),
	);
}

function sourcesView(model: Model): HTMLElement {
	const { language } = model;
	const source = sourceOf(model);
	const floor = floorOf(model);
	return h(
		'div',
		{ class: 'sources', role: 'group', 'aria-label': word('youHear', language) },
		button('floor', word('floor', language), {
			key: KEY_NAMES.floor,
			isPressed: source !== null && source.id === floor?.id,
		}),
		...presets(model).map((channel, index) =>
			button('relay', channelName(channel, language), {
				id: index,
				key: KEY_NAMES.relay[index],
				isPressed: channel !== null && source?.id === channel.id,
				isDisabled: channel === null,
			}),
		),
	);
}

export function protectionView(model: Model): HTMLElement {
	const { language, ears } = model;
	const meter = ears?.meter ?? null;
	const reduction = meter
		? Math.max(meter.ceilingReductionDb, meter.sustainedReductionDb, meter.averageReductionDb)
		: 0;
	const isWarning = meter?.isWarning ?? false;
	const unit = meter?.isCalibrated ? 'dB(A)' : 'dBFS(A)';
	const minute =
		meter !== null && meter.minuteAverageDb > -100
			? `${word('minute', language)} ${Math.round(meter.minuteAverageDb)} / ${Math.round(meter.minuteLimitDb)} ${unit}`
			: '';
	return h(
		'div',
		{ class: `protection ${isWarning ? 'warning' : ''}` },
		isWarning
			? h('strong', { 'data-key': 'warning', role: 'status' }, word('protectionWarning', language))
			: h('span', { 'data-key': 'on' }, word('protection', language)),
		h(
			'small',
			{},
			[
				reduction >= 0.5 ? word('protectionReduces', language, reduction.toFixed(0)) : '',
				minute,
				meter !== null && !meter.isCalibrated ? word('notCalibrated', language) : '',
			]
				.filter((text) => text !== '')
				.join(' · '),
		),
	);
}
