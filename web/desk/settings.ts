/** What this computer keeps of the desk between visits. */
export interface Settings {
	language: string;
	hasAlarmSound: boolean;
	/** 0 … 1 */
	volume: number;
}

const KEY = 'cabin.desk';

/** Whatever was kept, as settings: what is missing or not sensible is the default. */
export function readSettings(kept: string | null): Settings {
	let value: Partial<Record<keyof Settings, unknown>> = {};
	try {
		const parsed: unknown = JSON.parse(kept ?? '{}');
		if (typeof parsed === 'object' && parsed !== null) value = parsed;
	} catch {
		// what somebody else wrote there
	}
	const { language, hasAlarmSound, volume } = value;
	return {
		language: typeof language === 'string' ? language : '',
		hasAlarmSound: hasAlarmSound === true,
		volume: typeof volume === 'number' && volume >= 0 && volume <= 1 ? volume : 0.8,
	};
}

export function loadSettings(): Settings {
	try {
		return readSettings(localStorage.getItem(KEY));
	} catch {
		return readSettings(null);
	}
}

export function saveSettings(settings: Settings): void {
	try {
		localStorage.setItem(KEY, JSON.stringify(settings));
	} catch {
		// this computer forgets it
	}
}
