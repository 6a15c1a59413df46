// Logs in with `@modelcontextprotocol/inspector --cli`, which opens a browser and listens for the callback.
//
// One process calls one tool. The first signs in, and keeps its tokens in a folder. The second finds them there, and
// requests the further scope.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';

const { url, logins, version, documentUrl, scopes, open, further, person } = JSON.parse(process.argv[2]);
const ENTRY = 'node_modules/@modelcontextprotocol/inspector/clients/launcher/build/index.js';
const LIMIT = 120_000; // milliseconds for one process

/** Calls a tool. The program asks before it requests a further scope: the answer is yes. */
async function call(tool, folder, port) {
  const args = [path.join(import.meta.dirname, ENTRY), '--cli', '--format', 'json'];
  args.push('--config', path.join(folder, 'servers.json'), '--server', 'example');
  args.push('--protocol-era', version < '2026-07-28' ? 'legacy' : 'modern');
  args.push('--callback-url', `http://127.0.0.1:${port}/oauth/callback`);
  args.push('--method', 'tools/call', '--tool-name', tool.name, '--tool-args-json', JSON.stringify(tool.arguments));
  if (documentUrl) args.push('--client-metadata-url', documentUrl);
  const env = {
    ...process.env,
    HOME: folder,
    MCP_STORAGE_DIR: folder,
    MCP_INSPECTOR_SECRET_STORE: 'file',
    // There is no terminal. The browser is a program that signs in.
    MCP_AUTO_OPEN_ENABLED: 'true',
    BROWSER: path.join(folder, 'browser'),
  };
  const program = spawn(process.execPath, args, { env, timeout: LIMIT });
  program.stdin.end('y\n');
  const [output, errors] = [[], []];
  program.stdout.on('data', data => output.push(data));
  program.stderr.on('data', data => errors.push(data));
  const status = await new Promise((resolve, reject) => program.on('error', reject).on('close', resolve));
  assert.equal(status, 0, `${Buffer.concat(output)}${Buffer.concat(errors)}`);
  const { result } = JSON.parse(Buffer.concat(output));
  assert.ok(!result.isError, JSON.stringify(result));
  assert.ok(result.content[0].text.includes(tool.answer), result.content[0].text);
}

/** Finds a port for the callbacks. With port 0, the program forgets the port between its two requests for a code. */
async function freePort() {
  const server = createServer();
  await new Promise(resolve => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  await new Promise(resolve => server.close(resolve));
  return port;
}

for (let index = 0; index < logins; index += 1) {
  const folder = mkdtempSync(path.join(tmpdir(), 'inspector-'));
  try {
    const browser = `#!/bin/sh\nexec '${process.execPath}' '${person}' "$1"\n`;
    writeFileSync(path.join(folder, 'browser'), browser, { mode: 0o700 });
    // The program requests a further scope only if the configuration says something about authorization.
    const oauth = { scopes: scopes.join(' ') };
    const servers = { mcpServers: { example: { type: 'streamable-http', url, oauth } } };
    writeFileSync(path.join(folder, 'servers.json'), JSON.stringify(servers));
    const port = await freePort();
    await call(open, folder, port);
    await call(further, folder, port);
  } catch (error) {
    throw new Error(`login ${index} failed`, { cause: error });
  } finally {
    rmSync(folder, { recursive: true });
  }
}
