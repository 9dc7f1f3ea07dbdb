/**
 * What a key or button does now: the interpreter's wish against the model, out come commands.
 * Pure. What would take something from somebody is asked for twice (AGAIN_MS).
 */
import type { ConsoleCommand } from './console_messages.ts';
import { CANNED, type ConsoleMessage, type HandoverAction } from './console_wire.ts';
import type { Action } from './keys.ts';
import {
	AGAIN_MS,
	amOnAir,
	floorOf,
	handoverView,
	idleChoices,
	isJoined,
	type Model,
	mySeat,
	outputOf,
	partners,
	presentPartners,
	presets,
	roomOf,
	say,
	sourceOf,
} from './model.ts';

/** To the worker, or to the page itself. */
export type Effect =
	| ConsoleCommand
	| { type: 'sound' } // settings of the ears have changed
	| { type: 'keep' } // settings are to be kept
	| { type: 'panel' }; // another panel is open

const VOLUME_STEP_DB = 2;
export const MONITOR_LOWEST_DB = -40;

const tell = (message: ConsoleMessage): Effect => ({ type: 'say', message });

export function act(model: Model, action: Action, nowMs: number): Effect[] {
	switch (action.do) {
		case 'microphone':
			return microphone(model, model.status?.microphone === 'off', nowMs);
		case 'talk':
			return action.on === (model.status?.microphone !== 'off') ? [] : microphone(model, action.on, nowMs);
		case 'cough':
			model.isCoughing = action.on;
			return [{ type: 'cough', on: action.on }];
		case 'output':
			return output(model, action.output, nowMs);
		case 'handover':
		case 'decline':
			return handover(model, action.do === 'decline', nowMs);
		case 'floor':
			return listen(floorOf(model)?.id);
		case 'relay':
			return digit(model, action.preset, nowMs);
		case 'store':
			model.digit = { means: 'store', until: nowMs + AGAIN_MS };
			say(model, { code: 'store' }, nowMs, AGAIN_MS);
			return [];
		case 'source':
			return stepSource(model, action.step);
		case 'volume':
			model.settings.volumeDb = Math.min(0, Math.max(-60, model.settings.volumeDb + action.step * VOLUME_STEP_DB));
			return [{ type: 'sound' }, { type: 'keep' }];
		case 'monitor':
			model.isMonitoring = !model.isMonitoring;
			return followMonitor(model);
		case 'signal': {
			if (!mustBeJoined(model, nowMs)) return [];
			const isOn = model.room?.signals.some((signal) => signal.kind === action.kind) ?? false;
			return [tell({ type: 'signal', kind: action.kind, on: !isOn })];
		}
		case 'technician': {
			if (!mustBeJoined(model, nowMs)) return [];
			const call = mySeat(model)?.call ?? null;
			return [tell({ type: 'call', on: call === null || call === 'done' })];
		}
		case 'shift':
			model.shiftBegan = amOnAir(model) ? nowMs : null;
			model.isShiftTold = false;
			return [];
		case 'panel':
			return openPanel(model, model.panel === action.panel ? null : action.panel);
		case 'close':
			model.take = null;
			return model.panel === null ? [] : openPanel(model, null);
		case 'pick':
			return pick(model, action.index, nowMs);
	}
}

function mustBeJoined(model: Model, nowMs: number): boolean {
	if (isJoined(model)) return true;
	say(model, { code: 'not-joined' }, nowMs);
	return false;
}

function isTaking(model: Model, what: 'microphone' | 'a' | 'b', nowMs: number): boolean {
	const is = model.take?.what === what && nowMs < model.take.until;
	model.take = null;
	if (is) model.said = null;
	return is;
}

function microphone(model: Model, on: boolean, nowMs: number): Effect[] {
	if (!on) return [{ type: 'mic', on: false, take: false }];
	if (!mustBeJoined(model, nowMs)) return [];
	if (model.microphone !== 'open') {
		say(model, { code: 'no-microphone' }, nowMs);
		return [];
	}
	const take = isTaking(model, 'microphone', nowMs);
	const effects: Effect[] = [];
	if (model.isEchoOn) effects.push(...setEcho(model, false));
	if (model.isToneOn) effects.push(...setTone(model, false));
	effects.push({ type: 'mic', on: true, take });
	return effects;
}

function output(model: Model, name: 'a' | 'b', nowMs: number): Effect[] {
	if (!mustBeJoined(model, nowMs)) return [];
	if (outputOf(model, name) === null) {
		say(model, { code: 'no-output' }, nowMs);
		return [];
	}
	const take = isTaking(model, name, nowMs);
	if (model.booth?.output === name && !take) return [];
	return [tell({ type: 'output', output: name, take })];
}

function handover(model: Model, isDecline: boolean, nowMs: number): Effect[] {
	if (!mustBeJoined(model, nowMs)) return [];
	const send = (action: HandoverAction, seat?: number): Effect[] => [
		tell(seat === undefined ? { type: 'handover', action } : { type: 'handover', action, seat }),
	];
	const view = handoverView(model);
	if (view === 'offered-to-me' || view === 'asked-of-me') return send(isDecline ? 'decline' : 'accept');
	if (view === 'offered-by-me' || view === 'asked-by-me' || view === 'agreed') return send('cancel');
	if (isDecline) {
		say(model, { code: 'no-handover' }, nowMs);
		return [];
	}
	const others = presentPartners(model);
	if (others.length === 0) {
		say(model, { code: 'nobody' }, nowMs);
		return [];
	}
	if (!amOnAir(model)) {
		const onAir = model.booth?.on_air ?? null;
		if (onAir === null) {
			say(model, { code: 'not-on-air' }, nowMs);
			return [];
		}
		return send('ask', onAir);
	}
	if (others.length > 1) {
		model.digit = { means: 'seat', until: nowMs + AGAIN_MS };
		say(model, { code: 'which-partner' }, nowMs, AGAIN_MS);
		return [];
	}
	return send('offer', others[0]!.seat);
}

function listen(channelId: string | undefined): Effect[] {
	return channelId === undefined ? [] : [{ type: 'listen', channelId }];
}

/** A digit: a relay, or what was asked for just before. */
function digit(model: Model, preset: number, nowMs: number): Effect[] {
	const asked = model.digit !== null && nowMs < model.digit.until ? model.digit.means : null;
	model.digit = null;
	if (asked === 'store') {
		const source = sourceOf(model);
		if (source === null) return [];
		model.settings.presets[preset] = source.id;
		say(model, { code: 'stored' }, nowMs, 2500);
		return [{ type: 'keep' }];
	}
	if (asked === 'seat') {
		if (!partners(model).some((seat) => seat.seat === preset + 1)) return [];
		return [tell({ type: 'handover', action: 'offer', seat: preset + 1 })];
	}
	const channel = presets(model)[preset];
	if (channel == null) say(model, { code: 'no-preset' }, nowMs);
	return listen(channel?.id);
}

function stepSource(model: Model, step: number): Effect[] {
	const channels = roomOf(model)?.channels ?? [];
	const at = channels.findIndex((channel) => channel.id === model.status?.channelId);
	return listen(channels[(at + step + channels.length) % channels.length]?.id);
}

/** What is monitored is what leaves the booth, whatever its channel is now. */
export function followMonitor(model: Model): Effect[] {
	const channel = model.isMonitoring ? (outputOf(model)?.channel ?? null) : null;
	return [{ type: 'monitor', channel }, { type: 'sound' }];
}

function openPanel(model: Model, panel: Model['panel']): Effect[] {
	const effects: Effect[] = [{ type: 'panel' }];
	if (model.panel === 'check' || model.panel === 'sound') {
		if (model.isEchoOn) effects.push(...setEcho(model, false));
		if (model.isToneOn) effects.push(...setTone(model, false));
	}
	model.panel = panel;
	if (panel === 'messages') model.unread = 0;
	return effects;
}

export function setEcho(model: Model, on: boolean): Effect[] {
	model.isEchoOn = on && isJoined(model);
	return [{ type: 'echo', on: model.isEchoOn }, { type: 'sound' }, ...(on ? [] : followMonitor(model))];
}

export function setTone(model: Model, on: boolean): Effect[] {
	model.isToneOn = on;
	return [{ type: 'sound' }];
}

/** The numbered line of the panel that is open. */
function pick(model: Model, index: number, nowMs: number): Effect[] {
	if (model.panel === 'idle') {
		const choice = idleChoices(model)[index];
		const own = outputOf(model);
		if (choice === undefined || own === null || !mustBeJoined(model, nowMs)) return [];
		const { feed, from } = choice;
		return [tell({ type: 'idle', channel: own.channel, feed, from }), ...openPanel(model, null)];
	}
	const canned = CANNED[index];
	if (model.panel !== 'messages' || canned === undefined || !mustBeJoined(model, nowMs)) return [];
	return [tell({ type: 'message', to: model.messageTo, text: null, canned })];
}
