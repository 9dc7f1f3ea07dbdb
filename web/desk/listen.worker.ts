/**
 * The socket's own thread when the desk listens (a classic worker): a listener's connection that
 * joins with the technician's token, so that it is none of the audience and no PIN stops it, and
 * that finds channels by number (`#70`), which the event does not name: the server's probes.
 */
import { Connection } from '../shared/connection.ts';
import type { WorkerCommand } from '../shared/messages.ts';

class TechniciansConnection extends Connection {
	token = '';

	protected override opened(): void {
		this.link.send(JSON.stringify({ type: 'join', token: this.token }));
		super.opened();
	}

	protected override join(): void {
		const number = /^#(\d+)$/.exec(this.channelId ?? '')?.[1];
		if (number === undefined) {
			super.join();
			return;
		}
		if (this.link.state !== 'open' || this.event === null) return;
		this.channelNumber = Number(number);
		this.isJoined = true;
		this.engine?.postMessage({ type: 'channel', number: this.channelNumber });
		this.send({ type: 'listen', channel: this.channelNumber });
	}
}

const scope = self as unknown as DedicatedWorkerGlobalScope;

let connection: TechniciansConnection | null = null;

scope.onmessage = (event: MessageEvent<WorkerCommand | { type: 'open'; url: string }>) => {
	const command = event.data;
	if (command.type === 'open') {
		// The token comes behind a '#', which no socket's address has.
		const [url = '', token = ''] = command.url.split('#');
		connection = new TechniciansConnection(url, (status) => scope.postMessage(status));
		connection.token = token;
	} else {
		connection?.command(command);
	}
};
