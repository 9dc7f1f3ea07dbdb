/** The sign at /stage/ROOM: watches the room, shows the newest, comes back by itself. Nobody touches it. */

import { parseConsoleMessage, type RoomMessage } from '../booth/console_wire.ts';
import { offsetMinutes } from '../shared/agenda.ts';
import { morph } from '../shared/dom.ts';
import { Link, nowUs } from '../shared/link.ts';
import { type Event, fetchEvent } from '../shared/programme.ts';
import { parseServerMessage } from '../shared/wire.ts';
import { roomOfPath, signOf } from './model.ts';
import { page } from './view.ts';

const DRAW_MS = 250;
const EVENT_MS = 60_000;
const EVENT_AGAIN_MS = 5_000;

const roomId = roomOfPath(location.pathname) ?? '';
let room: RoomMessage | null = null;
let event: Event | null = null;
let wallOffsetMs = 0;

const scheme = location.protocol === 'https:' ? 'wss:' : 'ws:';
const link = new Link(`${scheme}//${location.host}/ws`, {
	connecting: () => {},
	opened: () => link.send(JSON.stringify({ type: 'watch', room: roomId })),
	received: (data) => receive(data),
	closed: () => {},
	look: () => {},
	changed: () => draw(),
});

function receive(data: string | ArrayBuffer): void {
	if (typeof data !== 'string') return;
	const control = parseServerMessage(data);
	if (control?.type === 'pong') link.pong(control);
	else if (control?.type === 'bye') link.bye(control.retry_ms);
	const message = parseConsoleMessage(data);
	if (message?.type !== 'room' || message.room !== roomId) return;
	room = message;
	link.proven();
	draw();
}

async function load(): Promise<void> {
	try {
		const fetched = await fetchEvent();
		event = fetched.event;
		wallOffsetMs = fetched.clockOffsetMs;
		setTimeout(load, EVENT_MS);
	} catch {
		setTimeout(load, EVENT_AGAIN_MS);
	}
	draw();
}

/** The venue's own hours and minutes, whatever zone this computer is set to. */
function clockText(wallMs: number): string {
	const item = event?.agenda[0];
	const minutes = item === undefined ? -new Date(wallMs).getTimezoneOffset() : offsetMinutes(item.start);
	return new Date(wallMs + minutes * 60_000).toISOString().slice(11, 16);
}

function draw(): void {
	const wallMs = Date.now() + wallOffsetMs;
	const offsetUs = link.clock.offsetUs();
	const serverUs = offsetUs === null ? null : nowUs() + offsetUs;
	const isKnown = event === null || event.rooms.some((one) => one.id === roomId);
	const sign = signOf(room, event, roomId, wallMs, serverUs, link.state === 'open' || link.state === 'connecting');
	morph(document.getElementById('page')!, page(sign, event, clockText(wallMs), isKnown));
}

async function stayAwake(): Promise<void> {
	if (document.hidden) return;
	await navigator.wakeLock?.request('screen').catch(() => {});
}

document.addEventListener('visibilitychange', () => {
	if (document.hidden) return;
	link.hurry();
	void stayAwake();
});
window.addEventListener('online', () => link.hurry());
link.open();
setInterval(draw, DRAW_MS);
void stayAwake();
void load();
