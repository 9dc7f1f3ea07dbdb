import { beforeEach, expect, it } from 'vitest';
import { Meters } from '../meters.ts';
import { type FramePoint, writeFrame } from './frames.ts';

let meters: Meters;
beforeEach(() => {
	meters = new Meters();
});

const loud: FramePoint = { index: 1, peak: -10, truePeak: -9, rms: -20, momentary: -22, shortTerm: -23.4, clips: 250 };
const send = (nowMs: number, ...points: Partial<FramePoint>[]) =>
	meters.receive(
		writeFrame(
			3,
			points.map((point) => ({ ...loud, ...point })),
		),
		nowMs,
	);

it('goes up at once, and down as a meter does', () => {
	send(0, { peak: -40 });
	send(50, { peak: -6 });
	expect(meters.at(1).peakDbfs).toBe(-6);
	send(100, { peak: -60 });
	expect(meters.at(1).peakDbfs).toBeCloseTo(-6.59, 5);
	for (let at = 150; at <= 1800; at += 50) send(at, { peak: -60 });
	expect(meters.at(1).peakDbfs).toBeCloseTo(-6 - 1750 * 0.0118, 5);
});

it('holds a peak for two seconds', () => {
	send(0, { peak: -3 });
	send(1990, { peak: -30 });
	expect(meters.at(1).holdDbfs).toBe(-3);
	send(2010, { peak: -30 });
	expect(meters.at(1).holdDbfs).toBe(-30);
});

it('changes its numbers four times a second', () => {
	send(1000, {});
	send(1050, { shortTerm: -30 });
	expect(meters.at(1).shortTermLufs).toBe(-23.4);
	send(1260, { shortTerm: -30 });
	expect(meters.at(1).shortTermLufs).toBe(-30);
});

it('holds a true peak for two seconds, also over a pause', () => {
	send(1000, { truePeak: -4 });
	send(1300, { truePeak: -100 });
	send(1350, { index: 2 });
	expect(meters.at(1).truePeakDbtp).toBe(-4);
	send(3010, { truePeak: -20 });
	expect(meters.at(1).truePeakDbtp).toBe(-20);
});

it('lights the lamp for new clips alone, over the count’s end, until it is put out', () => {
	send(0, { clips: 250 });
	expect(meters.takeClipped()).toBe(false);
	send(50, { clips: 2 });
	expect([meters.takeClipped(), meters.takeClipped(), meters.at(1).clips]).toEqual([true, false, 8]);
	meters.reset(1);
	send(100, { clips: 2 });
	expect(meters.at(1).clips).toBe(0);
	meters.forget();
	send(150, { clips: 90 });
	expect(meters.at(1).clips).toBe(0);
});

it('knows silence of a point, and that nothing comes at all', () => {
	expect(meters.isStale(0)).toBe(true);
	send(0, {});
	send(50, { index: 2 });
	expect(meters.at(1)).toMatchObject({ isFed: false, shortTermLufs: null });
	expect(meters.at(2).isFed).toBe(true);
	expect([meters.isStale(1000), meters.isStale(1100)]).toEqual([false, true]);
});

it('takes nothing from a damaged frame', () => {
	send(0, {});
	expect(meters.receive(writeFrame(3, [loud]).subarray(0, 15), 50)).toBe(false);
	expect(meters.frameAt).toBe(0);
});
