import { describe, expect, it } from 'vitest';
import { LANGUAGES } from '../../shared/languages.ts';
import { TEXTS } from '../texts.ts';
import { STATES, stateOf, steady, TONES } from '../words.ts';

const CONNECTIONS = ['idle', 'connecting', 'open', 'reconnecting'] as const;
const PLAYBACKS = ['idle', 'starting', 'live', 'stalled', 'interrupted'] as const;
const FEEDS = ['floor', 'booth', 'pass-through', 'silence', 'channel', 'desk', null] as const;
const SOURCES = ['ok', 'silent', 'lost', null] as const;

const LOCKS = [null, { isWrong: false, refusals: 1 }];

const EVERY = CONNECTIONS.flatMap((connection) =>
	PLAYBACKS.flatMap((playback) =>
		FEEDS.flatMap((feed) =>
			SOURCES.flatMap((source) => LOCKS.map((lock) => ({ connection, playback, feed, source, lock }))),
		),
	),
);

describe('stateOf', () => {
	it('has a state and words in every language for each of the 1,120 combinations', () => {
		expect(EVERY).toHaveLength(1120);
		for (const told of EVERY) {
			const state = stateOf(told);
			expect(TONES[state]).toBeTruthy();
			for (const language of LANGUAGES) {
				expect(TEXTS[language].states[state].word).toBeTruthy();
				expect(TEXTS[language].states[state].text).toMatch(/[.…]$/);
			}
		}
	});

	it('reaches every state', () => {
		expect(new Set(EVERY.map(stateOf))).toEqual(new Set(STATES));
	});

	it('never says live unless sound of a good source plays over an open connection', () => {
		for (const told of EVERY) {
			const sounding =
				told.connection === 'open' &&
				told.playback === 'live' &&
				told.lock === null &&
				(told.source === 'ok' || told.source === null) &&
				told.feed !== 'silence';
			expect(['live', 'floor', 'hall', 'other', 'desk'].includes(stateOf(told)), JSON.stringify(told)).toBe(sounding);
		}
	});

	it('says what the listener can mend before what they cannot', () => {
		for (const told of EVERY) {
			const state = stateOf(told);
			if (told.playback === 'idle') expect(state).toBe('idle');
			else if (told.playback === 'interrupted') expect(state).toBe('interrupted');
			else if (told.connection === 'reconnecting') expect(state).toBe('reconnecting');
			else if (told.connection !== 'open') expect(state).toBe('starting');
			else if (told.lock) expect(state).toBe('locked');
			else if (told.source === 'lost') expect(state).toBe('lost');
			else if (told.feed === 'silence') expect(state).toBe('off');
		}
	});

	it('tells the hall from the interpreter', () => {
		const live = { connection: 'open', playback: 'live', source: 'ok', lock: null } as const;
		expect(stateOf({ ...live, feed: 'pass-through' })).toBe('hall');
		expect(stateOf({ ...live, feed: 'floor' })).toBe('floor');
		expect(stateOf({ ...live, feed: 'booth' })).toBe('live');
		expect(stateOf({ ...live, feed: 'channel' })).toBe('other');
		expect(stateOf({ ...live, feed: 'desk' })).toBe('desk');
		expect(stateOf({ ...live, feed: 'pass-through', source: 'silent' })).toBe('quiet');
	});
});

describe('steady', () => {
	it('tells a stall only when it lasts', () => {
		expect(steady('live', 'stalled', 0)).toBe('live');
		expect(steady('idle', 'stalled', 0)).toBe('stalled');
		expect(steady('hall', 'stalled', 1499)).toBe('hall');
		expect(steady('live', 'stalled', 1500)).toBe('stalled');
		expect(steady('stalled', 'stalled', 1750)).toBe('stalled');
	});

	it('keeps the words of a start or a reconnection until the sound is there', () => {
		expect(steady('reconnecting', 'stalled', 2400)).toBe('reconnecting');
		expect(steady('starting', 'stalled', 2400)).toBe('starting');
		expect(steady('reconnecting', 'stalled', 5000)).toBe('stalled');
		expect(steady('reconnecting', 'live', 0)).toBe('live');
	});

	it('delays nothing else', () => {
		for (const shown of STATES) {
			for (const next of STATES) if (next !== 'stalled') expect(steady(shown, next, 0)).toBe(next);
		}
	});
});
