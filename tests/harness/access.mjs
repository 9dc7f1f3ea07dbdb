// An event's key, tokens and list of revoked ones, made as docs/protocol.md says and not by our own programs.
import { generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from './process.mjs';

/** A key pair with its files. */
export function makeAccess() {
	const folder = temporaryFolder('access');
	const { publicKey, privateKey } = generateKeyPairSync('ed25519');
	const key = join(folder, 'event.pub');
	const revoked = join(folder, 'revoked.txt');
	writeFileSync(key, `cabin-public-key-v1 ${publicKey.export({ format: 'jwk' }).x}\n`);
	writeFileSync(revoked, '# revoked tokens\n');
	return {
		key,
		revoked,
		/** For startCabind. */
		args: ['--access-key', key, '--revoked', revoked],
		/**
		 * @param {string | null} booth null: a technician's, or that of `role`
		 * @param {{id?: string, role?: 'technician' | 'observer', name?: string, expiresInS?: number}} [options]
		 */
		token(booth, options = {}) {
			const id = options.id ?? randomBytes(8).toString('hex');
			const exp = Math.floor(Date.now() / 1000) + (options.expiresInS ?? 3600);
			const who = booth === null ? { role: options.role ?? 'technician' } : { role: 'booth', booth };
			const payload = JSON.stringify({ id, ...who, name: options.name, exp });
			const signature = sign(null, Buffer.from(`cabin-token-v1.${payload}`), privateKey);
			return `${Buffer.from(payload).toString('base64url')}.${signature.toString('base64url')}`;
		},
		/** @param {string} id */
		revoke: (id) => appendFileSync(revoked, `${id}  # in a test\n`),
	};
}
