/** Lateness in ms of each 20 ms packet on synthetic networks. Deterministic. */
import { createRandom } from './speech.ts';

/** A wired or quiet wireless network: 0 to 2 ms, now and then up to 6. */
export function lan(packets: number, seed = 1): number[] {
	const random = createRandom(seed);
	return Array.from({ length: packets }, () => (random() < 0.01 ? 6 * random() : 2 * random()));
}

/** Like `lan`, but about each `everyMs` (±15 %) everything that is on its way waits for up to `stallMs`. */
export function stalls(packets: number, stallMs: number, everyMs: number, seed = 1): number[] {
	const random = createRandom(seed + 1);
	const late = lan(packets, seed);
	for (let at = everyMs * random(); at < packets * 20; at += everyMs * (0.85 + 0.3 * random())) {
		for (let i = Math.ceil(at / 20); i * 20 < at + stallMs && i < packets; i++) {
			late[i] = Math.max(late[i]!, at + stallMs - i * 20);
		}
	}
	return late;
}
