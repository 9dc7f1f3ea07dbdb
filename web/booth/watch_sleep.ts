/** Notices that the computer slept: a timer that fires far too late. */

const LOOK_MS = 1000;
const SLEPT_MS = 5000;

export function watchSleep(onSleep: () => void): void {
	let last = Date.now();
	setInterval(() => {
		const time = Date.now();
		const isLate = time - last > SLEPT_MS;
		last = time;
		// A hidden tab's timers are slowed down, which is no sleep.
		if (isLate && !document.hidden) onSleep();
	}, LOOK_MS);
}
