// Two network namespaces with one wire between them: a network that a test may break.
import { must, run } from './process.mjs';

/** @param {string} name of both, with a and b behind it */
export async function makeNamespaces(name) {
	const [a, b] = [`${name}a`, `${name}b`];
	const ip = (...words) => must('ip', words);
	const stop = async () => {
		for (const one of [a, b]) await run('ip', ['netns', 'delete', one]);
	};
	try {
		for (const one of [a, b]) {
			await ip('netns', 'add', one);
			await ip('-n', one, 'link', 'set', 'lo', 'up');
		}
		await ip('link', 'add', 'wire', 'netns', a, 'type', 'veth', 'peer', 'name', 'wire', 'netns', b);
		for (const [one, address] of [[a, '10.91.0.1/24'], [b, '10.91.0.2/24']]) {
			await ip('-n', one, 'address', 'add', address, 'dev', 'wire');
			await ip('-n', one, 'link', 'set', 'wire', 'up');
		}
	} catch (error) {
		await stop();
		throw error;
	}
	return { a, b, stop };
}

/** The wire as the test inside namespace `a` breaks it. @param {string} b the other namespace */
export function makeWire(b) {
	const local = async (words) => must(words[0], words.slice(1));
	return {
		/** Packets lost in each direction, of a thousand. @param {number} perThousand */
		async lose(perThousand) {
			for (const prefix of [[], ['ip', 'netns', 'exec', b]]) {
				const words = (rest) => [...prefix, ...rest];
				const [first, ...others] = words(['nft', 'delete', 'table', 'inet', 'faults']);
				await run(first, others);
				if (perThousand > 0) {
					await local(words(['nft', `table inet faults { chain out { type filter hook output priority 0; oifname "wire" numgen random mod 1000 < ${perThousand} drop; }; }`]));
				}
			}
		},
		cut: () => local(['ip', '-n', b, 'link', 'set', 'wire', 'down']),
		mend: () => local(['ip', '-n', b, 'link', 'set', 'wire', 'up']),
	};
}
