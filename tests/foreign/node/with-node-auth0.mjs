// The flows of `auth0` (node-auth0). Since version 7 its main entry has no authentication client; `auth0/legacy` has it.

import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';

import { ManagementClient, ManagementError } from 'auth0';
import { AuthenticationClient, UserInfoClient } from 'auth0/legacy';

import {
  PROFILE, SESSION, USER, audience, callThirdParty, callback, caller, claimsAtTheApi, domain, issuer, rejection, signIn, signerKey, web,
} from './world.mjs';

const signer = { domain, clientId: 'signer', clientAssertionSigningKey: signerKey };

export async function withNodeAuth0(check) {
  await machines(check);
  await users(check);
  await profiles(check);
}

async function machines(check) {
  await check('gets a token of a client, which the API accepts', async () => {
    const { data } = await new AuthenticationClient(caller).oauth.clientCredentialsGrant({ audience });
    assert.equal(data.token_type, 'Bearer');
    assert.equal((await claimsAtTheApi(data.access_token)).sub, `${caller.clientId}@clients`);
  });

  await check('authenticates with a signed assertion', async () => {
    const { data } = await new AuthenticationClient(signer).oauth.clientCredentialsGrant({ audience });
    assert.equal((await claimsAtTheApi(data.access_token)).azp, 'signer');
  });

  await check('reports a wrong secret', async () => {
    const client = new AuthenticationClient({ ...caller, clientSecret: 'wrong' });
    const error = await rejection(client.oauth.clientCredentialsGrant({ audience }));
    assert.deepEqual([error.name, error.statusCode, error.error], ['AuthApiError', 401, 'access_denied']);
  });

  await check('exchanges a token of a profile', async () => {
    const answer = await new AuthenticationClient(caller).tokenExchange.exchangeToken({
      subject_token_type: PROFILE, subject_token: SESSION, audience, scope: 'openid read:messages',
    });
    assert.ok(answer.id_token);
    assert.equal((await claimsAtTheApi(answer.access_token)).sub, USER);
  });

  await check('reports a subject token that the profile rejects', async () => {
    const error = await rejection(new AuthenticationClient(caller).tokenExchange.exchangeToken({
      subject_token_type: PROFILE, subject_token: 'no-session', audience,
    }));
    assert.deepEqual([error.statusCode, error.error], [400, 'invalid_request']);
  });
}

async function users(check) {
  await check('logs a user in with a code and a secret', async () => {
    const { code } = await codeOf(web, { nonce: 'a-nonce' });
    const { data } = await new AuthenticationClient(web).oauth.authorizationCodeGrant(
      { code, redirect_uri: callback }, { idTokenValidateOptions: { nonce: 'a-nonce' } },
    );
    assert.equal((await claimsAtTheApi(data.access_token)).sub, USER);
  });

  await check('rejects an ID token with another nonce', async () => {
    const { code } = await codeOf(web, { nonce: 'a-nonce' });
    const error = await rejection(new AuthenticationClient(web).oauth.authorizationCodeGrant(
      { code, redirect_uri: callback }, { idTokenValidateOptions: { nonce: 'another' } },
    ));
    assert.match(error.message, /nonce/);
  });

  await check('logs a user in with PKCE, and reads the user', async () => {
    const { access_token: accessToken } = await logIn(web);
    const { data } = await new UserInfoClient({ domain }).getUserInfo(accessToken);
    assert.deepEqual([data.sub, data.email], [USER, 'user@example.com']);
  });

  await check('logs a user in to an organization', async () => {
    const tokens = await logIn(web, { organization: 'org_acme' }, { organization: 'org_acme' });
    assert.equal((await claimsAtTheApi(tokens.access_token)).org_id, 'org_acme');
  });

  await check('refreshes a token twice', async () => {
    const client = new AuthenticationClient(web);
    const { refresh_token: given } = await logIn(web);
    const first = (await client.oauth.refreshTokenGrant({ refresh_token: given })).data;
    const second = (await client.oauth.refreshTokenGrant({ refresh_token: first.refresh_token ?? given })).data;
    assert.equal((await claimsAtTheApi(second.access_token)).sub, USER);
  });

  // A fault of the library (auth0-legacy 4.37.1): `tokenForConnection` sends no client id, against its documentation. A
  // secret alone names no client. With `client_id` in the parameters, the request is complete.
  await check('leaves the client id out of a request for a token of a connection', async () => {
    const { refresh_token: subject } = await logIn(web);
    const error = await rejection(connectionToken(web, { subject_token: subject }));
    assert.deepEqual([error.statusCode, error.error], [400, 'invalid_request']);
    assert.match(error.error_description, /client_id/);
  });

  await check('gets a token of a connection with a refresh token and the client id', async () => {
    const { refresh_token: subject } = await logIn(web);
    const { data } = await connectionToken(web, { subject_token: subject, client_id: web.clientId });
    await callThirdParty('google-oauth2', data.access_token);
  });

  // RFC 7521 §4.2: the assertion names the client, and `client_id` is optional.
  await check('gets a token of a connection with an assertion and no client id', async () => {
    const { refresh_token: subject } = await logIn(signer);
    const { data } = await connectionToken(signer, { subject_token: subject });
    await callThirdParty('google-oauth2', data.access_token);
  });

  await check('reports that an account is not linked', async () => {
    const { refresh_token: subject } = await logIn(web);
    const error = await rejection(connectionToken(web, { subject_token: subject, client_id: web.clientId, connection: 'slack' }));
    assert.equal(error.error, 'federated_connection_refresh_token_not_found');
  });

  await check('revokes a refresh token', async () => {
    const client = new AuthenticationClient(web);
    const { refresh_token: token } = await logIn(web);
    await client.oauth.revokeRefreshToken({ token });
    const error = await rejection(client.oauth.refreshTokenGrant({ refresh_token: token }));
    assert.deepEqual([error.statusCode, error.error], [403, 'invalid_grant']);
  });
}

async function profiles(check) {
  const { tokenExchangeProfiles: profiles } = new ManagementClient(caller);
  const wanted = { name: 'legacy sessions', subject_token_type: 'urn:acme:session', action_id: 'local-action', type: 'custom_authentication' };
  const exchanged = () => new AuthenticationClient(caller).tokenExchange.exchangeToken({
    subject_token_type: wanted.subject_token_type, subject_token: SESSION, audience,
  });
  const fails = async (promise, status) => {
    const error = await rejection(promise);
    assert.ok(error instanceof ManagementError, `${error}`);
    assert.equal(error.statusCode, status);
    return error;
  };

  await check('creates a token exchange profile, which works at once', async () => {
    const { created_at: at, id, ...profile } = await profiles.create(wanted);
    assert.match(id, /^tep_/);
    assert.ok(!Number.isNaN(Date.parse(at)));
    assert.deepEqual({ ...profile, updated_at: undefined }, { ...wanted, updated_at: undefined });
    assert.equal((await claimsAtTheApi((await exchanged()).access_token)).sub, USER);
  });

  await check('reports a token exchange profile whose type is taken, and one that is invalid', async () => {
    assert.equal((await fails(profiles.create(wanted), 409)).body.error, 'Conflict');
    await fails(profiles.create({ ...wanted, subject_token_type: 'urn:ietf:mine' }), 400);
    await fails(profiles.create({ ...wanted, subject_token_type: 'urn:acme:other', action_id: 'unknown' }), 400);
  });

  await check('lists token exchange profiles in pages', async () => {
    const types = [];
    for await (const profile of await profiles.list({ take: 1 })) types.push(profile.subject_token_type);
    assert.deepEqual(types, [PROFILE, wanted.subject_token_type]);
  });

  await check('reads, changes and deletes a token exchange profile', async () => {
    const { id } = (await profiles.list()).data.find(profile => profile.subject_token_type === wanted.subject_token_type);
    await profiles.update(id, { name: 'sessions' });
    assert.equal((await profiles.get(id)).name, 'sessions');
    await profiles.delete(id);
    await fails(profiles.get(id), 404);
    await fails(profiles.update(id, { name: 'gone' }), 404);
    assert.equal((await rejection(exchanged())).error, 'invalid_request');
  });
}

async function logIn(client, parameters = {}, validate = {}) {
  const { code, verifier } = await codeOf(client, parameters);
  const { data } = await new AuthenticationClient(client).oauth.authorizationCodeGrantWithPKCE(
    { code, code_verifier: verifier, redirect_uri: callback }, { idTokenValidateOptions: validate },
  );
  return data;
}

/** Sends the browser to the tenant: the library builds no URL for this. With a nonce, the request is one without PKCE. */
async function codeOf(client, parameters) {
  const verifier = randomBytes(32).toString('base64url');
  const url = new URL(`${issuer}authorize`);
  const pkce = { code_challenge: createHash('sha256').update(verifier).digest('base64url'), code_challenge_method: 'S256' };
  url.search = new URLSearchParams({
    client_id: client.clientId, redirect_uri: callback, response_type: 'code', audience,
    scope: 'openid profile email offline_access', ...(parameters.nonce ? {} : pkce), ...parameters,
  });
  return { code: (await signIn(url)).searchParams.get('code'), verifier };
}

const connectionToken = (client, parameters) =>
  new AuthenticationClient(client).oauth.tokenForConnection({ connection: 'google-oauth2', ...parameters });
