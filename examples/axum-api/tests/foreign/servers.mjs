// The servers, as the test that started them describes them in the environment.

import { env } from 'node:process';

/** The tenant's one client, which works for both tenants, and the API's identifier. */
export const client = { id: variable('CLIENT_ID'), secret: variable('CLIENT_SECRET') };
export const audience = variable('AUDIENCE');

/** Nobody wants a nonce, and the API offers DPoP alone. */
export const plain = { tenant: variable('PLAIN_TENANT'), api: variable('PLAIN_API') };

/** Tenant and API want a nonce each, and the API takes Bearer tokens too. */
export const demanding = { tenant: variable('DEMANDING_TENANT'), api: variable('DEMANDING_API') };

function variable(name) {
    const value = env[name];
    if (!value) throw new Error(`${name} is not set: this runs in \`cargo test -p axum-api foreign\``);
    return value;
}
