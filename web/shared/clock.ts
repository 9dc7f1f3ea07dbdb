/**
 * The server's clock, told from pings (NTP's four timestamps, RFC 5905 section 8). Pure.
 * All times are microseconds; the client's clock may be any monotonic one.
 */

const KEEP_US = 30_000_000;

interface Sample {
	atUs: number;
	roundTripUs: number;
	offsetUs: number;
}

export class ServerClock {
	private samples: Sample[] = [];
	private newestRoundTripUs: number | null = null;

	/** Forgets everything: another connection may lead to another server. */
	reset(): void {
		this.samples = [];
		this.newestRoundTripUs = null;
	}

	/** One answered ping: left at t1, arrived there at t2, answered at t3, back at t4. */
	add(t1: number, t2: number, t3: number, t4: number): void {
		const roundTripUs = t4 - t1 - (t3 - t2);
		if (roundTripUs < 0 || t4 < t1) return;
		this.newestRoundTripUs = roundTripUs;
		this.samples = this.samples.filter((s) => t4 - s.atUs <= KEEP_US);
		this.samples.push({ atUs: t4, roundTripUs, offsetUs: (t2 - t1 + (t3 - t4)) / 2 });
	}

	/** Server clock − client clock, of the quickest ping of the last 30 s; null before the first. */
	offsetUs(): number | null {
		let best: Sample | null = null;
		for (const sample of this.samples) {
			if (best === null || sample.roundTripUs <= best.roundTripUs) best = sample;
		}
		return best === null ? null : best.offsetUs;
	}

	/** Of the newest ping. */
	roundTripMs(): number | null {
		return this.newestRoundTripUs === null ? null : this.newestRoundTripUs / 1000;
	}
}
