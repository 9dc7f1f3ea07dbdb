/**
 * The way in: the link's fragment brings the token (`/booth/#t=TOKEN`), the tab keeps it, the
 * address bar and the history forget it. With it are kept the seat and the key that gives it back
 * after a reload.
 */

export interface Kept {
	token: string;
	resume: string | null;
	seat: number | null;
}

const KEY = 'cabin.booth.token';

/** The token of a fragment, or null. */
export function tokenOf(hash: string): string | null {
	return /^#(?:.*&)?t=([A-Za-z0-9_.-]{1,400})(?:&|$)/.exec(hash)?.[1] ?? null;
}

/** Of the address, which loses it, or of this tab's earlier visit. */
export function takeToken(): Kept | null {
	const fresh = tokenOf(location.hash);
	if (fresh !== null) {
		history.replaceState(null, '', location.pathname + location.search);
		const before = kept();
		const value = before?.token === fresh ? before : { token: fresh, resume: null, seat: null };
		keep(value);
		return value;
	}
	return kept();
}

function kept(): Kept | null {
	try {
		const value = JSON.parse(sessionStorage.getItem(KEY) ?? 'null') as Kept | null;
		return typeof value?.token === 'string' ? value : null;
	} catch {
		return null;
	}
}

export function keep(value: Kept): void {
	try {
		sessionStorage.setItem(KEY, JSON.stringify(value));
	} catch {
		// this tab forgets it when it is loaded anew
	}
}
