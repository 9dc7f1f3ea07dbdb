/** The sign as drawn: to be read from the lectern, ten metres away. */

import type { SignalKind } from '../booth/console_wire.ts';
import { h, icon } from '../shared/dom.ts';
import { LANGUAGES, type Language, say } from '../shared/languages.ts';
import type { Event } from '../shared/programme.ts';
import { leftText, type Sign } from './model.ts';

type Words = Record<Language, string>;

const SIGNAL: Record<SignalKind, Words> = {
	'slow-down': { vi: 'NÓI CHẬM LẠI', fr: 'RALENTISSEZ', en: 'SLOW DOWN' },
	louder: { vi: 'NÓI TO HƠN', fr: 'PLUS FORT', en: 'LOUDER' },
	'cannot-hear': { vi: 'KHÔNG NGHE ĐƯỢC', fr: 'ON NE VOUS ENTEND PAS', en: 'CANNOT HEAR YOU' },
};
const FLOOR: Words = { vi: 'Đang nói', fr: 'On parle', en: 'Speaking' };
const LEFT: Words = { vi: 'Còn', fr: 'Reste', en: 'Left' };
const OVER: Words = { vi: 'Hết giờ', fr: 'Terminé', en: 'Time is up' };
const LOST: Words = { vi: 'đang kết nối lại…', fr: 'reconnexion…', en: 'reconnecting…' };
const NO_ROOM: Words = { vi: 'Không có phòng này', fr: 'Cette salle n’existe pas', en: 'There is no such room' };
/** Time left is shown in the colour of a warning below this. */
const SOON_MS = 5 * 60_000;

/** The floor's language first: it is the speaker's. */
function order(floorLanguage: string | null): Language[] {
	const first = LANGUAGES.find((language) => language === floorLanguage);
	return first === undefined ? [...LANGUAGES] : [first, ...LANGUAGES.filter((language) => language !== first)];
}

function inAll(words: Words, languages: readonly Language[], kind: string): HTMLElement {
	return h('p', { class: kind }, ...languages.map((lang) => h('span', { lang }, words[lang])));
}

export function page(sign: Sign, event: Event | null, clock: string, isRoomKnown: boolean): HTMLElement {
	const languages = order(sign.floorLanguage);
	const name = event?.languages.find((one) => one.id === sign.floorLanguage)?.name;
	const floor = sign.floorLanguage === null ? '–' : name ? say(name, languages[0]!).text : sign.floorLanguage;
	return h(
		'div',
		{ id: 'page', class: sign.signal === null ? 'calm' : `signal ${sign.signal}` },
		!isRoomKnown
			? h('main', { 'data-key': 'none' }, inAll(NO_ROOM, languages, 'none'))
			: sign.signal === null
				? h('main', { 'data-key': 'calm' }, h('p', { class: 'floor' }, floor), inAll(FLOOR, languages, 'label'))
				: h(
						'main',
						{ 'data-key': sign.signal, role: 'alert' },
						h('div', { class: 'picture' }, icon(sign.signal)),
						inAll(SIGNAL[sign.signal], languages, 'words'),
					),
		h(
			'footer',
			{},
			h('div', { class: 'cell language' }, h('span', { class: 'value' }, sign.signal === null ? '' : floor)),
			h('div', { class: 'cell clock' }, h('time', { class: 'value' }, clock)),
			leftView(sign, languages),
		),
		sign.isConnected
			? null
			: h('p', { class: 'lost', role: 'status' }, languages.map((lang) => LOST[lang]).join(' · ')),
	);
}

function leftView(sign: Sign, languages: readonly Language[]): HTMLElement {
	if (sign.leftMs === null) return h('div', { class: 'cell left' });
	const kind = sign.leftMs < 0 ? 'over' : sign.leftMs < SOON_MS ? 'soon' : '';
	const words = sign.leftMs < 0 ? OVER : LEFT;
	return h(
		'div',
		{ class: `cell left ${kind}` },
		h('span', { class: 'label' }, languages.map((lang) => words[lang]).join(' · ')),
		h('span', { class: 'value' }, leftText(sign.leftMs)),
	);
}
