/**
 * All that an interpreter hears, in one AudioWorkletProcessor named `cabin-ears`, the only node
 * before the destination:
 *
 *   engine (floor or relay) ─▶ level match ─┐
 *   engine (monitor, or echo) ─▶ its volume ─┼─▶ tone, volume ─▶ protection ─▶ destination
 *   engine (talkback) ──────────────────────┤
 *   test tone, chime ───────────────────────┘
 *
 * While the technician speaks to this booth, the first two are 12 dB lower.
 * There is no way to the destination but through the protection: until its module is there, and
 * when anything fails, the output is silent.
 */
import { createDecoders } from '../shared/decoder.ts';
import { Engine } from '../shared/engine.ts';
import type { EngineCommand } from '../shared/messages.ts';
import type { EarsCommand, EarsReport } from './console_messages.ts';
import { Protection } from './protection.ts';
import { Talkback } from './talkback.ts';

const REPORT_FRAMES = 4800;
const BLOCK = 128;
/** The match glides by 6 dB a second. */
const MATCH_DB_PER_BLOCK = (6 * BLOCK) / 48000;
const TONE_HZ = 1000;
/** 30 dB below a sine of full scale, as the terminal's console plays it. */
const TONE_AMPLITUDE = 10 ** (-30 / 20);
const CHIME_AMPLITUDE = 10 ** (-34 / 20);
const CHIME_FRAMES = 14400;

class EarsProcessor extends AudioWorkletProcessor {
	private protection: Protection | null = null;
	private main: Engine | null = null;
	private monitor: Engine | null = null;
	private technician: Engine | null = null;
	private isSpokenTo = false;
	private readonly talkback = new Talkback();
	private readonly one = new Float32Array(BLOCK);
	private readonly two = new Float32Array(BLOCK);
	private monitorWanted = 0;
	private monitorGain = 0;
	private matchWanted = 0;
	private matchDb = 0;
	private isToneOn = false;
	private tonePhase = 0;
	private toneGain = 0;
	private chimeAt = CHIME_FRAMES;
	private sum = 0;
	private monitorSum = 0;
	private nextReport = 0;
	private isOver = false;

	constructor(private readonly options: { processorOptions: { decoder: ArrayBuffer; ears: ArrayBuffer } }) {
		super();
		this.port.onmessage = (event: MessageEvent<EarsCommand>) => {
			try {
				this.command(event.data);
			} catch {
				// Nobody hears an exception here: the page is told that there will be no sound.
				this.protection = null;
				this.port.postMessage('failed');
			}
		};
	}

	private command(command: EarsCommand): void {
		switch (command.type) {
			case 'engines': {
				const { decoder, ears } = this.options.processorOptions;
				this.protection ??= new Protection(ears);
				this.main = new Engine(createDecoders(decoder), command.main, currentFrame);
				this.monitor = new Engine(createDecoders(decoder), command.monitor, currentFrame);
				// Beside the engine, so that the rest is lowered with what it is told, and not by the page.
				command.talkback.addEventListener('message', (event: MessageEvent<EngineCommand | ArrayBuffer>) => {
					const said = event.data;
					if ('type' in said && said.type === 'channel') this.isSpokenTo = said.number !== null;
				});
				this.technician = new Engine(createDecoders(decoder), command.talkback, currentFrame);
				break;
			}
			case 'sound':
				this.monitorWanted = command.monitor;
				this.protection?.setTone(command.bassDb, command.trebleDb);
				this.protection?.setVolume(command.volume);
				this.protection?.calibrate(command.sensitivityDb === 0 ? null : command.sensitivityDb);
				break;
			case 'match':
				this.matchWanted = command.gainDb;
				break;
			case 'tone':
				this.isToneOn = command.on;
				break;
			case 'chime':
				this.chimeAt = 0;
				break;
			case 'end':
				this.isOver = true;
				this.protection = null;
				break;
		}
	}

	process(_inputs: Float32Array[][], outputs: Float32Array[][]): boolean {
		const out = outputs[0]?.[0];
		const { protection, main, monitor } = this;
		const technician = this.technician;
		if (out === undefined || protection === null || main === null || monitor === null || technician === null)
			return !this.isOver;
		const one = this.one;
		const two = this.two;
		main.render(one, currentFrame);
		monitor.render(two, currentFrame);
		this.mix(one, two);
		technician.render(two, currentFrame);
		this.talkback.lay(one, two, this.isSpokenTo);
		this.addTone(one);
		protection.process(one);
		out.set(one);
		if (currentFrame >= this.nextReport) this.report(protection);
		return !this.isOver;
	}

	private mix(one: Float32Array, two: Float32Array): void {
		const step = Math.min(Math.max(this.matchWanted - this.matchDb, -MATCH_DB_PER_BLOCK), MATCH_DB_PER_BLOCK);
		const from = 10 ** (this.matchDb / 20);
		this.matchDb += step;
		const slope = (10 ** (this.matchDb / 20) - from) / BLOCK;
		for (let i = 0; i < BLOCK; i++) {
			this.sum += one[i]! * one[i]!;
			this.monitorSum += two[i]! * two[i]!;
			this.monitorGain += (this.monitorWanted - this.monitorGain) * 0.002;
			one[i] = one[i]! * (from + slope * i) + two[i]! * this.monitorGain;
		}
	}

	private addTone(samples: Float32Array): void {
		if (!this.isToneOn && this.toneGain < 1e-5 && this.chimeAt >= CHIME_FRAMES) return;
		for (let i = 0; i < samples.length; i++) {
			this.toneGain += ((this.isToneOn ? TONE_AMPLITUDE : 0) - this.toneGain) * 0.001;
			this.tonePhase = (this.tonePhase + TONE_HZ / 48000) % 1;
			samples[i]! += this.toneGain * Math.sin(2 * Math.PI * this.tonePhase);
			if (this.chimeAt < CHIME_FRAMES) {
				const t = this.chimeAt / CHIME_FRAMES;
				const hz = this.chimeAt < CHIME_FRAMES / 2 ? 659 : 880;
				samples[i]! +=
					CHIME_AMPLITUDE * Math.sin(Math.PI * t) ** 2 * Math.sin((2 * Math.PI * hz * this.chimeAt) / 48000);
				this.chimeAt++;
			}
		}
	}

	private report(protection: Protection): void {
		this.nextReport = currentFrame + REPORT_FRAMES;
		const report: EarsReport = {
			sourceDbfs: decibel(this.sum / REPORT_FRAMES),
			monitorDbfs: decibel(this.monitorSum / REPORT_FRAMES),
			meter: protection.meter(),
		};
		this.sum = 0;
		this.monitorSum = 0;
		this.port.postMessage(report);
	}
}

const decibel = (power: number) => Math.max(-120, 10 * Math.log10(power + 1e-12));

registerProcessor('cabin-ears', EarsProcessor);
