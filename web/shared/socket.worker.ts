/** The socket's own thread (a classic worker), so that a busy page delays no packet. */
import { Connection } from './connection.ts';
import type { WorkerCommand } from './messages.ts';

const scope = self as unknown as DedicatedWorkerGlobalScope;

let connection: Connection | null = null;

scope.onmessage = (event: MessageEvent<WorkerCommand | { type: 'open'; url: string }>) => {
	const command = event.data;
	if (command.type === 'open') {
		connection = new Connection(command.url, (status) => scope.postMessage(status));
	} else {
		connection?.command(command);
	}
};
