// The package `dpop` only signs the proofs. This file makes the requests, handles the nonces, and compares the
// challenges as text.

import assert from 'node:assert/strict';
import { calculateThumbprint, generateKeyPair, generateProof } from 'dpop';
import { checksOf } from './check.mjs';
import { audience, client, demanding, plain } from './servers.mjs';

const check = checksOf('dpop');

export async function withDpop() {
    const key = await generateKeyPair('ES256');
    const token = await check('a proof binds the token', () => boundToken(key));
    await acceptedProofs(key, token);
    await rejectedProofs(key, token);
    await nonces(key);
}

async function boundToken(key) {
    const endpoint = `${plain.tenant}/oauth/token`;
    const { status, body } = await askForToken(endpoint, await generateProof(key, endpoint, 'POST'));
    assert.deepEqual([status, body.token_type, body.scope], [200, 'DPoP', 'read:messages']);
    return body.access_token;
}

async function acceptedProofs(key, token) {
    const url = `${plain.api}/api/private`;
    const accepted = async (called, method, htu) => {
        const { status } = await call(called, token, await generateProof(key, htu, method, undefined, token), method);
        assert.equal(status, 200);
    };

    await check('a proof is accepted', () => accepted(url, 'GET', url));
    await check('a proof for HEAD is accepted', () => accepted(url, 'HEAD', url));
    await check('the query is not part of the proof', () => accepted(`${url}?page=2`, 'GET', url));
    await check('a query in the proof is ignored', () => accepted(`${url}?page=2`, 'GET', `${url}?page=1#top`));
    await check('another spelling of the URL is accepted', () =>
        accepted(url, 'GET', `${plain.api.replace('http', 'HTTP')}/health/../api/%70rivate`),
    );
    await check('a route that needs a scope is served', () =>
        accepted(`${plain.api}/api/private-scoped`, 'GET', `${plain.api}/api/private-scoped`),
    );
    await check('client and API compute the same thumbprint', async () => {
        const claims = `${plain.api}/api/claims`;
        const { body } = await call(claims, token, await generateProof(key, claims, 'GET', undefined, token));
        assert.deepEqual(body.cnf, { jkt: await calculateThumbprint(key.publicKey) });
    });
}

async function rejectedProofs(key, token) {
    const url = `${plain.api}/api/private`;
    /** Returns a proof that is valid except for the changed parts. */
    const proof = (changed) => {
        const { by, htu, htm, accessToken } = { by: key, htu: url, htm: 'GET', accessToken: token, ...changed };
        return generateProof(by, htu, htm, undefined, accessToken);
    };
    const rejected = async (proof, status, challenges) => {
        const answer = await call(url, token, proof);
        assert.deepEqual([answer.status, answer.challenges], [status, challenges]);
    };
    const invalid = (proof, description) =>
        rejected(proof, 401, `DPoP error="invalid_dpop_proof", error_description="${description}", algs="ES256"`);

    await check('a replayed proof is rejected', async () => {
        const used = await proof();
        assert.equal((await call(url, token, used)).status, 200);
        await invalid(used, 'the proof has been used before');
    });
    for (const [fault, changed, description] of [
        ['for another method', { htm: 'POST' }, 'the proof was made for another method'],
        ['for another path', { htu: `${plain.api}/api/claims` }, 'the proof was made for another URL'],
        ['for another server', { htu: `${demanding.api}/api/private` }, 'the proof was made for another URL'],
        ['without ath', { accessToken: undefined }, 'a claim of the proof is missing or malformed'],
        ['for another token', { accessToken: `${token}A` }, 'the proof was made for another access token'],
    ]) {
        await check(`a proof ${fault} is rejected`, async () => invalid(await proof(changed), description));
    }
    for (const algorithm of ['Ed25519', 'PS256', 'RS256']) {
        await check(`a proof signed with ${algorithm} is rejected`, async () => {
            const by = await generateKeyPair(algorithm);
            await invalid(await proof({ by }), 'the signature algorithm of the proof is not allowed');
        });
    }
    await check('two proofs are rejected', async () =>
        invalid(`${await proof()}, ${await proof()}`, 'exactly one proof must be sent'),
    );
    await check('a proof by another key is rejected', async () => {
        const description = "the access token is bound to another key than the proof's";
        await rejected(
            await proof({ by: await generateKeyPair('ES256') }),
            401,
            `DPoP error="invalid_token", error_description="${description}", algs="ES256"`,
        );
    });
    await check('a request without a proof is rejected', () =>
        rejected(
            undefined,
            400,
            'DPoP error="invalid_request", error_description="the DPoP scheme needs a proof", algs="ES256"',
        ),
    );
}

async function nonces(key) {
    const endpoint = `${demanding.tenant}/oauth/token`;
    const url = `${demanding.api}/api/private`;

    const tenantNonce = await check('the tenant demands a nonce', async () => {
        const { status, headers, body } = await askForToken(endpoint, await generateProof(key, endpoint, 'POST'));
        assert.deepEqual([status, body.error], [400, 'use_dpop_nonce']);
        return headers.get('dpop-nonce');
    });
    const token = await check('the tenant accepts its nonce', async () => {
        const { status, body } = await askForToken(endpoint, await generateProof(key, endpoint, 'POST', tenantNonce));
        assert.deepEqual([status, body.token_type], [200, 'DPoP']);
        return body.access_token;
    });
    const challenged = async (nonce) => {
        const answer = await call(url, token, await generateProof(key, url, 'GET', nonce, token));
        const description = 'the proof needs the nonce of the DPoP-Nonce header';
        const dpop = `DPoP error="use_dpop_nonce", error_description="${description}", algs="ES256"`;
        assert.deepEqual([answer.status, answer.challenges], [401, `Bearer realm="api", ${dpop}`]);
        assert.equal(answer.headers.get('cache-control'), 'no-store');
        return answer.headers.get('dpop-nonce');
    };
    const nonce = await check('the API demands a nonce', () => challenged(undefined));
    await check('the API accepts its nonce more than once', async () => {
        for (let times = 0; times < 2; times += 1) {
            const { status } = await call(url, token, await generateProof(key, url, 'GET', nonce, token));
            assert.equal(status, 200);
        }
    });
    await check("the API rejects the tenant's nonce", () => challenged(tenantNonce));
    await check('a replayed proof with a nonce is rejected', async () => {
        const proof = await generateProof(key, url, 'GET', nonce, token);
        assert.equal((await call(url, token, proof)).status, 200);
        const { status, challenges } = await call(url, token, proof);
        const dpop =
            'DPoP error="invalid_dpop_proof", error_description="the proof has been used before", algs="ES256"';
        assert.deepEqual([status, challenges], [401, `Bearer realm="api", ${dpop}`]);
    });
}

function askForToken(endpoint, proof) {
    const body = new URLSearchParams({
        grant_type: 'client_credentials',
        client_id: client.id,
        client_secret: client.secret,
        audience,
        scope: 'read:messages',
    });
    return send(endpoint, { method: 'POST', headers: { DPoP: proof }, body });
}

function call(url, token, proof, method = 'GET') {
    return send(url, { method, headers: { Authorization: `DPoP ${token}`, ...(proof && { DPoP: proof }) } });
}

/** Sends a request. The API sends each challenge as a separate header line, and `fetch` joins these lines. */
async function send(url, init) {
    const response = await fetch(url, init);
    const text = await response.text();
    const { status, headers } = response;
    return { status, headers, challenges: headers.get('www-authenticate'), body: text && JSON.parse(text) };
}
