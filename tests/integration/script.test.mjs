// ./cabin demo as its user has it: addresses, a QR code, sound on both ports, a clean end.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { joinBooth } from '../harness/console.mjs';
import { request } from '../harness/http.mjs';
import { connect } from '../harness/listener.mjs';
import { own, projectFolder, run, start, until } from '../harness/process.mjs';

const script = join(projectFolder, 'cabin');

test('the demo prints its addresses, plays on both ports, and stops on Ctrl-C', { timeout: 90000 }, async (t) => {
	// A group of its own gets the signal as a whole, as from a terminal.
	const demo = await own(t, start(script, ['demo', '--port', '0', '--tls-port', '0'], { group: true }));
	await until(
		'the addresses',
		() => {
			if (!demo.isRunning()) throw new Error(demo.stdout() + demo.stderr());
			return demo.stdout().includes('Ctrl-C stops');
		},
		60000,
	);
	const said = demo.stdout();
	const port = said.match(/http:\/\/localhost:(\d+)\//)?.[1];
	const tlsPort = said.match(/https:\/\/localhost:(\d+)\//)?.[1];
	assert.ok(port && tlsPort, said);
	assert.match(said, /[█▀▄]{8}/, 'no QR code');
	const links = [...said.matchAll(/^ {2}(\S+)\n {2}(https:\/\/\S+)\/booth\/#t=(\S+)$/gm)];
	assert.deepEqual(links.map(([, booth]) => booth), ['plenary-vi', 'plenary-fr', 'water']);
	assert.equal((await request(`https://127.0.0.1:${tlsPort}/booth/`)).status, 200);
	assert.equal((await request(`https://127.0.0.1:${tlsPort}/stage/plenary`)).status, 200);
	for (const [, booth, , token] of links) {
		const event = async () => JSON.parse((await request(`http://127.0.0.1:${port}/api/v1/event`)).body.toString());
		const seat = await joinBooth({ ws: `ws://127.0.0.1:${port}/ws`, event }, { token });
		assert.equal(seat.joined.booth, booth);
		await seat.stop();
	}
	for (const url of [`http://127.0.0.1:${port}`, `https://127.0.0.1:${tlsPort}`]) {
		const answer = await request(`${url}/`);
		assert.equal(answer.status, 200);
		assert.match(answer.headers['content-type'], /html/);
		const event = async () => JSON.parse((await request(`${url}/api/v1/event`)).body.toString());
		const ws = `${url.replace('http', 'ws')}/ws`;
		const listener = await connect({ ws, event }, { rejectUnauthorized: false, channel: 'plenary.floor' });
		await listener.more(50);
		await listener.stop();
	}
	assert.deepEqual(await demo.stop('SIGINT'), { code: 0, signal: null }, demo.stderr());
	await assert.rejects(request(`http://127.0.0.1:${port}/`));
});

test('unknown commands and options say what there is', { timeout: 20000 }, async () => {
	for (const args of [['dance'], ['test', '--dance'], ['demo', '--dance'], ['demo', '--port']]) {
		const { code, stderr } = await run(script, args);
		assert.notEqual(code, 0);
		assert.match(stderr, new RegExp(args.at(-1)));
	}
	const help = await run(script, ['help']);
	assert.equal(help.code, 0);
	for (const command of ['build', 'demo', 'test', 'bench', 'lint']) assert.ok(help.stdout.includes(command));
});
