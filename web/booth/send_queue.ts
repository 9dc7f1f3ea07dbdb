/**
 * Packets on their way out. The browser's own buffer cannot be taken back from, so no more than
 * a little waits there; the rest waits here, and what has become old is dropped. Pure.
 */

/** Of the browser's buffer: 100 ms of sound at 48 kbit/s. */
export const BUFFERED_BYTES = 600;
export const OLD_MS = 200;

interface Waiting {
	packet: Uint8Array<ArrayBuffer>;
	/** When its sound was captured (client's clock, ms). */
	capturedMs: number;
}

export class SendQueue {
	private waiting: Waiting[] = [];
	/** Packets that were dropped since the queue was made. */
	dropped = 0;

	push(packet: Uint8Array<ArrayBuffer>, capturedMs: number): void {
		this.waiting.push({ packet, capturedMs });
	}

	/** The microphone is off, or the connection lost: nothing of it is sent later. */
	clear(): void {
		this.waiting = [];
	}

	get size(): number {
		return this.waiting.length;
	}

	/** Drops what is old, then gives packets to `send` while the browser's buffer has room. */
	flush(nowMs: number, bufferedBytes: () => number, send: (packet: Uint8Array<ArrayBuffer>) => boolean): void {
		while (this.waiting.length > 0) {
			const { packet, capturedMs } = this.waiting[0]!;
			if (nowMs - capturedMs > OLD_MS) {
				this.waiting.shift();
				this.dropped++;
				continue;
			}
			if (bufferedBytes() > BUFFERED_BYTES) return;
			if (!send(packet)) {
				this.dropped += this.waiting.length;
				this.clear();
				return;
			}
			this.waiting.shift();
		}
	}
}
