// The page's own languages, and how a phone's wishes choose one of them.

export const LANGUAGES = ['vi', 'fr', 'en'] as const;
export type Language = (typeof LANGUAGES)[number];

/** A text in each of the page's languages. */
export type Texts = Record<Language, string>;

/** What a text reads and the language that it is really in, for `lang` attributes. */
export interface Said {
	text: string;
	lang: string;
}

export function isLanguage(value: unknown): value is Language {
	return LANGUAGES.includes(value as Language);
}

/** First of the phone's languages (BCP 47, most wanted first) that the page has; English when none is. */
export function chooseLanguage(wanted: readonly string[], remembered?: string | null): Language {
	if (isLanguage(remembered)) return remembered;
	for (const tag of wanted) {
		const primary = tag.toLowerCase().split(/[-_]/)[0];
		if (isLanguage(primary)) return primary;
	}
	return 'en';
}

/** The text in `language`, or in the first language that has it. */
export function say(texts: Partial<Texts>, language: Language): Said {
	for (const lang of [language, 'en', 'fr', 'vi'] as const) {
		const text = texts[lang];
		if (text) return { text, lang };
	}
	return { text: '', lang: language };
}
