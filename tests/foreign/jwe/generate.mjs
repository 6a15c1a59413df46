// Writes tests/foreign/jwe/messages.json: encrypted access tokens of other libraries, and what is in them.
//
//     node generate.mjs PYTHON > messages.json
//
// PYTHON is an interpreter with the packages of requirements.txt. The keys are new each time, and are for tests only.

import { execFileSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import path from 'node:path';
import { SignJWT } from 'jose';

const here = import.meta.dirname;
const writers = {
  jose: [process.execPath, path.join(here, 'encrypt.mjs')],
  jwcrypto: [process.argv[2], path.join(here, 'encrypt.py')],
};

const keys = [2048, 3072, 4096].map((bits) => {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: bits });
  const jwk = { kid: `rsa-${bits}`, use: 'enc', ...privateKey.export({ format: 'jwk' }) };
  return { bits, pem: privateKey.export({ format: 'pem', type: 'pkcs8' }), jwk, publicJwk: publicKey.export({ format: 'jwk' }) };
});

const signer = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const issuer = 'https://tenant.example.com/';
const claims = {
  iss: issuer, sub: 'auth0|user', aud: 'https://api.example.com', scope: 'read:messages', azp: 'client',
  iat: 1_800_000_000, exp: 1_800_086_400,
};
const text = await new SignJWT(claims).setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid: 'signer' }).sign(signer.privateKey);

const orders = keys.flatMap(({ bits, publicJwk, jwk }) =>
  ['RSA-OAEP-256', 'RSA-OAEP-384', 'RSA-OAEP-512'].flatMap((alg) =>
    [undefined, jwk.kid].map((kid) => ({ bits, alg, kid, order: { text, jwk: publicJwk, alg, kid } }))));

const messages = Object.entries(writers).flatMap(([library, [program, script]]) => {
  const input = JSON.stringify(orders.map(({ order }) => order));
  const written = JSON.parse(execFileSync(program, [script], { input, encoding: 'utf8' }));
  return orders.map(({ bits, alg, kid }, index) => ({ library, bits, alg, kid: kid ?? null, jwe: written[index] }));
});

const publicSigner = { kid: 'signer', alg: 'ES256', ...signer.publicKey.export({ format: 'jwk' }) };
console.log(JSON.stringify({
  note: 'Written by tests/foreign/jwe/generate.mjs. The keys are for tests only.',
  issuer, jwks: { keys: [publicSigner] }, claims, jwt: text,
  keys: keys.map(({ bits, pem, jwk }) => ({ bits, pem, jwk })),
  messages,
}, null, 1));
