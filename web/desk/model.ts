/** What the desk knows. Pure: messages in; what follows from it is in derive.ts. */
import type { BoothMessage, RoomMessage, TalkMessage } from '../booth/console_wire.ts';
import type { Language } from '../shared/languages.ts';
import type { Connection } from '../shared/messages.ts';
import type { Event } from '../shared/programme.ts';
import type { Alarm, AudienceMessage, Change, DeskMessage, DeskServerMessage, LogEntry } from './desk_wire.ts';
import type { Pass } from './token.ts';

export const VIEWS = ['map', 'meters', 'listeners', 'log', 'changes'] as const;
export type View = (typeof VIEWS)[number];

/** What the panel at the side is about. */
export type Subject =
	| { kind: 'channel'; id: string }
	| { kind: 'room'; id: string }
	| { kind: 'input'; id: string }
	| { kind: 'booth'; id: string }
	| { kind: 'talk' }
	| { kind: 'add-room' };

/** What came of the newest action on a subject. */
export type Outcome =
	| { state: 'pending' }
	| { state: 'done'; stored: boolean | null; note: string | null }
	| { state: 'failed'; code: string; text: string };

/** What is listened to; `channel`: the id that the player plays. */
export interface Heard {
	point: string;
	/** Null: the server is being asked for a place to listen. */
	channel: string | null;
	isPlaying: boolean;
	fault: string | null;
}

export type MicrophonePhase = 'closed' | 'opening' | 'open' | 'on-air' | 'denied' | 'missing' | 'refused';

export interface Model {
	language: Language;
	pass: Pass | null;
	/** Why the last token was no good; null: nothing was wrong. */
	loginFault: string | null;
	connection: Connection;
	isJoined: boolean;
	/** Client time when the connection was lost, ms; null: it stands. */
	lostAt: number | null;
	event: Event | null;
	desk: DeskMessage | null;
	/** Server's wall clock less this computer's, ms. */
	wallOffsetMs: number;
	audience: AudienceMessage | null;
	alarms: Alarm[];
	booths: Map<string, BoothMessage>;
	rooms: Map<string, RoomMessage>;
	messages: TalkMessage[];
	unread: number;
	log: LogEntry[];
	/** The oldest entry that was fetched is not the log's first: `before` for the next page. */
	logNext: number | null;
	logFilter: string;
	logKind: string;
	isLogLoading: boolean;
	changes: Change[] | null;
	changesFault: string | null;
	view: View;
	meterGroup: 'channels' | 'sources';
	isFullScreen: boolean;
	subject: Subject | null;
	/** The action that waits for a second word. */
	asking: string | null;
	outcomes: Map<string, Outcome>;
	hasAlarmSound: boolean;
	heard: Heard | null;
	/** 0 … 1 */
	volume: number;
	microphone: MicrophonePhase;
	/** What the desk's own voice is used for now. */
	talk: { isLatched: boolean; scope: string; to: string[]; wanted: 'booths' | 'listeners' | null };
	announcement: { id: string; scope: string };
	/** PIN of the room that was just closed here, by room. */
	pins: Map<string, string>;
	/** Points whose clip lamp is lit, with the count. */
	clips: Map<number, number>;
}

const LOG_KEPT = 500;
const MESSAGES_KEPT = 100;

/** Keeps what a message says. True: the page looks different now. */
export function receive(model: Model, message: DeskServerMessage, wallMs: number): boolean {
	switch (message.type) {
		case 'desk':
			return receiveDesk(model, message, wallMs);
		case 'audience':
			model.audience = message;
			countListeners(model, message);
			return model.view === 'listeners' || model.view === 'map' || model.subject !== null;
		case 'alarms':
			model.alarms = message.alarms;
			return true;
		case 'log':
			addEntries(model, message.entries);
			return model.view === 'log';
		case 'booth':
			return keepNewest(model.booths, message.booth, message);
		case 'room':
			return keepNewest(model.rooms, message.room, message);
		case 'message':
			model.messages = [...model.messages, message].slice(-MESSAGES_KEPT);
			if (message.from.booth !== null) model.unread++;
			return true;
		default:
			return false;
	}
}

/** The map comes each 10 s when nothing else happens, the audience each 3 s: the newer counts are shown. */
function countListeners(model: Model, audience: AudienceMessage): void {
	if (model.desk === null) return;
	const counts = new Map(audience.channels.map((one) => [one.channel, one.listeners]));
	const channels = model.desk.channels.map((one) => ({ ...one, listeners: counts.get(one.channel) ?? one.listeners }));
	model.desk = { ...model.desk, channels };
}

function receiveDesk(model: Model, desk: DeskMessage, wallMs: number): boolean {
	// One that was written before another and came after it.
	if (model.desk !== null && desk.revision < model.desk.revision && desk.clock_us >= model.desk.clock_us) return false;
	model.desk = desk;
	const serverMs = Date.parse(desk.time);
	if (!Number.isNaN(serverMs)) model.wallOffsetMs = serverMs - wallMs;
	return true;
}

/** A new connection may be to a server that was started anew: its revisions begin again. */
export function joinedAnew(model: Model): void {
	model.booths.clear();
	model.rooms.clear();
	model.desk = null;
	model.lostAt = null;
}

function keepNewest<M extends { revision: number }>(map: Map<string, M>, id: string, message: M): boolean {
	const before = map.get(id);
	if (before !== undefined && message.revision < before.revision) return false;
	map.set(id, message);
	return true;
}

/** What comes as it happens has no id: an entry is known by what it says. */
export const entryKey = ({ at, kind, subject, author, detail }: LogEntry): string =>
	[at, kind, subject, author, JSON.stringify(detail)].join('|');

/** Newest first, each once. */
export function addEntries(model: Model, entries: readonly LogEntry[]): void {
	const known = new Map(model.log.map((entry) => [entryKey(entry), entry]));
	for (const entry of entries) known.set(entryKey(entry), { ...known.get(entryKey(entry)), ...entry });
	model.log = [...known.values()]
		.sort((a, b) => b.at.localeCompare(a.at) || (b.id ?? 0) - (a.id ?? 0))
		.slice(0, Math.max(LOG_KEPT, model.log.length));
}
