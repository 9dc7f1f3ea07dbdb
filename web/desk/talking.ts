/**
 * Whom the technician's voice reaches: the server is asked for the way, then the microphone opens;
 * it closes first, then the way is given back. Wishes that come meanwhile are followed in order, so
 * that a key that is let go early leaves nothing open.
 */
import { keepOutcome, outcomeKey } from './actions.ts';
import type { Answer, Request } from './api.ts';
import type { Model } from './model.ts';

export type Talk = 'booths' | 'listeners';

export interface TalkSeams {
	ask(request: Request): Promise<Answer>;
	speak(on: boolean): void;
	draw(): void;
}

export class Talking {
	private active: Talk | null = null;
	private isBusy = false;

	constructor(
		private readonly model: Model,
		private readonly seams: TalkSeams,
	) {}

	get wanted(): Talk | null {
		return this.model.talk.wanted;
	}

	private set wanted(talk: Talk | null) {
		this.model.talk.wanted = talk;
	}

	want(talk: Talk | null): void {
		this.wanted = talk;
		// Nothing more is heard from this moment on, however long the server takes.
		if (talk === null) this.seams.speak(false);
		if (!this.isBusy) void this.follow();
	}

	private async follow(): Promise<void> {
		this.isBusy = true;
		while (this.wanted !== this.active) {
			if (this.active !== null) {
				this.seams.speak(false);
				const path = this.active === 'booths' ? '/talkback' : '/announcements';
				this.active = null;
				await this.ask({ method: 'DELETE', path });
			} else {
				const wish = this.wanted!;
				const isGood = await this.ask(this.request(wish));
				if (isGood) this.active = wish;
				else this.wanted = null;
				if (isGood && this.wanted === wish) this.seams.speak(true);
			}
		}
		this.isBusy = false;
		this.seams.draw();
	}

	private request(wish: Talk): Request {
		const { to, scope } = this.model.talk;
		return wish === 'booths'
			? { method: 'POST', path: '/talkback', body: { to: to.length === 0 ? 'all' : to } }
			: { method: 'POST', path: '/announcements', body: { announcement: 'voice', scope } };
	}

	private async ask(request: Request): Promise<boolean> {
		const answer = await this.seams.ask(request);
		keepOutcome(this.model, outcomeKey('talk', ''), answer);
		this.seams.draw();
		return answer.isGood;
	}
}
