// The diagnostics view, for whoever helps a delegate: fetched only when it is opened.
import { type Child, h, morph } from '../shared/dom.ts';
import type { Language } from '../shared/languages.ts';
import { showModal } from './modal.ts';
import type { PlayerStatus } from './player.ts';

interface DiagnosticsTexts {
	title: string;
	copy: string;
	copied: string;
	close: string;
	connection: string;
	playback: string;
	feed: string;
	mouthToEar: string;
	roundTrip: string;
	output: string;
	buffer: string;
	late: string;
	concealed: string;
	underruns: string;
	skips: string;
	firstSound: string;
	fallback: string;
	browser: string;
}

export const DIAGNOSTICS: Record<Language, DiagnosticsTexts> = {
	vi: {
		title: 'Chẩn đoán',
		copy: 'Sao chép',
		copied: 'Đã sao chép',
		close: 'Đóng',
		connection: 'Kết nối',
		playback: 'Phát',
		feed: 'Kênh, nguồn',
		mouthToEar: 'Từ micrô đến tai (ước tính)',
		roundTrip: 'Thời gian đi và về của mạng',
		output: 'Độ trễ của thiết bị phát',
		buffer: 'Bộ đệm / mục tiêu',
		late: 'Gói đến muộn nhất',
		concealed: 'Âm thanh bù',
		underruns: 'Số lần cạn bộ đệm',
		skips: 'Số lần nhảy tới trực tiếp',
		firstSound: 'Có tiếng sau khi chạm',
		fallback: 'Cách phát thay thế',
		browser: 'Trình duyệt',
	},
	fr: {
		title: 'Diagnostic',
		copy: 'Copier',
		copied: 'Copié',
		close: 'Fermer',
		connection: 'Connexion',
		playback: 'Lecture',
		feed: 'Canal, source',
		mouthToEar: 'Du micro à l’oreille (estimation)',
		roundTrip: 'Aller-retour du réseau',
		output: 'Retard de la sortie audio',
		buffer: 'Tampon / cible',
		late: 'Plus grand retard d’un paquet',
		concealed: 'Son reconstitué',
		underruns: 'Tampon vidé',
		skips: 'Sauts vers le direct',
		firstSound: 'Premier son après le toucher',
		fallback: 'Mode de repli',
		browser: 'Navigateur',
	},
	en: {
		title: 'Diagnostics',
		copy: 'Copy as text',
		copied: 'Copied',
		close: 'Close',
		connection: 'Connection',
		playback: 'Playback',
		feed: 'Channel, source',
		mouthToEar: 'Mouth to ear (estimate)',
		roundTrip: 'Network round trip',
		output: 'Output latency',
		buffer: 'Buffer / target',
		late: 'Latest packet',
		concealed: 'Concealed sound',
		underruns: 'Underruns',
		skips: 'Skips to live',
		firstSound: 'First sound after the tap',
		fallback: 'Fallback',
		browser: 'Browser',
	},
};

export interface Dialog {
	show(status: PlayerStatus): void;
	close(): void;
}

function ms(value: number | null): string {
	return value === null ? '–' : `${value.toFixed(value < 100 ? 1 : 0)} ms`;
}

/** Label and value of each line, in the order shown. */
export function lines(status: PlayerStatus, language: Language, browser: string): [string, string][] {
	const texts = DIAGNOSTICS[language];
	return [
		[texts.mouthToEar, ms(status.mouthToEarMs)],
		[texts.buffer, `${ms(status.bufferMs)} / ${ms(status.targetMs)}`],
		[texts.late, ms(status.lateMs)],
		[texts.concealed, ms(status.concealedMs)],
		[texts.underruns, String(status.underruns)],
		[texts.skips, String(status.skips)],
		[texts.roundTrip, ms(status.roundTripMs)],
		[texts.output, ms(status.outputLatencyMs)],
		[texts.firstSound, ms(status.firstSoundMs)],
		[texts.connection, status.connection],
		[texts.playback, status.playback],
		[texts.feed, [status.channelId, status.feed, status.source].map((each) => each ?? '–').join(', ')],
		[texts.fallback, status.fallback],
		[texts.browser, browser],
	];
}

/** Works without a secure context too, where there is no clipboard. */
async function copy(text: string, host: Element): Promise<void> {
	if (navigator.clipboard) return navigator.clipboard.writeText(text);
	const area = h('textarea', { class: 'unseen' }, text) as HTMLTextAreaElement;
	host.append(area);
	area.select();
	document.execCommand('copy');
	area.remove();
}

/** Opens the view over the page; `closed` is called when it has gone. */
export function openDialog(language: Language, first: PlayerStatus, closed: () => void): Dialog {
	const texts = DIAGNOSTICS[language];
	let last = first;
	let copied = false;
	const element = h('dialog', { class: 'diagnostics', 'aria-labelledby': 'diagnostics' }) as HTMLDialogElement;

	function draw(): void {
		const rows: Child[] = lines(last, language, navigator.userAgent).map(([label, value]) =>
			h('div', {}, h('dt', {}, label), h('dd', { lang: 'en' }, value)),
		);
		const wanted = h(
			'dialog',
			{ class: 'diagnostics', 'aria-labelledby': 'diagnostics', open: element.open },
			h('h2', { id: 'diagnostics' }, texts.title),
			h('dl', {}, ...rows),
			h(
				'div',
				{ class: 'buttons' },
				h('button', { type: 'button', id: 'copy' }, copied ? texts.copied : texts.copy),
				h('span', { class: 'unseen', role: 'status' }, copied && texts.copied),
				h('button', { type: 'button', 'data-close': '', class: 'again' }, texts.close),
			),
		);
		morph(element, wanted);
	}

	element.addEventListener('click', async (click) => {
		if ((click.target as Element).id !== 'copy') return;
		const text = lines(last, language, navigator.userAgent).map((line) => line.join(': '));
		await copy(text.join('\n'), element);
		copied = true;
		draw();
	});
	draw();
	const close = showModal(element, closed);
	return {
		show(status) {
			last = status;
			draw();
		},
		close,
	};
}
