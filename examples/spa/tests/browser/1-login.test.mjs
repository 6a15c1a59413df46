// Signing in and out.

import assert from 'node:assert/strict';

import { claims } from './bare-page.mjs';
import { flow } from './browser.mjs';
import { API, world } from './world.mjs';

const w = world();

/** Asserts what the API sees of a token. */
async function seen(bare, subject = 'auth0|local-user') {
  const answer = await bare.call(`${w.api.url}/api/claims`);
  assert.equal(answer.status, 200, answer.challenge);
  assert.equal(answer.body.sub, subject);
  return answer.body;
}

flow('login: loginWithRedirect and handleRedirectCallback', async windows => {
  const bare = await w.open(windows);
  const mark = await w.tenant.mark();
  await bare.signIn();
  assert.deepEqual(await w.requests(mark, '/oauth/token'), ['POST /oauth/token 200 local-page authorization_code']);
  assert.deepEqual((await seen(bare)).aud, [API, `${w.tenant.url}/userinfo`]);
});

flow('login: appState comes back', async windows => {
  const bare = await w.open(windows);
  const { appState } = await bare.signIn({ appState: { target: '/orders?a=b' } });
  assert.deepEqual(appState, { target: '/orders?a=b' });
});

flow('login: getUser and getIdTokenClaims', async windows => {
  const bare = await w.open(windows);
  assert.equal(await bare.user(), undefined);
  await bare.signIn();
  const user = await bare.user();
  assert.equal(user.email, 'user@example.com');
  assert.equal(user.name, 'Local User');
  assert.equal(user.sub, 'auth0|local-user');
  await seen(bare);
});

flow('login: JSON token request (useFormData: false)', async windows => {
  const bare = await w.open(windows, { useFormData: false });
  const bodies = [];
  bare.page.on('request', request => request.method() === 'POST' && bodies.push(request.postData()));
  await bare.signIn();
  assert.equal(JSON.parse(bodies[0]).grant_type, 'authorization_code');
  await seen(bare);
});

flow('login: unknown parameters are ignored (screen_hint, connection, ext-…)', async windows => {
  const bare = await w.open(windows);
  const authorizationParams = { screen_hint: 'signup', connection: 'google-oauth2', 'ext-theme': 'dark' };
  await bare.signIn({ authorizationParams });
  await seen(bare);
});

flow('login: an error at the callback is reported', async windows => {
  const bare = await w.open(windows);
  const mark = await w.tenant.mark();
  await bare.redirect(() => window.auth0.loginWithRedirect({ authorizationParams: { audience: 'https://unknown.example.com' } }));
  const failure = await bare.fails(() => window.auth0.handleRedirectCallback());
  assert.equal(failure.code, 'access_denied');
  assert.match(failure.message, /Service not found: https:\/\/unknown/);
  assert.match((await w.requests(mark, '/authorize'))[0], /302 local-page: access_denied, Service not found/);
});

flow('login: max_age, with auth_time in the ID token', async windows => {
  const bare = await w.open(windows);
  await bare.signIn({ authorizationParams: { max_age: 60 } });
  const { auth_time: time } = await bare.idToken();
  assert.ok(Math.abs(Date.now() / 1000 - time) < 30, String(time));
  await seen(bare);
});

flow('login: max_age=0 asks for a new login', async windows => {
  const bare = await w.open(windows);
  await bare.signIn();
  const { sid } = await bare.idToken();
  await bare.signIn({ authorizationParams: { max_age: 0 } });
  assert.notEqual((await bare.idToken()).sid, sid);
});

flow('login: claims by scope', async windows => {
  const bare = await w.open(windows, { params: { scope: 'openid' } });
  await bare.signIn();
  const user = await bare.user();
  assert.deepEqual([user.email, user.name, user.sub], [undefined, undefined, 'auth0|local-user']);
  assert.equal((await seen(bare)).scope, 'openid');
  await bare.signIn({ authorizationParams: { scope: 'openid email' } });
  assert.deepEqual([(await bare.user()).email, (await bare.user()).name], ['user@example.com', undefined]);
});

flow('login: the ID token has the claims of Auth0\'s (sid, auth_time, nickname, picture, updated_at, email_verified)', async windows => {
  const bare = await w.open(windows);
  await bare.signIn();
  const token = await bare.idToken();
  for (const name of ['sid', 'auth_time', 'nickname', 'picture', 'updated_at', 'email_verified']) {
    assert.ok(token[name] !== undefined, `${name} is missing: ${JSON.stringify(token)}`);
  }
});

flow('login: loginWithPopup', async windows => {
  const bare = await w.open(windows);
  const mark = await w.tenant.mark();
  await bare.run(() => window.auth0.loginWithPopup());
  await seen(bare);
  assert.match((await w.requests(mark, '/authorize'))[0], /^GET \/authorize 200 local-page$/);
});

flow('login: loginWithPopup reports the tenant\'s refusal', async windows => {
  const bare = await w.open(windows);
  const failure = await bare.fails(
    () => window.auth0.loginWithPopup({ authorizationParams: { audience: 'https://unknown.example.com' } }),
  );
  assert.equal(failure.code, 'access_denied');
  assert.equal(await bare.user(), undefined);
});

flow('login: loginWithPopup reports that the person closed the popup', async windows => {
  const bare = await w.open(windows);
  const failure = await bare.fails(() => {
    const popup = window.open('about:blank', 'it', 'width=400,height=600');
    setTimeout(() => popup.close(), 200);
    // The popup shows no answer: its place is taken by one that is closed.
    return window.auth0.loginWithPopup({}, { popup: { get closed() { return popup.closed; }, location: {}, close() {} } });
  });
  assert.equal(failure.code, 'cancelled');
});

flow('login: getTokenWithPopup gets a token with another scope', async windows => {
  const bare = await w.open(windows);
  await bare.signIn();
  const token = await bare.run(() => window.auth0.getTokenWithPopup({ authorizationParams: { scope: 'read:messages' } }));
  const answer = await fetch(`${w.api.url}/api/private-scoped`, { headers: { authorization: `Bearer ${token}` } });
  assert.equal(answer.status, 200);
  assert.match(claims(token).scope, /read:messages/);
});

flow('logout: logout({ returnTo })', async windows => {
  const bare = await w.open(windows);
  await bare.signIn();
  const mark = await w.tenant.mark();
  await bare.redirect(() => window.auth0.logout({ logoutParams: { returnTo: `${location.origin}/bye` } }));
  assert.equal(new URL(bare.page.url()).pathname, '/bye');
  assert.deepEqual(await w.requests(mark, '/v2/logout'), ['GET /v2/logout 302 local-page']);
  assert.equal(await bare.user(), undefined);
});

flow('logout: logout() without a URL ends at the tenant', async windows => {
  const bare = await w.open(windows);
  await bare.signIn();
  const mark = await w.tenant.mark();
  await Promise.all([
    bare.page.waitForNavigation(),
    bare.page.evaluate(() => { window.auth0.logout(); }),
  ]);
  assert.equal(new URL(bare.page.url()).origin, w.tenant.url);
  assert.deepEqual(await w.requests(mark, '/v2/logout'), ['GET /v2/logout 200 local-page']);
});

flow('logout: federated', async windows => {
  const bare = await w.open(windows);
  await bare.signIn();
  const mark = await w.tenant.mark();
  await bare.redirect(() => window.auth0.logout({ logoutParams: { federated: true, returnTo: location.origin } }));
  assert.deepEqual(await w.requests(mark, '/v2/logout'), ['GET /v2/logout 302 local-page']);
});

flow('logout: login_required afterwards', async windows => {
  const bare = await w.open(windows);
  await bare.signIn();
  await bare.redirect(() => window.auth0.logout({ logoutParams: { returnTo: location.origin } }));
  const failure = await bare.fails(() => window.auth0.getTokenSilently());
  assert.equal(failure.code, 'login_required');
  assert.equal(failure.message, 'Login required');
});
