/**
 * Which key does what: fixed, printed on each button, the same in every language. Pure.
 *
 * Cough and push-to-talk are held. A release that cannot be seen must harm nobody:
 *
 * - Push-to-talk ends when the page loses the focus: an open microphone that nobody holds open
 *   is the worst that can happen.
 * - Cough goes on for at most COUGH_BLIND_MS when the page loses the focus, and the page says so: to
 *   end it at once would send a private word to the listeners, to keep it would leave them in
 *   silence for ever. Back in the focus, a key that is still held says so by repeating.
 */
import type { OutputName, SignalKind } from './console_wire.ts';

export type Panel = 'sound' | 'messages' | 'documents' | 'idle' | 'help' | 'check';

export type Action =
	| { do: 'microphone' }
	| { do: 'talk'; on: boolean }
	| { do: 'cough'; on: boolean }
	| { do: 'output'; output: OutputName }
	| { do: 'handover' }
	| { do: 'decline' }
	| { do: 'floor' }
	| { do: 'relay'; preset: number }
	/** The next digit keeps the source as that preset. */
	| { do: 'store' }
	| { do: 'source'; step: 1 | -1 }
	| { do: 'volume'; step: 1 | -1 }
	| { do: 'monitor' }
	| { do: 'signal'; kind: SignalKind }
	| { do: 'technician' }
	| { do: 'shift' }
	| { do: 'panel'; panel: Panel }
	| { do: 'close' }
	/** Within a panel: the numbered line. */
	| { do: 'pick'; index: number };

/** What is printed on the buttons: the terminal's console (client/keys.c) has the same. */
export const KEY_NAMES = {
	microphone: '␣',
	cough: 'C',
	a: 'A',
	b: 'B',
	handover: 'H',
	decline: 'N',
	floor: '0',
	relay: ['1', '2', '3'],
	store: 'P',
	next: '→',
	before: '←',
	louderVolume: '+',
	quieterVolume: '−',
	monitor: 'O',
	sound: 'S',
	idle: 'I',
	'slow-down': 'D',
	louder: 'U',
	'cannot-hear': 'R',
	technician: 'T',
	messages: 'M',
	documents: 'L',
	shift: 'X',
	check: 'V',
	help: '?',
	close: 'Esc',
} as const;

const VOLUME_UP: Action = { do: 'volume', step: 1 };
const VOLUME_DOWN: Action = { do: 'volume', step: -1 };

const LETTERS: Record<string, Action> = {
	a: { do: 'output', output: 'a' },
	b: { do: 'output', output: 'b' },
	h: { do: 'handover' },
	n: { do: 'decline' },
	f: { do: 'floor' },
	'0': { do: 'floor' },
	'1': { do: 'relay', preset: 0 },
	'2': { do: 'relay', preset: 1 },
	'3': { do: 'relay', preset: 2 },
	p: { do: 'store' },
	arrowright: { do: 'source', step: 1 },
	arrowleft: { do: 'source', step: -1 },
	arrowup: VOLUME_UP,
	arrowdown: VOLUME_DOWN,
	'+': VOLUME_UP,
	'=': VOLUME_UP,
	'-': VOLUME_DOWN,
	_: VOLUME_DOWN,
	o: { do: 'monitor' },
	d: { do: 'signal', kind: 'slow-down' },
	u: { do: 'signal', kind: 'louder' },
	r: { do: 'signal', kind: 'cannot-hear' },
	t: { do: 'technician' },
	x: { do: 'shift' },
	i: { do: 'panel', panel: 'idle' },
	m: { do: 'panel', panel: 'messages' },
	l: { do: 'panel', panel: 'documents' },
	s: { do: 'panel', panel: 'sound' },
	v: { do: 'panel', panel: 'check' },
	'?': { do: 'panel', panel: 'help' },
	f1: { do: 'panel', panel: 'help' },
	escape: { do: 'close' },
};
/** Held down they go on. */
const REPEATING = ['arrowup', 'arrowdown', '+', '=', '-', '_'];
/** The numbered lines of a panel, as they lie on the keyboard. */
export const PICKS = '1234567890-';

export interface Press {
	/** KeyboardEvent.key and .code */
	key: string;
	code: string;
	isRepeat: boolean;
	/** Ctrl, Alt or Meta: the browser's own, but for Ctrl-Space. */
	isModified: boolean;
	/** The focus is where text is typed, or a slider or list is moved. */
	isTyping: boolean;
}

export const COUGH_BLIND_MS = 3000;
const COUGH_REPEAT_MS = 700;

export class Keys {
	isPushToTalk = false;
	/** A panel with numbered lines is open. */
	hasPicks = false;
	private isTalking = false;
	private isCoughing = false;
	/** Held by a finger or a mouse on the button, not by the key. */
	isTalkButtonDown = false;
	isCoughKeyDown = false;
	/** When a cough ends of which the release cannot be seen; null: it can. */
	private coughEndsAt: number | null = null;

	/** The actions of a key that goes down; null: it is none of ours, and the browser's to handle. */
	down(press: Press, nowMs: number): Action[] | null {
		// The microphone is within reach while somebody writes, too.
		const isMicrophone = press.code === 'Space' && (press.isModified || !press.isTyping);
		if (isMicrophone) return this.space(press.isRepeat);
		if (press.isModified || (press.isTyping && press.key !== 'Escape')) return null;
		// By its place where a layout has digits behind Shift (French), by its letter else.
		const digit = /^(?:Digit|Numpad)(\d)$/.exec(press.code)?.[1];
		// An input method may keep the letter to itself: then by the place of the key.
		const letter = press.key.length > 1 ? /^Key([A-Z])$/.exec(press.code)?.[1] : undefined;
		const typed = (letter ?? press.key).toLowerCase();
		const key = this.hasPicks || LETTERS[typed] === undefined ? (digit ?? typed) : typed;
		if (key === 'c') return this.cough(press.isRepeat, nowMs);
		if (press.isRepeat && !REPEATING.includes(key)) return LETTERS[key] === undefined ? null : [];
		if (this.hasPicks && PICKS.includes(key)) return [{ do: 'pick', index: PICKS.indexOf(key) }];
		const action = LETTERS[key];
		return action === undefined ? null : [action];
	}

	private space(isRepeat: boolean): Action[] {
		if (isRepeat) return [];
		if (!this.isPushToTalk) return [{ do: 'microphone' }];
		this.isTalking = true;
		return [{ do: 'talk', on: true }];
	}

	private cough(isRepeat: boolean, nowMs: number): Action[] {
		if (this.isCoughing) {
			// Back in the focus and still held: its release will be seen again.
			if (isRepeat && this.coughEndsAt !== null) this.coughEndsAt = nowMs + COUGH_REPEAT_MS;
			return [];
		}
		if (isRepeat) return [];
		this.isCoughing = true;
		this.isCoughKeyDown = true;
		this.coughEndsAt = null;
		return [{ do: 'cough', on: true }];
	}

	up(key: string, code: string): Action[] {
		if (code === 'Space' && this.isTalking) return this.endTalk();
		if ((key.toLowerCase() === 'c' || code === 'KeyC') && this.isCoughing) return this.endCough();
		return [];
	}

	/** The cough button under a finger or a mouse, which the page holds on to. */
	coughButton(isDown: boolean): Action[] {
		if (isDown === this.isCoughing) return [];
		if (!isDown) return this.endCough();
		this.isCoughing = true;
		this.coughEndsAt = null;
		return [{ do: 'cough', on: true }];
	}

	talkButton(isDown: boolean): Action[] {
		if (isDown === this.isTalking) return [];
		if (!isDown) return this.endTalk();
		this.isTalking = true;
		this.isTalkButtonDown = true;
		return [{ do: 'talk', on: true }];
	}

	/** The page lost the focus, or is hidden: no release will be seen. */
	blur(nowMs: number): Action[] {
		if (this.isCoughing) this.coughEndsAt ??= nowMs + COUGH_BLIND_MS;
		return this.isTalking ? this.endTalk() : [];
	}

	/** The focus is back: a cough key that is still held repeats within a moment. */
	focus(nowMs: number): void {
		if (this.coughEndsAt !== null) this.coughEndsAt = Math.min(this.coughEndsAt, nowMs + COUGH_REPEAT_MS);
	}

	tick(nowMs: number): Action[] {
		return this.coughEndsAt !== null && nowMs >= this.coughEndsAt ? this.endCough() : [];
	}

	/** The microphone went off by another way: nothing is held any more. */
	reset(): void {
		this.isTalking = false;
		this.isTalkButtonDown = false;
		this.isCoughing = false;
		this.isCoughKeyDown = false;
		this.coughEndsAt = null;
	}

	private endTalk(): Action[] {
		this.isTalking = false;
		this.isTalkButtonDown = false;
		return [{ do: 'talk', on: false }];
	}

	private endCough(): Action[] {
		this.isCoughing = false;
		this.isCoughKeyDown = false;
		this.coughEndsAt = null;
		return [{ do: 'cough', on: false }];
	}
}
