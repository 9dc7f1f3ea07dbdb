/**
 * The technician's voice over all else that an interpreter hears, which is 12 dB lower
 * meanwhile: as the native console has it (client/downlink.c). Pure; runs in the audio worklet.
 */

const LOWERED = 10 ** (-12 / 20);
/** For each sample: all of it within 50 ms. */
const STEP = 1 / 2400;

export class Talkback {
	/** Of all but the voice. */
	private gain = 1;

	/** In place. `isOn`: the technician speaks to this booth, if not at this very moment. */
	lay(samples: Float32Array, voice: Float32Array, isOn: boolean): void {
		const wanted = isOn ? LOWERED : 1;
		for (let i = 0; i < samples.length; i++) {
			this.gain += Math.max(-STEP, Math.min(STEP, wanted - this.gain));
			samples[i] = samples[i]! * this.gain + voice[i]!;
		}
	}
}
