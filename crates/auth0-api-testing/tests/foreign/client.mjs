// Runs two OAuth clients that share no code with this repository against the local tenant: `openid-client`, which
// applications use, and `oauth4webapi`, which exposes each step of the protocol.
//
// Prints `ok LIBRARY: NAME` for each check. The program ends with a status other than 0 when a check fails.
//
// `cargo test -p auth0-api-testing foreign` starts the tenant and runs this file. Run `npm ci` in this folder first.

import { withOauth4webapi } from './with-oauth4webapi.mjs';
import { withOpenidClient } from './with-openid-client.mjs';

await withOpenidClient();
await withOauth4webapi();
