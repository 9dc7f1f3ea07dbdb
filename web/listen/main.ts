// The delegate's page: fetches the event, draws, acts on taps, follows the player.

import { morph } from '../shared/dom.ts';
import { chooseLanguage, isLanguage, say } from '../shared/languages.ts';
import { fetchEvent } from '../shared/programme.ts';
import { findPlace, firstPlace, nearestPlace, type Place, placeOfHash, wishOf } from './choice.ts';
import { onLock } from './device.ts';
import type { Dialog } from './diagnostics.ts';
import type { PinDialog } from './pin.ts';
import { createPlayer, type PlayerStatus } from './player.ts';
import { IDLE } from './status.ts';
import { keepPin, pins, recall, recallVolume, remember } from './store.ts';
import { channelName, type Model, page } from './view.ts';
import { stateOf, steady } from './words.ts';

const REDRAW_MS = 30_000;
const RETRY_MS = 5_000;
/** An event without rooms is looked at again after this, and one that is older when the page comes back. */
const STALE_MS = 60_000;

const model: Model = {
	language: chooseLanguage(navigator.languages ?? [navigator.language], recall('language')),
	event: null,
	failed: false,
	place: null,
	missing: null,
	wish: 'floor',
	wishRemembered: false,
	status: IDLE,
	state: 'idle',
	started: false,
	broken: false,
	nowMs: Date.now(),
	lock: null,
	volume: recallVolume(),
};
let clockOffsetMs = 0;
let stalledSinceMs = 0;
let fetching = false;
let fetchedAtMs = 0;
/** The revision that the last fetch was for: one that the server does not serve is not asked for again and again. */
let askedRevision = '';
let retryTimer = 0;
let dialog: Dialog | null = null;
let pinDialog: PinDialog | null = null;

const player = createPlayer(follow, soundFailed, (channelId) => {
	const place = model.event && findPlace(model.event, channelId);
	return place ? pins[place.room.id] : undefined;
});
player.setVolume(model.volume);

function draw(): void {
	model.nowMs = Date.now() + clockOffsetMs;
	model.lock = onLock(
		{
			userAgent: navigator.userAgent,
			maxTouchPoints: navigator.maxTouchPoints,
			audioSession: 'audioSession' in navigator,
		},
		window.isSecureContext && model.status.fallback === 'none',
	);
	document.documentElement.lang = model.language;
	morph(document.getElementById('page')!, page(model));
	describe();
}

/** The tab's title, and what a locked phone shows. */
function describe(): void {
	const { event, place, language, status } = model;
	if (!event) return;
	const name = say(event.event.name, language).text;
	const playing = place && status.playback !== 'idle';
	const channel = playing ? channelName(place.channel, event, language).text : '';
	const room = place ? say(place.room.name, language).text : '';
	const title = playing ? `${channel} · ${room}` : name;
	if (document.title === title) return;
	document.title = title;
	if (playing && 'mediaSession' in navigator) {
		navigator.mediaSession.metadata = new MediaMetadata({
			title: channel,
			artist: room,
			album: name,
			artwork: [{ src: '/icon-512.png', sizes: '512x512', type: 'image/png' }],
		});
	}
}

function follow(status: PlayerStatus): void {
	const before = model.status;
	model.status = status;
	const { eventRevision, lock } = status;
	const isNews = eventRevision && eventRevision !== askedRevision && eventRevision !== model.event?.revision;
	if (isNews && model.event && !fetching) {
		askedRevision = eventRevision;
		void load();
	}
	const nowMs = performance.now();
	const next = stateOf(status);
	if (next !== 'stalled' || stateOf(before) !== 'stalled') stalledSinceMs = nowMs;
	const state = steady(model.state, next, nowMs - stalledSinceMs);
	const same = state === model.state && before.fallback === status.fallback;
	model.state = state;
	if (!same) draw();
	dialog?.show(status);
	if (lock?.refusals !== before.lock?.refusals) void askPin();
}

async function load(): Promise<void> {
	if (fetching) return;
	fetching = true;
	clearTimeout(retryTimer);
	try {
		const fetched = await fetchEvent();
		clockOffsetMs = fetched.clockOffsetMs;
		fetchedAtMs = Date.now();
		model.event = fetched.event;
		model.failed = false;
		settle();
		if (!model.place) retryTimer = window.setTimeout(load, STALE_MS);
	} catch {
		// An event from before stays good; the player tells when there is a new one.
		model.failed = !model.event;
		retryTimer = window.setTimeout(load, RETRY_MS);
	}
	fetching = false;
	draw();
}

/** Finds the place in a new event: the same channel if it is there (again), else the nearest to it, and what
 * is listened to goes along; else a first offer, and silence: in another room nobody listens unasked. */
function settle(): void {
	const event = model.event!;
	const { status, missing, place: before } = model;
	const wanted = missing ?? before;
	const isPlaying = status.playback !== 'idle';
	const kept = findPlace(event, wanted?.channel.id);
	const near = kept ?? (wanted && nearestPlace(event, wanted));
	model.missing = !kept && isPlaying ? wanted : null;
	if (near) model.place = near;
	else {
		const nowMs = Date.now() + clockOffsetMs;
		model.place = firstPlace(event, location.hash, recall('channel'), model.language, nowMs);
	}
	const { place } = model;
	if (!kept && !(near && isPlaying)) offer(place, place?.channel.id === recall('channel'));
	if (!isPlaying) return;
	if (!near) player.stop();
	else if (near.channel.id !== status.channelId || (status.lock && !near.room.locked)) player.listen(near.channel.id);
}

function offer(place: Place | null, remembered: boolean): void {
	model.wish = place ? wishOf(place.channel) : model.language;
	model.wishRemembered = remembered;
}

/** In the tap's own turn: phones start sound nowhere else. */
function listen(channelId: string | undefined): void {
	const place = model.event && findPlace(model.event, channelId);
	if (!place) return;
	const moved = place.room.id !== model.place?.room.id;
	model.place = place;
	model.missing = null;
	const { playback } = model.status;
	if (playback === 'idle' || playback === 'interrupted') start(place.channel.id);
	else if (model.status.channelId !== place.channel.id) player.listen(place.channel.id);
	else if (model.status.lock) void openPin();
	remember('channel', place.channel.id);
	if (location.hash) history.replaceState(null, '', location.pathname + location.search);
	draw();
	if (moved) {
		const calm = matchMedia('(prefers-reduced-motion: reduce)').matches;
		window.scrollTo({ top: 0, behavior: calm ? 'auto' : 'smooth' });
	}
}

function start(channelId: string): void {
	model.started = true;
	model.broken = false;
	player.start(channelId).catch(soundFailed);
}

function soundFailed(): void {
	model.broken = true;
	draw();
}

/** The room is locked, still locked, or not any more. */
async function askPin(): Promise<void> {
	const { lock } = model.status;
	const room = model.place?.room;
	if (!lock || !room) return pinDialog?.close();
	if (pins[room.id] && !lock.isWrong) return player.listen(model.place!.channel.id);
	keepPin(room.id, undefined);
	const { countWrong } = await import('./pin.ts');
	if (lock.isWrong) countWrong();
	if (!pinDialog) await openPin();
	else if (lock.isWrong) pinDialog.refused();
}

async function openPin(): Promise<void> {
	const { openPinDialog } = await import('./pin.ts');
	const { place, status } = model;
	if (!place || !status.lock || pinDialog) return;
	const enter = (pin: string) => {
		keepPin(place.room.id, pin);
		player.listen(place.channel.id);
	};
	pinDialog = openPinDialog(model.language, place.room, enter, () => {
		pinDialog = null;
	});
}

async function openDiagnostics(): Promise<void> {
	const { openDialog } = await import('./diagnostics.ts');
	dialog?.close();
	dialog = openDialog(model.language, model.status, () => {
		dialog = null;
	});
}

function act(what: string | undefined, id: string | undefined): void {
	if (what === 'channel') listen(id);
	else if (what === 'play') listen(model.place?.channel.id);
	else if (what === 'stop') player.stop();
	else if (what === 'again') void load();
	else if (what === 'lock') void openPin();
	else if (what === 'diagnostics') void openDiagnostics();
	else if (what === 'page-language' && isLanguage(id)) {
		model.language = id;
		remember('language', id);
		if (model.status.playback === 'idle' && model.event && model.place) {
			const own = model.place.room.channels.find((channel) => channel.language === id);
			if (own) model.place = { room: model.place.room, channel: own };
			offer(model.place, false);
		}
		draw();
	}
}

document.addEventListener('click', (click) => {
	const target = (click.target as Element).closest<HTMLElement>('[data-do]');
	act(target?.dataset.do, target?.dataset.id);
});
document.addEventListener('input', (input) => {
	const slider = input.target as HTMLInputElement;
	if (slider.type !== 'range') return;
	model.volume = Number(slider.value) / 100;
	player.setVolume(model.volume);
	remember('volume', String(model.volume));
});
window.addEventListener('hashchange', () => {
	const place = model.event && placeOfHash(model.event, location.hash, model.wish);
	if (!place) return;
	if (model.status.playback !== 'idle') return listen(place.channel.id);
	model.place = place;
	offer(place, false);
	draw();
});
function refresh(): void {
	if (document.hidden) return;
	draw();
	if (!model.event || Date.now() - fetchedAtMs > STALE_MS) void load();
}
document.addEventListener('visibilitychange', refresh);
window.addEventListener('online', () => {
	if (!model.event) void load();
});

// Agendas change on the minute, and now and then it is the server's minute that changes. A page that
// listens is told of new events; one that does not looks for itself.
setInterval(() => (model.status.playback === 'idle' ? refresh() : draw()), REDRAW_MS);
draw();
void load();
