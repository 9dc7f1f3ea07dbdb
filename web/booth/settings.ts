/** What this console keeps on this computer between visits. Pure but for the storage it is given. */
import type { MicrophoneWish } from './sound.ts';

export interface Settings {
	name: string;
	/** dB, −60 … 0 */
	volumeDb: number;
	/** dB, −12 … +12 */
	bassDb: number;
	trebleDb: number;
	/** dB, −40 … 0 */
	monitorDb: number;
	/** dB SPL of a full-scale sine at volume 1; 0: not calibrated. */
	sensitivityDb: number;
	presets: [string, string, string];
	shiftMinutes: number;
	isPushToTalk: boolean;
	/** A soft note in the ears for a message: off unless it was chosen. */
	hasChime: boolean;
	microphone: MicrophoneWish;
	outputId: string;
	language: string;
}

export const DEFAULTS: Settings = {
	name: '',
	volumeDb: -6,
	bassDb: 0,
	trebleDb: 0,
	monitorDb: -20,
	sensitivityDb: 0,
	presets: ['', '', ''],
	shiftMinutes: 30,
	isPushToTalk: false,
	hasChime: false,
	microphone: { deviceId: '', echoCancellation: false, noiseSuppression: false, autoGainControl: false },
	outputId: '',
	language: '',
};

const KEY = 'cabin.booth';

const clamp = (value: unknown, low: number, high: number, otherwise: number) =>
	typeof value === 'number' && Number.isFinite(value) ? Math.min(Math.max(value, low), high) : otherwise;
const text = (value: unknown, most: number) => (typeof value === 'string' ? value.slice(0, most) : '');

/** Whatever was kept, as settings: what is missing or not sensible is the default. */
export function readSettings(kept: string | null): Settings {
	let value: Record<string, unknown> = {};
	try {
		const parsed: unknown = JSON.parse(kept ?? '{}');
		if (typeof parsed === 'object' && parsed !== null) value = parsed as Record<string, unknown>;
	} catch {
		// what somebody else wrote there
	}
	const presets = Array.isArray(value.presets) ? value.presets : [];
	const microphone = (value.microphone ?? {}) as Record<string, unknown>;
	const sensitivity = clamp(value.sensitivityDb, 0, 140, 0);
	return {
		name: text(value.name, 32),
		volumeDb: clamp(value.volumeDb, -60, 0, DEFAULTS.volumeDb),
		bassDb: clamp(value.bassDb, -12, 12, 0),
		trebleDb: clamp(value.trebleDb, -12, 12, 0),
		monitorDb: clamp(value.monitorDb, -40, 0, DEFAULTS.monitorDb),
		sensitivityDb: sensitivity >= 80 ? sensitivity : 0,
		presets: [text(presets[0], 128), text(presets[1], 128), text(presets[2], 128)],
		shiftMinutes: clamp(value.shiftMinutes, 5, 120, DEFAULTS.shiftMinutes),
		isPushToTalk: value.isPushToTalk === true,
		hasChime: value.hasChime === true,
		microphone: {
			deviceId: text(microphone.deviceId, 256),
			echoCancellation: microphone.echoCancellation === true,
			noiseSuppression: microphone.noiseSuppression === true,
			autoGainControl: microphone.autoGainControl === true,
		},
		outputId: text(value.outputId, 256),
		language: text(value.language, 2),
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
		// a browser that keeps nothing
	}
}
