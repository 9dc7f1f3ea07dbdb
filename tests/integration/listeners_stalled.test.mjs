// Listeners whose network breaks, in namespaces of the test's own; needs root.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { makeNamespaces } from '../harness/namespaces.mjs';
import { own, projectFolder, run } from '../harness/process.mjs';

test('listeners behind a wire that is cut: the technician hears of it', { timeout: 120000 }, async (t) => {
	assert.equal(process.getuid(), 0, 'network namespaces need root: run this test as root');
	const spaces = await own(t, makeNamespaces(`cabin${process.pid}`));
	const inside = join(projectFolder, 'tests/integration/inside/listeners_stalled.mjs');
	const { code, stdout, stderr } = await run('ip', ['netns', 'exec', spaces.a, process.execPath, '--test-reporter=spec', inside], {
		// Without NODE_TEST_CONTEXT it reports as text, not to this test's runner.
		env: { CABIN_TEST_OTHER_NAMESPACE: spaces.b, NODE_TEST_CONTEXT: undefined },
		timeoutMs: 110000,
	});
	for (const line of stdout.split('\n')) if (/^[✔✖ℹ]/.test(line)) t.diagnostic(line);
	assert.equal(code, 0, stdout + stderr);
});
