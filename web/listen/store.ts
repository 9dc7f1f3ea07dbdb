// What the page remembers on this phone. Browsers may refuse storage (private mode,
// a full disk): then the page simply remembers nothing.

export type Key = 'channel' | 'language' | 'volume';

export function recall(key: Key): string | null {
	try {
		return localStorage.getItem(`cabin.${key}`);
	} catch {
		return null;
	}
}

export function remember(key: Key, value: string): void {
	try {
		localStorage.setItem(`cabin.${key}`, value);
	} catch {
		// nothing depends on it
	}
}

/** PINs of locked rooms, by the rooms' ids: for as long as this tab lives. */
export const pins: Record<string, string | undefined> = recallPins();

function recallPins(): typeof pins {
	try {
		return JSON.parse(sessionStorage.getItem('cabin.pins') ?? '{}');
	} catch {
		return {};
	}
}

/** Undefined: it is no good any more. */
export function keepPin(roomId: string, pin: string | undefined): void {
	pins[roomId] = pin;
	try {
		sessionStorage.setItem('cabin.pins', JSON.stringify(pins));
	} catch {
		// they live as long as the page
	}
}

/** 0 … 1; full when nothing sensible is remembered. */
export function recallVolume(): number {
	const volume = Number.parseFloat(recall('volume') ?? '');
	return volume >= 0 && volume <= 1 ? volume : 1;
}
