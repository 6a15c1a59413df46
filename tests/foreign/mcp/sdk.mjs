// Logs in with `@modelcontextprotocol/sdk`.

import assert from 'node:assert/strict';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { UnauthorizedError } from '@modelcontextprotocol/sdk/client/auth.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { LATEST_PROTOCOL_VERSION } from '@modelcontextprotocol/sdk/types.js';
import { prove } from './flow.mjs';

function connect(url, authProvider, version) {
  // This SDK takes no version: it offers the newest that it has.
  assert.equal(LATEST_PROTOCOL_VERSION, version);
  const client = new Client({ name: 'sdk', version: '1' }, { capabilities: { elicitation: { url: {} } } });
  const transport = new StreamableHTTPClientTransport(url, { authProvider });
  return { client, transport, connected: client.connect(transport) };
}

await prove({
  connect,
  finish: (transport, callback) => transport.finishAuth(callback.get('code')),
  Unauthorized: UnauthorizedError,
});
