// Processes that tests start: each is owned, named in its errors, and gone when the
// test process ends, however that happens.
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The project's folder. */
export const projectFolder = resolve(dirname(fileURLToPath(import.meta.url)), '../..');

/** Where the programs were built; CABIN_BUILD_FOLDER names another. */
export const buildFolder = resolve(projectFolder, process.env.CABIN_BUILD_FOLDER ?? 'build');

/** @param {string} name */
export const program = (name) => join(buildFolder, 'bin', name);

const running = new Set();
const folders = new Set();

function endAll() {
	for (const one of running) {
		try {
			process.kill(one.group ? -one.pid : one.pid, 'SIGKILL');
		} catch {
			// It ended by itself.
		}
	}
	for (const folder of folders) rmSync(folder, { recursive: true, force: true });
}
process.once('exit', endAll);
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => process.exit(1));

/** A folder that is removed at the end. @param {string} name */
export function temporaryFolder(name) {
	const folder = mkdtempSync(join(tmpdir(), `cabin-${name}-`));
	folders.add(folder);
	return folder;
}

/**
 * Waits until `check` gives something true, and gives that. Looks each 5 ms.
 * @template T
 * @param {string} what for the error
 * @param {() => T | Promise<T>} check
 * @param {number} [timeoutMs]
 * @returns {Promise<T>}
 */
export async function until(what, check, timeoutMs = 10000) {
	const end = performance.now() + timeoutMs;
	for (;;) {
		const value = await check();
		if (value) return value;
		if (performance.now() > end) throw new Error(`${what}: not within ${timeoutMs} ms`);
		await pause(5);
	}
}

/** @param {number} ms */
export const pause = (ms) => new Promise((done) => setTimeout(done, ms));

/**
 * @typedef {object} Running
 * @property {number} pid
 * @property {import('node:child_process').ChildProcess} child
 * @property {() => string} stdout all of it so far, as text
 * @property {() => string} stderr
 * @property {Promise<{code: number | null, signal: string | null}>} ended
 * @property {() => boolean} isRunning
 * @property {(signal?: NodeJS.Signals) => Promise<{code: number | null, signal: string | null}>} stop
 */

/**
 * Starts a program.
 * @param {string} command
 * @param {string[]} args
 * @param {{env?: Record<string, string | undefined>, cwd?: string, group?: boolean, pipe?: boolean, input?: boolean}} [options]
 *   `env` is added to this process's; `group`: a process group of its own, ended as a whole; `pipe`: leave stdout to the
 *   caller; `input`: the caller writes to its stdin
 * @returns {Running}
 */
export function start(command, args, options = {}) {
	const child = spawn(command, args, {
		env: { ...process.env, ...options.env },
		cwd: options.cwd,
		detached: options.group ?? false,
		stdio: [options.input ? 'pipe' : 'ignore', 'pipe', 'pipe'],
	});
	const entry = { pid: child.pid, group: options.group ?? false };
	if (child.pid) running.add(entry);
	let stdout = '';
	let stderr = '';
	if (!options.pipe) child.stdout.setEncoding('utf8').on('data', (text) => (stdout += text));
	child.stderr.setEncoding('utf8').on('data', (text) => (stderr += text));
	let over = false;
	const ended = new Promise((done) => {
		child.once('error', (error) => {
			stderr += `${command}: ${error.message}\n`;
			over = true;
			done({ code: 127, signal: null });
		});
		child.once('close', (code, signal) => {
			over = true;
			running.delete(entry);
			done({ code, signal });
		});
	});
	const kill = (signal) => {
		try {
			process.kill(entry.group ? -child.pid : child.pid, signal);
		} catch {
			// It ended by itself.
		}
	};
	return {
		pid: child.pid,
		child,
		stdout: () => stdout,
		stderr: () => stderr,
		ended,
		isRunning: () => !over,
		async stop(signal = 'SIGTERM') {
			if (over) return ended;
			kill(signal);
			const patience = setTimeout(() => kill('SIGKILL'), 5000);
			const result = await ended;
			clearTimeout(patience);
			return result;
		},
	};
}

/**
 * Runs a program to its end.
 * @param {string} command
 * @param {string[]} args
 * @param {Parameters<typeof start>[2] & {timeoutMs?: number}} [options]
 */
export async function run(command, args, options = {}) {
	const it = start(command, args, options);
	const patience = setTimeout(() => it.stop('SIGKILL'), options.timeoutMs ?? 30000);
	const { code, signal } = await it.ended;
	clearTimeout(patience);
	return { code, signal, stdout: it.stdout(), stderr: it.stderr() };
}

/** Like run(), but an exit status other than 0 is an error that shows stderr. */
export async function must(command, args, options = {}) {
	const result = await run(command, args, options);
	if (result.code !== 0) {
		throw new Error(`${command} ${args.join(' ')}: ${result.signal ?? `status ${result.code}`}\n${result.stderr}`);
	}
	return result;
}

/**
 * Waits for a file with something in it, written by `it`.
 * @param {string} path
 * @param {Running} it
 * @param {number} [timeoutMs]
 */
export async function untilFile(path, it, timeoutMs = 10000) {
	await until(
		`${path} by ${it.child.spawnfile}`,
		() => {
			if (!it.isRunning()) throw new Error(`${it.child.spawnargs.join(' ')} ended:\n${it.stderr()}`);
			return existsSync(path) && readFileSync(path, 'utf8').trim() !== '';
		},
		timeoutMs,
	);
	return readFileSync(path, 'utf8').trim();
}

/**
 * Runs `work`, and stops in the end what it owned, the newest first.
 * @template T
 * @param {(own: <S extends {stop: () => unknown}>(thing: S | Promise<S>) => Promise<S>) => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withOwned(work) {
	const parts = [];
	try {
		return await work(async (thing) => {
			const it = await thing;
			parts.unshift(it);
			return it;
		});
	} finally {
		for (const part of parts) await part.stop();
	}
}

/**
 * Stops `thing` when the test is over.
 * @template {{stop: () => unknown}} T
 * @param {{after: (hook: () => unknown) => void}} context node:test's
 * @param {T | Promise<T>} thing
 * @returns {Promise<T>}
 */
export async function own(context, thing) {
	const it = await thing;
	context.after(() => it.stop());
	return it;
}
