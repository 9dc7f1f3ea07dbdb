/** The booth's documents: fetched with the token in a header, so that it is in no address and in no log. */
import type { Model } from './model.ts';

const LIST = '/api/v1/booth/documents';

interface Listed {
	title?: Partial<Record<string, string>> | string;
	kind?: string;
	url?: string;
	size?: number;
	size_bytes?: number;
	type?: string;
}

export async function loadDocuments(model: Model, token: string): Promise<void> {
	try {
		const answer = await fetch(LIST, { headers: { Authorization: `Bearer ${token}` }, cache: 'no-store' });
		if (!answer.ok) throw new Error(`status ${answer.status}`);
		const body = (await answer.json()) as { documents?: Listed[] } | Listed[];
		const list = Array.isArray(body) ? body : (body.documents ?? []);
		model.documentsFault = false;
		model.documents = list.map((one, index) => ({
			index,
			title: titleOf(one, model.language) || `${index + 1}`,
			kind: one.kind ?? 'file',
			url: one.url ?? null,
			detail: one.url
				? new URL(one.url, location.href).host
				: sizeText(one.size ?? one.size_bytes ?? 0, one.type ?? ''),
		}));
	} catch {
		model.documentsFault = true;
	}
}

function titleOf({ title }: Listed, language: string): string {
	if (typeof title === 'string') return title;
	return title?.[language] ?? title?.en ?? title?.fr ?? title?.vi ?? '';
}

function sizeText(bytes: number, type: string): string {
	const size = bytes >= 1e6 ? `${(bytes / 1e6).toFixed(1)} MB` : `${Math.ceil(bytes / 1000)} kB`;
	return bytes > 0 ? `${type.split(';')[0]} · ${size}` : type;
}

/** In a tab of its own: a link as it is, a file as what was fetched with the token. */
export async function openDocument(model: Model, token: string, index: number): Promise<void> {
	const entry = model.documents?.find((one) => one.index === index);
	if (entry === undefined) return;
	if (entry.url !== null) {
		window.open(entry.url, '_blank', 'noopener,noreferrer');
		return;
	}
	// Opened now, in the click's own turn: later it would be a pop-up.
	const tab = window.open('about:blank', '_blank');
	try {
		const answer = await fetch(`${LIST}/${index}`, { headers: { Authorization: `Bearer ${token}` } });
		if (!answer.ok) throw new Error(`status ${answer.status}`);
		const address = URL.createObjectURL(await answer.blob());
		if (tab !== null) tab.location.href = address;
		setTimeout(() => URL.revokeObjectURL(address), 60_000);
	} catch {
		tab?.close();
		model.documentsFault = true;
	}
}
