// Two OAuth clients that share no code with this repository, against the local tenant: `openid-client`, which is what an
// application uses, and `oauth4webapi`, which hides nothing of the protocol.
//
// Prints `ok NAME` for each check. The first check that fails ends it, with a status other than 0.
//
// `cargo test -p auth0-api-testing foreign` starts the tenant and runs this; `npm ci` in this folder comes first.

import { withOauth4webapi } from './with-oauth4webapi.mjs';
import { withOpenidClient } from './with-openid-client.mjs';

await withOpenidClient();
await withOauth4webapi();
