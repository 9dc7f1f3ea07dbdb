/** One stretch of a channel that comes from one source, as the listener knows it. */
import {
	type ClockMapping,
	extend,
	type Feed,
	RATE_HZ,
	type Source,
	type StateMessage,
	TIMESTAMP_MODULUS,
} from './wire.ts';

export interface Epoch {
	readonly channel: number;
	/** The server's number of it. */
	readonly number: number;
	/** RTP sequence and timestamp of its first packet as the server told them; null while unknown. */
	firstSequence: number | null;
	firstTimestamp: number | null;
	feed: Feed;
	source: Source;
	/** Linear. */
	gain: number;
	fadeSamples: number;
	clock: ClockMapping | null;
	/** Smallest transit of its packets, in samples (see arrivals.ts). Infinity before the first. */
	base: number;
	/** Epochs of one time line continue each other; another channel or another server begins a new one. */
	readonly timeline: number;
}

export function createEpoch(state: StateMessage, timeline: number): Epoch {
	return {
		channel: state.channel,
		number: state.epoch,
		firstSequence: state.sequence,
		firstTimestamp: state.timestamp,
		feed: state.feed,
		source: state.source,
		gain: linear(state.gain_db),
		fadeSamples: Math.round((state.fade_ms * RATE_HZ) / 1000),
		clock: state.clock,
		base: Infinity,
		timeline,
	};
}

/**
 * Whether this state speaks of that epoch of that same server's time line. After a reconnection
 * (`isDoubted`) the number alone tells nothing: another server counts from 1, too.
 */
export function isSameEpoch(epoch: Epoch, state: StateMessage, isDoubted: boolean): boolean {
	if (epoch.channel !== state.channel || epoch.number !== state.epoch) return false;
	if (epoch.firstSequence === null || state.sequence === null) return !isDoubted;
	return epoch.firstSequence === state.sequence && epoch.firstTimestamp === state.timestamp;
}

/** What a `state` with a known epoch may change. */
export function updateEpoch(epoch: Epoch, state: StateMessage): void {
	epoch.feed = state.feed;
	epoch.source = state.source;
	epoch.gain = linear(state.gain_db);
	epoch.firstSequence = state.sequence ?? epoch.firstSequence;
	epoch.firstTimestamp = state.timestamp ?? epoch.firstTimestamp;
	epoch.clock = state.clock ?? epoch.clock;
}

/** Server clock (µs) when the sample with this extended timestamp was at the microphone; null while unknown. */
export function microphoneUs(epoch: Epoch, timestamp: number): number | null {
	if (epoch.clock === null) return null;
	const reference = extend(epoch.clock.timestamp, timestamp, TIMESTAMP_MODULUS);
	return epoch.clock.server_us + ((timestamp - reference) / epoch.clock.rate_hz) * 1e6;
}

function linear(gainDb: number): number {
	return 10 ** (gainDb / 20);
}
