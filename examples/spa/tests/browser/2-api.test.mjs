// Calling an API.

import assert from 'node:assert/strict';

import { claims } from './bare-page.mjs';
import { flow } from './browser.mjs';
import { OTHER, world } from './world.mjs';

const w = world();

flow('API: getTokenSilently answers from the cache', async windows => {
  const bare = await w.open(windows);
  await bare.signIn();
  const mark = await w.tenant.mark();
  const [first, second] = [await bare.token(), await bare.token()];
  assert.equal(first.access_token, second.access_token);
  assert.deepEqual(await w.tenant.lines(mark), []);
  assert.equal((await bare.call(`${w.api.url}/api/private`)).status, 200);
});

flow('API: getTokenSilently by iframe', async windows => {
  const bare = await w.open(windows);
  await bare.signIn();
  const mark = await w.tenant.mark();
  await bare.token({ cacheMode: 'off' });
  assert.deepEqual(await w.requests(mark, '/authorize'), ['GET /authorize 200 local-page']);
  assert.equal((await bare.call(`${w.api.url}/api/private`)).body.subject, 'auth0|local-user');
});

flow('API: getTokenSilently by iframe for another audience', async windows => {
  const bare = await w.open(windows);
  await bare.signIn();
  const answer = await bare.call(`${w.other.url}/api/claims`, { audience: OTHER });
  assert.equal(answer.status, 200, answer.challenge);
  assert.equal(answer.body.aud[0], OTHER);
  assert.equal((await bare.call(`${w.api.url}/api/private`, { audience: OTHER })).status, 401);
});

flow('API: createAuth0Client after a reload signs in again, by iframe', async windows => {
  const bare = await w.open(windows);
  await bare.signIn();
  await assertSignsBackIn(windows, bare, { by: 'iframe', requests: ['GET /authorize', 'POST /oauth/token'] });
});

flow('API: createAuth0Client after a reload signs in again, by refresh token', async windows => {
  const bare = await w.open(windows, {
    useRefreshTokens: true, cacheLocation: 'localstorage', params: { scope: 'openid profile offline_access' },
  });
  await bare.signIn();
  // The stored access token ends while the page is closed.
  const expire = () => {
    for (const [key, value] of Object.entries(localStorage)) {
      const entry = key.startsWith('@@auth0spajs@@') ? JSON.parse(value) : {};
      if (entry.expiresAt) localStorage.setItem(key, JSON.stringify({ ...entry, expiresAt: 1 }));
    }
  };
  await assertSignsBackIn(windows, bare, { by: 'refresh token', requests: ['POST /oauth/token'], expire });
});

/** Reloads the page some times, and reports how long the client takes until it knows the user. */
async function assertSignsBackIn(windows, bare, { by, requests, expire }) {
  const times = [];
  for (let time = 0; time < 5; time += 1) {
    const mark = await w.tenant.mark();
    const { user, milliseconds } = await bare.signBackIn(expire);
    times.push(milliseconds);
    assert.equal(user.sub, 'auth0|local-user');
    const lines = (await w.tenant.lines(mark)).filter(line => /^(GET|POST) .(authorize|oauth)/.test(line));
    assert.deepEqual(lines.map(line => line.split(' ').slice(0, 2).join(' ')), requests);
    assert.equal((await bare.call(`${w.api.url}/api/private`)).status, 200);
  }
  windows.report(`signed in again by ${by}, milliseconds of each of ${times.length} reloads: ${times.join(', ')}`);
  // The limit is for a page that hangs: auth0-spa-js waits up to 60 s for an iframe.
  assert.ok(Math.max(...times) < 10_000, `${times} ms`);
}

flow('API: a silent token is for the user of the session', async windows => {
  const bare = await w.open(windows);
  await bare.signIn({ authorizationParams: { login_hint: 'auth0|ada' } });
  await bare.reload();
  assert.equal(claims((await bare.token()).access_token).sub, 'auth0|ada');
  assert.equal((await bare.call(`${w.api.url}/api/private`)).body.subject, 'auth0|ada');
});

flow('API: login_required without a session', async windows => {
  const bare = await w.open(windows);
  const mark = await w.tenant.mark();
  assert.equal((await bare.fails(() => window.auth0.getTokenSilently())).code, 'login_required');
  assert.deepEqual(await w.requests(mark, '/authorize'), ['GET /authorize 200 local-page: login_required, Login required']);
});

flow('API: prompt=none by redirect is login_required without a session', async windows => {
  const bare = await w.open(windows);
  await bare.redirect(() => window.auth0.loginWithRedirect({ authorizationParams: { prompt: 'none' } }));
  assert.equal((await bare.fails(() => window.auth0.handleRedirectCallback())).code, 'login_required');
});

flow('API: fetch with Bearer', async windows => {
  const bare = await w.open(windows);
  await bare.signIn();
  const answer = await bare.run(async url => {
    const token = await window.auth0.getTokenSilently();
    const response = await fetch(url, { headers: { Authorization: `Bearer ${token}` } });
    return { status: response.status, body: await response.json() };
  }, `${w.api.url}/api/private`);
  assert.deepEqual([answer.status, answer.body.subject], [200, 'auth0|local-user']);
});

flow('API: the page can read the challenge of a 401', async windows => {
  const bare = await w.open(windows);
  const answer = await bare.run(async url => {
    const response = await fetch(url, { headers: { Authorization: 'Bearer x.y.z' } });
    return { status: response.status, challenge: response.headers.get('www-authenticate'), body: await response.json() };
  }, `${w.api.url}/api/private`);
  assert.equal(answer.status, 401);
  assert.match(answer.challenge, /Bearer .*error="invalid_token"/);
  assert.equal(answer.body.error, 'invalid_token');
});

flow('API: the public route, from a page', async windows => {
  const bare = await w.open(windows);
  const status = await bare.run(async url => (await fetch(url)).status, `${w.api.url}/api/public`);
  assert.equal(status, 200);
});

flow('API: a 403 names the missing scope', async windows => {
  const bare = await w.open(windows);
  await bare.signIn();
  const answer = await bare.call(`${w.api.url}/api/private-scoped`);
  assert.equal(answer.status, 403);
  assert.match(answer.challenge, /error="insufficient_scope".* scope="read:messages"/);
  assert.equal((await bare.call(`${w.api.url}/api/private-scoped`, { scope: 'read:messages' })).status, 200);
});
