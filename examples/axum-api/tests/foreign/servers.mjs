// The servers. The test that starts them describes them in environment variables.

import { env } from 'node:process';

/** The client, which both tenants know, and the API's identifier. */
export const client = { id: variable('CLIENT_ID'), secret: variable('CLIENT_SECRET') };
export const audience = variable('AUDIENCE');

/** Neither server demands a nonce, and the API accepts only DPoP. */
export const plain = { tenant: variable('PLAIN_TENANT'), api: variable('PLAIN_API') };

/** Tenant and API each demand a nonce, and the API accepts Bearer tokens too. */
export const demanding = { tenant: variable('DEMANDING_TENANT'), api: variable('DEMANDING_API') };

function variable(name) {
    const value = env[name];
    if (!value) throw new Error(`${name} is not set: run this with \`cargo test -p axum-api foreign\``);
    return value;
}
