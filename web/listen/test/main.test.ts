// @vitest-environment jsdom
// The page as a delegate uses it: taps in, calls of the player and words out.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { PlayerStatus } from '../player.ts';
import { IDLE } from '../status.ts';
import { TEXTS } from '../texts.ts';
import json from './event.json';

const LIVE = { ...IDLE, connection: 'open', playback: 'live', feed: 'booth', source: 'ok' } as const;

const player = { start: vi.fn(), listen: vi.fn(), stop: vi.fn(), setVolume: vi.fn() };
let follow: (status: PlayerStatus) => void;
let fail: () => void;
vi.mock('../player.ts', () => ({
	createPlayer: (onStatus: typeof follow, onFailure: typeof fail) => {
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
		expect(player.listen).toHaveBeenLastCalledWith('plenary.vi');
		expect(find('.channel[aria-current]')!.dataset.id).toBe('plenary.vi');
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
		Element.prototype.scrollIntoView = vi.fn(); // jsdom has neither this nor modal dialogs
		await open();
		tap('[data-do="diagnostics"]');
		await vi.waitFor(() => expect(find('dialog')).not.toBeNull());
		follow({ ...LIVE, channelId: 'plenary.vi', mouthToEarMs: 64.3 });
		expect(find('dialog')!.textContent).toContain('64.3 ms');
		tap('#close');
		expect(find('dialog')).toBeNull();
	});
});
