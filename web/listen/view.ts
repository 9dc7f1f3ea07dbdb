// The page as a function of what it knows: no state of its own, no handlers. Whatever
// can be tapped carries data-do (and data-id), which main.ts acts on.
import { clockTime, onAir, startWords } from '../shared/agenda.ts';
import { type Child, h, icon } from '../shared/dom.ts';
import { LANGUAGES, type Language, type Said, say } from '../shared/languages.ts';
import type { Channel, Event, Room, Session } from '../shared/programme.ts';
import { channelFor, inOrder, type Place, wishOf } from './choice.ts';
import type { PlayerStatus } from './player.ts';
import { type PageTexts, TEXTS } from './texts.ts';
import { type State, TONES } from './words.ts';

export interface Model {
	language: Language;
	event: Event | null;
	/** The event could not be fetched, and none is here from before. */
	failed: boolean;
	place: Place | null;
	/** Where the listener was, and will be again when its channel is back. */
	missing: Place | null;
	/** What is offered first: a language id or "floor". */
	wish: string;
	/** The wish comes from the last visit, not from the page's language. */
	wishRemembered: boolean;
	status: PlayerStatus;
	/** What the status is called on the page. */
	state: State;
	/** The player has been started since the page was opened. */
	started: boolean;
	/** The sound could not be set up at the last tap. */
	broken: boolean;
	/** The server's wall clock. */
	nowMs: number;
	/** What locking this device does to the sound; null where nobody locks (a desktop). */
	lock: 'goes-on' | 'stops' | null;
	volume: number;
}

/** Text with its own lang where it is not the page's. */
function said({ text, lang }: Said, page: Language): Child {
	return lang === page ? text : h('span', { lang }, text);
}

/** A language channel is named in its own language, the floor in the page's. */
export function channelName(channel: Channel, event: Event, page: Language): Said {
	const own = event.languages.find((each) => each.id === channel.language);
	const text = own?.name[own.id];
	return own && text ? { text, lang: own.id } : say(channel.name, page);
}

function header(model: Model, texts: PageTexts): HTMLElement {
	const choices = LANGUAGES.map((language) =>
		h(
			'button',
			{
				type: 'button',
				'data-do': 'page-language',
				'data-id': language,
				'aria-pressed': String(language === model.language),
				lang: language,
				title: { vi: 'Tiếng Việt', fr: 'Français', en: 'English' }[language],
			},
			language.toUpperCase(),
		),
	);
	const name = model.event && say(model.event.event.name, model.language);
	return h(
		'header',
		{},
		h('span', { class: 'mark' }, icon('mark')),
		h('h1', {}, name ? said(name, model.language) : 'Cabin'),
		h('div', { class: 'switch', role: 'group', 'aria-label': texts.pageLanguage }, ...choices),
	);
}

function onNow(session: Session | null, page: Language, texts: PageTexts): HTMLElement {
	if (!session) return h('span', { class: 'now none' }, texts.nothingNow);
	return h(
		'span',
		{ class: 'now' },
		h(
			'span',
			{ class: 'when' },
			h('b', {}, texts.now),
			` ${clockTime(session.start)}\u2009–\u2009${clockTime(session.end)}`,
		),
		h('span', { class: 'title' }, said(say(session.title, page), page)),
	);
}

function onNext(session: Session | null, model: Model, texts: PageTexts): Child {
	if (!session) return null;
	const { language, nowMs } = model;
	return h(
		'span',
		{ class: 'next' },
		h('b', {}, texts.next),
		` ${startWords(session.start, nowMs, language, texts.tomorrow)} · `,
		said(say(session.title, language), language),
	);
}

/** A room's name, with a lock where it has one. */
function roomName(room: Room, page: Language, texts: PageTexts): Child[] {
	const lock = room.locked && [icon('lock'), h('span', { class: 'unseen' }, `${texts.states.locked.word}: `)];
	return [...(lock || []), said(say(room.name, page), page)];
}

function badge(playing: boolean): HTMLElement {
	return h('span', { class: 'badge' }, icon(playing ? 'bars' : 'play'));
}

function channelButton(channel: Channel, event: Event, model: Model, texts: PageTexts): HTMLElement {
	const page = model.language;
	const name = channelName(channel, event, page);
	const inPage = say(channel.name, page);
	const first = wishOf(channel) === model.wish;
	const playing = model.status.playback !== 'idle' && model.place?.channel.id === channel.id;
	let note = name.text === inPage.text ? '' : inPage.text;
	if (first) note = channel.language === page ? texts.yourLanguage : model.wishRemembered ? texts.lastTime : note;
	if (playing) note = model.state === 'locked' ? texts.states.locked.word : texts.listening;
	return h(
		'button',
		{
			type: 'button',
			class: `channel${first ? ' first' : ''}${channel.kind === 'floor' ? ' floor' : ''}`,
			'data-key': channel.id,
			'data-do': 'channel',
			'data-id': channel.id,
			'aria-current': playing && 'true',
		},
		badge(playing),
		h('span', { class: 'names' }, h('b', {}, said(name, page)), note && h('small', {}, note)),
	);
}

function roomNow({ room }: Place, event: Event, model: Model, texts: PageTexts): HTMLElement {
	const { now, next } = onAir(event.agenda, room.id, model.nowMs);
	const page = model.language;
	return h(
		'section',
		{ class: model.status.playback === 'idle' ? 'here idle' : 'here', 'aria-labelledby': 'here' },
		h('h2', { id: 'here' }, ...roomName(room, page, texts)),
		onNow(now, page, texts),
		onNext(next, model, texts),
		h(
			'div',
			{
				class: room.channels.length > 3 ? 'channels' : 'channels few',
				role: 'group',
				'aria-label': texts.channels,
				'data-key': room.id,
			},
			...inOrder(room.channels, model.wish).map((channel) => channelButton(channel, event, model, texts)),
		),
		h(
			'ul',
			{ class: 'hints' },
			h('li', {}, icon('phones'), texts.headphones),
			model.lock && h('li', {}, icon('lock'), model.lock === 'stops' ? texts.mayNotLock : texts.mayLock),
		),
	);
}

function roomRow(room: Room, event: Event, model: Model, texts: PageTexts): HTMLElement {
	const page = model.language;
	const current = model.place?.room.id === room.id;
	const wishes = model.place ? [wishOf(model.place.channel), model.wish, 'floor'] : [model.wish];
	const channel = channelFor(room, wishes);
	const { now, next } = onAir(event.agenda, room.id, model.nowMs);
	const playing = current && model.status.playback !== 'idle';
	return h(
		'li',
		{ 'data-key': room.id },
		h(
			'button',
			{
				type: 'button',
				'data-do': 'channel',
				'data-id': channel?.id,
				disabled: !channel,
				'aria-current': current && 'true',
			},
			h('b', { class: 'name' }, ...roomName(room, page, texts)),
			onNow(now, page, texts),
			onNext(next, model, texts),
			channel &&
				h(
					'span',
					{ class: 'pill' },
					icon(playing ? 'bars' : 'play'),
					h('span', { class: 'unseen' }, `${playing ? texts.listening : texts.listen}: `),
					said(channelName(channel, event, page), page),
				),
		),
	);
}

function roomList(event: Event, model: Model, texts: PageTexts): HTMLElement {
	return h(
		'section',
		{ class: 'rooms', 'aria-labelledby': 'rooms' },
		h('h2', { id: 'rooms' }, texts.rooms),
		h('ul', {}, ...event.rooms.map((room) => roomRow(room, event, model, texts))),
	);
}

function dock({ room, channel }: Place, event: Event, model: Model, texts: PageTexts): HTMLElement {
	const page = model.language;
	const { state } = model;
	const { word, text } = state === 'idle' && model.broken ? texts.broken : texts.states[state];
	const tone = TONES[state];
	const mayNotLock = model.lock === 'stops' && (tone === 'live' || tone === 'hall');
	const [does, label] = state === 'idle' ? ['play', texts.listen] : ['stop', texts.stop];
	return h(
		'section',
		{ class: `dock ${tone}`, 'aria-labelledby': 'playing' },
		h(
			'button',
			{
				type: 'button',
				class: 'main',
				'data-do': does,
				'aria-label': label,
				title: label,
			},
			icon(does),
		),
		h(
			'h2',
			{ id: 'playing' },
			h('b', {}, said(channelName(channel, event, page), page)),
			' ',
			h('span', {}, said(say(room.name, page), page)),
		),
		h(
			'p',
			{ class: 'state', role: 'status' },
			h('b', {}, icon('dot'), word),
			' ',
			h('span', {}, model.missing && `${texts.missing} `, text),
		),
		mayNotLock && h('p', { class: 'state', 'data-key': 'lock' }, texts.mayNotLock),
		state === 'interrupted'
			? action('play', texts.resume)
			: state === 'locked'
				? action('lock', texts.enterPin)
				: volume(model, texts),
	);
}

/** What has to be tapped now; it is named as its icon. */
function action(does: 'play' | 'lock', label: string): HTMLElement {
	return h('button', { type: 'button', class: 'resume', 'data-do': does }, icon(does), label);
}

function volume(model: Model, texts: PageTexts): HTMLElement {
	return h(
		'label',
		{ class: 'volume' },
		icon('quiet'),
		h('span', { class: 'unseen' }, texts.volume),
		h('input', { type: 'range', min: 0, max: 100, value: Math.round(model.volume * 100) }), // screen readers say %
		icon('loud'),
	);
}

function waiting(model: Model, texts: PageTexts): HTMLElement {
	if (!model.failed) return h('main', { class: 'alone' }, h('p', { role: 'status' }, texts.loading));
	return h(
		'main',
		{ class: 'alone' },
		icon('cut'),
		h('div', { role: 'alert' }, h('h2', {}, texts.failedTitle), h('p', {}, texts.failedText)),
		h('button', { type: 'button', class: 'again', 'data-do': 'again' }, texts.tryAgain),
	);
}

/** The whole page, as one element to lay over the one that stands. */
export function page(model: Model): HTMLElement {
	const texts = TEXTS[model.language];
	const { event, place } = model;
	const foot = h(
		'footer',
		{},
		h('button', { type: 'button', class: 'quiet', 'data-do': 'diagnostics' }, texts.diagnostics),
	);
	if (!event) return h('div', { id: 'page' }, header(model, texts), waiting(model, texts), foot);
	if (!place) {
		const none = h('main', { class: 'alone' }, h('p', { role: 'status' }, texts.noRooms));
		return h('div', { id: 'page' }, header(model, texts), none, foot);
	}
	return h(
		'div',
		{ id: 'page', 'data-tone': TONES[model.state] },
		header(model, texts),
		h(
			'main',
			{ class: event.rooms.length > 1 ? 'two' : 'one' },
			roomNow(place, event, model, texts),
			event.rooms.length > 1 && roomList(event, model, texts),
		),
		foot,
		model.started && dock(place, event, model, texts),
	);
}
