// @vitest-environment jsdom
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { morph } from '../../shared/dom.ts';
import { LANGUAGES } from '../../shared/languages.ts';
import { type Model, type Subject, VIEWS } from '../model.ts';
import * as texts from '../texts.ts';
import { ALARM } from '../texts_alarms.ts';
import { page } from '../view.ts';
import { filtered } from '../view_log.ts';
import { audience } from './audience.ts';
import { alarm, busy, channel, deskModel, ENTRIES, faulty, WALL } from './states.ts';

// Whole pages in jsdom: on a machine with much to do five seconds are too few.
vi.setConfig({ testTimeout: 60_000 });

let model: Model;
beforeEach(() => {
	model = deskModel();
	model.audience = audience();
	model.log = ENTRIES;
});

const draw = () => page(model, WALL);
const text = (selector: string) => draw().querySelector(selector)?.textContent ?? '';
const SUBJECTS: Subject[] = [
	{ kind: 'channel', id: 'plenary.fr' },
	{ kind: 'room', id: 'lotus' },
	{ kind: 'booth', id: 'blue-vi' },
	{ kind: 'input', id: 'in-blue' },
	{ kind: 'talk' },
	{ kind: 'add-room' },
];

describe('the fault is found', () => {
	test('the alarm says where, what, and what to do, and the channel is marked with more than colour', () => {
		faulty(model);
		const first = draw().querySelector('.alarm')!;
		expect(first.className).toBe('alarm critical');
		expect(first.textContent).toMatch(/Plenary · Booth FR.*Booth on air, but silent.*for 24 s.*Listen to the seat/);
		expect(first.querySelector('[data-do=acknowledge]')?.getAttribute('data-id')).toBe('1');
		const cell = draw().querySelector('[data-key="plenary.fr"]')!;
		expect(cell.classList).toContain('critical');
		expect(cell.querySelector('.health use')?.getAttribute('href')).toBe('#critical');
		expect(cell.textContent).toContain('Booth on air, but silent');
		expect(text('.alarm-count')).toContain('4');
	});

	test('a kind that the page does not know is shown all the same', () => {
		model.alarms = [alarm(9, 'new-thing', 'server')];
		expect(text('.alarm')).toMatch(/server.*new thing/);
	});

	test('who has seen an alarm is told, in place of the button', () => {
		faulty(model);
		const seen = [...draw().querySelectorAll('.alarm')].at(-1)!;
		expect(seen.textContent).toContain('seen by Hạnh');
		expect(seen.querySelector('button[data-do=acknowledge]')).toBeNull();
	});

	test('a lost connection and a store that fails cannot be missed', () => {
		model.isJoined = false;
		model.lostAt = WALL;
		model.desk!.server.stored = false;
		expect([...draw().querySelectorAll('[role=alert]')].map((one) => one.textContent)).toEqual([
			expect.stringContaining('CONNECTION LOST'),
			expect.stringContaining('NOTHING IS STORED'),
		]);
		expect(draw().querySelector('.no-alarms'), 'nobody knows').toBeNull();
		expect(text('.alarm-count b')).toBe('–');
	});

	test('who is on each channel is said in words', () => {
		busy(model);
		const on = (id: string) => text(`[data-key="${id}"] .on`);
		expect(on('plenary.vi')).toBe('Booth VI · 1 · Lan');
		expect(on('plenary.en')).toBe('Carries French');
		expect(on('blue.fr')).toBe('Floor passed through');
		expect(on('red.en')).toBe('Silence');
		expect(on('press.vi')).toBe('Input in-press');
		expect(on('press.en')).toBe('MUTED');
		expect(text('[data-key="blue-vi"] .seat.calls')).toContain('CALLS YOU');
	});
});

describe('hands', () => {
	test('an observer has none', () => {
		faulty(model);
		model.pass!.role = 'observer';
		const acting = [
			'mute',
			'source',
			'gain',
			'hide',
			'lock',
			'move-input',
			'announce',
			'acknowledge',
			'call',
			'talk-booths',
			'talk-listeners',
			'end-talkback',
			'take-back',
		];
		for (const subject of [null, ...SUBJECTS.slice(0, 5)]) {
			model.subject = subject;
			const drawn = draw();
			for (const what of acting) expect(drawn.querySelector(`[data-do="${what}"]`), what).toBeNull();
			expect(drawn.querySelector('form')).toBeNull();
		}
		expect(text('.person')).toContain('read-only');
	});

	test('what is dangerous asks in its own place, with the number of listeners', () => {
		model.subject = { kind: 'channel', id: 'plenary.fr' };
		expect(draw().querySelector('[role=alertdialog]')).toBeNull();
		model.asking = 'mute/plenary.fr/on';
		const asking = draw().querySelector('[role=alertdialog]')!;
		expect(asking.textContent).toContain('137 listeners will hear nothing');
		expect(asking.querySelector('[data-do=sure]')?.getAttribute('data-value')).toBe('mute|on');
	});

	test('what came of an action is said: pending, failed with the server’s words, not stored', () => {
		model.subject = { kind: 'channel', id: 'plenary.fr' };
		const outcome = () => text('.detail .outcome');
		model.outcomes.set('channel/plenary.fr', { state: 'pending' });
		expect(outcome()).toBe('Working…');
		model.outcomes.set('channel/plenary.fr', { state: 'failed', code: 'x', text: 'no such input' });
		expect(outcome()).toBe('Failed: no such input');
		model.outcomes.set('channel/plenary.fr', { state: 'done', stored: false, note: null });
		expect(outcome()).toContain('NOT STORED');
	});

	test('a closed room shows its PIN to technicians, large', () => {
		busy(model);
		model.subject = { kind: 'room', id: 'lotus' };
		expect(text('.pin b')).toBe('4821');
		model.pass!.role = 'observer';
		expect(draw().querySelector('.pin')).toBeNull();
	});
});

test('without a token there is the door alone, which says what was wrong', () => {
	model.pass = null;
	model.loginFault = 'token-expired';
	expect(text('[role=alert]')).toContain('expired');
	expect(draw().querySelector('.map')).toBeNull();
	expect(draw().querySelector('input[name=token]')).not.toBeNull();
});

test('the log is filtered by every word, by what the reader sees', () => {
	model.logFilter = 'silent french';
	expect(filtered(model).map(({ id }) => id)).toEqual([12]);
	model.logFilter = '';
	model.logKind = 'action';
	expect(filtered(model).map(({ id }) => id)).toEqual([11]);
});

test('a meter stays the same element, with what is drawn in it, when the page is drawn again', () => {
	const root = document.createElement('div');
	morph(root, draw());
	const meter = root.querySelector('cabin-meter')!;
	meter.attachShadow({ mode: 'open' }).append(document.createElement('canvas'));
	channel(model, 'plenary.floor').listeners = 3;
	morph(root, draw());
	expect(root.querySelector('cabin-meter')).toBe(meter);
	expect(meter.shadowRoot?.querySelector('canvas')).not.toBeNull();
});

test('every view and panel in every language names its controls and fills its texts in', () => {
	faulty(model);
	model.heard = { point: 'seat:blue-vi:2', channel: null, isPlaying: false, fault: '' };
	model.changes = [
		{
			scope: 'channel',
			subject: 'lotus.fr',
			key: 'gain_db',
			value: -3,
			configured: 0,
			author: '',
			at: '2027-03-02T02:00:00Z',
		},
	];
	model.desk!.announcing = { announcement: 'voice', scope: 'event', since: '2027-03-02T02:00:00Z', author: 'Minh' };
	for (const language of LANGUAGES) {
		model.language = language;
		for (const [view, subject] of [
			...VIEWS.map((view) => [view, null] as const),
			...SUBJECTS.map((one) => ['map', one] as const),
		]) {
			Object.assign(model, { view, subject });
			const drawn = draw();
			expect(drawn.textContent).not.toMatch(/\{1\}|undefined|NaN|\[object/);
			for (const control of drawn.querySelectorAll('button, input, select')) {
				const name =
					control.textContent?.trim() || control.getAttribute('aria-label') || control.closest('label')?.textContent;
				expect(name?.trim(), control.outerHTML).toBeTruthy();
			}
		}
	}
});

test('a channel that an older server tells less of is drawn', () => {
	Object.assign(channel(model, 'plenary.fr'), { feed: 'other', from: 99 });
	expect(() => draw()).not.toThrow();
});

test('no text is missing, and French has its no-break spaces', () => {
	const {
		VIEW_NAME,
		FEED,
		OVERRIDE,
		SOURCE_STATE,
		HIDE,
		MICROPHONE,
		LOGIN,
		AUDIENCE_STATE,
		FALLBACK,
		HISTOGRAM,
		LOG_KIND,
		LOG_STATE,
		UNIT,
		SETTING,
		WORDS,
	} = texts;
	const alarms = Object.fromEntries(
		Object.entries(ALARM).flatMap(([kind, { what, todo }]) => [
			[kind, what],
			[`${kind} to do`, todo],
		]),
	);
	for (const table of [
		VIEW_NAME,
		FEED,
		OVERRIDE,
		SOURCE_STATE,
		HIDE,
		MICROPHONE,
		LOGIN,
		AUDIENCE_STATE,
		FALLBACK,
		HISTOGRAM,
		LOG_KIND,
		LOG_STATE,
		UNIT,
		SETTING,
		WORDS,
		alarms,
	]) {
		for (const [key, words] of Object.entries(table)) {
			for (const word of words) expect(word, key).not.toBe('');
			expect(words[1], key).not.toMatch(/[^\u00a0\s][:;?!](\s|$)| [:;?!]/);
		}
	}
});
