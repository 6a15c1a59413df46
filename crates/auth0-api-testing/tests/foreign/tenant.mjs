// The settings of the tenant. The test that starts the tenant sets them in the environment.

import { env } from 'node:process';

export const tenant = new URL(variable('TENANT'));

/** The Custom API client of the API under test, with a secret. It may exchange `subjectToken`. */
export const api = { id: variable('API_CLIENT_ID'), secret: variable('API_CLIENT_SECRET') };

/** Another Custom API client of the same API, with a key. */
export const signer = { id: 'signer', pem: variable('SIGNER_PEM') };

/** A web site with a secret. */
export const web = { id: 'web', secret: variable('WEB_SECRET') };

/** A user's token for the API, and a session of a legacy system. */
export const subjectToken = variable('SUBJECT_TOKEN');
export const legacySession = 'session-of-ada';
export const legacyType = 'urn:acme:legacy-session';

export const audience = variable('AUDIENCE');
export const calendar = variable('CALENDAR');
export const thirdParty = variable('THIRD_PARTY');

/** The redirect URI of the clients. No server listens there. */
export const callback = 'http://localhost:5173/callback';

export const grant = {
    exchange: 'urn:ietf:params:oauth:grant-type:token-exchange',
    vault: 'urn:auth0:params:oauth:grant-type:token-exchange:federated-connection-access-token',
};

export const type = {
    access: 'urn:ietf:params:oauth:token-type:access_token',
    refresh: 'urn:ietf:params:oauth:token-type:refresh_token',
    federated: 'http://auth0.com/oauth/token-type/federated-connection-access-token',
};

/** Opens a URL as a browser does, and returns the URL that the tenant redirects to. */
export async function visit(url) {
    const { status, headers } = await fetch(url, { redirect: 'manual' });
    if (status !== 302) throw new Error(`${status} instead of a redirection`);
    return new URL(headers.get('location'));
}

/** Returns the claims of a token without verifying it. */
export function claims(token) {
    return JSON.parse(Buffer.from(token.split('.')[1], 'base64url'));
}

function variable(name) {
    const value = env[name];
    if (!value) throw new Error(`${name} is not set: run this with \`cargo test -p auth0-api-testing foreign\``);
    return value;
}
