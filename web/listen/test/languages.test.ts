import { describe, expect, it } from 'vitest';
import { chooseLanguage, LANGUAGES, say } from '../../shared/languages.ts';
import { DIAGNOSTICS } from '../diagnostics.ts';
import { TEXTS } from '../texts.ts';

describe('chooseLanguage', () => {
	it.each([
		[['vi-VN', 'en'], 'vi'],
		[['fr-CA'], 'fr'],
		[['FR'], 'fr'],
		[['de-DE', 'fr-FR', 'en'], 'fr'],
		[['km', 'th'], 'en'],
		[['vie'], 'en'],
		[['vi_VN'], 'vi'],
		[[], 'en'],
	])('%j gives %s', (wanted, language) => {
		expect(chooseLanguage(wanted)).toBe(language);
	});

	it('prefers what was chosen before, and ignores what it does not know', () => {
		expect(chooseLanguage(['vi'], 'fr')).toBe('fr');
		expect(chooseLanguage(['vi'], 'tlh')).toBe('vi');
		expect(chooseLanguage(['vi'], null)).toBe('vi');
	});
});

describe('say', () => {
	it('tells the language that the text is really in', () => {
		expect(say({ vi: 'Hội trường', en: 'Hall' }, 'vi')).toEqual({ text: 'Hội trường', lang: 'vi' });
		expect(say({ vi: 'Hội trường', en: 'Hall' }, 'fr')).toEqual({ text: 'Hall', lang: 'en' });
		expect(say({ vi: 'Hội trường', fr: '' }, 'fr')).toEqual({ text: 'Hội trường', lang: 'vi' });
		expect(say({}, 'fr')).toEqual({ text: '', lang: 'fr' });
	});
});

/** Every text of a table, named by its path. */
function flat(value: object, path = ''): [string, string][] {
	return Object.entries(value).flatMap(([key, inner]) =>
		typeof inner === 'string' ? [[`${path}${key}`, inner] as [string, string]] : flat(inner, `${path}${key}.`),
	);
}

describe.each([
	['page', TEXTS],
	['diagnostics', DIAGNOSTICS],
])('texts of the %s', (_, table) => {
	it('are the same set in every language, none empty', () => {
		const keys = flat(table.en).map(([key]) => key);
		for (const language of LANGUAGES) {
			expect(flat(table[language]).map(([key]) => key)).toEqual(keys);
			for (const [key, text] of flat(table[language])) {
				expect(text.trim(), `${language} ${key}`).toBe(text);
				expect(text.length, `${language} ${key}`).toBeGreaterThan(1);
				expect(text, `${language} ${key}`).toBe(text.normalize('NFC'));
			}
		}
	});

	it('are translated: only words that languages share are the same', () => {
		const shared = new Set(['volume', 'states.quiet.word']);
		const english = new Map(flat(table.en));
		for (const language of ['vi', 'fr'] as const) {
			for (const [key, text] of flat(table[language])) {
				if (!shared.has(key)) expect(text, `${language} ${key}`).not.toBe(english.get(key));
			}
		}
	});

	it('keep French punctuation from starting a line', () => {
		for (const [key, text] of flat(table.fr)) expect(text, key).not.toMatch(/ [:;?!»]|« |[^\u00a0\u202f][:;?!»]|'/);
	});
});
