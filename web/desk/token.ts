/**
 * The way in: the link's fragment brings the token (`/desk/#t=TOKEN`, or `/desk/#TOKEN`), or it is
 * pasted. The tab keeps it; the address bar and the history forget it.
 */

export type Role = 'technician' | 'observer';

export interface Pass {
	token: string;
	role: Role;
	/** Of the person, as the token says it; null: it names nobody. */
	name: string | null;
}

const KEY = 'cabin.desk.token';
const SHAPE = /^[A-Za-z0-9_-]{1,300}\.[A-Za-z0-9_-]{1,200}$/;

/**
 * What somebody pasted or opened, as a pass: a whole link, a fragment, or the token alone. Null
 * when it is no token of a technician or an observer. Whether it is good is the server's to say.
 */
export function passOf(text: string): Pass | null {
	const token = text
		.trim()
		.replace(/^[^#]*#/, '')
		.replace(/^(?:.*&)?t=/, '')
		.replace(/&.*$/, '');
	if (!SHAPE.test(token)) return null;
	const payload = payloadOf(token.slice(0, token.indexOf('.')));
	if (payload?.role !== 'technician' && payload?.role !== 'observer') return null;
	const name = typeof payload.name === 'string' && payload.name !== '' ? payload.name : null;
	return { token, role: payload.role, name };
}

function payloadOf(base64url: string): { role?: unknown; name?: unknown } | null {
	try {
		const bytes = atob(base64url.replace(/-/g, '+').replace(/_/g, '/'));
		const text = new TextDecoder().decode(Uint8Array.from(bytes, (byte) => byte.charCodeAt(0)));
		const value: unknown = JSON.parse(text);
		return typeof value === 'object' ? value : null;
	} catch {
		return null;
	}
}

/** Of the address, which loses it, or of this tab's earlier visit. */
export function takePass(): Pass | null {
	const fresh = location.hash.length > 1 ? passOf(location.hash) : null;
	if (location.hash.length > 1) history.replaceState(null, '', location.pathname + location.search);
	if (fresh !== null) {
		keepPass(fresh);
		return fresh;
	}
	try {
		return passOf(sessionStorage.getItem(KEY) ?? '');
	} catch {
		return null;
	}
}

export function keepPass(pass: Pass | null): void {
	try {
		if (pass === null) sessionStorage.removeItem(KEY);
		else sessionStorage.setItem(KEY, pass.token);
	} catch {
		// this tab forgets it when it is loaded anew
	}
}
