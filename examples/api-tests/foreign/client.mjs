// Two DPoP clients that share no code with this library call axum-api and the local tenant: the package `dpop`, which
// only signs proofs, and the package `oauth4webapi`, which implements all of OAuth.
//
// Prints `ok NAME` for each check. The first check that fails ends the program with a status other than 0.
//
// Run `npm ci` in this folder first. `cargo test -p axum-api foreign` then starts the servers and runs this program.

import { withDpop } from './with-dpop.mjs';
import { withOauth4webapi } from './with-oauth4webapi.mjs';

await withDpop();
await withOauth4webapi();
