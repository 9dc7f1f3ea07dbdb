/** A console that knows nothing yet. */
import type { Language } from '../shared/languages.ts';
import type { Model } from './model.ts';
import type { Settings } from './settings.ts';

export function newModel(settings: Settings, hasToken: boolean, language: Language): Model {
	return {
		language,
		event: null,
		joined: null,
		booth: null,
		room: null,
		status: null,
		ears: null,
		microphone: 'none',
		microphoneLabel: '',
		inputs: [],
		outputs: [],
		isSoundRunning: true,
		hasSoundFailed: false,
		hasToken,
		isStarted: false,
		settings,
		isCoughing: false,
		isMonitoring: false,
		isToneOn: false,
		isEchoOn: false,
		mouthToEarMs: null,
		panel: null,
		checks: { microphone: 'open', headset: 'open', voice: 'open', network: 'open' },
		said: null,
		saidUntil: 0,
		take: null,
		digit: null,
		messages: [],
		unread: 0,
		messageTo: 'partner',
		documents: null,
		documentsFault: false,
		shiftBegan: null,
		isShiftTold: false,
		wallOffsetMs: 0,
	};
}
