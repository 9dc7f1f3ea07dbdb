import { beforeEach, describe, expect, test } from 'vitest';
import { COUGH_BLIND_MS, Keys } from '../keys.ts';
import { Microphone } from '../microphone_key.ts';

let keys: Keys;
beforeEach(() => {
	keys = new Keys();
});

const press = (key: string, more: Partial<Parameters<Keys['down']>[0]> = {}, nowMs = 0) =>
	keys.down(
		{
			key,
			code: key === ' ' ? 'Space' : /^\d$/.test(key) ? `Digit${key}` : `Key${key.toUpperCase()}`,
			isRepeat: false,
			isModified: false,
			isTyping: false,
			...more,
		},
		nowMs,
	);

describe('keys', () => {
	test('space is the microphone, wherever the focus is but in a text', () => {
		expect(press(' ')).toEqual([{ do: 'microphone' }]);
		expect(press(' ', { isRepeat: true })).toEqual([]);
		expect(press(' ', { isTyping: true })).toBeNull();
		expect(press(' ', { isTyping: true, isModified: true })).toEqual([{ do: 'microphone' }]);
	});

	test('the browser keeps its own', () => {
		expect(press('r', { isModified: true })).toBeNull();
		expect(press('j')).toBeNull();
		expect(press('Tab', { code: 'Tab' })).toBeNull();
	});

	test('a French digit row needs no shift', () => {
		expect(press('é', { code: 'Digit2' })).toEqual([{ do: 'relay', preset: 1 }]);
		expect(press('à', { code: 'Digit0' })).toEqual([{ do: 'floor' }]);
		expect(press('-', { code: 'Digit6' })).toEqual([{ do: 'volume', step: -1 }]);
	});

	test('an input method that keeps letters to itself', () => {
		expect(press('Process', { code: 'KeyH' })).toEqual([{ do: 'handover' }]);
		expect(press('Process', { code: 'KeyC' })).toEqual([{ do: 'cough', on: true }]);
	});

	test('a panel with numbered lines takes the digits, a held key acts once', () => {
		keys.hasPicks = true;
		expect(press('2')).toEqual([{ do: 'pick', index: 1 }]);
		expect(press('0')).toEqual([{ do: 'pick', index: 9 }]);
		expect(press('h', { isRepeat: true })).toEqual([]);
		expect(press('ArrowUp', { code: 'ArrowUp', isRepeat: true })).toEqual([{ do: 'volume', step: 1 }]);
	});

	test('while somebody writes only Escape is ours', () => {
		expect(press('c', { isTyping: true })).toBeNull();
		expect(press('Escape', { isTyping: true, code: 'Escape' })).toEqual([{ do: 'close' }]);
	});
});

describe('push to talk', () => {
	test('opens while held, and closes when the page loses the focus', () => {
		keys.isPushToTalk = true;
		expect(press(' ')).toEqual([{ do: 'talk', on: true }]);
		expect(keys.up(' ', 'Space')).toEqual([{ do: 'talk', on: false }]);
		press(' ');
		expect(keys.blur(0)).toEqual([{ do: 'talk', on: false }]);
		expect(keys.up(' ', 'Space')).toEqual([]);
	});
});

describe('cough', () => {
	test('lasts as long as the key', () => {
		expect(press('c')).toEqual([{ do: 'cough', on: true }]);
		expect(press('c', { isRepeat: true })).toEqual([]);
		expect(keys.tick(60_000)).toEqual([]);
		expect(keys.up('c', 'KeyC')).toEqual([{ do: 'cough', on: false }]);
	});

	test('without the focus it ends by itself, not at once and not never', () => {
		press('c', {}, 1000);
		expect(keys.blur(2000)).toEqual([]);
		expect(keys.tick(2000 + COUGH_BLIND_MS - 1)).toEqual([]);
		expect(keys.tick(2000 + COUGH_BLIND_MS)).toEqual([{ do: 'cough', on: false }]);
		expect(keys.tick(9000)).toEqual([]);
	});

	test('back in the focus a key that is still held goes on, one that is not ends', () => {
		press('c', {}, 0);
		keys.blur(100);
		keys.focus(1000);
		press('c', { isRepeat: true }, 1500);
		expect(keys.tick(1800)).toEqual([]);
		expect(keys.tick(2300)).toEqual([{ do: 'cough', on: false }]);
	});

	test('a finger on the button is the same', () => {
		expect(keys.coughButton(true)).toEqual([{ do: 'cough', on: true }]);
		expect(keys.coughButton(true)).toEqual([]);
		expect(keys.coughButton(false)).toEqual([{ do: 'cough', on: false }]);
	});
});

describe('the microphone key', () => {
	test('is on when the server says so, and off when it says so', () => {
		const it = new Microphone();
		it.press(true, 0);
		expect(it.told(false)).toBe(false);
		expect(it.state).toBe('asked');
		expect(it.sends).toBe(true);
		expect(it.told(true)).toBe(true);
		expect(it.state).toBe('on');
		expect(it.told(false)).toBe(true);
		expect(it.sends).toBe(false);
	});

	test('a refusal and a silence end it', () => {
		const it = new Microphone();
		it.press(true, 0);
		it.refused();
		expect(it.state).toBe('off');
		it.press(true, 0);
		expect(it.tick(1999)).toBe(false);
		expect(it.tick(2000)).toBe(true);
		expect(it.sends).toBe(false);
	});

	test('asks anew after a loss, and only if it was on', () => {
		const it = new Microphone();
		it.joined(0);
		expect(it.state).toBe('off');
		it.press(true, 0);
		it.told(true);
		it.joined(5000);
		expect(it.state).toBe('asked');
		expect(it.tick(6000)).toBe(false);
	});
});
