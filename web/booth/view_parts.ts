/** What the parts of the view are made of: buttons with their keys, bars, names. */
import { type Child, h, svg } from '../shared/dom.ts';
import { type Language, say } from '../shared/languages.ts';
import type { Channel } from '../shared/programme.ts';
import { channelOf, type Model, partners } from './model.ts';
import { type Word, word } from './texts.ts';

export interface ButtonOptions {
	id?: string | number | undefined;
	key?: string | undefined;
	class?: string | undefined;
	isPressed?: boolean | undefined;
	isDisabled?: boolean | undefined;
	/** What a screen reader says in place of the text. */
	label?: string | undefined;
}

/** A button with its key printed on it. `what` is for main.ts. */
export function button(what: string, text: Child, options: ButtonOptions = {}): HTMLElement {
	return h(
		'button',
		{
			type: 'button',
			'data-do': what,
			'data-id': options.id,
			class: options.class,
			'aria-pressed': options.isPressed === undefined ? null : String(options.isPressed),
			disabled: options.isDisabled,
			'aria-label': options.label,
			'aria-keyshortcuts': options.key === '␣' ? 'Space' : options.key,
		},
		options.key ? h('kbd', { 'aria-hidden': 'true' }, options.key) : null,
		h('span', { class: 'what' }, text),
	);
}

export interface BarOptions {
	/** Where the bar is good, in dB; none: a bar of one colour. */
	good?: readonly [number, number];
	lowest?: number;
	/** The mark of the loudest moment. */
	peak?: number;
}

/** A level in dB as a bar. Decoration: what it means is said beside it in words. */
export function bar(levelDb: number, options: BarOptions = {}): SVGElement {
	const low = options.lowest ?? -60;
	const at = (db: number) => Math.round(Math.min(Math.max((db - low) / -low, 0), 1) * 1000) / 10;
	const level = at(levelDb);
	const rect = (from: number, to: number, kind: string) =>
		svg('rect', { x: from, y: 0, width: Math.max(0, to - from), height: 10, class: kind });
	const zones = options.good
		? [
				rect(0, at(options.good[0]), 'zone quiet'),
				rect(at(options.good[0]), at(options.good[1]), 'zone good'),
				rect(at(options.good[1]), 100, 'zone loud'),
			]
		: [rect(0, 100, 'zone plain')];
	const fills = options.good
		? [
				rect(0, Math.min(level, at(options.good[0])), 'fill quiet'),
				rect(at(options.good[0]), Math.min(level, at(options.good[1])), 'fill good'),
				rect(at(options.good[1]), level, 'fill loud'),
			]
		: [rect(0, level, 'fill plain')];
	const peak = options.peak === undefined ? null : at(options.peak);
	return svg(
		'svg',
		{ class: 'bar', viewBox: '0 0 100 10', preserveAspectRatio: 'none', 'aria-hidden': 'true' },
		...zones,
		...fills,
		peak !== null && peak > 0 ? rect(Math.max(0, peak - 0.6), peak, 'peak') : null,
	);
}

export const channelName = (channel: Channel | null, language: Language): string =>
	channel === null ? '–' : say(channel.name, language).text;

export const channelNameOf = (model: Model, number: number | null): string =>
	channelName(channelOf(model, number), model.language);

/** A language by its id, as the event names it. */
export function languageName(model: Model, id: string | null): string {
	if (id === null) return word('unknown', model.language);
	const names = model.event?.languages.find((one) => one.id === id)?.name;
	return names === undefined ? id : say(names, model.language).text || id;
}

/** The partner of that seat by name, or by the seat's number. */
export function partnerName(model: Model, seat: number | null): string {
	const found = partners(model).find((one) => one.seat === seat);
	return found?.name || `${word('seat', model.language)} ${seat ?? ''}`.trim();
}

/** 1:05, 12:30, 1:02:03 */
export function clockText(ms: number): string {
	const seconds = Math.floor(Math.max(0, ms) / 1000);
	const two = (value: number) => String(value).padStart(2, '0');
	const hours = Math.floor(seconds / 3600);
	const minutes = Math.floor(seconds / 60) % 60;
	return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
}

/** A booth as the event names it. */
export function boothName(model: Model, id: string): string {
	const name = model.event?.booths?.find((booth) => booth.id === id)?.name;
	return (name && say(name, model.language).text) || id;
}

export function boothSeat(model: Model, booth: string, seat: number | null): string {
	const name = boothName(model, booth);
	return seat === null ? name : `${name} (${word('seat', model.language)} ${seat})`;
}

/** A setting that is moved; main.ts takes `data-setting`. */
export function slider(
	model: Model,
	setting: string,
	key: Word,
	value: number,
	low: number,
	high: number,
	unit = 'dB',
): HTMLElement {
	return h(
		'label',
		{ class: 'slider' },
		h('span', {}, word(key, model.language)),
		h('input', { type: 'range', min: low, max: high, step: 1, value, 'data-setting': setting }),
		h('output', {}, `${value > 0 && low < 0 ? '+' : ''}${value} ${unit}`.trim()),
	);
}
