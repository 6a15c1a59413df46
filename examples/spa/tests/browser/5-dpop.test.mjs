// DPoP: tokens that are bound to a key of the browser. The API asks for nonces.

import assert from 'node:assert/strict';

import { claims } from './bare-page.mjs';
import { flow } from './browser.mjs';
import { API, world } from './world.mjs';

const w = world({ api: { DPOP_NONCE: 'on' } });
/** A tenant that asks for nonces too. */
const strict = world({ tenant: ['--nonce'], api: { DPOP: 'require', DPOP_NONCE: 'on' } });

const dpop = { useDpop: true };
const refreshing = { ...dpop, useRefreshTokens: true, params: { scope: 'openid profile email offline_access' } };

/** Asserts that the API takes the bound token with a proof. */
async function accepted(bare, url = `${w.api.url}/api/claims`) {
  const { status, body, challenge } = await bare.call(url);
  assert.equal(status, 200, challenge);
  assert.ok(body.cnf?.jkt, JSON.stringify(body));
  return body;
}

flow('DPoP: login', async windows => {
  const bare = await w.open(windows, dpop);
  await bare.signIn();
  assert.equal((await bare.token()).token_type, 'DPoP');
  await accepted(bare);
});

flow('DPoP: login where the tenant asks for a nonce', async windows => {
  const bare = await strict.open(windows, dpop);
  const mark = await strict.tenant.mark();
  await bare.signIn();
  const requests = await strict.requests(mark, '/oauth/token');
  assert.match(requests[0], /^POST \/oauth\/token 400 .*use_dpop_nonce/);
  assert.equal(requests[1], 'POST /oauth/token 200 local-page authorization_code');
  await accepted(bare, `${strict.api.url}/api/claims`);
});

for (const cacheLocation of ['memory', 'localstorage']) {
  flow(`DPoP: the first, the second and the third refresh (${cacheLocation})`, async windows => {
    const bare = await w.open(windows, { ...refreshing, cacheLocation });
    await bare.signIn();
    const { cnf } = await accepted(bare);
    for (let time = 0; time < 3; time += 1) {
      const mark = await w.tenant.mark();
      await bare.token({ cacheMode: 'off' });
      assert.deepEqual(await w.requests(mark, '/oauth/token'), ['POST /oauth/token 200 local-page refresh_token']);
      assert.deepEqual((await accepted(bare)).cnf, cnf);
    }
  });
}

flow('DPoP: refresh where the tenant asks for a nonce', async windows => {
  const bare = await strict.open(windows, { ...refreshing, cacheLocation: 'localstorage' });
  await bare.signIn();
  await bare.token({ cacheMode: 'off' });
  await bare.token({ cacheMode: 'off' });
  await accepted(bare, `${strict.api.url}/api/claims`);
});

flow('DPoP: a silent token by iframe is bound to the same key', async windows => {
  const bare = await w.open(windows, dpop);
  await bare.signIn();
  const { cnf } = await accepted(bare);
  await bare.reload();
  const mark = await w.tenant.mark();
  await bare.token();
  assert.deepEqual(await w.requests(mark, '/authorize'), ['GET /authorize 200 local-page']);
  assert.deepEqual((await accepted(bare)).cnf, cnf);
});

flow('DPoP: logout removes the key', async windows => {
  const bare = await w.open(windows, dpop);
  await bare.signIn();
  const { cnf } = await accepted(bare);
  await bare.redirect(() => window.auth0.logout({ logoutParams: { returnTo: location.origin } }));
  await bare.signIn();
  assert.notDeepEqual((await accepted(bare)).cnf, cnf);
});

flow('DPoP: exchangeToken', async windows => {
  const bare = await w.open(windows, dpop);
  await bare.run(options => window.auth0.exchangeToken(options), {
    subject_token: 'legacy:auth0|ada', subject_token_type: 'urn:local:legacy-session', scope: 'openid', audience: API,
  });
  assert.equal((await accepted(bare)).sub, 'auth0|ada');
});

flow('DPoP: fetchWithAuth, with the nonce that the API asks for', async windows => {
  const bare = await w.open(windows, dpop);
  await bare.signIn();
  const statuses = [];
  bare.page.on('response', answer => {
    if (answer.url().startsWith(w.api.url) && answer.request().method() === 'GET') statuses.push(answer.status());
  });
  await accepted(bare);
  await accepted(bare);
  assert.deepEqual(statuses, [401, 200, 200]);
});

flow('DPoP: fetchWithAuth as in the document, without an audience', async windows => {
  const bare = await w.open(windows, { ...dpop, params: { audience: undefined } });
  await bare.signIn();
  const status = await bare.run(async url => {
    const fetcher = window.auth0.createFetcher({ dpopNonceId: 'my_api_request' });
    return (await fetcher.fetchWithAuth(url)).status;
  }, `${w.api.url}/api/private`);
  assert.equal(status, 200);
});

flow('DPoP: fetchWithAuth with a base URL and a query', async windows => {
  const bare = await w.open(windows, dpop);
  await bare.signIn();
  const status = await bare.run(async (baseUrl, audience) => {
    const fetcher = window.auth0.createFetcher({ dpopNonceId: 'id', baseUrl });
    return (await fetcher.fetchWithAuth('/api/private?a=b&c=d#e', {}, { audience })).status;
  }, w.api.url, API);
  assert.equal(status, 200);
});

flow('DPoP: fetchWithAuth with a fetch of the page', async windows => {
  const bare = await w.open(windows, dpop);
  await bare.signIn();
  const seen = await bare.run(async (url, audience) => {
    const schemes = [];
    const fetcher = window.auth0.createFetcher({
      dpopNonceId: 'id',
      fetch: request => {
        schemes.push(request.headers.get('authorization').split(' ')[0]);
        return fetch(request);
      },
    });
    return [(await fetcher.fetchWithAuth(url, {}, { audience })).status, schemes];
  }, `${w.api.url}/api/private`, API);
  assert.deepEqual(seen, [200, ['DPoP', 'DPoP']]);
});

flow('DPoP: fetchWithAuth with a token of the page\'s own factory', async windows => {
  const bare = await w.open(windows, dpop);
  await bare.signIn();
  const status = await bare.run(async (url, audience) => {
    const fetcher = window.auth0.createFetcher({
      dpopNonceId: 'id',
      getAccessToken: () => window.auth0.getTokenSilently({ authorizationParams: { audience } }),
    });
    return (await fetcher.fetchWithAuth(url)).status;
  }, `${w.api.url}/api/private`, API);
  assert.equal(status, 200);
});

flow('DPoP: a proof by hand', async windows => {
  const bare = await w.open(windows, dpop);
  await bare.signIn();
  const seen = await bare.run(async url => {
    const accessToken = await window.auth0.getTokenSilently();
    const call = async nonce => {
      const proof = await window.auth0.generateDpopProof({ url, method: 'GET', accessToken, nonce });
      return fetch(url, { headers: { Authorization: `DPoP ${accessToken}`, DPoP: proof } });
    };
    const first = await call();
    const nonce = first.headers.get('dpop-nonce');
    await window.auth0.setDpopNonce(nonce, 'by-hand');
    const second = await call(await window.auth0.getDpopNonce('by-hand'));
    return [first.status, first.headers.get('www-authenticate'), second.status];
  }, `${w.api.url}/api/private`);
  assert.deepEqual([seen[0], seen[2]], [401, 200]);
  assert.match(seen[1], /DPoP .*error="use_dpop_nonce"/);
});

flow('DPoP: a bound token is refused as Bearer', async windows => {
  const bare = await w.open(windows, dpop);
  await bare.signIn();
  const { access_token: token } = await bare.token();
  assert.ok(claims(token).cnf.jkt);
  const seen = await bare.run(async (url, token) => {
    const answer = await fetch(url, { headers: { Authorization: `Bearer ${token}` } });
    return [answer.status, (await answer.json()).error];
  }, `${w.api.url}/api/private`, token);
  assert.deepEqual(seen, [401, 'invalid_token']);
});

flow('DPoP: a stolen token is useless with another key', async windows => {
  const bare = await w.open(windows, dpop);
  await bare.signIn();
  const { access_token: stolen } = await bare.token();
  const thief = await w.open({ open: async url => (await windows.open(url)) }, dpop);
  const status = await thief.run(async (url, accessToken) => {
    const call = async nonce => {
      // A key of the thief's own.
      const keys = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign']);
      const { kty, crv, x, y } = await crypto.subtle.exportKey('jwk', keys.publicKey);
      const encode = bytes => btoa(String.fromCharCode(...new Uint8Array(bytes))).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');
      const text = value => encode(new TextEncoder().encode(JSON.stringify(value)));
      const ath = encode(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(accessToken)));
      const signed = [
        text({ typ: 'dpop+jwt', alg: 'ES256', jwk: { kty, crv, x, y } }),
        text({ htm: 'GET', htu: url, jti: crypto.randomUUID(), iat: Math.floor(Date.now() / 1000), ath, ...(nonce && { nonce }) }),
      ].join('.');
      const signature = await crypto.subtle.sign({ name: 'ECDSA', hash: 'SHA-256' }, keys.privateKey, new TextEncoder().encode(signed));
      return fetch(url, { headers: { Authorization: `DPoP ${accessToken}`, DPoP: `${signed}.${encode(signature)}` } });
    };
    const first = await call();
    const second = await call(first.headers.get('dpop-nonce'));
    return [second.status, (await second.json()).error];
  }, `${w.api.url}/api/private`, stolen);
  assert.deepEqual(status, [401, 'invalid_token']);
});

flow('DPoP: a POST with a body and a user-agent header, as in the document', async windows => {
  const bare = await w.open(windows, dpop);
  await bare.signIn();
  // The API has no such method. Its answer comes after its auth layer has accepted the token and the proof for POST.
  const { status } = await bare.call(`${w.api.url}/api/private`, {
    method: 'POST', headers: { 'content-type': 'application/json', 'user-agent': 'My Custom User-Agent' },
    body: JSON.stringify({ msg: 'hello' }),
  });
  assert.equal(status, 405);
  const without = await fetch(`${w.api.url}/api/private`, { method: 'POST', body: '{}' });
  assert.equal(without.status, 401);
});

flow('DPoP: online access, a refresh token that ends with the session', async windows => {
  const bare = await w.open(windows, { ...dpop, useRefreshTokens: true, refreshTokenMode: 'online' });
  await bare.signIn();
  const mark = await w.tenant.mark();
  await bare.token({ cacheMode: 'off' });
  assert.deepEqual(await w.requests(mark, '/oauth/token'), ['POST /oauth/token 200 local-page refresh_token']);
  await accepted(bare);
});
