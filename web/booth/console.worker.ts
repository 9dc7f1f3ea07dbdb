/** The console's own thread (a classic worker): socket, encoder and own level, so that a busy page delays nothing. */
import { ConsoleConnection } from './console_connection.ts';
import type { ConsoleCommand } from './console_messages.ts';
import { createVoiceTools } from './voice_tools.ts';

const scope = self as unknown as DedicatedWorkerGlobalScope;

let connection: ConsoleConnection | null = null;

scope.onmessage = (event: MessageEvent<ConsoleCommand>) => {
	const command = event.data;
	if (command.type === 'open') {
		connection = new ConsoleConnection(command.url, (message) => scope.postMessage(message));
		connection.open(command, createVoiceTools(command.encoder, command.ears));
	} else {
		connection?.command(command);
	}
};
