// Whether the server and the desk's page grow, with many actions and alarms.
import { readFileSync } from 'node:fs';
import { startChromium } from '../harness/browsers.mjs';
import { asker, must } from '../harness/desk.mjs';
import { name } from '../harness/event.mjs';
import { runLoad } from '../harness/load.mjs';
import { pause } from '../harness/process.mjs';
import { babble } from '../harness/signal.mjs';
import { languages, rooms, startVisitors, withEvent } from './desk_event.mjs';

/** Files whose floor pauses, with sessions all the time: an alarm comes and goes every nine seconds in four rooms. */
function restlessEvent() {
	const time = (ms) => new Date(Date.now() + ms).toISOString().replace(/\.\d+Z/, 'Z');
	return {
		alarms: { 'floor-silent': { hold_ms: 1000 } },
		agenda: rooms.map((room) => ({ id: `s-${room}`, room, title: name('Session'), start: time(-3600e3), end: time(6 * 3600e3) })),
	};
}

/** What a technician does, one thing after another, for ever. Gives each action's name. */
async function* actions(ask) {
	const channels = rooms.flatMap((room) => languages.map((language) => `${room}.${language}`));
	for (let i = 0; ; i++) {
		const id = channels[i % channels.length];
		const patch = async (body) => must(ask('PATCH', `/channels/${id}`, body));
		yield await patch({ gain_db: (i % 13) - 6 });
		yield await patch({ muted: true });
		yield await patch({ muted: false, source: 'tone' });
		yield await patch({ source: 'floor' });
		yield await patch({ source: 'auto', gain_db: 0 });
		yield await must(ask('PATCH', `/rooms/${rooms.at(-1)}`, { locked: true }));
		yield await must(ask('PATCH', `/rooms/${rooms.at(-1)}`, { locked: false }));
		yield await must(ask('POST', '/talkback', { to: 'all' }));
		yield await must(ask('DELETE', '/talkback'));
		yield await must(ask('GET', '/log?limit=200'));
		const { alarms } = await must(ask('GET', '/alarms'));
		if (alarms[0]) yield await ask('POST', `/alarms/${alarms[0].id}/acknowledge`, {});
	}
}

const anonymousKib = (pid) => Number(readFileSync(`/proc/${pid}/status`, 'utf8').match(/RssAnon:\s+(\d+) kB/)[1]);

/** What a page's own memory is after a collection, by the browser's debugger. */
async function pageMemory(url) {
	const chromium = await startChromium();
	const { page, context, faults } = await chromium.page();
	await page.setViewportSize({ width: 1280, height: 900 });
	await page.goto(url);
	const session = await context.newCDPSession(page);
	await session.send('Performance.enable');
	return {
		faults,
		async heapBytes() {
			await session.send('HeapProfiler.collectGarbage');
			const { metrics } = await session.send('Performance.getMetrics');
			const of = (wanted) => metrics.find((one) => one.name === wanted).value;
			return { heap: of('JSHeapUsedSize'), nodes: of('Nodes'), listeners: of('JSEventListeners') };
		},
		stop: () => chromium.stop(),
	};
}

/**
 * Hours of an event in minutes: an action each `everyMs`, alarms that come and go, listeners that come and go, and the
 * desk's page open all the time. Memory each ten seconds.
 * @param {{seconds: number, everyMs?: number}} options
 */
export const measureDeskGrowth = ({ seconds, everyMs = 250 }) =>
	withEvent(async ({ server, token, channels, play }) => {
		play(babble(99, 20), true);
		const page = await pageMemory(`${server.url}/desk/#t=${token}`);
		const visitors = startVisitors(server);
		try {
			// Nobody is in the last room, which is locked at times.
			const load = runLoad({ port: server.port, listeners: 100, seconds, channels: channels.slice(0, -4), args: ['--reports'] });
			const samples = [];
			const began = performance.now();
			const doing = actions(asker(server, token));
			let done = 0;
			for (let next = 0; performance.now() - began < seconds * 1000; done++) {
				await doing.next();
				await pause(Math.max(0, began + done * everyMs - performance.now()));
				if (performance.now() - began < next) continue;
				next += 10000;
				samples.push({ at_s: Math.round((performance.now() - began) / 1000), server_kib: anonymousKib(server.pid), page: await page.heapBytes() });
			}
			await load;
			const metrics = await server.metrics();
			const alarms = metrics.all('cabin_alarms_raised_total').reduce((sum, one) => sum + one.value, 0);
			return {
				...{ seconds, actions: done, alarms, faults: page.faults },
				// What is filled once (caches, the page's log of 500 lines) is there after a minute, mostly.
				after_a_minute: samples.find((one) => one.at_s >= 60) ?? samples[0],
				at_the_end: samples.at(-1),
				samples,
			};
		} finally {
			visitors.stop();
			await page.stop();
		}
	}, restlessEvent());
