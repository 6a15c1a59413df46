// Under which URLs a page and a tenant work together.

import assert from 'node:assert/strict';
import { before } from 'node:test';

import { Bare, barePage } from './bare-page.mjs';
import { flow } from './browser.mjs';
import { axumApi, localTenant } from './programs.mjs';

let page;
let named;
let namedApi;
before(async () => {
  page = await barePage();
  named = await localTenant('--host', 'localhost');
  namedApi = await axumApi(named);
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
  const mark = named.mark();
  assert.equal((await bare.fails(() => window.auth0.getTokenSilently())).code, 'login_required');
  await named.line(/GET \/authorize 200 local-page: login_required/, mark);
});
