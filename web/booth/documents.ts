/** The booth's documents: fetched with the token in a header, so that it is in no address and in no log. */
import { say } from '../shared/languages.ts';
import type { Model } from './model.ts';

const LIST = '/api/v1/booth/documents';
/** What a browser shows by itself; anything else is kept as a file. */
const SHOWN = /^(application\/pdf|text\/plain|image\/(png|jpeg|webp))\b/;
const BLOB_KEPT_MS = 60_000;

/** `url`: a page elsewhere; `file`: the name of one that the server has. */
interface Listed {
	number: number;
	title: Partial<Record<string, string>>;
	url: string | null;
	file: string | null;
}

const withToken = (token: string): RequestInit => ({
	headers: { Authorization: `Bearer ${token}` },
	cache: 'no-store',
});

export async function loadDocuments(model: Model, token: string): Promise<void> {
	try {
		const answer = await fetch(LIST, withToken(token));
		if (!answer.ok) throw new Error(`status ${answer.status}`);
		const { documents } = (await answer.json()) as { documents: Listed[] };
		model.documentsFault = false;
		model.documents = documents.map(({ number, title, url, file }) => ({
			number,
			title: say(title, model.language).text || file || url || String(number),
			url,
			file,
		}));
	} catch {
		model.documentsFault = true;
	}
}

/** In a tab of its own: a link as it is, a file as what was fetched with the token. */
export async function openDocument(model: Model, token: string, number: number): Promise<void> {
	const entry = model.documents?.find((one) => one.number === number);
	if (entry === undefined) return;
	if (entry.url !== null) {
		window.open(entry.url, '_blank', 'noopener,noreferrer');
		return;
	}
	try {
		const answer = await fetch(`${LIST}/${number}`, withToken(token));
		if (!answer.ok) throw new Error(`status ${answer.status}`);
		const blob = await answer.blob();
		const address = URL.createObjectURL(blob);
		const link = Object.assign(document.createElement('a'), { href: address, target: '_blank', rel: 'noopener' });
		if (!SHOWN.test(blob.type)) link.download = entry.file ?? String(number);
		link.click();
		setTimeout(() => URL.revokeObjectURL(address), BLOB_KEPT_MS);
	} catch {
		model.documentsFault = true;
	}
}
