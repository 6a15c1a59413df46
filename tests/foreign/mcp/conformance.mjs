// Runs the scenarios of `@modelcontextprotocol/conformance` that need no tools of their own.
//
// The program sends no token. So first it must fail at the server. Then it connects to a proxy, which adds the token.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createServer, request } from 'node:http';
import { auth } from '@modelcontextprotocol/sdk/client/auth.js';
import { Application } from './application.mjs';

const { url } = JSON.parse(process.argv[2]);
const PROGRAM = new URL('node_modules/@modelcontextprotocol/conformance/dist/index.js', import.meta.url).pathname;
const LIMIT = 120_000; // milliseconds for one scenario
const SCENARIOS = [
  'server-initialize',
  'ping',
  'tools-list',
  'server-sse-multiple-streams',
  'dns-rebinding-protection',
];

/** Returns an access token, which the other SDK obtains. */
async function accessToken() {
  const application = new Application();
  assert.equal(await auth(application, { serverUrl: url }), 'REDIRECT');
  const authorizationCode = (await application.authorized()).get('code');
  assert.equal(await auth(application, { serverUrl: url, authorizationCode }), 'AUTHORIZED');
  return application.saved.access_token;
}

/** Starts the proxy. The server sees the `Host` that the program has sent. */
async function proxy(token) {
  const server = createServer((incoming, outgoing) => {
    const { method, headers } = incoming;
    const onward = request(new URL(incoming.url, url), { method, headers: { ...headers, authorization: `Bearer ${token}` } });
    onward.on('response', response => {
      outgoing.writeHead(response.statusCode, response.headers);
      response.pipe(outgoing);
    });
    onward.on('error', () => outgoing.destroy());
    outgoing.on('close', () => onward.destroy());
    incoming.pipe(onward);
  });
  await new Promise(resolve => server.listen(0, '127.0.0.1', resolve));
  return server;
}

/** Runs one scenario, and returns its status and its output. */
function run(scenario, target) {
  const program = spawn(process.execPath, [PROGRAM, 'server', '--url', target, '--scenario', scenario], { timeout: LIMIT });
  const output = [];
  for (const stream of [program.stdout, program.stderr]) stream.on('data', data => output.push(data));
  return new Promise((resolve, reject) => {
    program.on('error', reject);
    program.on('close', status => resolve({ status, output: Buffer.concat(output).toString() }));
  });
}

const [first] = SCENARIOS;
const rejected = await run(first, url);
assert.notEqual(rejected.status, 0);
assert.match(rejected.output, /no access token was presented/);

const server = await proxy(await accessToken());
try {
  for (const scenario of SCENARIOS) {
    const { status, output } = await run(scenario, `http://127.0.0.1:${server.address().port}/mcp`);
    assert.equal(status, 0, output);
    assert.match(output, /Passed: ([1-9]\d*)\/\1, 0 failed, 0 warnings/);
  }
} finally {
  server.closeAllConnections();
  server.close();
}
