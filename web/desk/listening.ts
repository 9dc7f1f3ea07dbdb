/**
 * Listening to any point: a channel as listeners get it, or, by a probe that the server sets up,
 * an input or a seat. One at a time.
 */
import type { PlayerStatus } from '../shared/player.ts';
import type { Answer, Request } from './api.ts';
import type { Model } from './model.ts';
import type { Listening } from './player.ts';

export interface ListeningSeams {
	ask(request: Request): Promise<Answer>;
	createPlayer(onStatus: (status: PlayerStatus) => void, onFailure: () => void): Listening;
	draw(): void;
}

/** What POST /probes is told of a point; null: it is a channel, which needs no probe. */
export function probeOf(point: string): unknown {
	const [kind, id, seat] = point.split(':');
	if (kind === 'seat') return { booth: id, seat: Number(seat) };
	return kind === 'channel' ? null : { input: id };
}

export class Ear {
	private player: Listening | null = null;
	private turn = 0;

	constructor(
		private readonly model: Model,
		private readonly seams: ListeningSeams,
	) {}

	/** In the handler of a click: browsers start sound nowhere else. */
	async hear(point: string): Promise<void> {
		const turn = ++this.turn;
		const probe = probeOf(point);
		this.model.heard = { point, channel: null, isPlaying: false, fault: null };
		this.player ??= this.seams.createPlayer(
			(status) => this.told(status),
			() => this.failed(''),
		);
		this.player.setVolume(this.model.volume);
		this.seams.draw();
		if (probe === null) {
			await this.play(turn, point.slice('channel:'.length));
			return;
		}
		const answer = await this.seams.ask({ method: 'POST', path: '/probes', body: probe });
		if (turn !== this.turn) return;
		const number = answer.body.channel;
		if (answer.isGood && typeof number === 'number') await this.play(turn, `#${number}`);
		else this.failed(answer.error?.text ?? '');
	}

	private async play(turn: number, channel: string): Promise<void> {
		if (this.model.heard !== null) this.model.heard.channel = channel;
		try {
			await this.player!.start(channel);
		} catch {
			if (turn === this.turn) this.failed('');
		}
	}

	stop(): void {
		this.turn++;
		this.model.heard = null;
		this.player?.stop();
		this.seams.draw();
	}

	setVolume(volume: number): void {
		this.model.volume = volume;
		this.player?.setVolume(volume);
	}

	private told(status: PlayerStatus): void {
		const { heard } = this.model;
		if (heard === null || status.channelId !== heard.channel) return;
		const isPlaying = status.playback === 'live';
		if (isPlaying === heard.isPlaying) return;
		heard.isPlaying = isPlaying;
		this.seams.draw();
	}

	private failed(fault: string): void {
		if (this.model.heard !== null) this.model.heard.fault = fault;
		this.seams.draw();
	}
}
