// Two DPoP clients that share no code with this library, against axum-api and the local tenant: the packages `dpop`, which only
// signs proofs, and `oauth4webapi`, which speaks all of OAuth.
//
// Prints `ok NAME` for each check. The first check that fails ends it, with a status other than 0.
//
// `cargo test -p axum-api foreign` starts the servers and runs this; `npm ci` in this folder comes first.

import { withDpop } from './with-dpop.mjs';
import { withOauth4webapi } from './with-oauth4webapi.mjs';

await withDpop();
await withOauth4webapi();
