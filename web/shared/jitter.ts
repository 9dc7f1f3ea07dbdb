/**
 * The adaptive jitter buffer: packets and control in, 48 kHz sound out, as little late as the
 * network allows. Pure: it runs in the audio worklet, on the page's thread and under node;
 * time is the audio device's frame counter and nothing else. `pull` allocates nothing.
 *
 *   packet() ─▶ PacketStore ─▶ Voice (decoder, queue) ─┐ cross-fade
 *   state() ──▶ epochs          Voice (the one before) ─┴▶ pull()
 *
 * What is controlled is the play delay: how much later than the fastest packet's the sound is
 * given out, known to the sample. It is held near the target (arrivals.ts) by cutting or
 * repeating silence and pitch periods. When packets stay away the media's clock is held, so
 * the delay grows by what was made up; what is far too late is skipped.
 */
import { Arrivals } from './arrivals.ts';
import type { Decoder } from './decoder.ts';
import { createEpoch, type Epoch, isSameEpoch, microphoneUs, updateEpoch } from './epoch.ts';
import { PacketStore, type StoredPacket } from './packet_store.ts';
import { PERIOD_MAX } from './pcm_queue.ts';
import { LoudnessTracker, TimeStretch } from './time_stretch.ts';
import { Voice } from './voice.ts';
import {
	type ClockMessage,
	extend,
	RATE_HZ,
	type RtpPacket,
	SEQUENCE_MODULUS,
	type StateMessage,
	TIMESTAMP_MODULUS,
} from './wire.ts';

const MS = RATE_HZ / 1000;
/** Off the target by this much: cut or repeat what there is. */
const OFF_MUCH = 8 * MS;
/** Off by this much: in pauses of the speaker only, where it costs nothing. Nearer than that is there. */
const OFF_LITTLE = 3 * MS;
const SKIP_ABOVE = 250 * MS;
/** Operations are this far apart, so that speech stays speech; closer when there is much to do. */
const OPERATION_DISTANCE = 100 * MS;
const OPERATION_DISTANCE_URGENT = 40 * MS;
const URGENT_ABOVE = 60 * MS;
/** With nothing found to cut, look again after this. */
const RETRY_DISTANCE = 10 * MS;
/** A source that pauses sends a keep-alive each 400 ms: silence for longer is a fault. */
const PAUSE_LONGEST = 600 * MS;
const SKIP_FADE = 20 * MS;
const FADE_LEAST = 2.5 * MS;
const FRESH_FADE = 40 * MS;
/** Packets decoded unheard before a decoder's first sound, so that it is in step. */
const PRIME_COUNT = 2;
/** A jump of the sequence further than this is no loss but another time line. */
const JUMP_SEQUENCE = 3000;
/** What a gain moves in a millisecond at most, however the sound is cut into pieces. */
const GAIN_STEP_MS = 0.0075;

export interface JitterStats {
	delayMs: number;
	bufferMs: number;
	targetMs: number;
	/** Totals since creation. */
	concealedMs: number;
	underruns: number;
	skips: number;
	removals: number;
	insertions: number;
	latePackets: number;
	duplicatePackets: number;
	lostPackets: number;
	badPackets: number;
	isStarted: boolean;
	isStalled: boolean;
}

export class JitterBuffer {
	private readonly arrivals: Arrivals;
	private readonly store = new PacketStore();
	private readonly loudness = new LoudnessTracker();
	private readonly stretch = new TimeStretch(this.loudness);

	/** The one that is heard, and the one that fades out (or waits for its next use). */
	private voice: Voice;
	private other: Voice;
	private isVoiceOn = false;
	private fadeSamples = 0;
	private fadeDone = 0;
	private gain = 1;
	private otherGain = 0;

	private channel: number | null = null;
	/** The newest epoch told, and whether its connection is another than that of the packets before. */
	private epoch: Epoch | null = null;
	private isReconnected = true;
	private timeline = 0;
	private isTimelineEmpty = true;
	/** Of the newest packet, extended. */
	private newestSequence = 0;
	private newestTimestamp = 0;
	private newestEnd = 0;

	/** Sequence of the packet before which a gap has been looked at, and of the one after which an underrun was counted. */
	private resolvedGap = -1;
	private underrunAfter = -1;
	private isCorrecting = false;
	private nextOperation = 0;

	private concealed = 0;
	private underruns = 0;
	private skips = 0;
	private removals = 0;
	private insertions = 0;
	private latePackets = 0;
	private duplicatePackets = 0;
	private lostPackets = 0;
	private badPackets = 0;

	/** `burst`: frames that the output is known to ask for at once, 0 when that is to be found out. */
	constructor(decoders: [Decoder, Decoder], burst = 0) {
		this.arrivals = new Arrivals(burst);
		this.voice = new Voice(decoders[0], this.loudness);
		this.other = new Voice(decoders[1], this.loudness);
	}

	/** Listen to this channel number, or to none. What was heard until now fades out. */
	setChannel(channel: number | null): void {
		if (channel === this.channel) return;
		this.channel = channel;
		this.epoch = null;
		this.store.clear(0);
	}

	/** A new connection: what comes next may be of another server. */
	connected(): void {
		this.isReconnected = true;
	}

	state(message: StateMessage): void {
		if (message.channel !== this.channel) return;
		if (this.epoch !== null && isSameEpoch(this.epoch, message, this.isReconnected)) {
			updateEpoch(this.epoch, message);
		} else {
			this.begin(message, this.epoch === null || this.isReconnected);
		}
		this.isReconnected = false;
	}

	clock(message: ClockMessage): void {
		const { channel, epoch, timestamp, server_us, rate_hz } = message;
		for (const known of [this.epoch, this.voice.epoch]) {
			if (known?.channel === channel && known.number === epoch) known.clock = { timestamp, server_us, rate_hz };
		}
	}

	private begin(state: StateMessage, isFresh: boolean): void {
		if (isFresh) {
			this.timeline++;
			this.isTimelineEmpty = true;
			this.store.clear(0);
		}
		this.epoch = createEpoch(state, this.timeline);
		this.arrivals.newTimeline();
	}

	/** A packet of the channel came, before the sound of `frame` is asked for. */
	packet(packet: RtpPacket, frame: number): void {
		if (packet.channel !== this.channel || this.epoch === null) {
			this.badPackets++;
			return;
		}
		const isFirst = this.isTimelineEmpty;
		if (isFirst) {
			// One turn up, so that nothing of before the first packet is below zero.
			this.newestSequence = packet.sequence + SEQUENCE_MODULUS;
			this.newestTimestamp = packet.timestamp + TIMESTAMP_MODULUS;
		}
		const sequence = extend(packet.sequence, this.newestSequence, SEQUENCE_MODULUS);
		const timestamp = extend(packet.timestamp, this.newestTimestamp, TIMESTAMP_MODULUS);
		if (!isFirst && Math.abs(sequence - this.newestSequence) > JUMP_SEQUENCE) {
			this.begin({ ...stateOf(this.epoch), sequence: packet.sequence, timestamp: packet.timestamp }, true);
			this.packet(packet, frame);
			return;
		}
		this.keep(packet, sequence, timestamp, frame, isFirst);
	}

	private keep(packet: RtpPacket, sequence: number, timestamp: number, frame: number, isFirst: boolean): void {
		const epoch = this.epoch!;
		if (!this.store.put(sequence, timestamp, packet.durationSamples, epoch, packet.payload)) {
			if (this.store.get(sequence) !== null) this.duplicatePackets++;
			else this.latePackets++;
			return;
		}
		this.isTimelineEmpty = false;
		if (isFirst || sequence > this.newestSequence) {
			this.newestSequence = sequence;
			this.newestTimestamp = timestamp;
			this.newestEnd = timestamp + packet.durationSamples;
		}
		this.arrivals.add(frame, timestamp);
		epoch.base = this.arrivals.base;
	}

	/** Fills `out` with the sound of the device's frames from `frame` on. */
	pull(out: Float32Array, frame: number): void {
		out.fill(0);
		this.control(frame);
		for (let done = 0; done < out.length; ) {
			const count = this.prepare(out.length - done, frame + done);
			if (this.isVoiceOn) this.mix(out, done, count);
			done += count;
		}
	}

	/** Sees that the voice has something to give out. Tells how many samples, at most `most`. */
	private prepare(most: number, frame: number): number {
		for (;;) {
			if (this.startFresh(frame)) continue;
			if (!this.isVoiceOn) return most;
			const { available } = this.voice.queue;
			if (available > 0) return Math.min(most, available);
			this.refill(frame);
		}
	}

	private mix(out: Float32Array, at: number, count: number): void {
		const { voice, other } = this;
		const wanted = voice.epoch!.gain;
		const most = (GAIN_STEP_MS * count) / MS;
		const step = Math.max(-most, Math.min(most, wanted - this.gain));
		const gainTo = this.gain + step;
		if (this.fadeDone >= this.fadeSamples) {
			voice.queue.mixInto(out, at, count, this.gain, gainTo);
			this.gain = gainTo;
			return;
		}
		const from = this.fadeDone / this.fadeSamples;
		const to = Math.min(1, (this.fadeDone + count) / this.fadeSamples);
		voice.queue.mixInto(out, at, count, this.gain * rising(from), gainTo * rising(to));
		this.gain = gainTo;
		while (other.queue.available < count) other.conceal(count - other.queue.available, false);
		other.queue.mixInto(out, at, count, this.otherGain * rising(1 - from), this.otherGain * rising(1 - to));
		this.fadeDone += count;
	}

	/** How much later than the fastest packet's the voice's next sample is given out at `frame`. */
	private delay(frame: number): number {
		const { epoch } = this.voice;
		return epoch === null || epoch.base === Infinity ? 0 : frame - this.voice.position - epoch.base;
	}

	/** Another time line starts as soon as its first sound is as late as the target says. */
	private startFresh(frame: number): boolean {
		const first = this.store.first();
		const epoch = first?.epoch ?? null;
		if (first === null || epoch === null) return false;
		if (this.isVoiceOn && epoch.timeline === this.voice.epoch!.timeline) return false;
		const position = frame - epoch.base - this.arrivals.target;
		if (position < first.timestamp) return false;
		this.change(epoch, first.timestamp, this.isVoiceOn ? FRESH_FADE : FADE_LEAST);
		this.playFrom(position);
		return true;
	}

	/** Decodes what is stored, unheard, until the voice is at `position` or nothing is left. */
	private playFrom(position: number): void {
		const { voice } = this;
		for (let next = this.store.first(); next !== null; next = this.store.first()) {
			if (next.epoch !== voice.epoch || voice.endTimestamp > position) break;
			this.take(next);
			if (voice.endTimestamp <= position) voice.queue.drop(voice.queue.available);
		}
		voice.queue.drop(Math.max(0, position - voice.position));
		this.isCorrecting = false;
	}

	private change(epoch: Epoch, timestamp: number, fadeSamples: number): void {
		const leaving = this.voice;
		this.voice = this.other;
		this.other = leaving;
		this.otherGain = this.isVoiceOn ? this.gain : 0;
		this.voice.start(epoch, timestamp);
		this.gain = epoch.gain;
		this.fadeSamples = this.isVoiceOn ? Math.max(fadeSamples, FADE_LEAST) : FADE_LEAST;
		this.fadeDone = 0;
		this.isVoiceOn = true;
		this.resolvedGap = -1;
	}

	private take(packet: StoredPacket): void {
		const { voice } = this;
		if (!voice.decode(packet)) {
			this.concealed += packet.durationSamples;
			this.badPackets++;
		}
		this.store.take(packet.sequence);
	}

	/** The voice's queue is empty: decode the next packet, or make something up. */
	private refill(frame: number): void {
		const { voice } = this;
		const next = this.store.first();
		if (next === null || next.epoch!.timeline !== voice.epoch!.timeline) {
			this.hold();
			return;
		}
		const gap = next.timestamp - voice.endTimestamp;
		if (gap > 0 && this.fillGap(next, gap, frame)) return;
		if (gap <= 0) this.settleHold();
		if (next.epoch !== voice.epoch) {
			this.change(next.epoch!, next.timestamp, next.epoch!.fadeSamples);
			this.isCorrecting = false;
		}
		this.take(next);
	}

	/** Nothing has come: hold the media's clock. */
	private hold(): void {
		const { voice } = this;
		const isExpected = voice.epoch === this.epoch && this.epoch !== null;
		voice.conceal(PERIOD_MAX, false);
		if (isExpected && voice.heldRun > PAUSE_LONGEST) this.settleHold();
	}

	/** What was made up while the clock was held was an underrun, no pause of the source. */
	private settleHold(): void {
		const { voice } = this;
		if (voice.heldRun === 0) return;
		if (this.underrunAfter !== voice.lastSequence) this.underruns++;
		this.underrunAfter = voice.lastSequence;
		this.concealed += voice.heldRun;
		voice.heldRun = 0;
	}

	/**
	 * Between the voice's end and the next packet is a pause of the source, a loss, or an epoch's
	 * boundary. What is too late of it is left out, the rest is made up. True when the queue
	 * has something again.
	 */
	private fillGap(next: StoredPacket, gap: number, frame: number): boolean {
		const { voice } = this;
		const isLoss = next.sequence !== voice.lastSequence + 1;
		if (this.resolvedGap !== next.sequence) {
			const excess = this.delay(frame) - this.arrivals.target;
			// A little is left to the control: whole packets can be recovered from the next one.
			const skipped = excess > OFF_MUCH ? Math.min(gap, excess) : 0;
			voice.endTimestamp += skipped;
			if (isLoss) {
				this.lostPackets += next.sequence - voice.lastSequence - 1;
				this.settleHold();
			}
			voice.heldRun = 0;
			this.resolvedGap = next.sequence;
			if (skipped === gap) return false;
			gap -= skipped;
		}
		if (isLoss && next.epoch === voice.epoch && voice.recover(next, gap)) {
			this.concealed += gap;
			return true;
		}
		const count = voice.conceal(gap, true);
		if (isLoss) this.concealed += count;
		return true;
	}

	/** Once for each `pull`: brings the play delay nearer to the target. */
	private control(frame: number): void {
		const { voice } = this;
		if (!this.isVoiceOn || voice.epoch !== this.epoch || voice.concealedRun > 0) return;
		const excess = this.delay(frame) - this.arrivals.target;
		if (excess > SKIP_ABOVE && this.skipToLive(frame)) return;
		if (Math.abs(excess) < OFF_LITTLE) this.isCorrecting = false;
		if (frame < this.nextOperation || Math.abs(excess) < OFF_LITTLE || this.arrivals.isOutage) return;
		this.isCorrecting ||= Math.abs(excess) > OFF_MUCH;
		const isDone = excess > 0 ? this.shrink(excess) : this.lengthen(-excess);
		const distance = Math.abs(excess) > URGENT_ABOVE ? OPERATION_DISTANCE_URGENT : OPERATION_DISTANCE;
		this.nextOperation = frame + (isDone ? distance : RETRY_DISTANCE);
	}

	private shrink(excess: number): boolean {
		const { queue } = this.voice;
		this.decodeAhead(2 * Math.min(PERIOD_MAX, excess));
		const period = this.stretch.removable(queue, excess, !this.isCorrecting);
		if (period === 0) return false;
		queue.removePeriod(period);
		this.removals++;
		return true;
	}

	private lengthen(lack: number): boolean {
		const { queue } = this.voice;
		this.decodeAhead(Math.min(PERIOD_MAX, lack));
		const period = this.stretch.insertable(queue, lack, !this.isCorrecting);
		if (period === 0) return false;
		queue.insertPeriod(period);
		this.insertions++;
		return true;
	}

	/** Decodes packets that follow without a gap until the queue holds `count` samples. */
	private decodeAhead(count: number): void {
		const { voice } = this;
		while (voice.queue.available < count) {
			const next = this.store.first();
			if (next === null || next.epoch !== voice.epoch || next.timestamp !== voice.endTimestamp) return;
			this.take(next);
		}
	}

	/** Jumps to where the target says, if that is here already. */
	private skipToLive(frame: number): boolean {
		const { epoch } = this.voice;
		const position = frame - epoch!.base - this.arrivals.target;
		const last = this.store.last();
		if (last === null || last.epoch !== epoch || last.timestamp + last.durationSamples <= position) return false;
		let first = last.sequence;
		for (let packet = this.store.get(first - 1); packet !== null; packet = this.store.get(first - 1)) {
			if (packet.epoch !== epoch) break;
			if (packet.timestamp + PRIME_COUNT * packet.durationSamples <= position) break;
			first--;
		}
		const start = this.store.get(first)!;
		this.store.take(first - 1);
		this.change(epoch!, start.timestamp, SKIP_FADE);
		this.playFrom(position);
		this.skips++;
		return true;
	}

	/** Server clock (µs) when the sound given out at `frame` was at the microphone; null when unknown. */
	microphoneUs(): number | null {
		const { voice } = this;
		if (!this.isVoiceOn || voice.epoch === null || voice.concealedRun > 0) return null;
		return microphoneUs(voice.epoch, voice.position);
	}

	/** Largest lateness of a packet since the last call, in ms. */
	takeLateMs(): number {
		return this.arrivals.takeLateMax() / MS;
	}

	/** The newest epoch of the channel, for what is told to the listener. */
	get newestEpoch(): Readonly<Epoch> | null {
		return this.epoch;
	}

	/** Whether the channel's time line is what is heard. */
	get isStarted(): boolean {
		return this.isVoiceOn && this.epoch !== null && this.voice.epoch!.timeline === this.timeline;
	}

	stats(frame: number): JitterStats {
		const isCurrent = this.isStarted;
		return {
			delayMs: isCurrent ? this.delay(frame) / MS : 0,
			bufferMs: isCurrent ? Math.max(0, this.newestEnd - this.voice.position) / MS : 0,
			targetMs: this.arrivals.target / MS,
			concealedMs: this.concealed / MS,
			underruns: this.underruns,
			skips: this.skips,
			removals: this.removals,
			insertions: this.insertions,
			latePackets: this.latePackets,
			duplicatePackets: this.duplicatePackets,
			lostPackets: this.lostPackets,
			badPackets: this.badPackets,
			isStarted: isCurrent,
			isStalled: this.isVoiceOn && this.voice.concealedRun > PAUSE_LONGEST,
		};
	}
}

/** The part of 1 that a sound rising (or falling) in a cross-fade of equal power has. */
function rising(part: number): number {
	return Math.sin((Math.PI / 2) * part);
}

function stateOf(epoch: Epoch): StateMessage {
	return {
		type: 'state',
		channel: epoch.channel,
		epoch: epoch.number,
		feed: epoch.feed,
		source: epoch.source,
		booth: null,
		seat: null,
		gain_db: 20 * Math.log10(epoch.gain),
		fade_ms: (epoch.fadeSamples / RATE_HZ) * 1000,
		sequence: null,
		timestamp: null,
		clock: epoch.clock,
	};
}
