/** Announcements, the technician's own voice, calls, and messages to booths. */
import { CANNED_TEXT } from '../booth/texts.ts';
import { type Child, h, icon } from '../shared/dom.ts';
import { outcomeKey, talkbackChoices } from './actions.ts';
import { boothName, boothPlace, boothsOf, calls, isTechnician, nameOf, roomName } from './derive.ts';
import type { Model } from './model.ts';
import { MICROPHONE, said, word } from './texts.ts';
import { badge, button, handle, outcome } from './view_parts.ts';

export function talkView(model: Model): Child[] {
	const { language } = model;
	return [
		outcome(model, outcomeKey('talk', '')),
		callsView(model),
		...(isTechnician(model) ? [voiceView(model), announcementsView(model)] : []),
		h('h3', {}, word('messages', language)),
		messagesView(model, null),
	];
}

function callsView(model: Model): Child {
	const { language } = model;
	const open = calls(model);
	if (open.length === 0) return null;
	return h(
		'div',
		{ class: 'group' },
		h('h3', {}, word('calls', language)),
		...open.map(({ booth, seat }) =>
			h(
				'div',
				{ class: 'line' },
				badge(
					`${boothPlace(model, booth)} · ${seat.seat} ${seat.name ?? ''}`,
					seat.call === 'open' ? 'critical' : '',
					'phone',
				),
				seat.call === 'open'
					? handle(model, { what: 'call', id: booth, value: `${seat.seat}:seen` }, word('seen', language), {
							class: 'strong',
						})
					: null,
				handle(model, { what: 'call', id: booth, value: `${seat.seat}:done` }, word('doneCall', language)),
			),
		),
	);
}

/** Where an announcement goes; the same for recorded ones and the voice. */
function scopes(model: Model, what: string, current: string): Child {
	const { language } = model;
	const rooms = model.desk?.rooms ?? [];
	return h(
		'div',
		{ class: 'buttons', role: 'group', 'aria-label': word('scope', language) },
		...rooms.map((room) =>
			button(what, nameOf(model, room.name, room.room), { id: room.room, isPressed: current === room.room }),
		),
		button(what, word('wholeEvent', language), { id: 'event', isPressed: current === 'event' }),
	);
}

function announcementsView(model: Model): Child {
	const { language } = model;
	const list = model.desk?.announcements ?? [];
	const { scope } = model.announcement;
	return h(
		'div',
		{ class: 'group' },
		h('h3', {}, word('announcements', language)),
		list.length === 0
			? h('p', { class: 'soft' }, word('noAnnouncements', language))
			: scopes(model, 'announcement-scope', scope),
		...list.map((one) => {
			const title = nameOf(model, one.title, one.id);
			const question = word(scope === 'event' ? 'askEvacuation' : 'askAnnounce', language, title);
			return h(
				'div',
				{ class: 'buttons', 'data-key': one.id },
				handle(model, { what: 'announce', id: one.id, value: scope }, title, { icon: 'speaker' }, question),
				badge(one.languages.join(' ').toUpperCase()),
			);
		}),
	);
}

function voiceView(model: Model): Child {
	const { language, talk, microphone, desk } = model;
	const key = (what: string, text: string, isOn: boolean, isDisabled = false) =>
		button(
			what,
			`${text}: ${word(talk.isLatched ? (isOn ? 'pressToStop' : 'pressToTalk') : isOn ? 'releaseToStop' : 'holdToTalk', language)}`,
			{
				icon: 'mic',
				class: `talk-key${isOn ? ' on-air' : ''}`,
				isPressed: isOn,
				isDisabled,
			},
		);
	const bad = ['denied', 'missing', 'refused'].includes(microphone);
	return h(
		'div',
		{ class: 'group' },
		h(
			'p',
			{ class: `line microphone ${microphone}`, role: 'status' },
			icon(bad ? 'critical' : 'mic'),
			said(MICROPHONE[microphone], language),
		),
		h(
			'div',
			{ class: 'buttons' },
			microphone === 'closed' || bad
				? button('open-microphone', word('openMicrophone', language), { icon: 'mic' })
				: null,
			button('latch', word('latched', language), { isPressed: talk.isLatched }),
		),
		h('h3', {}, word('talkback', language)),
		h(
			'div',
			{ class: 'buttons', role: 'group', 'aria-label': word('to', language) },
			button('talkback-to', word('allBooths', language), { id: 'all', isPressed: talk.to.length === 0 }),
		),
		...(desk?.rooms ?? []).map((room) => boothChoices(model, room.room)),
		key('talk-booths', word('talkback', language), talk.wanted === 'booths'),
		desk?.talkback
			? handle(model, { what: 'end-talkback', id: '', value: '' }, word('stop', language), { class: 'danger' })
			: null,
		h('h3', {}, word('voice', language)),
		talk.scope === '' ? h('p', { class: 'soft' }, word('chooseScope', language)) : null,
		scopes(model, 'voice-scope', talk.scope),
		key('talk-listeners', word('voice', language), talk.wanted === 'listeners', talk.scope === ''),
	);
}

/** A room's booths, to be addressed one by one. */
function boothChoices(model: Model, room: string): Child {
	const booths = boothsOf(model, room);
	if (booths.length === 0) return null;
	return h(
		'div',
		{ class: 'to-room', 'data-key': room },
		h('span', { class: 'soft' }, roomName(model, room)),
		...booths.map(({ booth }) =>
			button('talkback-to', boothName(model, booth), { id: booth, isPressed: model.talk.to.includes(booth) }),
		),
	);
}

/** Messages with one booth, or with all. */
export function messagesView(model: Model, booth: string | null): HTMLElement {
	const { language } = model;
	const shown = model.messages
		.filter((one) => booth === null || one.from.booth === booth || one.to === booth)
		.slice(-20);
	return h(
		'div',
		{ class: 'group messages' },
		h(
			'ul',
			{ 'aria-live': 'polite' },
			...shown.map((one) => {
				const from =
					one.from.booth === null
						? word('you', language)
						: `${boothPlace(model, one.from.booth)} · ${one.from.seat ?? ''}`;
				return h(
					'li',
					{},
					h('b', {}, from),
					' ',
					one.text ?? (one.canned === null ? '' : said(CANNED_TEXT[one.canned], language)),
				);
			}),
		),
		isTechnician(model)
			? h(
					'form',
					{ class: 'write', 'data-form': 'message' },
					booth !== null
						? h('input', { type: 'hidden', name: 'to', value: booth, 'aria-label': word('to', language) })
						: h(
								'select',
								{ name: 'to', 'aria-label': word('to', language) },
								h('option', { value: 'room' }, word('allBooths', language)),
								...talkbackChoices(model).map((id) => h('option', { value: id }, boothPlace(model, id))),
							),
					h('input', {
						type: 'text',
						name: 'text',
						maxlength: 200,
						'aria-label': word('write', language),
						placeholder: word('write', language),
						autocomplete: 'off',
					}),
					h('button', { type: 'submit' }, h('span', {}, word('send', language))),
				)
			: null,
	);
}

/** What is said over everybody's heads now: never out of sight while it lasts. */
export function overView(model: Model): Child[] {
	const { desk, language } = model;
	const scopeName = (scope: string) => (scope === 'event' ? word('wholeEvent', language) : roomName(model, scope));
	const lines: Child[] = [];
	if (desk?.announcing) {
		const { announcement, scope, author } = desk.announcing;
		const title =
			announcement === 'voice'
				? word('ownVoice', language)
				: nameOf(model, desk.announcements.find((one) => one.id === announcement)?.title, announcement);
		lines.push(
			h(
				'div',
				{ class: 'over', role: 'status' },
				icon('speaker'),
				h('b', {}, word('announcing', language, title)),
				h('span', {}, `${scopeName(scope)} · ${word('byWhom', language, author)}`),
				handle(model, { what: 'end-announcement', id: '', value: '' }, word('stop', language), {
					class: 'danger',
					icon: 'stop',
				}),
			),
		);
	}
	if (desk?.talkback) {
		const to =
			desk.talkback.to.length === 0
				? word('allBooths', language)
				: desk.talkback.to.map((id) => boothPlace(model, id)).join(', ');
		lines.push(
			h(
				'div',
				{ class: 'over', role: 'status' },
				icon('mic'),
				h('b', {}, word('talkbackOn', language, to)),
				h('span', {}, word('byWhom', language, desk.talkback.author)),
				handle(model, { what: 'end-talkback', id: '', value: '' }, word('stop', language), {
					class: 'danger',
					icon: 'stop',
				}),
			),
		);
	}
	return lines;
}
