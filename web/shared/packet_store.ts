/**
 * The packets that wait to be decoded, in order of their (extended) sequence numbers. A fixed
 * ring with room for the bytes, so nothing is allocated after creation. When it is full the
 * oldest go: they are too late to be played anyway.
 */
import type { Epoch } from './epoch.ts';
import { OPUS_MAX_BYTES } from './opus_toc.ts';

/** Half of this is 640 ms of 10 ms packets, more than the largest target; all must be a power of two. */
const CAPACITY = 128;

export interface StoredPacket {
	/** Extended; −1 in an empty slot. */
	sequence: number;
	/** Extended. */
	timestamp: number;
	durationSamples: number;
	epoch: Epoch | null;
	sizeBytes: number;
	readonly bytes: Uint8Array;
}

export class PacketStore {
	private readonly slots: StoredPacket[] = Array.from({ length: CAPACITY }, () => ({
		sequence: -1,
		timestamp: 0,
		durationSamples: 0,
		epoch: null,
		sizeBytes: 0,
		bytes: new Uint8Array(OPUS_MAX_BYTES),
	}));
	/** Lowest sequence that may still be taken, and one more than the highest stored. */
	private next = 0;
	private end = 0;

	/** Drops everything; the next packet put in may have any sequence from `next` on. */
	clear(next: number): void {
		for (const slot of this.slots) slot.sequence = -1;
		this.next = next;
		this.end = next;
	}

	/** False when it is there already, or too late. */
	put(sequence: number, timestamp: number, durationSamples: number, epoch: Epoch, payload: Uint8Array): boolean {
		if (sequence < this.next || this.get(sequence) !== null) return false;
		if (sequence >= this.end) this.end = sequence + 1;
		this.next = Math.max(this.next, this.end - CAPACITY);
		const slot = this.slots[sequence % CAPACITY]!;
		slot.sequence = sequence;
		slot.timestamp = timestamp;
		slot.durationSamples = durationSamples;
		slot.epoch = epoch;
		slot.sizeBytes = payload.length;
		slot.bytes.set(payload);
		return true;
	}

	get(sequence: number): StoredPacket | null {
		if (sequence < this.next || sequence >= this.end) return null;
		const slot = this.slots[sequence % CAPACITY]!;
		return slot.sequence === sequence ? slot : null;
	}

	/** The oldest packet there is. */
	first(): StoredPacket | null {
		for (let sequence = this.next; sequence < this.end; sequence++) {
			const slot = this.get(sequence);
			if (slot !== null) return slot;
		}
		return null;
	}

	/** The newest packet there is. */
	last(): StoredPacket | null {
		return this.get(this.end - 1);
	}

	/** Everything up to this sequence is done with. */
	take(sequence: number): void {
		this.next = Math.max(this.next, sequence + 1);
		this.end = Math.max(this.end, this.next);
	}
}
