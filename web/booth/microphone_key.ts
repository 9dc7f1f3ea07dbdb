/**
 * Whether my sound is to leave this page: what the interpreter wants against what the server
 * says. Pure; time is the client's, in ms.
 *
 *            key                    `booth`: my microphone is on
 *   off ───────────────▶ asked ───────────────────────────▶ on ─── key ──▶ off
 *    ▲                     │ refused, or no answer           │ `booth`: it is off
 *    └─────────────────────┴─────────────────────────────────┘ (a partner has the air)
 *
 * Packets leave in `asked` and `on`: the server keeps them from listeners until it grants the
 * air, and the first syllable is not lost to a round trip. With the connection lost it stays
 * what it was, and the console asks for it when it joins anew.
 */

export type MicrophoneKey = 'off' | 'asked' | 'on';

const ANSWER_MS = 2000;

export class Microphone {
	state: MicrophoneKey = 'off';
	private askedAt = 0;
	private isResuming = false;

	press(on: boolean, nowMs: number): void {
		this.isResuming = false;
		this.state = on ? (this.state === 'on' ? 'on' : 'asked') : 'off';
		this.askedAt = nowMs;
	}

	/** What `booth` says of my seat; true when my state has changed. */
	told(mic: boolean): boolean {
		const before = this.state;
		if (mic && this.state === 'asked') this.state = 'on';
		// In `asked` it may be the answer to nothing of mine: one that was on its way.
		if (!mic && this.state === 'on') this.state = 'off';
		return before !== this.state;
	}

	refused(): void {
		if (this.state === 'asked') this.state = 'off';
	}

	/** Joined anew, with `mic` asked for if it was on: the first `booth` says what came of it. */
	joined(nowMs: number): void {
		if (this.state === 'off') return;
		this.state = 'asked';
		this.askedAt = nowMs;
		this.isResuming = true;
	}

	/**
	 * The first `booth` after it. `again`: nobody has the air, and the server does not know that I had
	 * it (it was started anew, or the hold is over): ask as by the key. `lost`: somebody else has it.
	 */
	resumed(mic: boolean, isAirFree: boolean): 'nothing' | 'again' | 'lost' {
		if (!this.isResuming) return 'nothing';
		this.isResuming = false;
		if (mic || this.state !== 'asked') return 'nothing';
		if (isAirFree) return 'again';
		this.state = 'off';
		return 'lost';
	}

	/** The server never answered: nobody hears me. True when this made it off. */
	tick(nowMs: number): boolean {
		if (this.state !== 'asked' || nowMs - this.askedAt < ANSWER_MS) return false;
		this.state = 'off';
		return true;
	}

	get sends(): boolean {
		return this.state !== 'off';
	}
}
