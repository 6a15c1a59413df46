// Uses the package `oauth4webapi` as an MCP client does: the client reads the metadata of RFC 8414, registers itself,
// names the resource, and uses DPoP with nonces. Then a web site exchanges its refresh token at Token Vault.

import assert from 'node:assert/strict';
import * as oauth from 'oauth4webapi';
import { checksOf } from './check.mjs';
import { calendar, callback, claims, grant, tenant, type, visit, web } from './tenant.mjs';

const check = checksOf('oauth4webapi');

/** The tenant uses plain HTTP on the loopback address. */
const insecure = { [oauth.allowInsecureRequests]: true };

export async function withOauth4webapi() {
    const server = await check('the metadata of RFC 8414 is valid', discover);
    const client = await check('a public client registers itself', () => register(server));
    await check('a registered client gets a bound token for a resource', () => boundToken(server, client));
    await check('a refresh token is exchanged at Token Vault', () => vault(server));
}

async function discover() {
    const response = await oauth.discoveryRequest(tenant, { algorithm: 'oauth2', ...insecure });
    return oauth.processDiscoveryResponse(tenant, response);
}

async function register(server) {
    const metadata = { client_name: 'an agent', redirect_uris: [callback], token_endpoint_auth_method: 'none' };
    const response = await oauth.dynamicClientRegistrationRequest(server, metadata, insecure);
    return oauth.processDynamicClientRegistrationResponse(response);
}

async function boundToken(server, client) {
    const handle = oauth.DPoP(client, await oauth.generateKeyPair('ES256'));
    const { parameters, verifier } = await authorize(server, client, { resource: calendar, scope: 'read:events' });
    const ask = () => {
        const options = { DPoP: handle, additionalParameters: { resource: calendar }, ...insecure };
        const method = oauth.None();
        return oauth.authorizationCodeGrantRequest(server, client, method, parameters, callback, verifier, options);
    };
    const first = oauth.processAuthorizationCodeResponse(server, client, await ask());
    const error = await first.then(
        () => assert.fail('no nonce was required'),
        (error) => error,
    );
    assert.ok(oauth.isDPoPNonceError(error), error);
    // The code is still valid after the rejection, and the library has stored the nonce.
    const { access_token, token_type } = await oauth.processAuthorizationCodeResponse(server, client, await ask());
    assert.equal(token_type, 'dpop');
    const { aud, azp, cnf } = claims(access_token);
    assert.deepEqual([aud, azp, cnf], [calendar, client.client_id, { jkt: await handle.calculateThumbprint() }]);
}

async function vault(server) {
    const client = { client_id: web.id };
    const method = oauth.ClientSecretBasic(web.secret);
    const { parameters, verifier } = await authorize(server, client, { scope: 'openid offline_access' });
    const answer = await oauth.authorizationCodeGrantRequest(
        server, client, method, parameters, callback, verifier, insecure,
    );
    const { refresh_token } = await oauth.processAuthorizationCodeResponse(server, client, answer);
    const exchange = new URLSearchParams({
        subject_token: refresh_token,
        subject_token_type: type.refresh,
        requested_token_type: type.federated,
        connection: 'google-oauth2',
        login_hint: 'ada@work.example',
    });
    const response = await oauth.genericTokenEndpointRequest(server, client, method, grant.vault, exchange, insecure);
    const { access_token, scope } = await oauth.processGenericTokenEndpointResponse(server, client, response);
    assert.deepEqual([typeof access_token, scope], ['string', 'calendar.readonly']);
}

/** Sends the authorization request. The library checks `state` and `iss` of the response. */
async function authorize(server, client, parameters) {
    const [verifier, state] = [oauth.generateRandomCodeVerifier(), oauth.generateRandomState()];
    const url = new URL(server.authorization_endpoint);
    url.search = new URLSearchParams({
        client_id: client.client_id,
        response_type: 'code',
        redirect_uri: callback,
        code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
        code_challenge_method: 'S256',
        state,
        ...parameters,
    });
    const answer = await visit(url);
    return { parameters: oauth.validateAuthResponse(server, client, answer, state), verifier };
}
