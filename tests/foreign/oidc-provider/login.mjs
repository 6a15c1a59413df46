// Logs a user in with the pages of oidc-provider, as a browser does, and returns what a client needs to get a token.

import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';

import { ACCOUNT, client } from './provider.mjs';

export async function logIn(issuer) {
  const verifier = randomBytes(32).toString('base64url');
  const query = new URLSearchParams({
    client_id: client.id,
    redirect_uri: client.redirectUri,
    response_type: 'code',
    scope: 'openid profile',
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
  });
  const browser = new Browser();
  let page = await browser.open(`${issuer}auth?${query}`);
  // A page to log in, and a page to consent.
  for (const fields of [{ prompt: 'login', login: ACCOUNT, password: 'any' }, { prompt: 'consent' }]) {
    assert.equal(page.status, 200, await page.text());
    page = await browser.open(page.url, new URLSearchParams(fields));
  }
  const code = page.callback?.searchParams.get('code');
  assert.ok(code, `no code, but ${page.callback}`);
  return { code, verifier };
}

/** Keeps cookies, and follows redirects up to the URL of the client. */
class Browser {
  #cookies = new Map();

  async open(url, body) {
    const cookie = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const response = await fetch(url, { method: body ? 'POST' : 'GET', body, headers: { cookie }, redirect: 'manual' });
    for (const line of response.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(line);
      this.#cookies.set(name, value);
    }
    const location = response.headers.get('location');
    if (!location) return response;
    const next = new URL(location, url);
    return next.href.startsWith(client.redirectUri) ? { callback: next } : this.open(next);
  }
}
