/**
 * The wire of `docs/protocol.md`: bytes and text in, checked values out. Pure, no I/O.
 *
 * Nothing here throws on what the network sends: what is not of the protocol becomes null,
 * and the caller counts it.
 */

import { OPUS_MAX_BYTES, opusDurationSamples } from './opus_toc.ts';

export const SUBPROTOCOL = 'cabin.v1';
export const RATE_HZ = 48000;
export const RTP_HEADER_BYTES = 12;
export const RTP_PAYLOAD_TYPE = 111;

export type Feed = 'floor' | 'booth' | 'pass-through' | 'silence' | 'channel' | 'desk';
export type Source = 'ok' | 'silent' | 'lost';

/** The sample with RTP time `timestamp` was at the microphone at `server_us`; RTP time grows by `rate_hz`. */
export interface ClockMapping {
	timestamp: number;
	server_us: number;
	rate_hz: number;
}

export interface WelcomeMessage {
	type: 'welcome';
	protocol: number;
	server: string;
	listener: number;
	clock_us: number;
	queue_limit_ms: number;
	report_interval_ms: number;
}

export interface StateMessage {
	type: 'state';
	channel: number;
	epoch: number;
	feed: Feed;
	source: Source;
	booth: string | null;
	seat: number | null;
	/** Feed `channel` only: the number of the channel that it follows. */
	from?: number;
	gain_db: number;
	fade_ms: number;
	sequence: number | null;
	timestamp: number | null;
	clock: ClockMapping | null;
}

export interface ClockMessage extends ClockMapping {
	type: 'clock';
	channel: number;
	epoch: number;
}

export interface PongMessage {
	type: 'pong';
	id: number;
	t1: number;
	t2: number;
	t3: number;
}

export interface ErrorMessage {
	type: 'error';
	code: string;
	text: string;
}

export interface ByeMessage {
	type: 'bye';
	reason: string;
	retry_ms: number;
}

/** `/api/v1/event` answers something else now. */
export interface EventMessage {
	type: 'event';
	revision: string;
}

export type ServerMessage =
	| WelcomeMessage
	| StateMessage
	| ClockMessage
	| PongMessage
	| ErrorMessage
	| EventMessage
	| ByeMessage;

export interface ReportMessage {
	type: 'report';
	channel: number;
	state: 'starting' | 'live' | 'stalled' | 'interrupted';
	buffer_ms: number;
	target_ms: number;
	late_ms: number;
	concealed_ms: number;
	underruns: number;
	mouth_to_ear_ms: number | null;
	round_trip_ms: number | null;
	hidden: boolean;
	fallback: 'none' | 'script-processor' | 'ogg-http' | 'native';
}

export type ClientMessage =
	| { type: 'listen'; channel: number; pin?: string | undefined }
	| { type: 'stop' }
	| { type: 'ping'; id: number; t1: number }
	| ReportMessage;

/** Header of one media message; `payload` lies in the bytes that were parsed. */
export interface RtpPacket {
	marker: boolean;
	sequence: number;
	timestamp: number;
	channel: number;
	payload: Uint8Array;
	/** What the Opus packet holds, in samples at 48 kHz: 480 or 960. */
	durationSamples: number;
}

/** One binary message, or null when it is not of section 5's form. */
export function parseRtp(bytes: Uint8Array): RtpPacket | null {
	if (bytes.length <= RTP_HEADER_BYTES || bytes.length > RTP_HEADER_BYTES + OPUS_MAX_BYTES) return null;
	if (bytes[0] !== 0x80 || (bytes[1]! & 0x7f) !== RTP_PAYLOAD_TYPE) return null;
	const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
	const channel = view.getUint32(8);
	if (channel < 1 || channel > 65535) return null;
	const payload = bytes.subarray(RTP_HEADER_BYTES);
	const durationSamples = opusDurationSamples(payload);
	if (durationSamples === null) return null;
	return {
		marker: (bytes[1]! & 0x80) !== 0,
		sequence: view.getUint16(2),
		timestamp: view.getUint32(4),
		channel,
		payload,
		durationSamples,
	};
}

/**
 * The number congruent to `value` modulo `modulus` (2^16 or 2^32) that is nearest to `near`,
 * the lower one of two, and not below zero.
 */
export function extend(value: number, near: number, modulus: number): number {
	return value + Math.max(0, Math.ceil((near - value) / modulus - 0.5)) * modulus;
}

export const SEQUENCE_MODULUS = 0x10000;
export const TIMESTAMP_MODULUS = 0x100000000;

type Fields = Record<string, unknown>;

const isObject = (value: unknown): value is Fields =>
	typeof value === 'object' && value !== null && !Array.isArray(value);
const isNumber = (value: unknown, low: number, high: number): value is number =>
	typeof value === 'number' && value >= low && value <= high;
const isWhole = (value: unknown, low: number, high: number): value is number =>
	isNumber(value, low, high) && Number.isInteger(value);
const isChannel = (value: unknown) => isWhole(value, 1, 65535);
const isClock = (value: unknown) => isNumber(value, 0, Number.MAX_SAFE_INTEGER);
const isTimestamp = (value: unknown) => isWhole(value, 0, 0xffffffff);
const orNull = (value: unknown, check: (value: unknown) => boolean) => value === null || check(value);

function isMapping(value: unknown): boolean {
	return (
		isObject(value) &&
		isTimestamp(value.timestamp) &&
		isClock(value.server_us) &&
		isNumber(value.rate_hz, RATE_HZ * 0.95, RATE_HZ * 1.05)
	);
}

function isState(m: Fields): boolean {
	return (
		isChannel(m.channel) &&
		isWhole(m.epoch, 0, Number.MAX_SAFE_INTEGER) &&
		['floor', 'booth', 'pass-through', 'silence', 'channel', 'desk'].includes(m.feed as string) &&
		(m.feed !== 'channel' || isChannel(m.from)) &&
		['ok', 'silent', 'lost'].includes(m.source as string) &&
		orNull(m.booth, (v) => typeof v === 'string') &&
		orNull(m.seat, (v) => isWhole(v, 0, 65535)) &&
		isNumber(m.gain_db, -40, 40) &&
		isNumber(m.fade_ms, 0, 1000) &&
		orNull(m.sequence, (v) => isWhole(v, 0, 0xffff)) &&
		orNull(m.timestamp, isTimestamp) &&
		orNull(m.clock, isMapping)
	);
}

/** Marked as pure, so that who reads packets alone (the worklet) does not carry it. */
const CHECKS = /* @__PURE__ */ new Map<string, (m: Fields) => boolean>(
	/* @__PURE__ */ Object.entries({
		welcome: (m: Fields) =>
			isWhole(m.protocol, 1, 65535) &&
			typeof m.server === 'string' &&
			isWhole(m.listener, 0, Number.MAX_SAFE_INTEGER) &&
			isClock(m.clock_us) &&
			isNumber(m.queue_limit_ms, 0, 600000) &&
			isNumber(m.report_interval_ms, 100, 600000),
		state: isState,
		clock: (m: Fields) => isChannel(m.channel) && isWhole(m.epoch, 0, Number.MAX_SAFE_INTEGER) && isMapping(m),
		pong: (m: Fields) => isWhole(m.id, 0, 0x7fffffff) && isClock(m.t1) && isClock(m.t2) && isClock(m.t3),
		error: (m: Fields) => typeof m.code === 'string' && typeof m.text === 'string',
		event: (m: Fields) => typeof m.revision === 'string',
		bye: (m: Fields) => typeof m.reason === 'string' && isNumber(m.retry_ms, 0, 600000),
	}),
);

/**
 * One text message of the server, or null when it is not JSON, of a type that is not known
 * (to be ignored), or lacks something.
 */
export function parseServerMessage(text: string): ServerMessage | null {
	let value: unknown;
	try {
		value = JSON.parse(text);
	} catch {
		return null;
	}
	if (!isObject(value) || typeof value.type !== 'string') return null;
	return CHECKS.get(value.type)?.(value) ? (value as unknown as ServerMessage) : null;
}

const REPORT_LIMIT = 600000;

/** A number as the report may carry it: finite, 0 … 600,000, tenths. */
export function reportNumber(value: number): number {
	if (!Number.isFinite(value)) return 0;
	return Math.round(Math.min(Math.max(value, 0), REPORT_LIMIT) * 10) / 10;
}

export function formatClientMessage(message: ClientMessage): string {
	return JSON.stringify(message);
}
