// The shared vectors of tests/vectors: what the server writes, and what it reads of ours.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { act, followMonitor } from '../actions.ts';
import { type ConsoleMessage, parseConsoleMessage, type RoomMessage } from '../console_wire.ts';
import type { Action } from '../keys.ts';
import { boothMessage, consoleModel, onAir } from './states.ts';

const load = (name: string) =>
	JSON.parse(readFileSync(new URL(`../../../tests/vectors/${name}`, import.meta.url), 'utf8'));
const client: { name: string; text: string; expect?: object }[] = load('console_client.json');
const server: { name: string; text: string; message: { role?: string } }[] = [
	...load('console_server.json').filter(
		({ message }: { message: { role?: string } }) => message.role !== 'technician', // no desk page
	),
	...load('desk_server.json').filter(({ message }: { message: { type: string } }) => message.type === 'talkback'),
];

test.each(server.map(({ name, text, message }) => [name, text, message]))('understands %s', (_, text, message) => {
	expect(parseConsoleMessage(text as string)).toEqual(message);
});

test('what lacks a field, or is of another form, is no message', () => {
	for (const { text } of server) {
		const message = JSON.parse(text);
		for (const field of Object.keys(message)) {
			if (['booth', 'seat', 'room'].includes(field) && message.type === 'error') continue;
			const { [field]: _, ...rest } = message;
			expect(parseConsoleMessage(JSON.stringify(rest)), `${message.type} without ${field}`).toBeNull();
		}
	}
	const room = JSON.parse(server.find(({ name }) => name === 'room')!.text) as RoomMessage;
	room.channels[0]!.channel = 0;
	expect(parseConsoleMessage(JSON.stringify(room))).toBeNull();
	expect(parseConsoleMessage('{')).toBeNull();
	expect(parseConsoleMessage('{"type":"future"}')).toBeNull();
});

test('says what the server reads, word by word', () => {
	const said: ConsoleMessage[] = [];
	const run = (model: ReturnType<typeof consoleModel>, ...actions: Action[]) => {
		for (const action of actions) {
			for (const effect of act(model, action, 0)) if (effect.type === 'say') said.push(effect.message);
		}
	};
	const model = consoleModel();
	run(model, { do: 'output', output: 'b' }, { do: 'technician' });
	for (const kind of ['slow-down', 'louder', 'cannot-hear'] as const) run(model, { do: 'signal', kind });
	for (const index of [0, 1, 3]) {
		model.panel = 'idle';
		run(model, { do: 'pick', index });
	}
	model.panel = 'messages';
	run(model, { do: 'pick', index: 0 });
	model.booth = boothMessage({ on_air: 2 });
	run(model, { do: 'handover' });
	model.booth = boothMessage({ on_air: 2, handover: { from: 2, to: 1, by: 2, state: 'offered', at_us: null } });
	run(model, { do: 'handover' }, { do: 'decline' });
	model.booth = boothMessage({ on_air: 2, handover: { from: 2, to: 1, by: 1, state: 'asked', at_us: null } });
	run(model, { do: 'handover' });
	onAir(model);
	run(model, { do: 'handover' });
	model.isMonitoring = true;
	for (const effect of followMonitor(model)) if (effect.type === 'monitor') said.push(effect);
	const good = client.filter((entry) => entry.expect !== undefined).map(({ text }) => text);
	for (const message of said) expect(good).toContain(JSON.stringify(message));
	expect(new Set(said.map(({ type }) => type)).size).toBe(7);
});
