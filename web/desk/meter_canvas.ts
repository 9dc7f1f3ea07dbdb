/**
 * Draws the meters on their canvases, twenty times a second as frames come: no element is touched,
 * and what looks the same is not drawn again.
 *
 *   ┌──────── peak: green, yellow from −18, red from −9 ────────┬──────────┐
 *   │ RMS inside it                        ▏ hold               │  S −23.1 │
 *   └───────────────────────────────────────────────────────────┴──────────┘
 */
import {
	ALIGNMENT_DBFS,
	LOWEST_DB,
	type Meter,
	type Meters,
	PERMITTED_DBFS,
	TARGET_LUFS,
	TRUE_PEAK_LIMIT_DBTP,
} from './meters.ts';

type Kind = 'small' | 'big' | 'tiny';

const COLOUR = {
	back: '#0a1013',
	off: '#1a2529',
	green: '#2f9e6a',
	yellow: '#e6b422',
	red: '#f0503c',
	dim: { green: '#123a2a', yellow: '#3d330f', red: '#431b15' },
	rms: 'rgba(255,255,255,0.34)',
	hold: '#ffffff',
	mark: '#8fa0a7',
	text: '#f2f6f7',
	soft: '#b4c3c9',
	bad: '#ff8a78',
	good: '#7fe0b0',
} as const;
const FONT = '"DejaVu Sans", "Noto Sans", system-ui, sans-serif';
/** EBU R 128's tolerance where the loudness cannot be set exactly, as it is with live speech. */
const TOLERANCE_LU = 1;

interface Place {
	/** The element of the page; the canvas is in its shadow, where drawing the page does not reach. */
	host: HTMLElement;
	canvas: HTMLCanvasElement;
	context: CanvasRenderingContext2D;
	point: number | null;
	kind: Kind;
	width: number;
	height: number;
	scale: number;
	/** What is drawn there. */
	bar: string;
	numbers: string;
}

export class MeterCanvas {
	private places: Place[] = [];
	private readonly byElement = new WeakMap<Element, Place>();
	private readonly sizes =
		typeof ResizeObserver === 'undefined' ? null : new ResizeObserver((entries) => this.resized(entries));

	constructor(private readonly meters: Meters) {}

	/** After each drawing of the page: which canvases there are, and of what. */
	follow(root: ParentNode, nowMs: number): void {
		const before = new Set(this.places.map((place) => place.host));
		this.places = [];
		for (const host of root.querySelectorAll<HTMLElement>('cabin-meter')) {
			before.delete(host);
			const place = this.byElement.get(host) ?? this.take(host);
			if (place === null) continue;
			const point = host.dataset.point === '' ? null : Number(host.dataset.point);
			const kind = host.dataset.kind as Kind;
			if (point !== place.point || kind !== place.kind) {
				Object.assign(place, { point, kind, bar: '', numbers: '' });
			}
			this.places.push(place);
		}
		for (const host of before) {
			this.sizes?.unobserve(host);
			this.byElement.delete(host);
		}
		this.draw(nowMs);
	}

	private take(host: HTMLElement): Place | null {
		const canvas = document.createElement('canvas');
		// Opaque: the browser need not blend it.
		const context = canvas.getContext('2d', { alpha: false });
		if (context === null) return null;
		canvas.style.display = 'block';
		canvas.style.width = canvas.style.height = '100%';
		(host.shadowRoot ?? host.attachShadow({ mode: 'open' })).replaceChildren(canvas);
		const place: Place = {
			host,
			canvas,
			context,
			point: null,
			kind: 'small',
			width: 0,
			height: 0,
			scale: 1,
			bar: '',
			numbers: '',
		};
		this.byElement.set(host, place);
		this.sizes?.observe(host);
		return place;
	}

	private resized(entries: ResizeObserverEntry[]): void {
		for (const { target, contentRect } of entries) {
			const place = this.byElement.get(target);
			if (place === undefined) continue;
			place.scale = Math.min(2, window.devicePixelRatio || 1);
			place.width = Math.round(contentRect.width * place.scale);
			place.height = Math.round(contentRect.height * place.scale);
			place.canvas.width = place.width;
			place.canvas.height = place.height;
			place.bar = place.numbers = '';
		}
		this.draw(performance.timeOrigin + performance.now());
	}

	draw(nowMs: number): void {
		const isStale = this.meters.isStale(nowMs);
		for (const place of this.places) {
			if (place.width === 0) continue;
			const meter = place.point === null || isStale ? null : this.meters.at(place.point);
			drawBar(place, meter);
			drawNumbers(place, meter);
		}
	}
}

const numbersWidth = ({ kind, scale, width }: Place) =>
	kind === 'tiny' ? 0 : Math.min(kind === 'small' ? 46 * scale : 180 * scale, width * 0.48);

function drawBar(place: Place, meter: Meter | null): void {
	const { context, scale } = place;
	const width = place.width - numbersWidth(place);
	const height = place.height;
	const at = (db: number) => Math.round(Math.min(Math.max((db - LOWEST_DB) / -LOWEST_DB, 0), 1) * width);
	const peak = meter === null ? -1 : at(meter.peakDbfs);
	const rms = meter === null ? -1 : at(meter.rmsDbfs);
	const hold = meter === null ? -1 : at(meter.holdDbfs);
	const bar = meter === null ? 'none' : `${peak} ${rms} ${hold} ${meter.isFed}`;
	if (bar === place.bar) return;
	place.bar = bar;
	if (meter === null) {
		context.fillStyle = COLOUR.off;
		context.fillRect(0, 0, width, height);
		context.fillStyle = COLOUR.mark;
		for (let x = 2 * scale; x < width; x += 12 * scale) context.fillRect(x, height / 2 - scale / 2, 5 * scale, scale);
		return;
	}
	const alignment = at(ALIGNMENT_DBFS);
	const permitted = at(PERMITTED_DBFS);
	const zones = [
		[0, alignment, COLOUR.green, COLOUR.dim.green],
		[alignment, permitted, COLOUR.yellow, COLOUR.dim.yellow],
		[permitted, width, COLOUR.red, COLOUR.dim.red],
	] as const;
	for (const [from, to, lit, dim] of zones) {
		const edge = Math.min(Math.max(peak, from), to);
		context.fillStyle = lit;
		if (edge > from) context.fillRect(from, 0, edge - from, height);
		context.fillStyle = meter.isFed ? dim : COLOUR.off;
		if (edge < to) context.fillRect(edge, 0, to - edge, height);
	}
	const inset = Math.round(height * 0.3);
	context.fillStyle = COLOUR.rms;
	context.fillRect(0, inset, rms, height - 2 * inset);
	context.fillStyle = COLOUR.back;
	context.fillRect(alignment, 0, scale, height);
	context.fillRect(permitted, 0, scale, height);
	if (hold > 0) {
		context.fillStyle = COLOUR.hold;
		context.fillRect(Math.min(hold, width - 2 * scale), 0, 2 * scale, height);
	}
}

const lufs = (value: number | null) => (value === null || value < -70 ? '–' : value.toFixed(1).replace('-', '−'));

function drawNumbers(place: Place, meter: Meter | null): void {
	const space = numbersWidth(place);
	if (space === 0) return;
	const s = lufs(meter?.shortTermLufs ?? null);
	const m = lufs(meter?.momentaryLufs ?? null);
	const truePeak =
		meter === null || meter.truePeakDbtp < LOWEST_DB ? '–' : meter.truePeakDbtp.toFixed(1).replace('-', '−');
	const numbers = place.kind === 'small' ? s : `${s} ${m} ${truePeak}`;
	if (numbers === place.numbers) return;
	place.numbers = numbers;
	const { context, width, height, scale } = place;
	const left = width - space;
	context.fillStyle = COLOUR.back;
	context.fillRect(left, 0, space, height);
	context.textAlign = 'right';
	context.textBaseline = 'middle';
	const right = width - 3 * scale;
	if (place.kind === 'small') {
		text(context, s, right, height / 2, Math.min(height * 0.8, 14 * scale), loudnessColour(meter), 600);
		return;
	}
	const big = Math.min(height * 0.54, space * 0.165);
	const small = Math.min(height * 0.3, space * 0.095);
	text(context, s, left + space * 0.57, height * 0.36, big, loudnessColour(meter), 700);
	targetMark(context, meter, left + space * 0.06, height * 0.82, space * 0.5, scale);
	text(context, `M ${m}`, right, height * 0.3, small, COLOUR.soft, 400);
	const isOver = meter !== null && meter.truePeakDbtp > TRUE_PEAK_LIMIT_DBTP;
	text(context, `TP ${truePeak}`, right, height * 0.74, small, isOver ? COLOUR.bad : COLOUR.soft, isOver ? 700 : 400);
}

function text(
	context: CanvasRenderingContext2D,
	what: string,
	x: number,
	y: number,
	size: number,
	colour: string,
	weight: number,
): void {
	context.font = `${weight} ${Math.round(size)}px ${FONT}`;
	context.fillStyle = colour;
	context.fillText(what, x, y);
}

/** Where the short-term loudness is around −23 LUFS, ±12 LU. */
function targetMark(
	context: CanvasRenderingContext2D,
	meter: Meter | null,
	x: number,
	y: number,
	width: number,
	scale: number,
): void {
	const height = 3 * scale;
	context.fillStyle = COLOUR.off;
	context.fillRect(x, y, width, height);
	context.fillStyle = COLOUR.mark;
	context.fillRect(x + width / 2 - scale, y - 2 * scale, 2 * scale, height + 4 * scale);
	const value = meter?.shortTermLufs ?? null;
	if (value === null) return;
	const off = Math.min(Math.max((value - TARGET_LUFS) / 12, -1), 1);
	context.fillStyle = loudnessColour(meter);
	context.fillRect(x + (width / 2) * (1 + off) - 2 * scale, y - 2 * scale, 4 * scale, height + 4 * scale);
}

function loudnessColour(meter: Meter | null): string {
	const value = meter?.shortTermLufs ?? null;
	if (value === null || value < -70) return COLOUR.soft;
	if (value > TARGET_LUFS + 8) return COLOUR.bad;
	return Math.abs(value - TARGET_LUFS) <= TOLERANCE_LU ? COLOUR.good : COLOUR.text;
}
