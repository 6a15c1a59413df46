// What both libraries meet: the tenant's values, a browser, and the API.

import assert from 'node:assert/strict';

export const {
  AUTH0_DOMAIN: domain, AUTH0_AUDIENCE: audience, DOWNSTREAM_AUDIENCE: downstream, API_URL: apiUrl, SIGNER_KEY: signerKey,
} = process.env;
export const issuer = `https://${domain}/`;
export const caller = { domain, clientId: process.env.CLIENT_ID, clientSecret: process.env.CLIENT_SECRET };
export const apiClient = { domain, clientId: process.env.AUTH0_CLIENT_ID, clientSecret: process.env.AUTH0_CLIENT_SECRET };
export const web = { domain, clientId: 'web', clientSecret: 'web-secret' };
export const callback = 'http://127.0.0.1:1/callback';

export const PROFILE = 'urn:local:legacy-session';
export const SESSION = 'legacy:auth0|local-user';
export const USER = 'auth0|local-user';
export const ACCESS_TOKEN = 'urn:ietf:params:oauth:token-type:access_token';

/** Follows an authorization request as a browser does, and returns the URL of the callback. */
export async function signIn(url) {
  const response = await fetch(url, { redirect: 'manual' });
  assert.equal(response.status, 302, await response.text());
  return new URL(response.headers.get('location'));
}

/** Calls the API, and returns the claims that it has verified. */
export async function claimsAtTheApi(accessToken) {
  const response = await fetch(`${apiUrl}/api/claims`, { headers: { authorization: `Bearer ${accessToken}` } });
  const body = await response.text();
  assert.equal(response.status, 200, body);
  return JSON.parse(body);
}

/** Calls the API of a third party with a token of Token Vault. */
export async function callThirdParty(connection, accessToken) {
  const url = `${issuer}third-party/${connection}`;
  const response = await fetch(url, { headers: { authorization: `Bearer ${accessToken}` } });
  assert.equal(response.status, 200, await response.text());
}

/** Returns the error of a promise that must be rejected. */
export async function rejection(promise) {
  const outcome = await promise.then(value => ({ value }), error => ({ error }));
  assert.ok(outcome.error, `no error, but ${JSON.stringify(outcome.value)}`);
  return outcome.error;
}
