// The servers that the clients call. The test that starts the servers passes their URLs in environment variables.

import { env } from 'node:process';

/** The client, which is registered at both tenants, and the API's identifier. */
export const client = { id: variable('CLIENT_ID'), secret: variable('CLIENT_SECRET') };
export const audience = variable('AUDIENCE');

/** Neither server demands a nonce, and the API accepts only DPoP. */
export const plain = { tenant: variable('PLAIN_TENANT'), api: variable('PLAIN_API') };

/** The tenant and the API each demand a nonce, and the API also accepts Bearer tokens. */
export const demanding = { tenant: variable('DEMANDING_TENANT'), api: variable('DEMANDING_API') };

function variable(name) {
    const value = env[name];
    if (!value) throw new Error(`${name} is not set: run this with \`cargo test -p axum-api foreign\``);
    return value;
}
