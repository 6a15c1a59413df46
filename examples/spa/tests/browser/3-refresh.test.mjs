// Refresh tokens: rotation, revocation, and the fallback to the iframe.

import assert from 'node:assert/strict';

import { flow } from './browser.mjs';
import { OTHER, world } from './world.mjs';

const w = world();

const refreshing = { useRefreshTokens: true, params: { scope: 'openid profile email offline_access' } };

/** Reads the refresh token of a client that keeps it in localStorage. */
const stored = bare => bare.run(() => {
  const entries = Object.entries(localStorage).filter(([key]) => key.startsWith('@@auth0spajs@@'));
  return entries.map(([, value]) => JSON.parse(value).body?.refresh_token).find(Boolean);
});

/** Gets a new token, and asserts that it came by refresh token and that the API takes it. */
async function refreshed(bare) {
  const mark = await w.tenant.mark();
  await bare.token({ cacheMode: 'off' });
  assert.deepEqual(await w.requests(mark, '/oauth/token'), ['POST /oauth/token 200 local-page refresh_token']);
  assert.deepEqual(await w.requests(mark, '/authorize'), []);
  const answer = await bare.call(`${w.api.url}/api/private`);
  assert.deepEqual([answer.status, answer.body.subject], [200, 'auth0|local-user']);
}

for (const cacheLocation of ['memory', 'localstorage']) {
  flow(`refresh tokens: one refresh (${cacheLocation})`, async windows => {
    const bare = await w.open(windows, { ...refreshing, cacheLocation });
    await bare.signIn();
    await refreshed(bare);
  });

  flow(`refresh tokens: the second and the third refresh (${cacheLocation})`, async windows => {
    const bare = await w.open(windows, { ...refreshing, cacheLocation });
    await bare.signIn();
    for (let time = 0; time < 3; time += 1) await refreshed(bare);
  });
}

flow('refresh tokens: they rotate', async windows => {
  const bare = await w.open(windows, { ...refreshing, cacheLocation: 'localstorage' });
  await bare.signIn();
  const first = await stored(bare);
  await refreshed(bare);
  const second = await stored(bare);
  assert.ok(first && second && first !== second);
});

flow('refresh tokens: a token that is used twice ends its family', async windows => {
  const bare = await w.open(windows, { ...refreshing, cacheLocation: 'localstorage' });
  await bare.signIn();
  const first = await stored(bare);
  await refreshed(bare);
  const again = await w.tokenRequest({ grant_type: 'refresh_token', client_id: 'local-page', refresh_token: first });
  assert.deepEqual([again.status, again.body.error], [403, 'invalid_grant']);
  const failure = await bare.fails(() => window.auth0.getTokenSilently({ cacheMode: 'off' }));
  assert.equal(failure.code, 'invalid_grant');
});

flow('refresh tokens: revokeRefreshToken', async windows => {
  const bare = await w.open(windows, { ...refreshing, cacheLocation: 'localstorage' });
  await bare.signIn();
  const token = await stored(bare);
  const mark = await w.tenant.mark();
  await bare.run(() => window.auth0.revokeRefreshToken());
  assert.match((await w.requests(mark, '/oauth/revoke'))[0], /^POST \/oauth\/revoke 200/);
  const again = await w.tokenRequest({ grant_type: 'refresh_token', client_id: 'local-page', refresh_token: token });
  assert.equal(again.body.error, 'invalid_grant');
});

flow('refresh tokens: revokeRefreshToken (memory)', async windows => {
  const bare = await w.open(windows, refreshing);
  await bare.signIn();
  const mark = await w.tenant.mark();
  await bare.run(() => window.auth0.revokeRefreshToken());
  assert.match((await w.requests(mark, '/oauth/revoke'))[0], /^POST \/oauth\/revoke 200/);
  assert.equal((await bare.fails(() => window.auth0.getTokenSilently({ cacheMode: 'off' }))).code, 'missing_refresh_token');
});

flow('fallback: without it, a missing token is missing_refresh_token', async windows => {
  const bare = await w.open(windows, refreshing);
  await bare.signIn();
  await bare.reload();
  const mark = await w.tenant.mark();
  assert.equal((await bare.fails(() => window.auth0.getTokenSilently())).code, 'missing_refresh_token');
  assert.deepEqual(await w.tenant.lines(mark), []);
});

flow('fallback: to the iframe after a reload', async windows => {
  const bare = await w.open(windows, { ...refreshing, useRefreshTokensFallback: true });
  await bare.signIn();
  await bare.reload();
  const mark = await w.tenant.mark();
  await bare.token();
  assert.deepEqual(await w.requests(mark, '/authorize'), ['GET /authorize 200 local-page']);
  assert.equal((await bare.call(`${w.api.url}/api/private`)).status, 200);
});

flow('fallback: to the iframe after invalid_grant', async windows => {
  const bare = await w.open(windows, { ...refreshing, useRefreshTokensFallback: true, cacheLocation: 'localstorage' });
  await bare.signIn();
  const first = await stored(bare);
  await refreshed(bare);
  await w.tokenRequest({ grant_type: 'refresh_token', client_id: 'local-page', refresh_token: first });
  const mark = await w.tenant.mark();
  await bare.token({ cacheMode: 'off' });
  assert.deepEqual(await w.requests(mark, '/oauth/token'), [
    'POST /oauth/token 403 local-page refresh_token: invalid_grant, Unknown or invalid refresh token.',
    'POST /oauth/token 200 local-page authorization_code',
  ]);
  assert.equal((await bare.call(`${w.api.url}/api/private`)).status, 200);
});

flow('fallback: login_required if the session has ended too', async windows => {
  const bare = await w.open(windows, { ...refreshing, useRefreshTokensFallback: true });
  await bare.signIn();
  await bare.redirect(() => window.auth0.logout({ logoutParams: { returnTo: location.origin } }));
  assert.equal((await bare.fails(() => window.auth0.getTokenSilently())).code, 'login_required');
});

for (const cacheLocation of ['memory', 'localstorage']) {
  flow(`MRRT: a second audience (${cacheLocation})`, async windows => {
    const bare = await w.open(windows, { ...refreshing, useMrrt: true, cacheLocation });
    await bare.signIn();
    const mark = await w.tenant.mark();
    const answer = await bare.call(`${w.other.url}/api/claims`, { audience: OTHER });
    assert.equal(answer.status, 200, answer.challenge);
    assert.equal(answer.body.aud[0], OTHER);
    assert.deepEqual(await w.requests(mark, '/oauth/token'), ['POST /oauth/token 200 local-page refresh_token']);
  });

  flow(`MRRT: further scopes of the second audience (${cacheLocation})`, async windows => {
    const bare = await w.open(windows, { ...refreshing, useMrrt: true, cacheLocation });
    await bare.signIn();
    const answer = await bare.call(`${w.other.url}/api/private-scoped`, { audience: OTHER, scope: 'read:messages' });
    assert.equal(answer.status, 200, answer.challenge);
    assert.ok(answer.body.scopes.includes('read:messages'));
  });

  flow(`MRRT: back and forth (${cacheLocation})`, async windows => {
    const bare = await w.open(windows, { ...refreshing, useMrrt: true, cacheLocation });
    await bare.signIn();
    for (const [url, audience] of [[w.other.url, OTHER], [w.api.url, undefined], [w.other.url, OTHER]]) {
      assert.equal((await bare.call(`${url}/api/private`, { audience })).status, 200);
      await bare.token({ cacheMode: 'off', ...(audience && { authorizationParams: { audience } }) });
    }
  });
}

flow('MRRT: the document to the letter (the scopes are an object, by audience)', async windows => {
  const scope = { 'https://api.example.com': 'read:messages', [OTHER]: 'read:analytics write:analytics' };
  const bare = await w.open(windows, { useRefreshTokens: true, useMrrt: true, params: { scope } });
  await bare.signIn();
  assert.equal((await bare.call(`${w.api.url}/api/private-scoped`)).status, 200);
  const answer = await bare.call(`${w.other.url}/api/claims`, { audience: OTHER });
  assert.equal(answer.status, 200, answer.challenge);
  assert.match(answer.body.scope, /read:analytics write:analytics/);
});

flow('MRRT: an audience that is not registered is refused', async windows => {
  const bare = await w.open(windows, { ...refreshing, useMrrt: true });
  await bare.signIn();
  const failure = await bare.fails(
    () => window.auth0.getTokenSilently({ authorizationParams: { audience: 'https://unknown.example.com' } }),
  );
  assert.match(failure.message, /Service not found/);
});

flow('caching: localstorage, also after a reload', async windows => {
  const bare = await w.open(windows, { cacheLocation: 'localstorage' });
  await bare.signIn();
  const { access_token: token } = await bare.token();
  await bare.reload();
  const mark = await w.tenant.mark();
  assert.equal((await bare.token()).access_token, token);
  assert.equal((await bare.user()).sub, 'auth0|local-user');
  assert.deepEqual(await w.tenant.lines(mark), []);
  assert.equal((await bare.call(`${w.api.url}/api/private`)).status, 200);
});

flow('caching: a cache of the page (sessionStorage), also after a reload', async windows => {
  const bare = await w.open(windows, { cache: 'session' });
  await bare.signIn();
  const { access_token: token } = await bare.token();
  await bare.reload();
  assert.equal((await bare.token()).access_token, token);
  assert.equal((await bare.call(`${w.api.url}/api/private`)).status, 200);
});
