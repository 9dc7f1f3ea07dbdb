/**
 * The preflight's echo: my packets that come back from the server are given to the monitor's
 * jitter buffer as a channel of their own. Pure.
 */

import type { StateMessage } from '../shared/wire.ts';
import { RTP_HEADER_BYTES } from '../shared/wire.ts';

/** No server has so many channels. */
const ECHO_CHANNEL = 65535;

export class EchoPath {
	readonly channel = ECHO_CHANNEL;
	count = 0;
	private ssrc: number | null = null;
	private epoch = 0;
	private isTold = false;

	get isOn(): boolean {
		return this.ssrc !== null;
	}

	begin(ssrc: number): void {
		this.ssrc = ssrc;
		this.count = 0;
		this.epoch++;
		this.isTold = false;
	}

	end(): void {
		this.ssrc = null;
	}

	/** What an engine is to be told for this message; null: it is no echo. */
	receive(data: ArrayBuffer): (ArrayBuffer | StateMessage)[] | null {
		if (data.byteLength <= RTP_HEADER_BYTES) return null;
		const view = new DataView(data);
		const ssrc = view.getUint32(8);
		if (ssrc <= 0xffff) return null;
		if (ssrc !== this.ssrc) return [];
		this.count++;
		view.setUint32(8, ECHO_CHANNEL);
		if (this.isTold) return [data];
		this.isTold = true;
		const state: StateMessage = {
			type: 'state',
			channel: ECHO_CHANNEL,
			epoch: this.epoch,
			feed: 'booth',
			source: 'ok',
			booth: null,
			seat: null,
			gain_db: 0,
			fade_ms: 0,
			sequence: view.getUint16(2),
			timestamp: view.getUint32(4),
			clock: null,
		};
		return [state, data];
	}
}
