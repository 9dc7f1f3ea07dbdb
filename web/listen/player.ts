// The player of web/shared with this build's files. The one place where the page meets it.
import wasmUrl from '../opus/opus-decoder.wasm?url';
import { Player, type PlayerStatus } from '../shared/player.ts';
import workletUrl from '../shared/player.worklet.ts?worker&url';
import workerUrl from '../shared/socket.worker.ts?worker&url';

export type { PlayerStatus };

/** What the page uses of a player. `start` belongs into a tap's handler; it rejects when the sound cannot be set up. */
export type Listening = Pick<Player, 'start' | 'listen' | 'stop' | 'setVolume'>;

export function createPlayer(
	onStatus: (status: PlayerStatus) => void,
	onFailure: () => void,
	pinOf: (channelId: string) => string | undefined,
): Listening {
	const scheme = location.protocol === 'https:' ? 'wss:' : 'ws:';
	const url = `${scheme}//${location.host}/ws`;
	return new Player({ url, workerUrl, workletUrl, wasmUrl, onStatus, onFailure, pinOf });
}
