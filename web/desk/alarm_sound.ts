/** The alarm's sound: two notes for a new one, again every ten seconds while a grave one waits to be seen. */
import type { Alarm } from './desk_wire.ts';

const AGAIN_MS = 10_000;
const NOTES = { critical: [880, 660], warning: [520, 520] } as const;

/** When to sound, and how. Pure; time in ms. */
export class AlarmTurn {
	private known = new Set<number>();
	private soundedAt = Number.NEGATIVE_INFINITY;

	next(alarms: readonly Alarm[], nowMs: number): 'critical' | 'warning' | null {
		const waiting = alarms.filter((alarm) => alarm.acknowledged_by === null);
		const fresh = waiting.filter((alarm) => !this.known.has(alarm.id));
		this.known = new Set(alarms.map((alarm) => alarm.id));
		const isGrave = (list: readonly Alarm[]) => list.some((alarm) => alarm.severity === 'critical');
		const isAgain = isGrave(waiting) && nowMs - this.soundedAt >= AGAIN_MS;
		if (fresh.length === 0 && !isAgain) return null;
		this.soundedAt = nowMs;
		return isGrave(fresh) || isAgain ? 'critical' : 'warning';
	}
}

export class AlarmSound {
	private context: AudioContext | null = null;

	/** In the handler of a click or a key: browsers start sound nowhere else. */
	wake(): void {
		this.context ??= new AudioContext();
		this.context.resume().catch(() => {});
	}

	play(kind: 'critical' | 'warning'): void {
		const { context } = this;
		if (context === null) return;
		NOTES[kind].forEach((frequency, index) => {
			const at = context.currentTime + 0.05 + index * 0.22;
			const tone = context.createOscillator();
			const gain = context.createGain();
			tone.frequency.value = frequency;
			gain.gain.setValueAtTime(0, at);
			gain.gain.linearRampToValueAtTime(0.25, at + 0.02);
			gain.gain.linearRampToValueAtTime(0, at + 0.18);
			tone.connect(gain).connect(context.destination);
			tone.start(at);
			tone.stop(at + 0.2);
		});
	}
}
