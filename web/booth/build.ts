/** This build's files: the one place where the page meets them. */

import earsUrl from '../opus/ears.wasm?url';
import decoderUrl from '../opus/opus-decoder.wasm?url';
import encoderUrl from '../opus/opus-encoder.wasm?url';
import workerUrl from './console.worker.ts?worker&url';
import earsWorklet from './ears.worklet.ts?worker&url';
import microphoneWorklet from './microphone.worklet.ts?worker&url';
import type { SoundFiles } from './sound.ts';

async function load(url: string): Promise<ArrayBuffer> {
	const answer = await fetch(url);
	if (!answer.ok) throw new Error(`${url}: status ${answer.status}`);
	return answer.arrayBuffer();
}

export const soundFiles: SoundFiles = {
	earsWorklet,
	microphoneWorklet,
	decoder: () => load(decoderUrl),
	ears: () => load(earsUrl),
};

export async function voiceFiles(): Promise<{ encoder: ArrayBuffer; ears: ArrayBuffer }> {
	const [encoder, ears] = await Promise.all([load(encoderUrl), load(earsUrl)]);
	return { encoder, ears };
}

export const createWorker = (): Worker => new Worker(workerUrl);
