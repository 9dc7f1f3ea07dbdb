/** A desk that knows nothing yet. */
import type { Language } from '../shared/languages.ts';
import type { Model } from './model.ts';
import type { Pass } from './token.ts';

export function newModel(language: Language, pass: Pass | null): Model {
	return {
		language,
		pass,
		loginFault: null,
		connection: 'idle',
		isJoined: false,
		lostAt: null,
		event: null,
		desk: null,
		wallOffsetMs: 0,
		audience: null,
		alarms: [],
		booths: new Map(),
		rooms: new Map(),
		messages: [],
		unread: 0,
		log: [],
		logNext: null,
		logFilter: '',
		logKind: '',
		isLogLoading: false,
		changes: null,
		changesFault: null,
		view: 'map',
		meterGroup: 'channels',
		isFullScreen: false,
		subject: null,
		asking: null,
		outcomes: new Map(),
		hasAlarmSound: false,
		heard: null,
		volume: 1,
		microphone: 'closed',
		talk: { isLatched: false, scope: '', to: [], wanted: null },
		announcement: { id: '', scope: 'event' },
		pins: new Map(),
		clips: new Map(),
	};
}
