// @vitest-environment jsdom
import { beforeEach, describe, expect, it } from 'vitest';
import { morph } from '../../shared/dom.ts';
import { LANGUAGES } from '../../shared/languages.ts';
import type { Event } from '../../shared/programme.ts';
import { firstPlace } from '../choice.ts';
import { lines } from '../diagnostics.ts';
import { IDLE } from '../status.ts';
import { TEXTS } from '../texts.ts';
import { type Model, page } from '../view.ts';
import { stateOf } from '../words.ts';
import json from './event.json';

const event = json as Event;
const nowMs = Date.parse('2027-03-02T09:40:00+07:00');

function model(change: Partial<Model> = {}): Model {
	const language = change.language ?? 'vi';
	return {
		language,
		event,
		failed: false,
		place: firstPlace(event, '', null, language, nowMs),
		missing: null,
		wish: language,
		wishRemembered: false,
		status: IDLE,
		state: stateOf(change.status ?? IDLE),
		started: false,
		broken: false,
		nowMs,
		lock: 'goes-on',
		volume: 1,
		...change,
	};
}
const LIVE = {
	...IDLE,
	connection: 'open',
	playback: 'live',
	channelId: 'plenary.vi',
	feed: 'booth',
	source: 'ok',
} as const;

let root: HTMLElement;
const draw = (change?: Partial<Model>) => morph(root, page(model(change)));
const all = (selector: string) => [...root.querySelectorAll<HTMLElement>(selector)];

beforeEach(() => {
	document.body.innerHTML = '<div id="page"></div>';
	root = document.getElementById('page')!;
});

describe('the page', () => {
	it('offers the delegate’s own language first, then the others, then the hall', () => {
		draw({ language: 'fr' });
		expect(all('.channel').map((each) => each.dataset.id)).toEqual([
			'plenary.fr',
			'plenary.vi',
			'plenary.en',
			'plenary.floor',
		]);
		expect(all('.channel')[0]!.textContent).toBe(`Français${TEXTS.fr.yourLanguage}`);
		expect(all('.dock')).toHaveLength(0);
	});

	it('marks names in other languages as such', () => {
		draw({ language: 'fr' });
		expect(all('.channel [lang]').map((each) => [each.lang, each.textContent])).toEqual([
			['vi', 'Tiếng Việt'],
			['en', 'English'],
		]);
		const titled = { ...event, agenda: event.agenda.map((each) => ({ ...each, title: { ...each.title, fr: '' } })) };
		draw({ language: 'fr', event: titled });
		expect(root.querySelector<HTMLElement>('.here .title [lang]')!.lang).toBe('en');
	});

	it('shows what is on now and next in every room', () => {
		draw({ language: 'en' });
		expect(root.querySelector('.here .now')!.textContent).toContain('On now 09:15\u2009–\u200910:30');
		expect(all('.rooms li')).toHaveLength(5);
		expect(all('.rooms li').map((each) => each.querySelector('.next')!.textContent!.slice(0, 10))).toEqual([
			'Next 10:45',
			...Array(4).fill('Next 14:00'),
		]);
	});

	it('tells each state politely to a screen reader, in each language', () => {
		for (const language of LANGUAGES) {
			draw({ language, status: { ...LIVE, feed: 'pass-through' }, started: true });
			const { word, text } = TEXTS[language].states.hall;
			const told = all('.dock [role=status]');
			expect(told.map((each) => each.textContent)).toEqual([`${word} ${text}`]);
		}
	});

	it('has a button to resume only where a tap is needed', () => {
		draw({ status: { ...LIVE, playback: 'interrupted' }, started: true });
		expect(all('.resume[data-do=play]')).toHaveLength(1);
		draw({ status: LIVE, started: true });
		expect(all('.resume')).toHaveLength(0);
		expect(all('.dock [data-do=stop]')).toHaveLength(1);
	});

	it('marks locked rooms, says what is asked for, and has a button for it', () => {
		const rooms = event.rooms.map((room, index) => ({ ...room, locked: index === 0 }));
		const lock = { isWrong: false, refusals: 1 };
		draw({ language: 'en', event: { ...event, rooms }, place: { room: rooms[0]!, channel: rooms[0]!.channels[0]! } });
		expect(all('.rooms .name .icon')).toHaveLength(1);
		expect(all('.rooms .name')[0]!.textContent).toMatch(/^Locked room: /);
		expect(all('#here .icon')).toHaveLength(1);
		draw({ language: 'en', status: { ...LIVE, lock }, started: true });
		expect(all('.dock [data-do=lock]').map((each) => each.textContent)).toEqual([TEXTS.en.enterPin]);
		expect(all('.dock input')).toHaveLength(0);
		expect(root.querySelector('.channel[aria-current]')!.textContent).not.toContain(TEXTS.en.listening);
	});

	it('says that the channel has gone beside what is heard in its place', () => {
		const place = { room: event.rooms[0]!, channel: event.rooms[0]!.channels[0]! };
		draw({ language: 'en', status: { ...LIVE, feed: 'floor' }, started: true, missing: place });
		const { word, text } = TEXTS.en.states.floor;
		expect(all('.dock [role=status]')[0]!.textContent).toBe(`${word} ${TEXTS.en.missing} ${text}`);
	});

	it('names every button and points only to what is there', () => {
		for (const status of [IDLE, LIVE, { ...LIVE, playback: 'interrupted' as const }]) {
			draw({ status, started: true });
			for (const button of all('button')) {
				expect(button.textContent!.trim() || button.getAttribute('aria-label')).toBeTruthy();
			}
			for (const each of all('[aria-labelledby]')) {
				expect(document.getElementById(each.getAttribute('aria-labelledby')!)).not.toBeNull();
			}
		}
	});

	it('says what to do when the server cannot be reached', () => {
		draw({ event: null, place: null });
		expect(root.querySelector('main')!.textContent).toBe(TEXTS.vi.loading);
		draw({ event: null, place: null, failed: true });
		expect(root.querySelector('[role=alert]')!.textContent).toContain(TEXTS.vi.failedText);
		expect(all('[data-do=again]')).toHaveLength(1);
	});

	it('does not take names for markup', () => {
		const name = { vi: '<img src=x>', fr: '', en: '' };
		draw({ event: { ...event, event: { id: 'x', name } } });
		expect(root.querySelector('h1')!.textContent).toBe('<img src=x>');
		expect(all('img')).toHaveLength(0);
	});
});

describe('drawing again', () => {
	it('keeps focus, the slider under the finger, and the nodes that did not change', () => {
		draw({ status: LIVE, started: true });
		const slider = root.querySelector<HTMLInputElement>('input')!;
		const button = all('.channel')[1]!;
		button.focus();
		slider.value = '0.25';
		draw({ status: { ...LIVE, feed: 'pass-through' }, started: true });
		expect(document.activeElement).toBe(button);
		expect(root.querySelector('input')).toBe(slider);
		expect(slider.value).toBe('0.25');
	});

	it('changes nothing when nothing changed', async () => {
		draw({ status: LIVE, started: true });
		let changes = 0;
		const observer = new MutationObserver((records) => {
			changes += records.length;
		});
		observer.observe(root, { subtree: true, childList: true, attributes: true, characterData: true });
		draw({ status: { ...LIVE, bufferMs: 12 }, started: true });
		await Promise.resolve();
		expect(changes).toBe(0);
		draw({ status: { ...LIVE, source: 'silent' }, started: true });
		await Promise.resolve();
		expect(changes).toBeGreaterThan(0);
		observer.disconnect();
	});

	it('ends as if drawn anew, whatever was there', () => {
		const scenes: Partial<Model>[] = [
			{ event: null, place: null, failed: true },
			{ status: LIVE, started: true },
			{ language: 'en' },
			{ event: { ...event, rooms: event.rooms.slice(0, 1) } },
			{ status: { ...LIVE, playback: 'interrupted' }, started: true, language: 'fr' },
		];
		for (const from of scenes) {
			for (const to of scenes) {
				draw(from);
				draw(to);
				expect(root.outerHTML).toBe(page(model(to)).outerHTML);
			}
		}
	});
});

describe('diagnostics', () => {
	it('tell every figure, and a dash for what is not known', () => {
		const told = lines({ ...LIVE, mouthToEarMs: 71.24, bufferMs: 31, targetMs: 130.4 }, 'en', 'A browser');
		expect(told[0]).toEqual(['Mouth to ear (estimate)', '71.2 ms']);
		expect(told[1]).toEqual(['Buffer / target', '31.0 ms / 130 ms']);
		expect(told).toContainEqual(['Network round trip', '–']);
		expect(told).toContainEqual(['Channel, source', 'plenary.vi, booth, ok']);
		expect(told.at(-1)).toEqual(['Browser', 'A browser']);
	});
});
