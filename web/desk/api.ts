/** The server's /api/v1 for this page: who asks is in the token, what went wrong is in the answer. */

export interface Answer {
	isGood: boolean;
	status: number;
	/** What the server says is wrong, or that it did not answer; null: nothing is. */
	error: { code: string; text: string } | null;
	body: Record<string, unknown>;
	/** Of a change: whether it survives a restart; null: not said. */
	stored: boolean | null;
}

export interface Request {
	method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
	/** After /api/v1. */
	path: string;
	body?: unknown;
}

const LIMIT_MS = 12_000;

/** Never rejects. */
export async function ask(token: string, { method, path, body }: Request): Promise<Answer> {
	const abort = new AbortController();
	const limit = setTimeout(() => abort.abort(), LIMIT_MS);
	const headers: Record<string, string> = { Authorization: `Bearer ${token}` };
	const isWrite = method === 'POST' || method === 'PATCH';
	if (isWrite) headers['Content-Type'] = 'application/json';
	try {
		const answer = await fetch(`/api/v1${path}`, {
			method,
			headers,
			body: isWrite ? JSON.stringify(body ?? {}) : null,
			cache: 'no-store',
			signal: abort.signal,
		});
		return read(answer.status, await answer.text());
	} catch {
		return { isGood: false, status: 0, error: { code: 'no-answer', text: '' }, body: {}, stored: null };
	} finally {
		clearTimeout(limit);
	}
}

function read(status: number, text: string): Answer {
	let body: Record<string, unknown> = {};
	try {
		const value: unknown = JSON.parse(text || '{}');
		if (typeof value === 'object' && value !== null) body = value as Record<string, unknown>;
	} catch {
		// an answer in words, as of a proxy
		body = { error: `status-${status}`, text: text.trim().slice(0, 200) };
	}
	const isGood = status >= 200 && status < 300;
	const stored = typeof body.stored === 'boolean' ? body.stored : null;
	const error = isGood ? null : { code: String(body.error ?? `status-${status}`), text: String(body.text ?? '') };
	return { isGood, status, error, body, stored };
}
