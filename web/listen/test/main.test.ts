// @vitest-environment jsdom
// The page as a delegate uses it: taps in, calls of the player and words out.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { PIN } from '../pin.ts';
import type { PlayerStatus } from '../player.ts';
import { IDLE } from '../status.ts';
import { TEXTS } from '../texts.ts';
import json from './event.json';

const LIVE = { ...IDLE, connection: 'open', playback: 'live', feed: 'booth', source: 'ok' } as const;

const player = { start: vi.fn(), listen: vi.fn(), stop: vi.fn(), setVolume: vi.fn() };
let follow: (status: PlayerStatus) => void;
let fail: () => void;
let pinOf: (channelId: string) => string | undefined;
vi.mock('../player.ts', () => ({
	createPlayer: (onStatus: typeof follow, onFailure: typeof fail, pin: typeof pinOf) => {
		pinOf = pin;
		follow = onStatus;
		fail = onFailure;
		return player;
	},
}));

const get = vi.fn<(path: string) => Promise<Response>>();
const serve = (event: unknown) =>
	get.mockImplementation(async () =>
		Response.json(event, { headers: { Date: new Date('2027-03-02T09:40:00+07:00').toUTCString() } }),
	);
const find = (selector: string) => document.querySelector<HTMLElement>(selector);
const tap = (selector: string) => find(selector)!.click();
const words = () => find('.dock [role=status]')?.textContent;
/** Lets the answered requests be drawn. */
const settle = () => vi.advanceTimersByTimeAsync(0);

async function open(hash = '', languages = ['vi-VN']): Promise<void> {
	document.body.innerHTML = '<div id="page"></div>';
	location.hash = hash;
	vi.spyOn(navigator, 'languages', 'get').mockReturnValue(languages);
	vi.resetModules();
	Element.prototype.scrollIntoView = vi.fn(); // jsdom has neither this nor modal dialogs
	await import('../main.ts');
	await settle();
}

/** A page that is left takes its listeners with it; here many pages share one document. */
const left: (() => void)[] = [];
function followListeners(target: EventTarget): void {
	const add = target.addEventListener.bind(target);
	vi.spyOn(target, 'addEventListener').mockImplementation((...what: Parameters<typeof add>) => {
		add(...what);
		left.push(() => target.removeEventListener(what[0], what[1]));
	});
}

beforeEach(() => {
	vi.useFakeTimers({ toFake: ['setTimeout', 'setInterval', 'clearTimeout', 'clearInterval'] });
	vi.stubGlobal('fetch', get);
	vi.stubGlobal('scrollTo', vi.fn());
	vi.stubGlobal('matchMedia', () => ({ matches: true }));
	followListeners(document);
	followListeners(window);
	player.start.mockResolvedValue(undefined);
	serve(json);
});
afterEach(() => {
	for (const leave of left.splice(0)) leave();
	vi.clearAllTimers();
	vi.useRealTimers();
	vi.restoreAllMocks();
	vi.clearAllMocks();
	vi.unstubAllGlobals();
	localStorage.clear();
	sessionStorage.clear();
});

describe('the page', () => {
	it('starts the player within the tap, and remembers the channel', async () => {
		await open();
		tap('.channel.first');
		expect(player.start).toHaveBeenCalledWith('plenary.vi');
		expect(localStorage.getItem('cabin.channel')).toBe('plenary.vi');
		follow({ ...LIVE, channelId: 'plenary.vi' });
		const { word, text } = TEXTS.vi.states.live;
		expect(words()).toBe(`${word} ${text}`);
		expect(document.title).toBe('Tiếng Việt · Hội trường chính');
	});

	it('changes language and room with one tap each, and does not start again', async () => {
		await open();
		tap('.channel.first');
		follow({ ...LIVE, channelId: 'plenary.vi' });
		tap('.channel[data-id="plenary.fr"]');
		follow({ ...LIVE, channelId: 'plenary.fr' });
		tap('.rooms li:nth-child(3) button');
		expect(player.listen.mock.calls).toEqual([['plenary.fr'], ['water.fr']]);
		expect(player.start).toHaveBeenCalledTimes(1);
		follow({ ...LIVE, channelId: 'water.fr' });
		tap('.channel[data-id="water.fr"]');
		expect(player.listen).toHaveBeenCalledTimes(2);
		expect(localStorage.getItem('cabin.channel')).toBe('water.fr');
	});

	it('offers the remembered channel first, and a link before it', async () => {
		localStorage.setItem('cabin.channel', 'heritage.fr');
		await open();
		expect(find('.channel.first')!.dataset.id).toBe('heritage.fr');
		expect(find('.channel.first')!.textContent).toContain(TEXTS.vi.lastTime);
		await open('#water.floor');
		expect(find('.channel.first')!.dataset.id).toBe('water.floor');
		expect(find('.channel.first')!.textContent).not.toContain(TEXTS.vi.lastTime);
		tap('.channel[data-id="water.vi"]');
		expect(location.hash).toBe('');
	});

	it('speaks another language when asked, offers its channel, and remembers it', async () => {
		await open();
		expect(document.documentElement.lang).toBe('vi');
		tap('[data-do="page-language"][data-id="fr"]');
		expect(document.documentElement.lang).toBe('fr');
		expect(find('.channel.first')!.dataset.id).toBe('plenary.fr');
		await open();
		expect(document.documentElement.lang).toBe('fr');
	});

	it('keeps what is heard when the page’s language changes', async () => {
		await open();
		tap('.channel.first');
		follow({ ...LIVE, channelId: 'plenary.vi' });
		tap('[data-do="page-language"][data-id="fr"]');
		expect(find('.channel[aria-current]')!.dataset.id).toBe('plenary.vi');
		expect(player.listen).not.toHaveBeenCalled();
	});

	it('says when it cannot be loaded, and tries again by itself', async () => {
		get.mockRejectedValue(new TypeError('no network'));
		await open();
		expect(find('[role=alert]')!.textContent).toContain(TEXTS.vi.failedTitle);
		serve(json);
		await vi.advanceTimersByTimeAsync(5_000);
		expect(find('[role=alert]')).toBeNull();
		expect(document.querySelectorAll('.rooms li')).toHaveLength(5);
	});

	it('says when the sound does not start, and starts at the next tap', async () => {
		await open();
		player.start.mockRejectedValueOnce(new Error('no decoder'));
		tap('.channel.first');
		await settle();
		expect(words()).toContain(TEXTS.vi.broken.word);
		tap('.dock .main');
		expect(player.start).toHaveBeenCalledTimes(2);
		follow({ ...LIVE, playback: 'starting', channelId: 'plenary.vi' });
		expect(words()).toContain(TEXTS.vi.states.starting.word);
	});

	it('says nothing of a short gap, and tells one that lasts', async () => {
		await open();
		const clock = vi.spyOn(performance, 'now').mockReturnValue(10_000);
		const stalled = { ...LIVE, playback: 'stalled', channelId: 'plenary.vi' } as const;
		tap('.channel.first');
		follow({ ...LIVE, channelId: 'plenary.vi' });
		follow(stalled);
		clock.mockReturnValue(11_000);
		follow(stalled);
		expect(words()).toContain(TEXTS.vi.states.live.text);
		clock.mockReturnValue(11_750);
		follow(stalled);
		expect(words()).toContain(TEXTS.vi.states.stalled.text);
	});

	it('resumes after an interruption by a tap on what it shows', async () => {
		await open();
		tap('.channel.first');
		follow({ ...LIVE, playback: 'interrupted', channelId: 'plenary.vi' });
		tap('.resume');
		expect(player.start).toHaveBeenLastCalledWith('plenary.vi');
	});

	it('fetches the event again when its revision changes, once for each', async () => {
		await open();
		serve({ ...json, revision: 'next', rooms: json.rooms.slice(0, 2) });
		follow({ ...IDLE, eventRevision: json.revision });
		await settle();
		expect(get).toHaveBeenCalledTimes(1);
		follow({ ...IDLE, eventRevision: 'next' });
		follow({ ...IDLE, eventRevision: 'next' });
		await settle();
		expect(get).toHaveBeenCalledTimes(2);
		expect(document.querySelectorAll('.rooms li')).toHaveLength(2);
		follow({ ...IDLE, eventRevision: 'never served' });
		await settle();
		follow({ ...IDLE, eventRevision: 'never served' });
		await settle();
		expect(get).toHaveBeenCalledTimes(3);
	});

	it('says when the sound fails later on', async () => {
		await open();
		tap('.channel.first');
		follow({ ...LIVE, channelId: 'plenary.vi' });
		follow(IDLE);
		fail();
		expect(words()).toContain(TEXTS.vi.broken.word);
	});

	it('goes on in the same room when the channel is not in the event any more', async () => {
		await open();
		tap('.channel[data-id="plenary.fr"]');
		follow({ ...LIVE, channelId: 'plenary.fr' });
		const rooms = json.rooms.map((room) => ({
			...room,
			channels: room.channels.filter((channel) => channel.id !== 'plenary.fr'),
		}));
		serve({ ...json, revision: 'next', rooms });
		follow({ ...LIVE, channelId: 'plenary.fr', eventRevision: 'next' });
		await settle();
		expect(player.listen).toHaveBeenLastCalledWith('plenary.floor');
		expect(find('.channel[aria-current]')!.dataset.id).toBe('plenary.floor');
		follow({ ...LIVE, feed: 'floor', channelId: 'plenary.floor', eventRevision: 'next' });
		expect(words()).toContain(TEXTS.vi.missing);
		// Back again, and so is the listener.
		serve({ ...json, revision: 'third' });
		follow({ ...LIVE, feed: 'floor', channelId: 'plenary.floor', eventRevision: 'third' });
		await settle();
		expect(player.listen).toHaveBeenLastCalledWith('plenary.fr');
		follow({ ...LIVE, channelId: 'plenary.fr', eventRevision: 'third' });
		expect(words()).not.toContain(TEXTS.vi.missing);
	});

	it('stays on the floor when that was chosen meanwhile', async () => {
		await open();
		tap('.channel[data-id="plenary.fr"]');
		follow({ ...LIVE, channelId: 'plenary.fr' });
		const rooms = json.rooms.map((room) => ({
			...room,
			channels: room.channels.filter((channel) => channel.id !== 'plenary.fr'),
		}));
		serve({ ...json, revision: 'next', rooms });
		follow({ ...LIVE, channelId: 'plenary.fr', eventRevision: 'next' });
		await settle();
		follow({ ...LIVE, feed: 'floor', channelId: 'plenary.floor', eventRevision: 'next' });
		tap('.channel[data-id="plenary.floor"]');
		expect(words()).not.toContain(TEXTS.vi.missing);
		serve({ ...json, revision: 'third' });
		follow({ ...LIVE, feed: 'floor', channelId: 'plenary.floor', eventRevision: 'third' });
		await settle();
		expect(player.listen).toHaveBeenCalledTimes(1);
	});

	it('falls silent when its whole room has gone: nobody listens to another one unasked', async () => {
		await open();
		tap('.rooms li:nth-child(3) button');
		follow({ ...LIVE, channelId: 'water.vi' });
		serve({ ...json, revision: 'next', rooms: json.rooms.slice(0, 2) });
		follow({ ...LIVE, channelId: 'water.vi', eventRevision: 'next' });
		await settle();
		expect(player.listen).not.toHaveBeenCalled();
		expect(player.stop).toHaveBeenCalledTimes(1);
		follow(IDLE);
		expect(words()).toContain(TEXTS.vi.missing);
		expect(find('.here')!.textContent).toContain(json.rooms[0]!.name.vi);
	});

	it('shows a new room without touching what plays', async () => {
		serve({ ...json, rooms: json.rooms.slice(0, 4) });
		await open();
		tap('.channel.first');
		follow({ ...LIVE, channelId: 'plenary.vi', eventRevision: json.revision });
		serve({ ...json, revision: 'next' });
		follow({ ...LIVE, channelId: 'plenary.vi', eventRevision: 'next' });
		await settle();
		expect(document.querySelectorAll('.rooms li')).toHaveLength(5);
		expect(player.listen).not.toHaveBeenCalled();
		expect(player.start).toHaveBeenCalledTimes(1);
	});

	it('looks for new rooms by itself while it does not listen, and only while it is seen', async () => {
		serve({ ...json, rooms: json.rooms.slice(0, 4) });
		await open();
		const date = vi.spyOn(Date, 'now').mockReturnValue(Date.now() + 61_000);
		serve({ ...json, revision: 'next' });
		const hidden = vi.spyOn(document, 'hidden', 'get').mockReturnValue(true);
		await vi.advanceTimersByTimeAsync(30_000);
		expect(document.querySelectorAll('.rooms li')).toHaveLength(4);
		hidden.mockReturnValue(false);
		await vi.advanceTimersByTimeAsync(30_000);
		expect(document.querySelectorAll('.rooms li')).toHaveLength(5);
		date.mockRestore();
	});

	it('looks again by itself while no room is open', async () => {
		serve({ ...json, rooms: [] });
		await open();
		expect(find('main')!.textContent).toContain(TEXTS.vi.noRooms);
		serve(json);
		await vi.advanceTimersByTimeAsync(60_000);
		expect(document.querySelectorAll('.rooms li')).toHaveLength(5);
	});

	it('passes the volume on and remembers it', async () => {
		localStorage.setItem('cabin.volume', '0.3');
		await open();
		expect(player.setVolume).toHaveBeenLastCalledWith(0.3);
		tap('.channel.first');
		follow({ ...LIVE, channelId: 'plenary.vi' });
		const slider = document.querySelector<HTMLInputElement>('input[type=range]')!;
		slider.value = '50';
		slider.dispatchEvent(new window.Event('input', { bubbles: true }));
		expect(player.setVolume).toHaveBeenLastCalledWith(0.5);
		expect(localStorage.getItem('cabin.volume')).toBe('0.5');
	});

	it('opens the diagnostics, shows what changes, and closes them', async () => {
		await open();
		tap('[data-do="diagnostics"]');
		await vi.waitFor(() => expect(find('dialog')).not.toBeNull());
		follow({ ...LIVE, channelId: 'plenary.vi', mouthToEarMs: 64.3 });
		expect(find('dialog')!.textContent).toContain('64.3 ms');
		tap('[data-close]');
		expect(find('dialog')).toBeNull();
	});
});

describe('a locked room', () => {
	const LOCKED = {
		...json,
		rooms: json.rooms.map((room) => ({ ...room, locked: room.id === 'plenary' })),
	};
	const channelId = 'plenary.vi';
	const refuse = (refusals: number, isWrong = false, change = {}) =>
		follow({ ...LIVE, playback: 'starting', channelId, lock: { refusals, isWrong }, ...change });
	const dialog = () => vi.waitFor(() => expect(find('dialog[open] #pin')).not.toBeNull());
	const note = () => find('#pin-note')!.textContent;
	function enter(pin: string): void {
		(find('#pin') as HTMLInputElement).value = pin;
		find('dialog form')!.dispatchEvent(new window.Event('submit', { bubbles: true, cancelable: true }));
	}
	/** The dialog's chunk is there already, but for a turn or two. */
	const shown = (words: string) => vi.waitFor(() => expect(note()).toBe(words));

	async function asked(): Promise<void> {
		serve(LOCKED);
		await open();
		tap('.channel.first');
		refuse(1);
		await dialog();
	}

	it('asks at once, says a wrong PIN, and goes on with the right one, which is remembered for the session', async () => {
		await asked();
		const texts = PIN.vi;
		expect(words()).toContain(TEXTS.vi.states.locked.text);
		expect(document.activeElement).toBe(find('#pin'));
		expect(find('#pin')!.getAttribute('inputmode')).toBe('numeric');
		expect(find('dialog')!.textContent).toContain(json.rooms[0]!.name.vi);
		expect(note()).toBe('');
		enter('12a4');
		expect(note()).toBe(texts.malformed);
		expect(player.listen).not.toHaveBeenCalled();
		enter('1111');
		expect(note()).toBe(texts.checking);
		expect(player.listen.mock.calls).toEqual([[channelId]]);
		expect(pinOf('plenary.fr')).toBe('1111');
		refuse(2, true);
		await shown(texts.wrong);
		expect(pinOf('plenary.fr')).toBeUndefined();
		enter(' 004821 ');
		follow({ ...LIVE, channelId });
		expect(find('dialog')).toBeNull();
		expect(pinOf('plenary.floor')).toBe('004821');
		expect(pinOf('water.vi')).toBeUndefined();
		expect(localStorage.getItem('cabin.pins')).toBeNull();
		await open();
		expect(pinOf('plenary.vi')).toBe('004821');
	});

	it('tries the PIN that it knows before it asks, once', async () => {
		sessionStorage.setItem('cabin.pins', '{"plenary":"4821"}');
		serve(LOCKED);
		await open();
		tap('.channel.first');
		refuse(1);
		await settle();
		expect(player.listen.mock.calls).toEqual([[channelId]]);
		expect(find('dialog')).toBeNull();
		refuse(2, true);
		await dialog();
		expect(note()).toBe('');
		expect(player.listen).toHaveBeenCalledTimes(1);
		expect(sessionStorage.getItem('cabin.pins')).toBe('{}');
	});

	it('says when it is too many tries, and lets nobody try for a minute', async () => {
		await asked();
		const clock = vi.spyOn(performance, 'now').mockReturnValue(100_000);
		for (let i = 0; i < 5; i++) {
			enter(`000${i}`);
			refuse(i + 2, true);
			await shown(i < 4 ? PIN.vi.wrong : PIN.vi.tooMany);
		}
		enter('4821');
		expect(player.listen).toHaveBeenCalledTimes(5);
		clock.mockReturnValue(161_001);
		await vi.advanceTimersByTimeAsync(61_000);
		expect(note()).toBe('');
		enter('4821');
		expect(player.listen).toHaveBeenCalledTimes(6);
	});

	it('can be put off, and asked for again', async () => {
		await asked();
		tap('dialog [data-close]');
		expect(find('dialog')).toBeNull();
		tap('.dock [data-do=lock]');
		await dialog();
		tap('dialog [data-close]');
		tap('.channel[aria-current]');
		await dialog();
	});

	it('says nothing of a wrong PIN when a new connection asks again before one was entered', async () => {
		await asked();
		refuse(2);
		await settle();
		await vi.dynamicImportSettled();
		expect(note()).toBe('');
		expect(document.querySelectorAll('dialog')).toHaveLength(1);
	});

	it('plays again by itself when it is unlocked', async () => {
		await asked();
		serve({ ...json, revision: 'unlocked' });
		refuse(1, false, { eventRevision: 'unlocked' });
		await settle();
		expect(player.listen.mock.calls).toEqual([[channelId]]);
		follow({ ...LIVE, channelId });
		expect(find('dialog')).toBeNull();
	});

	it('has its dialog in each language, and its texts whole', () => {
		for (const language of ['vi', 'fr', 'en'] as const) {
			expect(Object.keys(PIN[language])).toEqual(Object.keys(PIN.vi));
			for (const text of Object.values(PIN[language])) expect(text).toBeTruthy();
		}
	});
});
