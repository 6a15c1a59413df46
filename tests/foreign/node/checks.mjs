// The checks of both libraries. `run.mjs` starts the programs, and this file with their values.

import { withAuth0AuthJs } from './with-auth0-auth-js.mjs';
import { withNodeAuth0 } from './with-node-auth0.mjs';

/** A check fails after this time, in milliseconds. */
const LIMIT = 20_000;

let passed = 0;
let failed = 0;

async function check(name, run) {
  let timer;
  const limit = new Promise((_, reject) => { timer = setTimeout(() => reject(new Error(`no result after ${LIMIT} ms`)), LIMIT); });
  try {
    await Promise.race([run(), limit]);
    passed += 1;
    console.log(`ok ${name}`);
  } catch (error) {
    failed += 1;
    console.log(`FAILED ${name}`, error);
  } finally {
    clearTimeout(timer);
  }
}

await withAuth0AuthJs((name, run) => check(`auth0-auth-js: ${name}`, run));
await withNodeAuth0((name, run) => check(`node-auth0: ${name}`, run));
console.log(`${passed} passed, ${failed} failed`);
// A request that did not end in time does not keep the process.
process.exit(failed === 0 && passed > 0 ? 0 : 1);
