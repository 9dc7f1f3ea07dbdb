/** What an AudioContext tells of when its sound is heard. The page's thread. */
import type { EngineReport } from './messages.ts';

/** A device's own delay is never more than this; a browser that tells more (or less than 0) errs. */
const LATENCY_LIMIT_MS = 2000;

/** The context's time that is heard at a moment of performance.now(), as well as the browser knows. */
function heard(context: AudioContext): { contextTime: number; performanceTime: number } {
	const time = performance.now();
	const stamp = context.getOutputTimestamp?.();
	if (stamp?.contextTime && stamp.performanceTime) {
		const { contextTime, performanceTime } = stamp;
		const latencyMs = (context.currentTime - contextTime) * 1000 - (time - performanceTime);
		if (latencyMs >= 0 && latencyMs <= LATENCY_LIMIT_MS) return { contextTime, performanceTime };
	}
	const latency = (context.baseLatency || 0) + (context.outputLatency || 0);
	return { contextTime: context.currentTime - latency, performanceTime: time };
}

/** How long what is rendered now takes to be heard. */
export function outputLatencyMs(context: AudioContext): number {
	const { contextTime, performanceTime } = heard(context);
	return (context.currentTime - contextTime) * 1000 - (performance.now() - performanceTime);
}

/**
 * Server clock at the output device, less when what is heard there was at the microphone.
 * `clockOffsetUs`: server clock − (performance.timeOrigin + performance.now()).
 */
export function mouthToEarMs(context: AudioContext, engine: EngineReport, clockOffsetUs: number): number | null {
	if (engine.microphoneUs === null) return null;
	const { contextTime, performanceTime } = heard(context);
	const microphoneUs = engine.microphoneUs + (contextTime - engine.frame / context.sampleRate) * 1e6;
	const serverUs = (performance.timeOrigin + performanceTime) * 1000 + clockOffsetUs;
	return (serverUs - microphoneUs) / 1000;
}
