// Lets libraries in other languages encrypt tokens of the local tenant, live, and sends them to a built API.
//
//     node checks.mjs FOLDER PYTHON
//
// FOLDER has the programs `local-tenant` and `axum-api`. PYTHON is an interpreter with the packages of requirements.txt.

import { execFileSync, spawn } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';

const here = import.meta.dirname;
const [programs, python] = process.argv.slice(2).map((argument) => path.resolve(argument));
const folder = mkdtempSync(path.join(tmpdir(), 'jwe-'));
const running = [];
const LIMIT = 30_000; // milliseconds

/** Starts a program, and reads its lines up to one that matches `last`. */
async function start(name, args, env, last) {
  const { PATH, HOME } = process.env;
  const program = spawn(path.join(programs, name), args, { env: { PATH, HOME, ...env }, stdio: ['ignore', 'pipe', 'inherit'] });
  running.push(program);
  const lines = [];
  const timer = setTimeout(() => program.kill(), LIMIT);
  for await (const line of createInterface({ input: program.stdout })) {
    lines.push(line);
    if (last.test(line)) {
      clearTimeout(timer);
      return lines;
    }
  }
  throw new Error(`${name} ended or is too late:\n${lines.join('\n')}`);
}

const writers = {
  jose: [process.execPath, path.join(here, 'encrypt.mjs')],
  jwcrypto: [python, path.join(here, 'encrypt.py')],
};

async function main() {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const file = path.join(folder, 'decryption-key.json');
  writeFileSync(file, JSON.stringify({ kid: 'live', ...privateKey.export({ format: 'jwk' }) }));

  const lines = await start('local-tenant', ['--port', '0', '--quiet'], {}, /Stop with/);
  const env = Object.fromEntries(lines.flatMap((line) => {
    const found = line.match(/^ {2}export (\w+)=(\S+)$/);
    return found ? [found.slice(1)] : [];
  }));
  const output = await start('axum-api', [], { ...env, PORT: '0', AUTH0_DECRYPTION_KEY_FILE: file }, /listening on http/);
  const api = `${output.at(-1).match(/http:\S+/)[0]}/api/claims`;

  const body = new URLSearchParams({
    grant_type: 'client_credentials', client_id: 'local-client', client_secret: 'local-secret', audience: env.AUTH0_AUDIENCE,
  });
  const answer = await fetch(`${env.AUTH0_DOMAIN}/oauth/token`, { method: 'POST', body, signal: AbortSignal.timeout(LIMIT) });
  const { access_token: text } = await answer.json();
  const call = async (token) => {
    const headers = { authorization: `Bearer ${token}` };
    const response = await fetch(api, { headers, signal: AbortSignal.timeout(LIMIT) });
    return [response.status, JSON.stringify(await response.json())];
  };

  const signed = await call(text);
  let failed = signed[0] === 200 ? 0 : 1;
  const jwk = publicKey.export({ format: 'jwk' });
  const orders = ['RSA-OAEP-256', 'RSA-OAEP-384', 'RSA-OAEP-512'].flatMap((alg) =>
    [undefined, 'live', 'unknown'].map((kid) => ({ text, jwk, alg, kid })));
  for (const [library, [program, script]] of Object.entries(writers)) {
    const options = { input: JSON.stringify(orders), encoding: 'utf8', timeout: LIMIT };
    const tokens = JSON.parse(execFileSync(program, [script], options));
    for (const [index, { alg, kid }] of orders.entries()) {
      const [status, claims] = await call(tokens[index]);
      const isRight = kid === 'unknown' ? status === 401 : status === 200 && claims === signed[1];
      if (!isRight) failed += 1;
      console.log(`${isRight ? 'ok' : 'FAILED'} ${library}: ${alg}, kid ${kid ?? 'absent'}: ${status}`);
    }
  }
  return failed;
}

try {
  process.exitCode = (await main()) === 0 ? 0 : 1;
} finally {
  for (const program of running) program.kill();
  rmSync(folder, { recursive: true });
}
