// A desk of five rooms and twenty channels, for tests and for pictures.
import type { BoothMessage, RoomMessage, Seat } from '../../booth/console_wire.ts';
import type { Event } from '../../shared/programme.ts';
import { type Alarm, asDesk, type DeskChannel, type DeskMessage, type DeskRoom, type LogEntry } from '../desk_wire.ts';
import type { Model } from '../model.ts';
import { newModel } from '../new_model.ts';

export const WALL = Date.parse('2027-03-02T02:04:05Z');
const t = (vi: string, fr: string, en: string) => ({ vi, fr, en });
const LANGUAGE = {
	vi: t('Tiếng Việt', 'Vietnamien', 'Vietnamese'),
	fr: t('Tiếng Pháp', 'Français', 'French'),
	en: t('Tiếng Anh', 'Anglais', 'English'),
} as const;
export const ROOMS = [
	{ id: 'plenary', name: t('Phiên toàn thể', 'Plénière', 'Plenary') },
	{ id: 'blue', name: t('Phòng Xanh', 'Salle bleue', 'Blue room') },
	{ id: 'red', name: t('Phòng Đỏ', 'Salle rouge', 'Red room') },
	{ id: 'lotus', name: t('Phòng Sen', 'Salle Lotus', 'Lotus room') },
	{ id: 'press', name: t('Phòng Báo chí', 'Salle de presse', 'Press room') },
] as const;
const PEOPLE = [
	'Lan',
	'Minh',
	'Camille',
	'Hugo',
	'Hạnh',
	'Claire',
	'Tuấn',
	'Anne',
	'Mai',
	'Paul',
	'Thảo',
	'Jean',
	'Nga',
	'Luc',
	'Yến',
];

const session = (title: ReturnType<typeof t>, start: string, end: string) => ({
	id: start,
	title,
	start: `2027-03-02T${start}:00+07:00`,
	end: `2027-03-02T${end}:00+07:00`,
});

const room = ({ id, name }: (typeof ROOMS)[number]): DeskRoom => ({
	room: id,
	name,
	input: `in-${id}`,
	input_configured: `in-${id}`,
	locked: false,
	pin: null,
	added: false,
	session: session(t('Khai mạc', 'Ouverture', 'Opening'), '08:30', '09:15'),
	next: session(t('Hợp tác y tế', 'Coopération en santé', 'Health cooperation'), '09:15', '10:30'),
});

function channels({ id }: (typeof ROOMS)[number], index: number): DeskChannel[] {
	const base = index * 4 + 1;
	const one = (offset: number, language: 'vi' | 'fr' | 'en' | null): DeskChannel => ({
		channel: base + offset,
		id: `${id}.${language ?? 'floor'}`,
		room: id,
		kind: language === null ? 'floor' : 'language',
		language,
		name: language === null ? t('Hội trường', 'Salle', 'Floor') : LANGUAGE[language],
		feed: language === null ? 'floor' : 'booth',
		source: 'ok',
		booth: language === null ? null : `${id}-${language}`,
		seat: language === null ? null : 1,
		from: null,
		quality: language === null ? null : language === 'en' ? 'relay' : 'direct',
		override: null,
		gain_db: 0,
		muted: false,
		hide: 'never',
		hidden: false,
		listeners: Math.round(412 / (1 + offset + index * 2)),
		listeners_hour: [2, 30, 90, 160, 220, 260, 280, 300, 330, 360, 400, 412].map((n) =>
			Math.round(n / (1 + offset + index * 2)),
		),
		epoch: 3,
	});
	return [one(0, null), one(1, 'vi'), one(2, 'fr'), one(3, 'en')];
}

export function seat(number: number, name: string | null, change: Partial<Seat> = {}): Seat {
	return {
		seat: number,
		present: name !== null,
		name,
		mic: false,
		cough: false,
		late: false,
		channel: 1,
		quality: null,
		call: null,
		...change,
	};
}

export function booth(id: string, index: number): BoothMessage {
	return {
		type: 'booth',
		booth: id,
		revision: 1,
		mode: 'override',
		output: 'a',
		on_air: 1,
		since_us: 1,
		held: false,
		seats: [
			seat(1, PEOPLE[index % PEOPLE.length]!, { mic: true }),
			seat(2, index % 3 === 0 ? null : PEOPLE[(index + 7) % PEOPLE.length]!),
		],
		handover: null,
	};
}

const BOOTHS = ROOMS.flatMap(({ id }) =>
	(['vi', 'fr', 'en'] as const).map((language) => ({
		id: `${id}-${language}`,
		room: id,
		name: t(`Cabin ${language.toUpperCase()}`, `Cabine ${language.toUpperCase()}`, `Booth ${language.toUpperCase()}`),
		outputs: [],
		seats: 2,
	})),
);

export const EVENT: Event = {
	protocol: 1,
	revision: 'r1',
	event: { id: 'assises', name: t('Hội nghị', 'Assises', 'Conference') },
	languages: (['vi', 'fr', 'en'] as const).map((id) => ({ id, name: LANGUAGE[id] })),
	rooms: [],
	agenda: [{ ...session(t('Khai mạc', 'Ouverture', 'Opening'), '08:30', '09:15'), room: 'plenary' }],
	booths: BOOTHS,
};

export function deskMessage(): DeskMessage {
	const all = ROOMS.flatMap(channels);
	return asDesk({
		revision: 7,
		time: new Date(WALL).toISOString(),
		clock_us: 5e9,
		server: {
			version: '0.1.0',
			uptime_s: 7200,
			loops: 2,
			connections: 830,
			disk_free_bytes: 4e10,
			stored: true,
			certificate_days: null,
		},
		points: [
			...ROOMS.map(({ id }) => ({ kind: 'input', id: `in-${id}` })),
			...BOOTHS.flatMap(({ id }) => [1, 2].map((number) => ({ kind: 'seat', booth: id, seat: number }))),
			{ kind: 'insert', id: 'tone' },
			null,
			...all.map(({ channel }) => ({ kind: 'channel', channel })),
		],
		rooms: ROOMS.map(room),
		channels: all,
		inputs: ROOMS.map(({ id }) => ({
			input: `in-${id}`,
			kind: 'device',
			lost: false,
			overruns: 0,
			bandwidth_hz: 15000,
			hum: false,
			clips: 0,
			feeds: [`${id}.floor`],
		})),
		announcements: [
			{ id: 'evacuation', title: t('Sơ tán', 'Évacuation', 'Evacuation'), languages: ['vi', 'fr', 'en'] },
			{ id: 'lunch', title: t('Giờ ăn trưa', 'Déjeuner', 'Lunch'), languages: ['vi', 'fr'] },
		],
		announcing: null,
		talkback: null,
		changes: 0,
	})!;
}

export const roomMessage = (id: string): RoomMessage => ({
	type: 'room',
	room: id,
	revision: 1,
	floor_language: 'fr',
	channels: [],
	signals: [],
});

/** A technician's desk in a calm moment. */
export function deskModel(): Model {
	const model = newModel('en', { token: 'a.b', role: 'technician', name: 'Minh' });
	model.connection = 'open';
	model.isJoined = true;
	model.event = EVENT;
	model.desk = deskMessage();
	for (const [index, { id }] of BOOTHS.entries()) model.booths.set(id, booth(id, index));
	for (const { id } of ROOMS) model.rooms.set(id, roomMessage(id));
	return model;
}

export const channel = (model: Model, id: string): DeskChannel => model.desk!.channels.find((one) => one.id === id)!;

export function alarm(id: number, kind: string, subject: string, change: Partial<Alarm> = {}): Alarm {
	return {
		id,
		kind,
		subject,
		severity: 'critical',
		value: -72.1,
		threshold: -60,
		unit: 'dBFS',
		since: new Date(WALL - 24_000).toISOString(),
		acknowledged_by: null,
		...change,
	};
}

/** Much is going on, and nothing is wrong. */
export function busy(model: Model): void {
	Object.assign(channel(model, 'plenary.en'), {
		feed: 'channel',
		booth: null,
		seat: null,
		from: 3,
		quality: 'relay-of-relay',
	});
	Object.assign(channel(model, 'blue.fr'), { feed: 'pass-through', booth: null, seat: null, quality: null });
	Object.assign(channel(model, 'red.en'), {
		feed: 'silence',
		booth: null,
		seat: null,
		quality: null,
		hide: 'idle',
		hidden: true,
	});
	Object.assign(channel(model, 'lotus.fr'), { gain_db: -3 });
	Object.assign(channel(model, 'press.vi'), { feed: 'desk', override: { feed: 'input', from: 'in-press' } });
	Object.assign(channel(model, 'press.en'), { muted: true, feed: 'silence', override: null });
	model.booths.get('blue-vi')!.seats[1] = seat(2, 'Minh', { call: 'open' });
	model.rooms.get('plenary')!.signals = [{ kind: 'slow-down', until_us: 1e12 }];
	Object.assign(model.desk!.rooms[3]!, { locked: true, pin: '4821' });
	Object.assign(model.desk!.rooms[4]!, { input: 'in-red' });
	model.desk!.changes = 4;
	model.desk!.talkback = { to: ['plenary-vi'], since: new Date(WALL - 8000).toISOString(), author: 'Minh' };
}

/** Several things went wrong at once. */
export function faulty(model: Model): void {
	busy(model);
	model.alarms = [
		alarm(1, 'booth-silent-on-air', 'plenary-fr'),
		alarm(2, 'device-lost', 'in-lotus', { value: null, unit: null }),
		alarm(3, 'clipping', 'in-blue', { severity: 'warning', value: 7, unit: '/min' }),
		alarm(4, 'listeners-in-trouble', 'red.vi', { severity: 'warning', value: 12, unit: '%', acknowledged_by: 'Hạnh' }),
	];
	Object.assign(channel(model, 'lotus.floor'), { source: 'lost' });
	Object.assign(model.desk!.inputs[3]!, { lost: true });
	Object.assign(model.desk!.inputs[1]!, { clips: 7, hum: true, bandwidth_hz: 4000 });
	Object.assign(model.booths.get('red-fr')!.seats[0]!, { late: true });
}

export const ENTRIES: LogEntry[] = [
	{
		id: 12,
		at: new Date(WALL - 1000).toISOString(),
		kind: 'alarm',
		subject: 'plenary.fr',
		author: '',
		detail: { alarm: 'booth-silent-on-air', state: 'raised', value: -72.1 },
	},
	{
		id: 11,
		at: new Date(WALL - 9000).toISOString(),
		kind: 'action',
		subject: 'lotus.fr',
		author: 'Minh',
		detail: { gain_db: -3 },
	},
	{
		id: 10,
		at: new Date(WALL - 60_000).toISOString(),
		kind: 'on-air',
		subject: 'blue-vi',
		author: '',
		detail: { seat: 1, name: 'Hugo' },
	},
];
