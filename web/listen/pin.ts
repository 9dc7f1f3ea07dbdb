// Asks for a locked room's PIN: fetched only when a room asks.
import { h } from '../shared/dom.ts';
import { type Language, type Said, say } from '../shared/languages.ts';
import type { Room } from '../shared/programme.ts';
import { showModal } from './modal.ts';

interface PinTexts {
	title: string;
	text: string;
	label: string;
	listen: string;
	close: string;
	checking: string;
	malformed: string;
	wrong: string;
	tooMany: string;
}

export const PIN: Record<Language, PinTexts> = {
	vi: {
		title: 'Nhập mã PIN',
		text: 'Phòng này chỉ dành cho người có mã PIN, do ban tổ chức cung cấp.',
		label: 'Mã PIN (4 đến 8 chữ số)',
		listen: 'Nghe',
		close: 'Để sau',
		checking: 'Đang kiểm tra…',
		malformed: 'Mã PIN có từ 4 đến 8 chữ số.',
		wrong: 'Mã PIN không đúng. Xin quý vị kiểm tra và nhập lại.',
		tooMany: 'Quý vị đã nhập sai quá nhiều lần. Xin chờ một phút rồi nhập lại.',
	},
	fr: {
		title: 'Saisir le code PIN',
		text: 'Cette salle est réservée à ceux qui ont son code PIN, donné par les organisateurs.',
		label: 'Code PIN (4 à 8 chiffres)',
		listen: 'Écouter',
		close: 'Plus tard',
		checking: 'Vérification…',
		malformed: 'Le code PIN a de 4 à 8 chiffres.',
		wrong: 'Ce n’est pas le bon code PIN. Vérifiez-le et réessayez.',
		tooMany: 'Trop de codes erronés. Attendez une minute avant de réessayer.',
	},
	en: {
		title: 'Enter the PIN',
		text: 'This room is for those who have its PIN, which the organisers give out.',
		label: 'PIN (4 to 8 digits)',
		listen: 'Listen',
		close: 'Not now',
		checking: 'Checking…',
		malformed: 'The PIN has 4 to 8 digits.',
		wrong: 'That is not the PIN. Please check it and try again.',
		tooMany: 'Too many wrong PINs. Please wait a minute, then try again.',
	},
};

/** After so many wrong ones within this, the server takes none (docs/protocol.md, section 20). */
const WRONG_MOST = 5;
const WRONG_MS = 60_000;
/** Its minute began a little later than ours. */
const MARGIN_MS = 1000;

let wrongCount = 0;
let wrongSinceMs = 0;

export interface PinDialog {
	/** The PIN that was entered is not the room's. */
	refused(): void;
	close(): void;
}

/** Counts a wrong PIN, also one that was remembered. */
export function countWrong(): void {
	const nowMs = performance.now();
	if (nowMs - wrongSinceMs >= WRONG_MS || wrongCount === 0) {
		wrongCount = 0;
		wrongSinceMs = nowMs;
	}
	wrongCount++;
}

/** How long no PIN is worth trying; 0: try. */
function waitMs(): number {
	return wrongCount < WRONG_MOST ? 0 : Math.max(0, wrongSinceMs + WRONG_MS + MARGIN_MS - performance.now());
}

function named({ text, lang }: Said): HTMLElement {
	return h('b', { lang }, text);
}

/** Opens the dialog. `enter` gets what was typed; then either `refused` or `close` is called from outside. */
export function openPinDialog(
	language: Language,
	room: Room,
	enter: (pin: string) => void,
	closed: () => void,
): PinDialog {
	const texts = PIN[language];
	const note = h('p', { id: 'pin-note', role: 'alert' });
	const input = h('input', {
		id: 'pin',
		type: 'text',
		inputmode: 'numeric',
		enterkeyhint: 'go',
		autocomplete: 'off',
		maxlength: 8,
		'aria-describedby': 'pin-note',
	}) as HTMLInputElement;
	const listen = h('button', { type: 'submit', class: 'again' }, texts.listen) as HTMLButtonElement;
	const form = h(
		'form',
		{ novalidate: true },
		h('h2', { id: 'pin-title' }, texts.title),
		h('p', {}, named(say(room.name, language))),
		h('p', {}, texts.text),
		h('label', {}, texts.label, input),
		note,
		h('div', { class: 'buttons' }, h('button', { type: 'button', 'data-close': '' }, texts.close), listen),
	);
	const element = h('dialog', { class: 'ask', 'aria-labelledby': 'pin-title' }, form) as HTMLDialogElement;
	let timer = 0;

	function ask(words: string): void {
		const wait = waitMs();
		note.textContent = wait > 0 ? texts.tooMany : words;
		input.setAttribute('aria-invalid', String(note.textContent !== ''));
		listen.disabled = wait > 0;
		clearTimeout(timer);
		if (wait > 0) timer = window.setTimeout(ask, wait, '');
	}

	form.addEventListener('submit', (submit) => {
		submit.preventDefault();
		if (listen.disabled) return;
		const pin = input.value.trim();
		if (!/^[0-9]{4,8}$/.test(pin)) {
			ask(texts.malformed);
			return;
		}
		note.textContent = texts.checking;
		listen.disabled = true;
		enter(pin);
	});
	const close = showModal(element, () => {
		clearTimeout(timer);
		closed();
	});
	ask('');
	input.focus();
	return {
		refused() {
			ask(texts.wrong);
			input.select();
		},
		close,
	};
}
