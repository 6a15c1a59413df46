// Calls the userinfo endpoint of oidc-provider with auth0-api-fetcher. The provider is unmodified, and demands its own nonces.
//
//     node run.mjs PROGRAM
//
// PROGRAM is the example `foreign_resource` of auth0-api-fetcher. It sends one request for each line of its input.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createInterface } from 'node:readline';

import { logIn } from './login.mjs';
import { ACCOUNT, client, pass, startProvider } from './provider.mjs';

/** All checks together end after this time, in milliseconds. */
const LIMIT = 60_000;
setTimeout(() => {
  console.error(`not finished after ${LIMIT} ms`);
  process.exit(1);
}, LIMIT);

const { issuer, take } = await startProvider();
const { code, verifier } = await logIn(issuer);
take();
const program = spawn(process.argv[2], [], {
  env: {
    ISSUER: issuer, CLIENT_ID: client.id, CLIENT_SECRET: client.secret,
    CODE: code, CODE_VERIFIER: verifier, REDIRECT_URI: client.redirectUri,
    // No proxy listens there: a request to this machine that used a proxy would fail.
    HTTP_PROXY: 'http://127.0.0.1:9',
  },
  stdio: ['pipe', 'pipe', 'inherit'],
});
const ended = new Promise((_, reject) => {
  program.on('error', reject);
  program.on('exit', status => reject(new Error(`the program ended with ${status}`)));
});
// `ended` says why the program cannot read.
program.stdin.on('error', () => {});
const lines = createInterface({ input: program.stdout })[Symbol.asyncIterator]();

/** Lets the program send a request. Returns its outcome, and what has reached the provider. */
async function send(line) {
  program.stdin.write(`${line}\n`);
  const { value } = await Promise.race([lines.next(), ended]);
  const all = take();
  return { outcome: JSON.parse(value), userinfo: all.filter(({ path }) => path === '/me'), all };
}

const summary = answers => answers.map(({ status, error }) => (error ? `${status} ${error}` : `${status}`));
const proofs = [];

/** Sends a request that must be accepted, and checks each proof. Returns what has reached the provider. */
async function accepted(request, expected) {
  const sent = await send(`owner ${request}`);
  assert.deepEqual(sent.outcome, { status: 200, body: { sub: ACCOUNT } });
  assert.deepEqual(summary(sent.userinfo), expected);
  for (const { scheme, token, proof } of sent.userinfo) {
    assert.equal(scheme, 'DPoP');
    assert.equal(proof.htm, request.split(' ')[0]);
    assert.equal(proof.htu, `${issuer}me`);
    assert.equal(proof.ath, createHash('sha256').update(token).digest('base64url'));
    proofs.push(proof);
  }
  return sent;
}

async function rejected(request, label, expected) {
  const { outcome, userinfo } = await send(request);
  assert.equal(outcome.label, label, JSON.stringify(outcome));
  assert.deepEqual(summary(userinfo), expected);
}

const checks = {
  'gets a bound token with a nonce of the token endpoint, and demands a nonce at the resource once': async () => {
    const { userinfo, all } = await accepted('GET /me', ['401 use_dpop_nonce', '200']);
    const tokens = all.filter(({ path }) => path === '/token');
    assert.deepEqual(tokens.map(({ status }) => status), [400, 200]);
    for (const [demanded, repeated] of [tokens, userinfo]) {
      assert.equal(demanded.proof.nonce, undefined);
      assert.ok(demanded.nonce);
      assert.equal(repeated.proof.nonce, demanded.nonce);
    }
  },

  'sends later requests with the nonce that it has': async () => {
    for (const request of ['GET /me', 'POST /me', 'GET /me?claims=all', 'GET /me']) await accepted(request, ['200']);
  },

  'keeps the nonce of each answer, so that no later one is demanded': async () => {
    let offered;
    const used = new Set();
    // A nonce is accepted for about three minutes. Twelve minutes pass here.
    for (let minute = 0; minute < 12; minute += 1) {
      pass(60);
      const { userinfo: [{ proof, nonce }] } = await accepted('GET /me', ['200']);
      if (offered) assert.equal(proof.nonce, offered);
      offered = nonce ?? offered;
      used.add(proof.nonce);
    }
    assert.ok(used.size >= 11, `${used.size} nonces`);
  },

  'repeats a request once if its nonce is too old': async () => {
    pass(600);
    await accepted('GET /me', ['401 use_dpop_nonce', '200']);
    await accepted('GET /me', ['200']);
  },

  'signs each proof for one request': async () => {
    assert.equal(new Set(proofs.map(({ jti }) => jti)).size, proofs.length);
  },

  'reports a token that is bound to another key': async () => {
    await rejected('thief GET /me', 'downstream_token_rejected', ['401 use_dpop_nonce', '401 invalid_token']);
    await rejected('thief GET /me', 'downstream_token_rejected', ['401 invalid_token']);
  },

  'reports a bound token without a proof': async () => {
    await rejected('bearer GET /me', 'downstream_token_rejected', ['401 invalid_token']);
  },

  'sends nothing if the key of the fetcher is known to be another one': async () => {
    await rejected('mistaken GET /me', 'downstream_request', []);
  },

  'reports a token that was revoked': async () => {
    const { userinfo: [{ token }] } = await accepted('GET /me', ['200']);
    const body = new URLSearchParams({ token, client_id: client.id, client_secret: client.secret });
    assert.equal((await fetch(`${issuer}token/revocation`, { method: 'POST', body })).status, 200);
    await rejected('owner GET /me', 'downstream_token_rejected', ['401 invalid_token']);
  },
};

let failed = 0;
for (const [name, run] of Object.entries(checks)) {
  try {
    await run();
    console.log(`ok ${name}`);
  } catch (error) {
    failed += 1;
    console.log(`FAILED ${name}`, error);
  }
}
console.log(`oidc-provider: ${Object.keys(checks).length - failed} passed, ${failed} failed`);
program.kill();
// The connections of the browser do not keep the process.
process.exit(failed === 0 ? 0 : 1);
