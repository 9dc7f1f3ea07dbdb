/**
 * The gain that brings a source to the loudness of all others in the interpreter's ears. Pure.
 */

/** EBU R 128's loudness for programmes. */
export const TARGET_LUFS = -23;
/** What is 12 dB off is turned half way only: it may be silence with somebody coughing in it. */
export const MATCH_LIMIT_DB = 12;
/** Quieter than this is no voice, and tells nothing of how loud the next one is. */
const VOICE_LUFS = -50;

/** `lufs`: the source's short-term loudness, null unknown; `gainDb`: what the channel's `state` applies already. */
export function matchDb(lufs: number | null, gainDb: number, before: number): number {
	if (lufs === null || lufs < VOICE_LUFS) return before;
	return Math.min(Math.max(TARGET_LUFS - lufs - gainDb, -MATCH_LIMIT_DB), MATCH_LIMIT_DB);
}
