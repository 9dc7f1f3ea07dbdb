// What a person would hear, as figures: where one sound is in another, how loud, with what gaps.

/**
 * Fourier transform in place; the length is a power of two.
 * @param {Float64Array} re
 * @param {Float64Array} im
 * @param {boolean} [inverse] not scaled
 */
export function fft(re, im, inverse = false) {
	const size = re.length;
	for (let i = 1, j = 0; i < size; i++) {
		let bit = size >> 1;
		for (; j & bit; bit >>= 1) j ^= bit;
		j ^= bit;
		if (i < j) {
			[re[i], re[j]] = [re[j], re[i]];
			[im[i], im[j]] = [im[j], im[i]];
		}
	}
	const cosines = new Float64Array(size / 2);
	const sines = new Float64Array(size / 2);
	for (let i = 0; i < size / 2; i++) {
		cosines[i] = Math.cos((2 * Math.PI * i) / size);
		sines[i] = Math.sin((2 * Math.PI * i) / size) * (inverse ? 1 : -1);
	}
	for (let half = 1; half < size; half *= 2) {
		const step = size / (2 * half);
		for (let start = 0; start < size; start += 2 * half) {
			for (let i = start, turn = 0; i < start + half; i++, turn += step) {
				const c = cosines[turn];
				const s = sines[turn];
				const a = re[i + half] * c - im[i + half] * s;
				const b = re[i + half] * s + im[i + half] * c;
				re[i + half] = re[i] - a;
				im[i + half] = im[i] - b;
				re[i] += a;
				im[i] += b;
			}
		}
	}
}

/**
 * Where `needle` is in `haystack`.
 * @param {Float32Array} haystack
 * @param {Float32Array} needle shorter
 * @returns {{offset: number, quality: number}} `offset`: samples from the haystack's start to the needle's, with a
 *   fraction; `quality`: correlation coefficient there, 1 when it is the same but for gain
 */
export function locate(haystack, needle) {
	const lags = haystack.length - needle.length + 1;
	if (lags < 1) throw new Error('the needle is longer than the haystack');
	let size = 1;
	while (size < haystack.length + needle.length) size *= 2;
	const re = new Float64Array(size);
	const im = new Float64Array(size);
	re.set(haystack);
	// Two real signals in one complex transform; the products are taken apart by symmetry.
	im.set(needle);
	fft(re, im);
	const productRe = new Float64Array(size);
	const productIm = new Float64Array(size);
	for (let i = 0; i < size; i++) {
		const mirror = (size - i) % size;
		const aRe = (re[i] + re[mirror]) / 2;
		const aIm = (im[i] - im[mirror]) / 2;
		const bRe = (im[i] + im[mirror]) / 2;
		const bIm = (re[mirror] - re[i]) / 2;
		productRe[i] = aRe * bRe + aIm * bIm;
		productIm[i] = aIm * bRe - aRe * bIm;
	}
	fft(productRe, productIm, true);
	let needleEnergy = 0;
	for (const sample of needle) needleEnergy += sample * sample;
	let energy = 0;
	for (let i = 0; i < needle.length; i++) energy += haystack[i] * haystack[i];
	const floor = 1e-9 * needle.length;
	const coefficients = new Float64Array(lags);
	let best = 0;
	for (let lag = 0; lag < lags; lag++) {
		coefficients[lag] = productRe[lag] / size / Math.sqrt((needleEnergy + floor) * (Math.max(energy, 0) + floor));
		if (coefficients[lag] > coefficients[best]) best = lag;
		energy += (haystack[lag + needle.length] ?? 0) ** 2 - haystack[lag] ** 2;
	}
	const [before, peak, after] = [coefficients[best - 1] ?? 0, coefficients[best], coefficients[best + 1] ?? 0];
	const bend = before - 2 * peak + after;
	const fraction = bend < 0 && best > 0 && best < lags - 1 ? (before - after) / (2 * bend) : 0;
	return { offset: best + fraction, quality: peak };
}

/**
 * Every `factor`-th sample after a low-pass, to compare speech quickly.
 * @param {Float32Array} samples
 * @param {number} factor
 */
export function decimate(samples, factor) {
	const reach = 8 * factor;
	const taps = Float64Array.from({ length: 2 * reach + 1 }, (_, i) => {
		const x = (i - reach) / factor;
		const sinc = x === 0 ? 1 : Math.sin(Math.PI * x * 0.9) / (Math.PI * x * 0.9);
		return (sinc * 0.9 * (0.5 + 0.5 * Math.cos((Math.PI * (i - reach)) / (reach + 1)))) / factor;
	});
	const out = new Float32Array(Math.floor(samples.length / factor));
	for (let i = 0; i < out.length; i++) {
		let sum = 0;
		const from = i * factor - reach;
		for (let k = Math.max(0, -from); k < taps.length && from + k < samples.length; k++) sum += taps[k] * samples[from + k];
		out[i] = sum;
	}
	return out;
}

/** Root mean square in dB of full scale. @param {Float32Array} samples */
export function levelDb(samples) {
	let sum = 0;
	for (const sample of samples) sum += sample * sample;
	return 10 * Math.log10(sum / samples.length + 1e-20);
}

/**
 * Stretches that are quieter than `thresholdDb`, in windows of 5 ms.
 * @param {Float32Array} samples
 * @param {{rate?: number, thresholdDb?: number, minMs?: number}} [options]
 * @returns {{fromMs: number, lengthMs: number}[]}
 */
export function gaps(samples, { rate = 48000, thresholdDb = -60, minMs = 10 } = {}) {
	const window = Math.round(rate / 200);
	const found = [];
	let began = -1;
	const count = Math.floor(samples.length / window);
	for (let i = 0; i <= count; i++) {
		const quiet = i < count && levelDb(samples.subarray(i * window, (i + 1) * window)) < thresholdDb;
		if (quiet && began < 0) began = i;
		if (!quiet && began >= 0) {
			if ((i - began) * 5 >= minMs) found.push({ fromMs: began * 5, lengthMs: (i - began) * 5 });
			began = -1;
		}
	}
	return found;
}

/** Numbers from 0 to 1 that are the same for the same seed. @param {number} seed */
export function random(seed) {
	let state = seed >>> 0;
	return () => {
		state = (state + 0x6d2b79f5) >>> 0;
		let mixed = Math.imul(state ^ (state >>> 15), state | 1);
		mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
	};
}

/**
 * A sweep with soft ends, 300 Hz to 6 kHz, that correlates to one sharp peak.
 * @param {{rate?: number, seconds?: number, from?: number, to?: number, level?: number}} [options]
 */
export function chirp({ rate = 48000, seconds = 0.05, from = 300, to = 6000, level = 0.5 } = {}) {
	const size = Math.round(rate * seconds);
	return Float32Array.from({ length: size }, (_, i) => {
		const t = i / rate;
		const phase = 2 * Math.PI * (from * t + ((to - from) * t * t) / (2 * seconds));
		return level * Math.sin(phase) * Math.sin((Math.PI * i) / size) ** 2;
	});
}

/**
 * A sine.
 * @param {number} hz
 * @param {number} seconds
 * @param {number} [level] its amplitude
 */
export const tone = (hz, seconds, level = 0.1) =>
	Float32Array.from({ length: Math.round(48000 * seconds) }, (_, i) => level * Math.sin((2 * Math.PI * hz * i) / 48000));

/**
 * Sound like speech in that it comes in syllables, never repeats, and never pauses: what correlation likes.
 * @param {number} seed
 * @param {number} seconds
 * @param {number} [rate]
 */
export function babble(seed, seconds, rate = 48000) {
	const next = random(seed);
	const out = new Float32Array(Math.round(seconds * rate));
	for (let at = 0; at < out.length; ) {
		const size = Math.round(rate * (0.05 + 0.1 * next()));
		const tones = Array.from({ length: 6 }, () => [150 + 3500 * next() ** 2, 2 * Math.PI * next()]);
		for (let i = 0; i < size && at + i < out.length; i++) {
			let sum = 0;
			for (const [frequency, phase] of tones) sum += Math.sin((2 * Math.PI * frequency * i) / rate + phase);
			out[at + i] = 0.08 * sum * (0.25 + 0.75 * Math.sin((Math.PI * i) / size));
		}
		at += size;
	}
	return out;
}

/**
 * Value below which a share of the values is.
 * @param {number[]} values
 * @param {number} share 0 … 1
 */
export function percentile(values, share) {
	const sorted = [...values].sort((a, b) => a - b);
	return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
}

/**
 * The strongest frequency of a sound, to a fraction of a hertz for a steady tone.
 * @param {Float32Array} samples 48 kHz
 */
export function toneHz(samples, rate = 48000) {
	const size = 2 ** Math.floor(Math.log2(samples.length));
	const re = new Float64Array(size);
	const im = new Float64Array(size);
	for (let i = 0; i < size; i++) re[i] = samples[i] * (0.5 - 0.5 * Math.cos((2 * Math.PI * i) / size));
	fft(re, im);
	const power = (bin) => Math.log(re[bin] ** 2 + im[bin] ** 2 + 1e-12);
	let best = 1;
	for (let bin = 1; bin < size / 2; bin++) if (power(bin) > power(best)) best = bin;
	const [left, middle, right] = [power(best - 1), power(best), power(best + 1)];
	return ((best + (0.5 * (left - right)) / (left - 2 * middle + right)) * rate) / size;
}
