// What the player does, as one state that the page has words for. The order tells what
// matters most to somebody who hears nothing: what they can do, then what is broken,
// then who is speaking.
import type { PlayerStatus } from './player.ts';

export const STATES = [
	'idle', // not listening
	'interrupted', // the phone took the sound away; a tap resumes
	'reconnecting',
	'locked', // the room's PIN is asked for
	'lost', // the sound's device is gone
	'off', // nobody feeds the channel
	'starting',
	'stalled', // nothing arrives
	'quiet', // packets come, no sound in them
	'hall', // pass-through
	'other', // another language's interpretation
	'desk', // a technician's announcement
	'floor', // live on a floor
	'live', // live on an interpreter
] as const;
export type State = (typeof STATES)[number];

/** How a state looks: calm, at work, sounding, sounding but not the interpreter, in trouble. */
export type Tone = 'calm' | 'busy' | 'live' | 'hall' | 'trouble';

export const TONES: Record<State, Tone> = {
	idle: 'calm',
	interrupted: 'trouble',
	reconnecting: 'busy',
	locked: 'trouble',
	lost: 'trouble',
	off: 'calm',
	starting: 'busy',
	stalled: 'busy',
	quiet: 'calm',
	hall: 'hall',
	other: 'hall',
	desk: 'hall',
	floor: 'live',
	live: 'live',
};

type Told = Pick<PlayerStatus, 'connection' | 'playback' | 'feed' | 'source' | 'lock'>;

export function stateOf({ connection, playback, feed, source, lock }: Told): State {
	if (playback === 'idle') return 'idle';
	if (playback === 'interrupted') return 'interrupted';
	if (connection === 'reconnecting') return 'reconnecting';
	if (connection !== 'open') return 'starting';
	if (lock) return 'locked';
	if (source === 'lost') return 'lost';
	if (feed === 'silence') return 'off';
	if (playback === 'starting') return 'starting';
	if (playback === 'stalled') return 'stalled';
	if (source === 'silent') return 'quiet';
	if (feed === 'pass-through') return 'hall';
	if (feed === 'channel') return 'other';
	if (feed === 'desk') return 'desk';
	return feed === 'floor' ? 'floor' : 'live';
}

/** A gap shorter than this is no news: the sound is back before the words are read. */
const STALL_TOLD_MS = 1500;
/** After this a connection that is back, but brings nothing, is called what it is. */
const RETURN_LIMIT_MS = 5000;

/** What to show when the player goes over to `next` while `shown` stands. A stall is told only when it
 * lasts; one that belongs to a start or a reconnection keeps their words. `stalledMs`: its length so far. */
export function steady(shown: State, next: State, stalledMs: number): State {
	if (next !== 'stalled' || shown === 'idle') return next;
	const belongs = shown === 'reconnecting' || shown === 'starting';
	return stalledMs < (belongs ? RETURN_LIMIT_MS : STALL_TOLD_MS) ? shown : next;
}
