// oidc-provider on a loopback port, with the log of its answers, and a clock that can be moved.

import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';

import { Provider } from 'oidc-provider';

export const client = { id: 'api', secret: randomBytes(16).toString('hex'), redirectUri: 'http://127.0.0.1:1/callback' };
export const ACCOUNT = 'ada';

let ahead = 0;
const now = Date.now;
// The provider makes a nonce for each minute, and accepts those of the last minutes.
Date.now = () => now() + ahead;

/** Lets the provider believe that this time has passed. */
export function pass(seconds) {
  ahead += seconds * 1000;
}

/**
 * Starts a provider that demands its own nonces in proofs. Returns its issuer, and a function that returns the requests since its
 * last call, with their answers.
 */
export async function startProvider() {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const issuer = `http://127.0.0.1:${server.address().port}/`;
  const provider = new Provider(issuer, {
    clients: [{
      client_id: client.id,
      client_secret: client.secret,
      token_endpoint_auth_method: 'client_secret_post',
      redirect_uris: [client.redirectUri],
      dpop_bound_access_tokens: true,
    }],
    cookies: { keys: [randomBytes(16).toString('hex')] },
    features: {
      devInteractions: { enabled: true },
      dPoP: { enabled: true, nonceSecret: randomBytes(32), requireNonce: () => true },
      revocation: { enabled: true },
    },
  });
  let exchanges = [];
  server.on('request', (request, response) => exchanges.push({ request, response }));
  server.on('request', provider.callback());
  const take = () => {
    const taken = exchanges.map(described);
    exchanges = [];
    return taken;
  };
  return { issuer, take };
}

function described({ request, response }) {
  const { authorization, dpop } = request.headers;
  const [scheme, token] = authorization?.split(' ') ?? [];
  return {
    method: request.method,
    path: new URL(request.url, 'http://localhost').pathname,
    scheme,
    token,
    proof: dpop && JSON.parse(Buffer.from(dpop.split('.')[1], 'base64url')),
    status: response.statusCode,
    error: /error="([a-z_]+)"/.exec(response.getHeader('www-authenticate'))?.[1],
    nonce: response.getHeader('dpop-nonce'),
  };
}
