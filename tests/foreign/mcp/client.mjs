// Logs in with `@modelcontextprotocol/client`, the next SDK.

import assert from 'node:assert/strict';
import { Client, StreamableHTTPClientTransport, UnauthorizedError } from '@modelcontextprotocol/client';
import { prove } from './flow.mjs';

function connect(url, authProvider, version, person) {
  const versionNegotiation = { mode: version < '2026-07-28' ? 'legacy' : { pin: version } };
  const capabilities = { elicitation: { url: {} } };
  const client = new Client({ name: 'client', version: '1' }, { capabilities, versionNegotiation });
  client.setRequestHandler('elicitation/create', async ({ params }) => {
    await person(params.url);
    return { action: 'accept' };
  });
  const transport = new StreamableHTTPClientTransport(url, { authProvider });
  const connected = client.connect(transport).then(() => assert.equal(client.getNegotiatedProtocolVersion(), version));
  return { client, transport, connected };
}

await prove({
  connect,
  finish: (transport, callback) => transport.finishAuth(callback),
  Unauthorized: UnauthorizedError,
});
