/**
 * What the technician's hand does: requests to the server with what came of them, and what asks
 * once before it is done. Pure but for `Hands`, which main.ts gives.
 */
import type { Answer, Request } from './api.ts';
import { boothsOf, channelOf, channelsOf, isTechnician } from './derive.ts';
import type { CallAnswer } from './desk_connection.ts';
import type { Model } from './model.ts';

/** What an action needs of the page. */
export interface Hands {
	ask(request: Request): Promise<Answer>;
	draw(): void;
}

/** A control that was pressed: `data-do`, `data-id`, `data-value`. */
export interface Press {
	what: string;
	id: string;
	value: string;
}

/** Which actions ask once before they are done. A channel that nobody hears may be muted at once. */
export function mustAsk(model: Model, { what, id, value }: Press): boolean {
	const listeners = channelOf(model, id)?.listeners ?? 0;
	switch (what) {
		case 'mute':
			return value === 'on' && listeners > 0;
		case 'source':
			return listeners > 0 && ['silence', 'tone', 'identification'].includes(value);
		case 'announce':
		case 'remove-room':
			return true;
		case 'lock':
			return value === 'on';
		case 'move-input':
			return roomListeners(model, id) > 0;
		default:
			return false;
	}
}

export const roomListeners = (model: Model, room: string): number =>
	channelsOf(model, room).reduce((sum, channel) => sum + channel.listeners, 0);

/** Names one control: what waits for its second word, and what came of it. */
export const pressKey = ({ what, id, value }: Press): string => `${what}/${id}/${value}`;
/** What came of the newest action is shown with its subject. */
export const outcomeKey = (kind: string, id: string): string => `${kind}/${id}`;

/** The request of a control, and whose outcome it is; null: it is none of the server's. */
export function requestOf(model: Model, press: Press, fields: Record<string, string>): [string, Request] | null {
	const { what, id, value } = press;
	const channel = (body: unknown): [string, Request] => [
		outcomeKey('channel', id),
		{ method: 'PATCH', path: `/channels/${encodeURIComponent(id)}`, body },
	];
	const room = (body: unknown): [string, Request] => [
		outcomeKey('room', id),
		{ method: 'PATCH', path: `/rooms/${encodeURIComponent(id)}`, body },
	];
	switch (what) {
		case 'source':
			return channel({ source: value });
		case 'gain': {
			const now = channelOf(model, id)?.gain_db ?? 0;
			return channel({ gain_db: value === '0' ? 0 : Math.min(40, Math.max(-40, now + Number(value))) });
		}
		case 'mute':
			return channel({ muted: value === 'on' });
		case 'hide':
			return channel({ hide: value });
		case 'move-input':
			return room({ input: value === '' ? null : value });
		case 'lock':
			if (value !== 'on') return room({ locked: false });
			return room(/^\d{4,8}$/.test(fields.pin ?? '') ? { locked: true, pin: fields.pin } : { locked: true });
		case 'remove-room':
			return [outcomeKey('room', id), { method: 'DELETE', path: `/rooms/${encodeURIComponent(id)}` }];
		case 'add-room':
			return [outcomeKey('add-room', ''), { method: 'POST', path: '/rooms', body: newRoom(fields) }];
		case 'announce':
			return [
				outcomeKey('talk', ''),
				{ method: 'POST', path: '/announcements', body: { announcement: id, scope: value, repeat: 1 } },
			];
		case 'end-announcement':
			return [outcomeKey('talk', ''), { method: 'DELETE', path: '/announcements' }];
		case 'end-talkback':
			return [outcomeKey('talk', ''), { method: 'DELETE', path: '/talkback' }];
		case 'acknowledge':
			return [outcomeKey('alarm', id), { method: 'POST', path: `/alarms/${id}/acknowledge`, body: {} }];
		case 'call':
			return [outcomeKey('booth', id), { method: 'POST', path: '/calls', body: callAnswer(id, value) }];
		case 'take-back':
			return [outcomeKey('changes', ''), { method: 'DELETE', path: `/changes/${id}` }];
		default:
			return null;
	}
}

/** `value` is "1:seen". */
function callAnswer(booth: string, value: string): Omit<CallAnswer, 'type'> {
	const [seat, state] = value.split(':');
	return { booth, seat: Number(seat), state: state === 'done' ? 'done' : 'seen' };
}

function newRoom(fields: Record<string, string>): unknown {
	const languages = [fields.language1, fields.language2].filter((id) => id !== undefined && id !== '');
	return { id: fields.id ?? '', name: fields.name ?? '', input: fields.input || null, languages };
}

/** Does it, or asks first. True: it was a request's. */
export async function act(
	model: Model,
	press: Press,
	fields: Record<string, string>,
	hands: Hands,
	isSure = false,
): Promise<boolean> {
	const found = requestOf(model, press, fields);
	if (found === null) return false;
	if (!isTechnician(model)) return true;
	const [key, request] = found;
	if (!isSure && mustAsk(model, press)) {
		model.asking = pressKey(press);
		hands.draw();
		return true;
	}
	model.asking = null;
	model.outcomes.set(key, { state: 'pending' });
	hands.draw();
	const answer = await hands.ask(request);
	keepOutcome(model, key, answer);
	if (answer.isGood) followAnswer(model, press, answer);
	hands.draw();
	return true;
}

export function keepOutcome(model: Model, key: string, answer: Answer): void {
	model.outcomes.set(
		key,
		answer.error === null
			? { state: 'done', stored: answer.stored, note: null }
			: { state: 'failed', code: answer.error.code, text: answer.error.text },
	);
}

/** What only the answer says: a PIN made at random, the booths of a new room. */
function followAnswer(model: Model, press: Press, { body, stored }: Answer): void {
	if (press.what === 'lock') {
		if (typeof body.pin === 'string') model.pins.set(press.id, body.pin);
		else model.pins.delete(press.id);
	}
	if (press.what === 'add-room') {
		const booths = Array.isArray(body.booths) ? body.booths.join(', ') : '';
		model.outcomes.set(outcomeKey('add-room', ''), { state: 'done', stored, note: booths });
	}
	if (press.what === 'remove-room') model.subject = null;
	if (press.what === 'take-back') {
		model.changes =
			model.changes?.filter(
				({ scope, subject, key }) => press.id !== [scope, subject, key].map(encodeURIComponent).join('/'),
			) ?? null;
	}
}

/** Booths that talkback may address. */
export const talkbackChoices = (model: Model): string[] =>
	[...(model.desk?.rooms.map((room) => room.room) ?? []), null].flatMap((room) =>
		boothsOf(model, room).map((booth) => booth.booth),
	);
