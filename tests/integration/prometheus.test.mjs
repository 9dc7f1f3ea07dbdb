// A real Prometheus reads a real server with the files of deploy/, and every figure that rules and dashboard name is there.
import assert from 'node:assert/strict';
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { startCabind } from '../harness/cabind.mjs';
import { connect } from '../harness/listener.mjs';
import { must, own, projectFolder, start, temporaryFolder, until } from '../harness/process.mjs';

const deployed = (path) => join(projectFolder, 'deploy', path);
const rules = readFileSync(deployed('prometheus/cabin.rules.yml'), 'utf8');
const dashboard = JSON.parse(readFileSync(deployed('grafana/cabin.json'), 'utf8'));

/** Expressions of the dashboard, its variables and annotations. */
function dashboardExpressions() {
	const panels = dashboard.panels.flatMap(({ targets }) => targets.map(({ expr }) => expr));
	const variables = dashboard.templating.list.map(({ definition }) => definition).filter(Boolean);
	return [...panels, ...variables, ...dashboard.annotations.list.map(({ expr }) => expr)];
}

/** Names of metrics in an expression: what stands in quotes is none. @param {string} text */
const namesIn = (text) => text.replace(/"[^"]*"|'[^']*'/g, '').match(/\b(?:cabin:[a-z0-9_:]+|(?:cabin|process)_[a-z0-9_]+)/g) ?? [];

test('promtool: the configuration and the rules are valid, and each rule fires when it should', async () => {
	await must('promtool', ['check', 'config', deployed('prometheus/prometheus.yml')]);
	await must('promtool', ['check', 'rules', deployed('prometheus/cabin.rules.yml')]);
	await must('promtool', ['test', 'rules', join(projectFolder, 'tests/prometheus/cabin.rules.test.yml')]);
});

test('every figure that rules and dashboard name is in /metrics', async (t) => {
	const server = await own(t, startCabind({ args: ['--demo'] }));
	const text = await (await fetch(`${server.url}/metrics`)).text();
	const there = new Set([...text.matchAll(/^([a-z_]\w*)[ {]/gm)].map(([, name]) => name));
	for (const [, name] of rules.matchAll(/record: (\S+)/g)) there.add(name);
	const used = [...rules.matchAll(/expr: (.*)/g)].flatMap(([, expr]) => namesIn(expr)).concat(dashboardExpressions().flatMap(namesIn));
	assert.ok(new Set(used).size > 25, `${new Set(used).size} figures`);
	for (const name of used) assert.ok(there.has(name), `${name} is not in /metrics`);
	const kinds = new Set([...text.matchAll(/^cabin_alarms_active\{kind="([^"]+)"/gm)].map(([, kind]) => kind));
	for (const kind of rules.match(/kind=~"([^"]+)"/)[1].split('|')) assert.ok(kinds.has(kind), `no alarm of kind ${kind}`);
});

test('the dashboard: panels of its own place, each with what it shows', () => {
	const ids = new Set();
	const taken = new Set();
	for (const { id, title, targets, gridPos: place } of dashboard.panels) {
		assert.ok(!ids.has(id) && title && targets.length > 0, title);
		ids.add(id);
		for (let x = place.x; x < place.x + place.w; x++) {
			for (let y = place.y; y < place.y + place.h; y++) {
				assert.ok(x < 24 && !taken.has(`${x} ${y}`), `${title} lies over another`);
				taken.add(`${x} ${y}`);
			}
		}
	}
	assert.ok(dashboard.panels.some(({ type }) => type === 'heatmap'));
});

test('a real Prometheus reads a running server', { timeout: 90000 }, async (t) => {
	const server = await own(t, startCabind({ args: ['--demo'] }));
	const listener = await own(t, connect(server, { channel: 'plenary.floor' }));
	const folder = temporaryFolder('prometheus');
	const config = readFileSync(deployed('prometheus/prometheus.yml'), 'utf8')
		.replace('127.0.0.1:8080', `127.0.0.1:${server.port}`)
		.replace('scrape_interval: 5s', 'scrape_interval: 1s')
		.replace('evaluation_interval: 5s', 'evaluation_interval: 1s')
		.replace('scrape_timeout: 4s', 'scrape_timeout: 1s');
	writeFileSync(join(folder, 'prometheus.yml'), config);
	copyFileSync(deployed('prometheus/cabin.rules.yml'), join(folder, 'cabin.rules.yml'));
	const prometheus = await own(
		t,
		start('prometheus', [
			...[`--config.file=${join(folder, 'prometheus.yml')}`, `--storage.tsdb.path=${join(folder, 'data')}`],
			'--web.listen-address=127.0.0.1:0',
		]),
	);
	const port = await until('Prometheus listens', () => prometheus.stderr().match(/msg="Listening on" address=127\.0\.0\.1:(\d+)/)?.[1], 30000);
	const ask = async (path) => {
		const answer = await fetch(`http://127.0.0.1:${port}/api/v1/${path}`);
		return answer.ok ? (await answer.json()).data : null;
	};
	const query = async (expr) => (await ask(`query?query=${encodeURIComponent(expr)}`))?.result ?? [];
	await until('the target is up', async () => (await ask('targets'))?.activeTargets?.[0]?.health === 'up', 30000);

	const report = { type: 'report', channel: 1, state: 'live', buffer_ms: 40, target_ms: 40, late_ms: 1, concealed_ms: 0, underruns: 0 };
	const reporting = setInterval(() => listener.send({ ...report, mouth_to_ear_ms: 120, round_trip_ms: 3, hidden: false, fallback: 'native' }), 1000);
	t.after(() => clearInterval(reporting));
	const wanted = {
		'cabin_listeners{channel="plenary.floor"}': (value) => value === 1,
		'cabin:listeners:sum': (value) => value === 1,
		'cabin_channel_feed{channel="plenary.floor",feed="floor"}': (value) => value === 1,
		'rate(cabin_listener_packets_total[10s])': (value) => value > 10,
		'cabin_source_rms_dbfs{source="plenary-floor"}': (value) => value < 0,
		'cabin:cpu_cores:rate1m': (value) => value > 0,
		'cabin:mouth_to_ear_seconds:p95{channel="plenary.floor"}': (value) => value > 0.1 && value <= 0.15,
	};
	for (const [expr, isGood] of Object.entries(wanted))
		await until(expr, async () => isGood(Number((await query(expr))[0]?.value[1])), 30000);
	// Grafana puts real values in place of its variables.
	for (const { title, targets } of dashboard.panels) {
		for (const { expr } of targets) {
			const text = expr.replaceAll('$__rate_interval', '10s').replaceAll('$instance', '.*').replaceAll('$room', '.*');
			assert.ok(await ask(`query?query=${encodeURIComponent(text)}`), `${title}: ${text}`);
		}
	}
	const groups = (await ask('rules')).groups;
	for (const { rules: loaded } of groups) for (const rule of loaded) assert.equal(rule.health, 'ok', `${rule.name}: ${rule.lastError}`);
	await server.stop();
	await until('Prometheus tells that the server is gone', async () => (await query('ALERTS{alertname="CabinDown"}')).length > 0, 30000);
});
