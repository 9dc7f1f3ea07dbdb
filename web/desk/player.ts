// The player of web/shared with this build's files, listening as a technician: none of the audience.
import wasmUrl from '../opus/opus-decoder.wasm?url';
import { Player, type PlayerStatus } from '../shared/player.ts';
import workletUrl from '../shared/player.worklet.ts?worker&url';
import workerUrl from './listen.worker.ts?worker&url';

export type Listening = Pick<Player, 'start' | 'listen' | 'stop' | 'setVolume'>;

export function createPlayer(
	token: string,
	onStatus: (status: PlayerStatus) => void,
	onFailure: () => void,
): Listening {
	const scheme = location.protocol === 'https:' ? 'wss:' : 'ws:';
	const url = `${scheme}//${location.host}/ws?console#${token}`;
	return new Player({ url, workerUrl, workletUrl, wasmUrl, onStatus, onFailure });
}
