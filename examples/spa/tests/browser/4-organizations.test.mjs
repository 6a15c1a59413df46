// Organizations, and custom token exchange.

import assert from 'node:assert/strict';

import { claims } from './bare-page.mjs';
import { flow } from './browser.mjs';
import { API, OTHER, world } from './world.mjs';

const w = world();

/** Asserts which organization the API sees. */
async function isIn(bare, id, name) {
  const { status, body } = await bare.call(`${w.api.url}/api/claims`);
  assert.deepEqual([status, body.org_id, body.org_name], [200, id, name]);
}

flow('organizations: sign in by id', async windows => {
  const bare = await w.open(windows);
  await bare.signIn({ authorizationParams: { organization: 'org_acme' } });
  await isIn(bare, 'org_acme', 'acme');
  assert.equal((await bare.idToken()).org_id, 'org_acme');
});

flow('organizations: sign in by name, in upper case too', async windows => {
  const bare = await w.open(windows);
  await bare.signIn({ authorizationParams: { organization: 'Acme' } });
  await isIn(bare, 'org_acme', 'acme');
});

flow('organizations: switch to another one', async windows => {
  const bare = await w.open(windows);
  await bare.signIn({ authorizationParams: { organization: 'org_acme' } });
  await bare.signIn({ authorizationParams: { organization: 'org_globex' } });
  await isIn(bare, 'org_globex', 'globex');
});

flow('organizations: accept an invitation', async windows => {
  const bare = await w.open(windows);
  await bare.signIn({ authorizationParams: { organization: 'org_acme', invitation: 'ticket-1' } });
  await isIn(bare, 'org_acme', 'acme');
});

flow('organizations: an unknown one is refused', async windows => {
  const bare = await w.open(windows);
  await bare.redirect(() => window.auth0.loginWithRedirect({ authorizationParams: { organization: 'org_nobody' } }));
  assert.equal((await bare.fails(() => window.auth0.handleRedirectCallback())).code, 'invalid_request');
});

flow('organizations: sign in in a popup', async windows => {
  const bare = await w.open(windows);
  await bare.run(() => window.auth0.loginWithPopup({ authorizationParams: { organization: 'org_globex' } }));
  await isIn(bare, 'org_globex', 'globex');
});

flow('organizations: a silent token keeps the organization', async windows => {
  const bare = await w.open(windows);
  await bare.signIn({ authorizationParams: { organization: 'org_acme' } });
  await bare.reload();
  await isIn(bare, 'org_acme', 'acme');
});

const TYPE = 'urn:local:legacy-session';
const exchange = (user, more = {}) => ({
  subject_token: `legacy:${user}`, subject_token_type: TYPE, scope: 'openid profile email', audience: API, ...more,
});

flow('token exchange: exchangeToken signs the user in', async windows => {
  const bare = await w.open(windows);
  const mark = await w.tenant.mark();
  await bare.run(options => window.auth0.exchangeToken(options), exchange('auth0|ada'));
  assert.equal((await bare.user()).sub, 'auth0|ada');
  assert.equal((await bare.call(`${w.api.url}/api/private`)).body.subject, 'auth0|ada');
  assert.deepEqual(await w.requests(mark, '/oauth/token'), ['POST /oauth/token 200 local-page token_exchange']);
});

flow('token exchange: loginWithCustomTokenExchange signs the user in', async windows => {
  const bare = await w.open(windows);
  await bare.run(options => window.auth0.loginWithCustomTokenExchange(options), exchange('auth0|ada'));
  assert.equal((await bare.call(`${w.api.url}/api/private`)).body.subject, 'auth0|ada');
});

flow('token exchange: a profile that was made with the Management API works at once', async windows => {
  const bare = await w.open(windows);
  const type = 'https://legacy.example.com/session';
  const options = exchange('auth0|ada', { subject_token_type: type });
  assert.equal((await bare.fails(options => window.auth0.exchangeToken(options), options)).code, 'invalid_request');
  const token = await w.tokenRequest({
    grant_type: 'client_credentials', client_id: 'local-client', client_secret: 'local-secret',
    audience: `${w.tenant.url}/api/v2/`,
  });
  const created = await fetch(`${w.tenant.url}/api/v2/token-exchange-profiles`, {
    method: 'POST', signal: AbortSignal.timeout(10_000),
    headers: { authorization: `Bearer ${token.body.access_token}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      name: 'legacy sessions', subject_token_type: type, action_id: 'local-action', type: 'custom_authentication',
    }),
  });
  assert.equal(created.status, 201, await created.text());
  await bare.run(options => window.auth0.exchangeToken(options), options);
  assert.equal((await bare.call(`${w.api.url}/api/private`)).body.subject, 'auth0|ada');
});

flow('token exchange: for another audience', async windows => {
  const bare = await w.open(windows);
  const answer = await bare.run(options => window.auth0.exchangeToken(options), exchange('auth0|ada', { audience: OTHER }));
  const call = await fetch(`${w.other.url}/api/private`, { headers: { authorization: `Bearer ${answer.access_token}` } });
  assert.equal(call.status, 200);
});

flow('token exchange: in an organization', async windows => {
  const bare = await w.open(windows);
  await bare.run(options => window.auth0.exchangeToken(options), exchange('auth0|ada', { organization: 'org_acme' }));
  await isIn(bare, 'org_acme', 'acme');
});

flow('token exchange: customTokenExchange leaves the session alone', async windows => {
  const bare = await w.open(windows);
  await bare.signIn();
  const answer = await bare.run(options => window.auth0.customTokenExchange(options), exchange('auth0|ada'));
  assert.equal(claims(answer.access_token).sub, 'auth0|ada');
  assert.equal((await bare.user()).sub, 'auth0|local-user');
  const call = await fetch(`${w.api.url}/api/private`, { headers: { authorization: `Bearer ${answer.access_token}` } });
  assert.equal((await call.json()).subject, 'auth0|ada');
});

flow('token exchange: with offline_access, the page can refresh', async windows => {
  const bare = await w.open(windows, { useRefreshTokens: true });
  const scope = 'openid profile email offline_access';
  await bare.run(options => window.auth0.exchangeToken(options), exchange('auth0|ada', { scope }));
  const mark = await w.tenant.mark();
  await bare.token({ cacheMode: 'off' });
  assert.deepEqual(await w.requests(mark, '/oauth/token'), ['POST /oauth/token 200 local-page refresh_token']);
  assert.equal((await bare.call(`${w.api.url}/api/private`)).body.subject, 'auth0|ada');
});

flow('token exchange: without an audience, it is for the default one', async windows => {
  const bare = await w.open(windows, { params: { audience: undefined } });
  const { audience: _, ...options } = exchange('auth0|ada');
  const answer = await bare.run(options => window.auth0.exchangeToken(options), options);
  const call = await fetch(`${w.api.url}/api/private`, { headers: { authorization: `Bearer ${answer.access_token}` } });
  assert.equal((await call.json()).subject, 'auth0|ada');
});

flow('token exchange: the Action\'s refusal reaches the page', async windows => {
  const bare = await w.open(windows);
  const denied = await bare.fails(options => window.auth0.exchangeToken(options), exchange('locked'));
  assert.equal(denied.code, 'account_locked');
  const unknown = await bare.fails(
    options => window.auth0.exchangeToken(options), { ...exchange('x'), subject_token: 'nonsense' },
  );
  assert.equal(unknown.code, 'invalid_request');
  assert.equal(await bare.user(), undefined);
});

flow('token exchange: mfa_required reaches the page, with its token', async windows => {
  const bare = await w.open(windows);
  const failure = await bare.fails(options => window.auth0.exchangeToken(options), exchange('mfa'));
  assert.equal(failure.code, 'mfa_required');
  assert.ok(failure.mfa_token);
  assert.deepEqual(failure.mfa_requirements, { challenge: [{ type: 'otp' }] });
});
