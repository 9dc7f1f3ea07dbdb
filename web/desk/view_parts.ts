/** What the desk's views are made of. */
import { type Child, h, icon, svg } from '../shared/dom.ts';
import { mustAsk, type Press, pressKey } from './actions.ts';
import { alarmsOf, isTechnician, pointIndex, pointName } from './derive.ts';
import type { Model } from './model.ts';
import { said, type Word, word } from './texts.ts';

export interface ButtonOptions {
	id?: string | number;
	value?: string | number;
	class?: string;
	isPressed?: boolean;
	isDisabled?: boolean;
	label?: string;
	icon?: string;
}

/** A button; main.ts and actions.ts take `what`. */
export function button(what: string, text: Child, options: ButtonOptions = {}): HTMLElement {
	return h(
		'button',
		{
			type: 'button',
			'data-do': what,
			'data-id': options.id,
			'data-value': options.value,
			class: options.class,
			'aria-pressed': options.isPressed === undefined ? null : String(options.isPressed),
			disabled: options.isDisabled,
			'aria-label': options.label,
			title: options.label,
		},
		options.icon === undefined ? null : icon(options.icon),
		text ? h('span', {}, text) : null,
	);
}

/**
 * A control that acts: for observers it is not there. What is dangerous asks in its own place,
 * with `question`.
 */
export function handle(model: Model, press: Press, text: Child, options: ButtonOptions = {}, question = ''): Child {
	if (!isTechnician(model)) return null;
	const key = pressKey(press);
	if (model.asking !== key || !mustAsk(model, press)) {
		return button(press.what, text, { ...options, id: press.id, value: press.value });
	}
	return h(
		'span',
		{ class: 'asking', role: 'alertdialog', 'aria-label': question, 'data-key': key },
		h('b', {}, icon('warning'), question),
		button('sure', word('yes', model.language), {
			id: press.id,
			value: `${press.what}|${press.value}`,
			class: 'danger',
		}),
		button('unsure', word('no', model.language)),
	);
}

/** What came of the newest action on this subject. */
export function outcome(model: Model, key: string): HTMLElement | null {
	const found = model.outcomes.get(key);
	const { language } = model;
	if (found === undefined) return null;
	if (found.state === 'pending') return h('p', { class: 'outcome pending', role: 'status' }, word('pending', language));
	if (found.state === 'failed') {
		const text = found.code === 'no-answer' ? word('noAnswer', language) : found.text || found.code;
		return h('p', { class: 'outcome failed', role: 'alert' }, icon('critical'), word('failed', language, text));
	}
	const words: Word = found.stored === null ? 'doneOnly' : found.stored ? 'done' : 'doneUnsaved';
	return h(
		'p',
		{ class: `outcome ${found.stored === false ? 'unsaved' : 'done'}`, role: 'status' },
		icon(found.stored === false ? 'warning' : 'good'),
		word(words, language),
		found.note ? ` ${word('setUpDone', language, found.note)}` : null,
	);
}

/** Where a meter is drawn (meter_canvas.ts), with its clip lamp. */
export function meter(model: Model, key: string, kind: 'small' | 'big' | 'tiny'): HTMLElement {
	const point = pointIndex(model, key);
	const clips = point === null ? 0 : (model.clips.get(point) ?? 0);
	const { language } = model;
	return h(
		'div',
		{ class: `meter ${kind}` },
		h('cabin-meter', {
			'data-point': point === null ? '' : point,
			'data-kind': kind,
			role: 'img',
			'aria-label': pointName(model, key),
		}),
		clips > 0
			? button('clip', `${word('clip', language)} ${clips}`, {
					id: point!,
					class: 'lamp',
					label: `${word('clip', language)} ${clips}: ${word('clipReset', language)}`,
				})
			: null,
	);
}

export function listenButton(model: Model, key: string): HTMLElement {
	const isHeard = model.heard?.point === key;
	const label = `${word(isHeard ? 'stop' : 'listen', model.language)}: ${pointName(model, key)}`;
	return button(isHeard ? 'hush' : 'hear', null, {
		id: key,
		class: `hear${isHeard ? ' heard' : ''}`,
		isPressed: isHeard,
		icon: isHeard ? 'stop' : 'ear',
		label,
	});
}

/** The last hour's listeners, oldest first. Decoration: the number stands beside it. */
export function sparkline(values: readonly number[]): SVGElement | null {
	if (values.length < 2) return null;
	const most = Math.max(1, ...values);
	const points = values
		.map(
			(value, index) => `${((index * 60) / (values.length - 1)).toFixed(1)},${(15 - (value / most) * 14).toFixed(1)}`,
		)
		.join(' ');
	return svg(
		'svg',
		{ class: 'spark', viewBox: '0 0 60 16', preserveAspectRatio: 'none', 'aria-hidden': 'true' },
		svg('polyline', { points }),
	);
}

export function badge(text: string, kind = '', name?: string): HTMLElement {
	return h('span', { class: `badge ${kind}` }, name ? icon(name) : null, text);
}

/** 45 s, 3 min, 1 h 05; drawn again each second by main.ts without the rest of the page. */
export function age(model: Model, since: string, wallMs: number): HTMLElement {
	return h('time', { 'data-since': since, datetime: since }, ageText(Date.parse(since), wallMs + model.wallOffsetMs));
}

export function ageText(sinceMs: number, nowMs: number): string {
	const seconds = Math.max(0, Math.floor((nowMs - sinceMs) / 1000));
	if (Number.isNaN(seconds)) return '';
	if (seconds < 60) return `${seconds} s`;
	const minutes = Math.floor(seconds / 60);
	if (minutes < 60) return `${minutes} min`;
	return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, '0')}`;
}

export function number(value: number, language: string): string {
	return new Intl.NumberFormat(language === 'en' ? 'en-GB' : language).format(value);
}

export const hasAlarm = (model: Model, ...subjects: string[]) => alarmsOf(model, ...subjects).length > 0;

export const labelOf = (words: Record<string, readonly [string, string, string]>, key: string, model: Model): string =>
	words[key] === undefined ? key : said(words[key], model.language);
