/** A control of the page that was moved, into the settings. Tells what has to follow. */
import type { Settings } from './settings.ts';

type Changed = 'sound' | 'microphone' | 'output' | 'none';

export function applySetting(settings: Settings, name: string, input: { value: string; checked?: boolean }): Changed {
	const number = Number(input.value);
	const isOn = input.checked === true;
	switch (name) {
		case 'volumeDb':
		case 'bassDb':
		case 'trebleDb':
		case 'monitorDb':
			settings[name] = number;
			return 'sound';
		case 'sensitivityDb':
			// Half a number is no calibration.
			if (input.value !== '' && !(number >= 80 && number <= 140)) return 'none';
			settings.sensitivityDb = input.value === '' ? 0 : number;
			return 'sound';
		case 'shiftMinutes':
			settings.shiftMinutes = number;
			return 'none';
		case 'hasChime':
		case 'isPushToTalk':
			settings[name] = isOn;
			return 'none';
		case 'name':
			settings.name = input.value;
			return 'none';
		case 'echoCancellation':
		case 'noiseSuppression':
		case 'autoGainControl':
			settings.microphone = { ...settings.microphone, [name]: isOn };
			return 'microphone';
		case 'deviceId':
			settings.microphone = { ...settings.microphone, deviceId: input.value };
			return 'microphone';
		case 'outputId':
			settings.outputId = input.value;
			return 'output';
		default:
			return 'none';
	}
}
