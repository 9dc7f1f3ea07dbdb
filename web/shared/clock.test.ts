import { expect, test } from 'vitest';
import { ServerClock } from './clock.ts';

const OFFSET = 77_000_000;

/** A ping at `at` whose way there and back take this long, answered 100 µs after it came. */
function ping(clock: ServerClock, at: number, thereUs: number, backUs: number): void {
	const t2 = at + thereUs + OFFSET;
	clock.add(at, t2, t2 + 100, at + thereUs + 100 + backUs);
}

test('knows nothing before the first pong', () => {
	const clock = new ServerClock();
	expect(clock.offsetUs()).toBeNull();
	expect(clock.roundTripMs()).toBeNull();
});

test('keeps the offset of the quickest ping, for 30 s', () => {
	const clock = new ServerClock();
	ping(clock, 0, 500, 500);
	ping(clock, 2_000_000, 30_000, 1_000);
	expect(clock.offsetUs()).toBe(OFFSET);
	expect(clock.roundTripMs()).toBe(31);
	ping(clock, 33_000_000, 4_000, 2_000);
	expect(clock.offsetUs()).toBe(OFFSET + 1000);
});

test('pings that cannot be are left out', () => {
	const clock = new ServerClock();
	clock.add(1000, 5, 5000, 2000);
	clock.add(1000, 5, 5, 900);
	expect(clock.offsetUs()).toBeNull();
});
