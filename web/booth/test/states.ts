// A console in an event with four channels, for tests and for pictures.
import type { Event } from '../../shared/programme.ts';
import type { BoothMessage, RoomMessage } from '../console_wire.ts';
import type { Model } from '../model.ts';
import { newModel } from '../new_model.ts';
import { readSettings } from '../settings.ts';

const texts = (vi: string, fr: string, en: string) => ({ vi, fr, en });

export const EVENT: Event = {
	protocol: 1,
	revision: 'r1',
	event: { id: 'assises', name: texts('Hội nghị', 'Assises', 'Conference') },
	languages: [
		{ id: 'vi', name: texts('Tiếng Việt', 'Vietnamien', 'Vietnamese') },
		{ id: 'fr', name: texts('Tiếng Pháp', 'Français', 'French') },
		{ id: 'en', name: texts('Tiếng Anh', 'Anglais', 'English') },
	],
	rooms: [
		{
			id: 'plenary',
			name: texts('Phiên toàn thể', 'Plénière', 'Plenary'),
			channels: [
				{ number: 1, id: 'plenary.floor', kind: 'floor', language: null, name: texts('Hội trường', 'Salle', 'Floor') },
				{
					number: 2,
					id: 'plenary.vi',
					kind: 'language',
					language: 'vi',
					name: texts('Tiếng Việt', 'Vietnamien', 'Vietnamese'),
				},
				{
					number: 3,
					id: 'plenary.fr',
					kind: 'language',
					language: 'fr',
					name: texts('Tiếng Pháp', 'Français', 'French'),
				},
				{
					number: 4,
					id: 'plenary.en',
					kind: 'language',
					language: 'en',
					name: texts('Tiếng Anh', 'Anglais', 'English'),
				},
			],
		},
	],
	agenda: [],
};

export function boothMessage(change: Partial<BoothMessage>): BoothMessage {
	const seat = {
		present: true,
		mic: false,
		cough: false,
		late: false,
		channel: 1,
		quality: 'direct' as const,
		call: null,
	};
	return {
		type: 'booth',
		booth: 'plenary-vi-fr',
		revision: 1,
		mode: 'override',
		output: 'a',
		on_air: null,
		since_us: null,
		held: false,
		seats: [
			{ ...seat, seat: 1, name: 'Lan' },
			{ ...seat, seat: 2, name: 'Minh' },
		],
		handover: null,
		...change,
	};
}

export function roomMessage(): RoomMessage {
	const channel = {
		feed: 'pass-through' as const,
		booth: null,
		seat: null,
		quality: null,
		listeners: 12,
		lufs: -23,
		idle: 'pass-through' as const,
		idle_from: null,
	};
	return {
		type: 'room',
		room: 'plenary',
		revision: 1,
		floor_language: 'fr',
		channels: [
			{ ...channel, channel: 1, feed: 'floor', idle: null },
			{ ...channel, channel: 2 },
			{ ...channel, channel: 3 },
			{ ...channel, channel: 4 },
		],
		signals: [],
	};
}

/** Joined as seat 1, everything well, nobody on air. */
export function consoleModel(): Model {
	const model = newModel(readSettings(null), true, 'en');
	model.event = EVENT;
	model.isStarted = true;
	model.microphone = 'open';
	model.joined = {
		type: 'joined',
		role: 'booth',
		booth: 'plenary-vi-fr',
		room: 'plenary',
		seat: 1,
		ssrc: 65537,
		resume: '00112233445566aa',
		grace_ms: 10000,
		packet_ms: 20,
		bitrate_bps: 48000,
		complexity: 9,
		outputs: [
			{ output: 'a', channel: 2, language: 'vi' },
			{ output: 'b', channel: 3, language: 'fr' },
		],
	};
	model.booth = boothMessage({});
	model.room = roomMessage();
	model.status = {
		type: 'status',
		connection: 'open',
		refused: null,
		joined: model.joined,
		microphone: 'off',
		sends: false,
		sentPackets: 0,
		droppedPackets: 0,
		own: null,
		blockAt: null,
		channelId: 'plenary.floor',
		eventRevision: 'r1',
		gainDb: 0,
		roundTripMs: 3,
		clockOffsetUs: 0,
		engine: null,
		monitor: null,
		talkback: null,
		echoes: 0,
	};
	return model;
}

export function onAir(model: Model): void {
	model.booth = boothMessage({ on_air: 1, since_us: 1e6 });
	model.booth.seats[0]!.mic = true;
	model.status!.microphone = 'on';
	model.status!.sends = true;
	Object.assign(model.room!.channels[1]!, { feed: 'booth', booth: 'plenary-vi-fr', seat: 1, quality: 'direct' });
}
