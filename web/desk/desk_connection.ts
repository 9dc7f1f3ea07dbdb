/**
 * The desk's own connection: joins with the token, asks for the desk's messages, and joins again
 * after each loss. On the page's thread: what it brings is drawn at once.
 */

import type { ConsoleMessage } from '../booth/console_wire.ts';
import { Link } from '../shared/link.ts';
import type { Connection } from '../shared/messages.ts';
import { type DeskServerMessage, parseDeskMessage } from './desk_wire.ts';
import { isLevelsFrame } from './levels.ts';

/** Another try with this token is no use. */
export const HOPELESS = ['token-invalid', 'token-expired', 'token-revoked', 'no-access'];
const CLOSE_NO_ACCESS = 4003;

export interface DeskOwner {
	message(message: DeskServerMessage): void;
	levels(bytes: Uint8Array): void;
	/** `state` or `isJoined` have changed. */
	changed(): void;
	/** The server will not have this token. */
	refused(code: string): void;
}

export class DeskConnection {
	isJoined = false;
	private readonly link: Link;
	private isRefused = false;

	constructor(
		url: string,
		private readonly token: string,
		private readonly owner: DeskOwner,
	) {
		this.link = new Link(url, {
			connecting: () => {},
			opened: () => this.send({ type: 'join', token: this.token }),
			received: (data) => this.received(data),
			closed: (code) => this.closed(code),
			look: () => {},
			changed: () => this.owner.changed(),
		});
	}

	get state(): Connection {
		return this.link.state;
	}

	get roundTripMs(): number | null {
		return this.link.clock.roundTripMs();
	}

	open(): void {
		this.link.open();
	}

	close(): void {
		this.link.close();
	}

	hurry(): void {
		this.link.hurry();
	}

	/** False: there is no connection. */
	send(
		message: ConsoleMessage | { type: 'join'; token: string } | { type: 'desk'; on: boolean } | CallAnswer,
	): boolean {
		return this.link.send(JSON.stringify(message));
	}

	private received(data: string | ArrayBuffer): void {
		if (typeof data !== 'string') {
			const bytes = new Uint8Array(data);
			if (isLevelsFrame(bytes)) this.owner.levels(bytes);
			return;
		}
		const message = parseDeskMessage(data);
		if (message === null) return;
		switch (message.type) {
			case 'pong':
				this.link.pong(message);
				return;
			case 'bye':
				this.link.bye(message.retry_ms);
				return;
			case 'joined':
				this.isJoined = true;
				this.link.proven();
				this.send({ type: 'desk', on: true });
				break;
			case 'error':
				if (HOPELESS.includes(message.code)) this.refuse(message.code);
				break;
		}
		this.owner.message(message);
	}

	private closed(code: number | null): void {
		this.isJoined = false;
		if (code === CLOSE_NO_ACCESS) this.refuse('no-access');
	}

	private refuse(code: string): void {
		if (this.isRefused) return;
		this.isRefused = true;
		queueMicrotask(() => {
			this.link.close();
			this.owner.refused(code);
		});
	}
}

export interface CallAnswer {
	type: 'call';
	booth: string;
	seat: number;
	state: 'seen' | 'done';
}
