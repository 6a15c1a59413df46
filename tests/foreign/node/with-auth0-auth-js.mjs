// The flows of `@auth0/auth0-auth-js`, Auth0's library for the authentication API.

import assert from 'node:assert/strict';

import { AuthClient } from '@auth0/auth0-auth-js';

import {
  ACCESS_TOKEN, PROFILE, SESSION, USER, apiClient, audience, callThirdParty, callback, caller, claimsAtTheApi, domain, downstream,
  issuer, rejection, signIn, signerKey, web,
} from './world.mjs';

const SCOPE = 'openid profile email offline_access read:messages';

export async function withAuth0AuthJs(check) {
  await machines(check);
  await exchanges(check);
  await users(check);
}

async function machines(check) {
  await check('reads the metadata', async () => {
    const metadata = await new AuthClient(caller).getServerMetadata();
    assert.equal(metadata.issuer, issuer);
    assert.equal(metadata.token_endpoint, `${issuer}oauth/token`);
  });

  await check('gets a token of a client, which the API accepts', async () => {
    const { accessToken } = await new AuthClient(caller).getTokenByClientCredentials({ audience });
    const claims = await claimsAtTheApi(accessToken);
    assert.equal(claims.sub, `${caller.clientId}@clients`);
  });

  await check('authenticates with a signed assertion', async () => {
    const signer = { domain, clientId: 'signer', clientAssertionSigningKey: signerKey, clientAssertionSigningAlg: 'RS256' };
    const { accessToken } = await new AuthClient(signer).getTokenByClientCredentials({ audience });
    assert.equal((await claimsAtTheApi(accessToken)).azp, 'signer');
  });

  await check('reports a wrong secret', async () => {
    const client = new AuthClient({ ...caller, clientSecret: 'wrong' });
    const error = await rejection(client.getTokenByClientCredentials({ audience }));
    assert.equal(error.code, 'token_by_client_credentials_error');
    assert.equal(error.cause.error, 'access_denied');
  });
}

async function exchanges(check) {
  await check('exchanges a token of a profile', async () => {
    const response = await new AuthClient(caller).exchangeToken({
      subjectTokenType: PROFILE, subjectToken: SESSION, audience, scope: 'openid read:messages',
    });
    assert.equal(response.claims.sub, USER);
    assert.deepEqual(response.scope.split(' ').sort(), ['openid', 'read:messages']);
    assert.equal((await claimsAtTheApi(response.accessToken)).sub, USER);
  });

  await check('exchanges a token without naming an audience', async () => {
    const { accessToken } = await new AuthClient(caller).exchangeToken({ subjectTokenType: PROFILE, subjectToken: SESSION });
    assert.equal((await claimsAtTheApi(accessToken)).sub, USER);
  });

  await check('exchanges a token within an organization', async () => {
    const { accessToken } = await new AuthClient(caller).exchangeToken({
      subjectTokenType: PROFILE, subjectToken: SESSION, audience, organization: 'org_acme',
    });
    assert.equal((await claimsAtTheApi(accessToken)).org_id, 'org_acme');
  });

  await check('reports a subject token that the profile rejects', async () => {
    const error = await rejection(new AuthClient(caller).exchangeToken({
      subjectTokenType: PROFILE, subjectToken: 'no-session', audience,
    }));
    assert.equal(error.code, 'token_exchange_error');
    assert.equal(error.cause.error, 'invalid_request');
  });

  await check('exchanges a token on behalf of a user', async () => {
    const response = await new AuthClient(apiClient).exchangeToken({
      subjectTokenType: ACCESS_TOKEN, subjectToken: await userToken(), requestedTokenType: ACCESS_TOKEN, audience: downstream,
    });
    const { aud, sub, act } = payload(response.accessToken);
    assert.deepEqual([aud, sub, act.sub], [downstream, USER, apiClient.clientId]);
  });

  await check('gets a token of a connection, which the third party accepts', async () => {
    const { accessToken } = await new AuthClient(apiClient).getTokenForConnection({
      connection: 'google-oauth2', accessToken: await userToken(),
    });
    await callThirdParty('google-oauth2', accessToken);
  });

  await check('gets the same by exchangeToken', async () => {
    const { accessToken } = await new AuthClient(apiClient).exchangeToken({
      connection: 'google-oauth2', subjectToken: await userToken(), subjectTokenType: ACCESS_TOKEN,
    });
    await callThirdParty('google-oauth2', accessToken);
  });

  await check('reports that an account is not linked', async () => {
    const error = await rejection(new AuthClient(apiClient).getTokenForConnection({
      connection: 'slack', accessToken: await userToken(),
    }));
    assert.equal(error.cause.error, 'federated_connection_refresh_token_not_found');
  });
}

async function users(check) {
  await check('logs a user in with a code, and reads the user', async () => {
    const response = await logIn();
    assert.equal(response.claims.sub, USER);
    assert.equal((await claimsAtTheApi(response.accessToken)).sub, USER);
    const user = await new AuthClient(web).getUserInfo({ accessToken: response.accessToken, expectedSubject: USER });
    assert.equal(user.email, 'user@example.com');
  });

  await check('logs a user in to an organization', async () => {
    const { claims } = await logIn({ organization: 'acme' }, { organization: 'acme' });
    assert.equal(claims.org_name, 'acme');
  });

  await check('refreshes a token twice', async () => {
    const client = new AuthClient(web);
    const { refreshToken } = await logIn();
    const first = await client.getTokenByRefreshToken({ refreshToken });
    const second = await client.getTokenByRefreshToken({ refreshToken: first.refreshToken ?? refreshToken });
    assert.equal((await claimsAtTheApi(second.accessToken)).sub, USER);
  });

  await check('gets a token of a connection with a refresh token', async () => {
    const { refreshToken } = await logIn();
    const { accessToken } = await new AuthClient(web).getTokenForConnection({ connection: 'google-oauth2', refreshToken });
    await callThirdParty('google-oauth2', accessToken);
  });

  await check('revokes a refresh token', async () => {
    const client = new AuthClient(web);
    const { refreshToken } = await logIn();
    await client.revokeToken({ token: refreshToken, tokenTypeHint: 'refresh_token' });
    const error = await rejection(client.getTokenByRefreshToken({ refreshToken }));
    assert.equal(error.cause.error, 'invalid_grant');
  });

  await check('logs a user out', async () => {
    const returnTo = 'http://127.0.0.1:1/goodbye';
    const url = await new AuthClient(web).buildLogoutUrl({ returnTo });
    assert.equal(url.host, domain);
    assert.equal((await signIn(url)).href, returnTo);
  });
}

async function logIn(parameters = {}, expected = {}) {
  const client = new AuthClient({ ...web, authorizationParams: { redirect_uri: callback, audience, scope: SCOPE, ...parameters } });
  const { authorizationUrl, codeVerifier } = await client.buildAuthorizationUrl();
  return client.getTokenByCode(await signIn(authorizationUrl), { codeVerifier, ...expected });
}

async function userToken() {
  const response = await new AuthClient(caller).exchangeToken({ subjectTokenType: PROFILE, subjectToken: SESSION, audience });
  return response.accessToken;
}

const payload = token => JSON.parse(Buffer.from(token.split('.')[1], 'base64url'));
