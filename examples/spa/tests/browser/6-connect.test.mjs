// Connecting an account at a third party, and what Token Vault has then.

import assert from 'node:assert/strict';

import { claims } from './bare-page.mjs';
import { flow } from './browser.mjs';
import { API, world } from './world.mjs';

const w = world();
const strict = world({ tenant: ['--nonce'] });
/** A tenant on which a person decides. */
const asking = world({ tenant: ['--sign-in'] });

const options = {
  useDpop: true, useRefreshTokens: true, useMrrt: true, useRefreshTokensFallback: true,
  params: { scope: 'openid profile email offline_access' },
};

const connect = (bare, connection, more = {}) => bare.redirect(
  options => window.auth0.connectAccountWithRedirect(options), { connection, scopes: ['channels:read'], ...more },
);

const complete = bare => bare.run(() => window.auth0.handleRedirectCallback());

flow('connect accounts: a token for the My Account API', async windows => {
  const bare = await w.open(windows, options);
  await bare.signIn();
  const mark = await w.tenant.mark();
  const audience = `${w.tenant.url}/me/`;
  const { access_token: token } = await bare.token({
    authorizationParams: { audience, scope: 'create:me:connected_accounts' },
  });
  assert.equal(claims(token).aud[0], audience);
  assert.match(claims(token).scope, /create:me:connected_accounts/);
  assert.deepEqual(await w.requests(mark, '/oauth/token'), ['POST /oauth/token 200 local-page refresh_token']);
});

for (const useDpop of [true, false]) {
  const user = useDpop ? 'auth0|ada' : 'auth0|local-user';
  const kind = useDpop ? 'DPoP' : 'Bearer';
  flow(`connect accounts: connect, complete, and Token Vault has it (${kind})`, async windows => {
    const bare = await w.open(windows, { ...options, useDpop });
    await bare.signIn({ authorizationParams: { login_hint: user } });
    const { access_token: token } = await bare.token();
    assert.equal((await w.vault(token, 'slack')).body.error, 'federated_connection_refresh_token_not_found');
    const mark = await w.tenant.mark();
    await connect(bare, 'slack', { appState: { target: '/settings' } });
    const result = await complete(bare);
    assert.equal(result.connection, 'slack');
    assert.equal(result.access_type, 'offline');
    assert.deepEqual([result.scopes, result.appState], [['channels:read'], { target: '/settings' }]);
    assert.ok(result.id.startsWith('cac_'));
    for (const step of ['connect', 'complete']) {
      assert.deepEqual(await w.requests(mark, `/me/v1/connected-accounts/${step}`), [`POST /me/v1/connected-accounts/${step} 201`]);
    }
    const { status, body } = await w.vault(token, 'slack');
    assert.equal(status, 200, JSON.stringify(body));
    const third = await fetch(`${w.tenant.url}/third-party/slack`, { headers: { authorization: `Bearer ${body.access_token}` } });
    assert.deepEqual((await third.json()).user_id, user);
  });
}

flow('connect accounts: where the tenant asks for nonces', async windows => {
  const bare = await strict.open(windows, options);
  await bare.signIn();
  const mark = await strict.tenant.mark();
  await connect(bare, 'slack');
  assert.equal((await complete(bare)).connection, 'slack');
  const requests = await strict.requests(mark, '/me/v1/connected-accounts/connect');
  assert.match(requests[0], /^POST \/me\/v1\/connected-accounts\/connect 401/);
  assert.equal(requests[1], 'POST /me/v1/connected-accounts/connect 201');
});

flow('connect accounts: an unknown connection is refused', async windows => {
  const bare = await w.open(windows, options);
  await bare.signIn();
  const failure = await bare.fails(() => window.auth0.connectAccountWithRedirect({ connection: 'nobody' }));
  assert.match(failure.message, /Connection not found: nobody/);
  assert.equal(failure.status, 400);
});

flow('connect accounts: a person allows it on the third party\'s page', async windows => {
  const bare = await asking.open(windows, options);
  await person(bare, () => bare.signIn(), 'allow');
  await person(bare, () => connect(bare, 'slack'), 'allow');
  assert.equal((await complete(bare)).connection, 'slack');
  const { access_token: token } = await bare.token();
  assert.equal((await asking.vault(token, 'slack')).status, 200);
});

flow('connect accounts: a person denies it', async windows => {
  const bare = await asking.open(windows, options);
  await person(bare, () => bare.signIn({ authorizationParams: { login_hint: 'auth0|ada' } }), 'allow');
  await person(bare, () => connect(bare, 'slack'), 'deny');
  const failure = await bare.fails(() => window.auth0.handleRedirectCallback());
  assert.deepEqual([failure.code, failure.connection], ['access_denied', 'slack']);
  const { access_token: token } = await bare.token();
  assert.equal((await asking.vault(token, 'slack')).status, 401);
});

flow('login: loginWithPopup gives up when nobody answers', async windows => {
  const bare = await asking.open(windows, options);
  const failure = await bare.fails(() => window.auth0.loginWithPopup({}, { timeoutInSeconds: 1 }));
  assert.equal(failure.code, 'timeout');
});

/** Does something that leads over a page of the tenant, on which a person decides. */
async function person(bare, work, decision) {
  const done = work();
  await (await bare.page.waitForSelector(`button[value="${decision}"]`)).click();
  await done;
}

flow('Token Vault: an account that is linked from the start, with a token of the page', async windows => {
  const bare = await w.open(windows);
  await bare.signIn();
  const { access_token: token } = await bare.token();
  assert.equal(claims(token).aud[0], API);
  const { status, body } = await w.vault(token, 'google-oauth2');
  assert.equal(status, 200, JSON.stringify(body));
  const third = await fetch(`${w.tenant.url}/third-party/google-oauth2`, {
    headers: { authorization: `Bearer ${body.access_token}` },
  });
  assert.equal((await third.json()).user_id, 'auth0|local-user');
});
