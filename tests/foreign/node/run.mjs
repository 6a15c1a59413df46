// Runs Auth0's server libraries from npm against the built programs, over TLS.
//
//     node run.mjs FOLDER
//
// FOLDER has the programs `local-tenant` and `axum-api`. The libraries take no certificate as an option: they trust what
// Node trusts. Node reads NODE_EXTRA_CA_CERTS only when it starts. So the checks run in a second process.

import { spawn } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';

const here = import.meta.dirname;
const programs = path.resolve(process.argv[2] ?? 'target/debug');
const running = [];

/** Starts a program, and reads its lines up to one that matches `last`. */
async function start(name, args, env, last) {
  const { PATH, HOME } = process.env;
  const program = spawn(path.join(programs, name), args, { env: { PATH, HOME, ...env }, stdio: ['ignore', 'pipe', 'inherit'] });
  running.push(program);
  const lines = [];
  const found = new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`${name} is not ready after 30 s:\n${lines.join('\n')}`)), 30_000);
    program.on('error', reject);
    program.on('exit', status => reject(new Error(`${name} ended with ${status}:\n${lines.join('\n')}`)));
    createInterface({ input: program.stdout }).on('line', line => {
      lines.push(line);
      if (!last.test(line)) return;
      clearTimeout(timer);
      resolve([...lines]); // without the lines that follow
    });
  });
  return found;
}

/** Returns the value that the tenant prints beside a name. */
const printed = (lines, name) =>
  lines.map(line => line.match(/^ {2}(\S.*?) {2,}(\S+)/)).find(match => match?.[1] === name)?.[2];

const exported = lines =>
  Object.fromEntries(lines.map(line => line.match(/^ {2}export (\w+)=(\S+)$/)).filter(Boolean).map(match => match.slice(1)));

/** Writes the configuration of the tenant, with a client that signs its assertions. */
function configuration(folder, publicKey) {
  const file = path.join(folder, 'tenant.toml');
  const jwk = Object.entries({ ...publicKey.export({ format: 'jwk' }), alg: 'RS256' }).map(([key, value]) => `${key} = "${value}"`);
  writeFileSync(file, `${readFileSync(path.join(here, '..', 'tenant.toml'), 'utf8')}
[[applications]]
id = "signer"
kind = "regular_web"
grants = ["authorization_code", "client_credentials", "refresh_token", "token_vault"]
public_jwk = { ${jwk.join(', ')} }
`);
  return file;
}

const folder = mkdtempSync(path.join(tmpdir(), 'foreign-'));
let status = 1;
try {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const tenant = await start('local-tenant', ['--tls', '--port', '0', '--quiet', '--config', configuration(folder, publicKey)], {}, /Stop with/);
  const variables = exported(tenant);
  const api = await start('axum-api', [], { ...variables, PORT: '0' }, /listening on (http:\S+)/);
  const checks = spawn(process.execPath, [path.join(here, 'checks.mjs')], {
    stdio: 'inherit',
    env: {
      PATH: process.env.PATH,
      ...variables,
      CLIENT_ID: printed(tenant, 'client id'),
      CLIENT_SECRET: printed(tenant, 'client secret'),
      API_URL: api.at(-1).match(/http:\S+/)[0],
      SIGNER_KEY: privateKey.export({ type: 'pkcs8', format: 'pem' }),
    },
  });
  status = await new Promise(resolve => checks.on('exit', code => resolve(code ?? 1)));
} finally {
  for (const program of running) program.kill();
  rmSync(folder, { recursive: true });
}
process.exit(status);
