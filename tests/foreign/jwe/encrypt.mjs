// Encrypts texts with jose, from npm.
//
//     node encrypt.mjs < ORDERS > MESSAGES
//
// ORDERS is a list of {text, jwk, alg, kid}; without `kid`, the header has none. MESSAGES is the list of compact texts.

import { readFileSync } from 'node:fs';
import { CompactEncrypt, importJWK } from 'jose';

async function encrypt({ text, jwk, alg, kid }) {
  const header = { alg, enc: 'A256GCM', cty: 'JWT', ...(kid && { kid }) };
  return new CompactEncrypt(new TextEncoder().encode(text)).setProtectedHeader(header).encrypt(await importJWK(jwk, alg));
}

const orders = JSON.parse(readFileSync(0, 'utf8'));
console.log(JSON.stringify(await Promise.all(orders.map(encrypt))));
