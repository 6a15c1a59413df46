// The package `oauth4webapi` does everything from discovery to the request to the API. It signs the proofs, keeps the
// nonces and reads the challenges.

import assert from 'node:assert/strict';
import * as oauth from 'oauth4webapi';
import { checksOf } from './check.mjs';
import { audience, client, demanding, plain } from './servers.mjs';

const check = checksOf('oauth4webapi');

/** The servers use plain HTTP on the loopback address. */
const insecure = { [oauth.allowInsecureRequests]: true };
const me = { client_id: client.id };

export async function withOauth4webapi() {
    const key = await oauth.generateKeyPair('ES256');
    const token = await boundToken(key);
    await acceptedProofs(key, token);
    await rejectedProofs(key, token);
    await nonces(key);
}

async function boundToken(key) {
    const server = await check('the discovery document is accepted', () => discover(plain));
    return check('a proof binds the token', () => askForToken(server, oauth.DPoP(me, key)));
}

async function acceptedProofs(key, token) {
    const accepted = async (target, handle = oauth.DPoP(me, key)) => {
        const answer = await call(`${plain.api}${target}`, token, handle);
        assert.equal(answer.status, 200);
        return answer.json();
    };

    await check('a proof is accepted', () => accepted('/api/private'));
    await check('a query string is accepted', () => accepted('/api/private?page=2&order=%E2%86%91'));
    await check('a clock that is 20 s ahead is accepted', () =>
        accepted('/api/private', oauth.DPoP({ ...me, [oauth.clockSkew]: 20 }, key)),
    );
    await check('client and API compute the same thumbprint', async () => {
        const { cnf } = await accepted('/api/claims');
        assert.deepEqual(cnf, { jkt: await oauth.DPoP(me, key).calculateThumbprint() });
    });
}

async function rejectedProofs(key, token) {
    const url = `${plain.api}/api/private`;
    const good = () => oauth.DPoP(me, key);
    /** Expects exactly one challenge, because this API accepts only DPoP. */
    const rejected = async (request, expectedStatus, parameters) => {
        const { status, challenges } = await rejectionOf(request);
        assert.deepEqual([status, challenges], [expectedStatus, [{ scheme: 'dpop', parameters }]]);
    };
    const invalid = (request, error_description) =>
        rejected(request, 401, { error: 'invalid_dpop_proof', error_description, algs: 'ES256' });

    await check('a replayed proof is rejected', () => {
        const twice = async (...request) => {
            assert.equal((await fetch(...request)).status, 200);
            return fetch(...request);
        };
        return invalid(call(url, token, good(), { fetch: twice }), 'the proof has been used before');
    });
    await check('a proof for another method is rejected', () => {
        const asGet = (url, init) => fetch(url, { ...init, method: 'GET' });
        const request = call(url, token, good(), { method: 'POST', fetch: asGet });
        return invalid(request, 'the proof was made for another method');
    });
    await check('a proof for another URL is rejected', () => {
        const elsewhere = (_, init) => fetch(`${plain.api}/api/claims`, init);
        return invalid(call(url, token, good(), { fetch: elsewhere }), 'the proof was made for another URL');
    });
    for (const [fault, change, description] of [
        ['without ath', (_, claims) => delete claims.ath, 'a claim of the proof is missing or malformed'],
        ['of another type', (header) => (header.typ = 'JWT'), 'the type of the proof is not dpop+jwt'],
        [
            'with a private key',
            (header) => (header.jwk = { ...header.jwk, d: header.jwk.x }),
            'the key of the proof is unusable',
        ],
    ]) {
        await check(`a proof ${fault} is rejected`, () => {
            const handle = oauth.DPoP(me, key, { [oauth.modifyAssertion]: change });
            return invalid(call(url, token, handle), description);
        });
    }
    for (const [clock, seconds] of [
        ['310 s behind', -310],
        ['60 s ahead', 60],
    ]) {
        await check(`a clock that is ${clock} is rejected`, () => {
            const handle = oauth.DPoP({ ...me, [oauth.clockSkew]: seconds }, key);
            return invalid(call(url, token, handle), 'the proof is too old or from the future');
        });
    }
    await check('a proof by another key is rejected', async () => {
        const handle = oauth.DPoP(me, await oauth.generateKeyPair('ES256'));
        await rejected(call(url, token, handle), 401, {
            error: 'invalid_token',
            error_description: "the access token is bound to another key than the proof's",
            algs: 'ES256',
        });
    });
    await check('a bound token as Bearer is rejected', () => rejected(call(url, token), 401, { algs: 'ES256' }));
    await check('a missing scope is named', () =>
        rejected(call(`${plain.api}/api/private-scoped`, token, good()), 403, {
            error: 'insufficient_scope',
            error_description: 'the access token lacks a scope that is needed here',
            scope: 'read:messages',
            algs: 'ES256',
        }),
    );
}

async function nonces(key) {
    const server = await discover(demanding);
    const url = `${demanding.api}/api/private`;
    const handle = oauth.DPoP(me, key);

    const token = await check("the client learns the tenant's nonce and uses it", () =>
        challengedOnce(() => askForToken(server, handle)),
    );
    await check("the client learns the API's nonce and uses it", async () => {
        const answer = await challengedOnce(() => call(url, token, handle));
        assert.equal(answer.status, 200);
    });
    await check('both nonces are accepted again', async () => {
        assert.equal((await call(url, token, handle)).status, 200);
        assert.equal(typeof (await askForToken(server, handle)), 'string');
    });
    await check('the client reads both challenges; one of them demands a nonce', async () => {
        const rejection = await rejectionOf(call(url, token, oauth.DPoP(me, key)));
        const bearer = { realm: 'api' };
        const dpop = {
            error: 'use_dpop_nonce',
            error_description: 'the proof needs the nonce of the DPoP-Nonce header',
            algs: 'ES256',
        };
        assert.deepEqual(rejection, { status: 401, challenges: challengesOf(bearer, dpop) });
    });
    await check('a bound token as Bearer is rejected by an API that accepts Bearer', async () => {
        const rejection = await rejectionOf(call(url, token));
        const bearer = {
            realm: 'api',
            error: 'invalid_token',
            error_description: 'the access token is bound to a key and needs the DPoP scheme',
        };
        assert.deepEqual(rejection, { status: 401, challenges: challengesOf(bearer, { algs: 'ES256' }) });
    });
}

async function discover({ tenant }) {
    const issuer = new URL(tenant);
    return oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, insecure));
}

async function askForToken(server, handle) {
    const authentication = oauth.ClientSecretBasic(client.secret);
    const options = { DPoP: handle, ...insecure };
    const response = await oauth.clientCredentialsGrantRequest(server, me, authentication, { audience }, options);
    const { access_token, token_type } = await oauth.processClientCredentialsResponse(server, me, response);
    assert.equal(token_type, 'dpop');
    return access_token;
}

/** Calls the API. Without a handle, `oauth4webapi` sends the token as Bearer. */
function call(url, token, handle, { method = 'GET', fetch: custom = fetch } = {}) {
    const options = { DPoP: handle, [oauth.customFetch]: custom, ...insecure };
    return oauth.protectedResourceRequest(token, method, new URL(url), new Headers(), null, options);
}

async function rejectionOf(request) {
    const error = await request.then(
        ({ status }) => assert.fail(`accepted with ${status}`),
        (error) => error,
    );
    if (!(error instanceof oauth.WWWAuthenticateChallengeError)) throw error;
    return { status: error.status, challenges: error.cause };
}

const challengesOf = (bearer, dpop) => [
    { scheme: 'bearer', parameters: bearer },
    { scheme: 'dpop', parameters: dpop },
];

/** Expects a rejection that demands a nonce. The library keeps this nonce and uses it when the request is repeated. */
async function challengedOnce(request) {
    const error = await request().then(
        () => assert.fail('no nonce was demanded'),
        (error) => error,
    );
    if (!oauth.isDPoPNonceError(error)) throw error;
    return request();
}
