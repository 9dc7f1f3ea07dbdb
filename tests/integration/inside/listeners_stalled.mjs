// Run by listeners_stalled.test.mjs in a network namespace: server and desk here, most listeners in the other one.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { joinDesk, must, startDesk } from '../../harness/desk.mjs';
import { makeEvent } from '../../harness/event.mjs';
import { connect, decode } from '../../harness/listener.mjs';
import { makeWire } from '../../harness/namespaces.mjs';
import { own, program, start, until } from '../../harness/process.mjs';

const other = process.env.CABIN_TEST_OTHER_NAMESPACE ?? '';
const REMOTE = 12;

test('listeners behind a wire that is cut', async (t) => {
	const wire = makeWire(other);
	const config = makeEvent({ sources: { hall: { tone_hz: 440 } }, rooms: [{ id: 'hall', floor: 'hall', channels: { vi: null } }] });
	const { server, token, ask, data } = await startDesk(t, config, { address: '0.0.0.0' });
	const desk = await own(t, joinDesk(server, token));
	const near = await Promise.all([1, 2, 3].map(() => own(t, connect(server, { channel: 'hall.vi' }))));
	const load = start('ip', [
		...['netns', 'exec', other, program('cabin-load'), '--connect', `10.91.0.1:${server.port}`, '--reports'],
		...['--listeners', String(REMOTE), '--seconds', '60', '--channels', '2', '--json', join(data, 'load.json')],
	]);
	t.after(() => load.stop('SIGKILL'));
	const audience = () => desk.newest('audience');
	await until('all are counted', () => audience()?.total === REMOTE + near.length, 20000);
	assert.equal(audience().worst.length, 0, 'nobody has trouble yet');

	const cut = performance.now();
	await wire.cut();
	await desk.alarm('listeners-in-trouble', 'hall');
	t.diagnostic(`alarm ${(performance.now() - cut).toFixed(0)} ms after the cut`);
	const newest = await until('the worst', () => audience().worst.length > 0 && audience(), 10000);
	assert.ok(newest.worst.every(({ queue_ms }) => queue_ms > 0), 'what waits for them in the server is told');
	assert.ok(newest.channels.find(({ channel }) => channel === 2).trouble >= REMOTE - 1);
	await Promise.all(near.map((listener) => listener.more(50)));
	for (const { packets } of near) assert.equal(decode(packets).missing, 0, 'the others miss nothing');

	await wire.mend();
	await desk.alarm('listeners-in-trouble', 'hall', false, 40000);
	const { entries } = await must(ask('GET', '/log?kind=alarm'));
	const states = entries.filter(({ detail }) => detail.alarm === 'listeners-in-trouble').map(({ detail }) => detail.state);
	assert.ok(states.includes('raised') && states.includes('cleared'), states.join(', '));
});
