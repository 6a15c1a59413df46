// The package `openid-client`: discovery, every method of client authentication, the authorization code flow, and the
// three kinds of token exchange.

import assert from 'node:assert/strict';
import { webcrypto } from 'node:crypto';
import * as openid from 'openid-client';
import { checksOf } from './check.mjs';
import {
    api, audience, calendar, callback, claims, grant, legacySession, legacyType, signer, subjectToken, tenant, thirdParty, type,
    visit, web,
} from './tenant.mjs';

const check = checksOf('openid-client');

/** The tenant uses plain HTTP on the loopback address. ID tokens are verified with its published keys. */
const options = { execute: [openid.allowInsecureRequests, openid.enableNonRepudiationChecks] };

export async function withOpenidClient() {
    const asApi = await check('discovery succeeds', () => discover(api.id, openid.ClientSecretPost(api.secret)));
    await authentication();
    await browser();
    await exchanges(asApi);
    await dpop(asApi);
}

async function authentication() {
    const token = async (id, method) => {
        const answer = await openid.clientCredentialsGrant(await discover(id, method), { audience });
        assert.equal(claims(answer.access_token).sub, `${id}@clients`);
    };
    await check('a secret in the form is accepted', () => token(api.id, openid.ClientSecretPost(api.secret)));
    await check('a secret in the header is accepted', () => token(api.id, openid.ClientSecretBasic(api.secret)));
    await check('an assertion is accepted', async () => token(signer.id, openid.PrivateKeyJwt(await privateKey())));
    await check('a wrong secret is rejected', () =>
        rejected(token(api.id, openid.ClientSecretPost('wrong')), 401, 'access_denied'),
    );
    await check('an assertion signed with another key is rejected', async () => {
        const { privateKey } = await openid.randomDPoPKeyPair('ES256');
        await rejected(token(signer.id, openid.PrivateKeyJwt(privateKey)), 401, 'invalid_client');
    });
    await check('a replayed assertion is rejected', async () => {
        const sameId = { [openid.modifyAssertion]: (_, claims) => (claims.jti = 'the same every time') };
        const method = openid.PrivateKeyJwt(await privateKey(), sameId);
        await token(signer.id, method);
        await rejected(token(signer.id, method), 401, 'invalid_client');
    });
}

async function browser() {
    const config = await discover('page', openid.None());
    const parameters = { audience: calendar, scope: 'openid email offline_access read:events', organization: 'acme' };
    const tokens = await check('a browser gets tokens with PKCE', () => signIn(config, parameters));
    await check('the ID token names user and organization', () => {
        const { sub, aud, email, org_id } = tokens.claims();
        assert.deepEqual([sub, aud, email, org_id], ['auth0|ada', 'page', 'ada@example.com', 'org_acme']);
    });
    await check('userinfo has the same claims', async () => {
        const info = await openid.fetchUserInfo(config, tokens.access_token, 'auth0|ada');
        assert.equal(info.email, 'ada@example.com');
    });
    await check('a refresh token gives new tokens', async () => {
        const again = await openid.refreshTokenGrant(config, tokens.refresh_token, { scope: 'read:events' });
        const { scope, sub } = claims(again.access_token);
        assert.deepEqual([again.scope, scope, sub], ['read:events', 'read:events', 'auth0|ada']);
    });
    await check('an error of /authorize reaches the client', async () => {
        const error = await rejection(signIn(config, { ...parameters, organization: 'other' }));
        assert.ok(error instanceof openid.AuthorizationResponseError);
        assert.equal(error.error, 'access_denied');
    });
    const site = await discover(web.id, openid.ClientSecretPost(web.secret));
    await check('a site gets tokens with its secret', async () => {
        const tokens = await signIn(site, parameters);
        assert.equal(claims(tokens.access_token).azp, web.id);
    });
}

async function exchanges(config) {
    const exchange = (parameters) =>
        openid.genericGrantRequest(config, grant.exchange, { audience: calendar, scope: 'read:events', ...parameters });
    const onBehalf = { subject_token: subjectToken, subject_token_type: type.access, requested_token_type: type.access };
    const vault = (parameters) =>
        openid.genericGrantRequest(config, grant.vault, {
            subject_token: subjectToken,
            subject_token_type: type.access,
            requested_token_type: type.federated,
            connection: 'google-oauth2',
            ...parameters,
        });

    await check('a legacy session is exchanged', async () => {
        const answer = await exchange({ subject_token: legacySession, subject_token_type: legacyType });
        assert.deepEqual([claims(answer.access_token).sub, answer.issued_token_type], ['auth0|ada', type.access]);
    });
    await check('an invalid session is rejected', () =>
        rejected(exchange({ subject_token: 'nonsense', subject_token_type: legacyType }), 400, 'invalid_request'),
    );
    await check('an API gets a token on behalf of its caller', async () => {
        const { sub, aud, act } = claims((await exchange(onBehalf)).access_token);
        assert.deepEqual([sub, aud, act], ['auth0|local-user', calendar, { sub: api.id }]);
    });
    await check('a token with an invalid signature is rejected', () =>
        rejected(exchange({ ...onBehalf, subject_token: `${subjectToken}A` }), 400, 'invalid_request'),
    );
    await check('Token Vault gives a token that the third party accepts', async () => {
        const { access_token, issued_token_type } = await vault();
        assert.equal(issued_token_type, type.federated);
        const answer = await fetch(thirdParty, { headers: { Authorization: `Bearer ${access_token}` } });
        assert.deepEqual([answer.status, (await answer.json()).connection], [200, 'google-oauth2']);
    });
    await check('an account that is not linked has its own error', () =>
        rejected(vault({ connection: 'slack' }), 401, 'federated_connection_refresh_token_not_found'),
    );
}

async function dpop(config) {
    const handle = openid.getDPoPHandle(config, await openid.randomDPoPKeyPair('ES256'));
    const thumbprint = await handle.calculateThumbprint();
    await check('a proof with a nonce binds an exchanged token', async () => {
        const parameters = {
            audience: calendar,
            subject_token: subjectToken,
            subject_token_type: type.access,
            requested_token_type: type.access,
        };
        const answer = await openid.genericGrantRequest(config, grant.exchange, parameters, { DPoP: handle });
        assert.deepEqual([answer.token_type, claims(answer.access_token).cnf], ['dpop', { jkt: thumbprint }]);
    });
    const page = await discover('page', openid.None());
    const bound = await check('a proof binds the tokens of a browser', async () => {
        const tokens = await signIn(page, { audience: calendar, scope: 'openid', dpop_jkt: thumbprint }, { DPoP: handle });
        assert.deepEqual(claims(tokens.access_token).cnf, { jkt: thumbprint });
        return tokens;
    });
    await check('userinfo accepts the bound token with a proof', async () => {
        const info = await openid.fetchUserInfo(page, bound.access_token, 'auth0|ada', { DPoP: handle });
        assert.equal(info.sub, 'auth0|ada');
    });
}

/** Runs the authorization code flow. The library checks `state`, `iss`, the nonce and the ID token's signature. */
async function signIn(config, parameters, tokenOptions) {
    const pkceCodeVerifier = openid.randomPKCECodeVerifier();
    const [expectedState, expectedNonce] = [openid.randomState(), openid.randomNonce()];
    const url = openid.buildAuthorizationUrl(config, {
        redirect_uri: callback,
        code_challenge: await openid.calculatePKCECodeChallenge(pkceCodeVerifier),
        code_challenge_method: 'S256',
        state: expectedState,
        nonce: expectedNonce,
        ...parameters,
    });
    const checks = { pkceCodeVerifier, expectedState, expectedNonce, idTokenExpected: true };
    return openid.authorizationCodeGrant(config, await visit(url), checks, undefined, tokenOptions);
}

function discover(id, method) {
    return openid.discovery(tenant, id, undefined, method, options);
}

function privateKey() {
    const der = Buffer.from(signer.pem.replaceAll(/-----.*?-----|\s/g, ''), 'base64');
    return webcrypto.subtle.importKey('pkcs8', der, { name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign']);
}

async function rejected(request, status, code) {
    const error = await rejection(request);
    // If the response has a challenge, the library uses a separate error class. That class also has the `error` of the
    // body.
    assert.deepEqual([error.status, error.error], [status, code], error);
}

function rejection(request) {
    return request.then(
        () => assert.fail('the tenant accepted the request'),
        (error) => error,
    );
}
