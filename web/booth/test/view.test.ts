// @vitest-environment jsdom
import { beforeEach, expect, test } from 'vitest';
import { LANGUAGES } from '../../shared/languages.ts';
import { type Model, say } from '../model.ts';
import * as texts from '../texts.ts';
import { page } from '../view.ts';
import { consoleModel, onAir } from './states.ts';

let model: Model;
beforeEach(() => {
	model = consoleModel();
});

const draw = () => page(model, 1000);
const text = (selector: string) => draw().querySelector(selector)?.textContent ?? '';

test('the whole page says on air: class, words and a screen reader’s line', () => {
	onAir(model);
	const drawn = draw();
	expect(drawn.className).toBe('console air-on');
	expect(drawn.querySelector('h1')?.textContent).toBe('ON AIR');
	expect(drawn.querySelector('[aria-live=assertive]')?.textContent).toBe('ON AIR');
	expect(drawn.querySelector('.microphone')?.getAttribute('aria-pressed')).toBe('true');
	expect(text('.gets')).toBe('YOU');
});

test('every button has a name, and every key of the map is on a button', () => {
	model.panel = 'messages';
	for (const control of draw().querySelectorAll('button, input, select')) {
		const name =
			control.textContent?.trim() || control.getAttribute('aria-label') || control.closest('label')?.textContent;
		expect(name?.trim(), control.outerHTML).toBeTruthy();
	}
	const keys = [...draw().querySelectorAll('kbd')].map((key) => key.textContent);
	for (const key of [
		'Space',
		'C',
		'A',
		'B',
		'H',
		'I',
		'0',
		'1',
		'2',
		'3',
		'O',
		'D',
		'U',
		'R',
		'T',
		'M',
		'L',
		'S',
		'V',
		'X',
		'?',
	]) {
		expect(keys).toContain(key);
	}
});

test('the microphone button is dead without a microphone, and cough without air', () => {
	expect(draw().querySelector('.cough')?.hasAttribute('disabled')).toBe(true);
	model.microphone = 'lost';
	expect(draw().querySelector('.microphone')?.hasAttribute('disabled')).toBe(true);
	expect(text('.own .verdict')).toMatch(/MICROPHONE LOST/);
});

test('without a token, with a bad one, and before the first tap there is a door', () => {
	model.isStarted = false;
	expect(draw().querySelector('[data-do=start]')).not.toBeNull();
	model.joined = null;
	model.status!.refused = 'token-expired';
	expect(text('[role=alert]')).toMatch(/expired/);
	model.hasToken = false;
	expect(text('[role=alert]')).toMatch(/link/);
	expect(draw().querySelector('.microphone')).toBeNull();
});

test('who holds the other output is said', () => {
	Object.assign(model.room!.channels[2]!, { feed: 'booth', booth: 'other', seat: 2 });
	expect(text('.holder')).toBe('booth other (seat 2) on air');
});

test('every panel in every language fills its texts in', () => {
	for (const language of LANGUAGES) {
		model.language = language;
		for (const panel of ['sound', 'messages', 'documents', 'idle', 'check', 'help', null] as const) {
			model.panel = panel;
			say(model, { code: 'take-channel', booth: 'x', seat: 1 }, 0);
			expect(draw().textContent).not.toContain('{1}');
		}
	}
});

test('no text is missing, and French has its no-break spaces', () => {
	const tables = [
		texts.AIR,
		texts.AIR_MEANS,
		texts.VERDICT,
		texts.QUALITY,
		texts.SIGNAL,
		texts.CALL,
		texts.CANNED_TEXT,
		texts.SAID,
		texts.REFUSED,
		texts.WORDS,
	];
	for (const table of tables) {
		for (const [key, words] of Object.entries(table)) {
			for (const word of words) expect(word, key).not.toBe('');
			expect(words[1], key).not.toMatch(/[^\u00a0\s][:;?!](\s|$)| [:;?!]/);
		}
	}
});

test('the technician’s voice is said as long as it lasts, beside whatever else is said', () => {
	expect(draw().querySelector('.talkback')).toBeNull();
	model.status!.talkback = { type: 'talkback', on: true, channel: 71, name: null };
	const words = { vi: /Kỹ thuật viên/, fr: /technicien vous parle/, en: /technician speaks to you/ };
	for (const language of LANGUAGES) {
		model.language = language;
		expect(text('[role=status] .talkback')).toMatch(words[language]);
	}
	say(model, { code: 'sent' }, 0);
	expect(text('.said')).toMatch(/speaks to you.+/);
	model.status!.talkback.name = 'Minh';
	expect(text('.talkback')).toBe('The technician speaks to you: Minh');
	model.status!.talkback = null;
	expect(draw().querySelector('.talkback')).toBeNull();
});
