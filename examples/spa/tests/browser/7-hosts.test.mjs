// Under which URLs a page and a tenant work together.

import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { after, before } from 'node:test';

import { Bare, barePage } from './bare-page.mjs';
import { flow } from './browser.mjs';
import { axumApi, localTenant } from './programs.mjs';

let page;
let named;
let secure;
let folder;
after(() => folder && rm(folder, { recursive: true, force: true }));
let secureApi;
let namedApi;
before(async () => {
  page = await barePage();
  named = await localTenant('--host', 'localhost');
  namedApi = await axumApi(named);
  folder = await mkdtemp(path.join(os.tmpdir(), 'browser-'));
  const file = path.join(folder, 'ca.pem');
  secure = await localTenant('--host', 'localhost', '--tls', '--ca-file', file);
  secureApi = await axumApi(secure, { AUTH0_DOMAIN: new URL(secure.url).host, SSL_CERT_FILE: file });
}, { timeout: 60_000 });

/** Opens the page under the name `localhost`. */
function onLocalhost(windows, domain, options = {}) {
  const url = page.url.replace('127.0.0.1', 'localhost');
  return Bare.open(windows, url, {
    domain, clientId: 'local-page', ...options,
    authorizationParams: { redirect_uri: url, audience: 'https://api.example.com' },
  });
}

flow('hosts: page and tenant on localhost, also after a reload', async windows => {
  assert.match(named.url, /^http:\/\/localhost:\d+$/);
  const bare = await onLocalhost(windows, named.url, { useDpop: true });
  await bare.signIn();
  await bare.reload();
  await bare.token();
  const answer = await bare.call(`${namedApi.url}/api/private`);
  assert.deepEqual([answer.status, answer.body.subject], [200, 'auth0|local-user']);
});

flow('hosts: the tenant logs why a page of another host has no session', async windows => {
  const bare = await Bare.open(windows, page.url, {
    domain: named.url, clientId: 'local-page',
    authorizationParams: { redirect_uri: page.url, audience: 'https://api.example.com' },
  });
  await bare.signIn();
  await bare.reload();
  const mark = await named.mark();
  assert.equal((await bare.fails(() => window.auth0.getTokenSilently())).code, 'login_required');
  await named.line(/GET \/authorize 200 local-page: login_required/, mark);
});

flow('hosts: a tenant with TLS, and a domain without a scheme, as the documents write it', async windows => {
  const domain = new URL(secure.url).host;
  assert.match(domain, /^localhost:\d+$/);
  const bare = await onLocalhost(windows, domain, { useDpop: true, useRefreshTokens: true });
  await bare.signIn();
  await bare.token({ cacheMode: 'off' });
  const answer = await bare.call(`${secureApi.url}/api/claims`);
  assert.deepEqual([answer.status, answer.body?.iss], [200, `https://${domain}/`]);
});
