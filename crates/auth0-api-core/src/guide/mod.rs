//! The guide: how to configure this crate, why each default has its value, and how to run an API with it for years.
//!
//! # Build
//!
//! | when you | read |
//! |---|---|
//! | decide which callers a route accepts | [`authorization`] |
//! | have an API that is called by pages in browsers | [`browsers`] |
//! | have partners with API keys | [`api_keys`] |
//! | call another API, for the user or for yourself | [`exchange`] |
//! | set up token requests: tenant, cache, limits, errors | [`token_requests`] |
//! | have event streams, WebSockets or gRPC streams | [`long_connections`] |
//! | serve gRPC | [`grpc`] |
//! | protect an MCP server | [`mcp`] |
//! | have clients that discover where to get a token | [`metadata`] |
//! | describe the API in an OpenAPI document | [`openapi`] |
//! | have another framework than axum and actix-web | [`other_frameworks`] |
//! | build with poem | [`poem`] |
//! | build with salvo | [`salvo`] |
//! | build a function of AWS Lambda | [`lambda`] |
//! | come from auth0-api-js | [`auth0_api_js`] |
//!
//! # Secure
//!
//! | when you | read |
//! |---|---|
//! | want stolen tokens to be useless | [`dpop`] |
//! | run more than one replica, and use DPoP | [`replay`] |
//! | have clients with certificates | [`mtls`] |
//! | have a proxy or a load balancer in front of the API | [`proxies`] |
//! | want a logout to end the access at once | [`logout`] |
//! | want to hide the claims of tokens from clients | [`encryption`] |
//! | review the security | [`threats`] |
//!
//! # Run
//!
//! | when you | read |
//! |---|---|
//! | set up logs, metrics, health checks and alerts | [`operating`] |
//! | trace requests, with OpenTelemetry for example | [`tracing`] |
//! | plan cores, memory and replicas | [`scaling`] |
//! | rotate a secret, or add an audience, without a restart | [`reload`] |
//! | configure the API by variables or a file | [`settings`] |
//! | have no network | [`air_gapped`] |
//! | look up a number and its reason | [`defaults`] |
//!
//! # How do I build?
//!
//! **Accept and reject callers**
//!
//! - [require a scope?](authorization#which-requirement-to-use)
//! - [choose between scopes and permissions?](authorization#scopes-and-permissions)
//! - [know what a rejected caller receives?](authorization#what-a-rejected-caller-receives)
//! - [accept another audience on each route?](authorization#an-audience-for-each-route)
//! - [require multi-factor authentication, or a recent login?](authorization#step-up)
//! - [tell users from machines, AI agents and anonymous visitors?](authorization#who-calls)
//! - [find out who acts for the user?](authorization#delegation)
//! - [require that one payment was authorized in detail?](authorization#authorization-details)
//! - [require bound tokens on some routes only?](dpop#dpop-on-some-routes-only)
//! - [accept API keys beside tokens?](api_keys)
//! - [protect an API that I build with poem?](poem)
//! - [protect an API that I build with salvo?](salvo)
//! - [describe scopes and responses in an OpenAPI document?](openapi#with-axum-and-utoipa)
//! - [let clients find out where to get a token?](metadata)
//!
//! **Serve pages, streams and other protocols**
//!
//! - [set up CORS?](browsers#cors)
//! - [find out why a page does not work that works with curl?](browsers#what-a-page-does-with-a-rejection)
//! - [end an event stream when its token ends?](long_connections#streams)
//! - [end a WebSocket when its token ends?](long_connections#websockets)
//! - [get a token from a browser to a WebSocket?](long_connections#how-a-browser-hands-over-the-token)
//! - [send the token of a WebSocket in its first message?](long_connections#the-first-message)
//! - [protect a gRPC service, and leave its health service open?](grpc)
//! - [require a scope for one tool of an MCP server?](mcp#a-scope-for-each-tool)
//! - [let people connect an account that a tool needs?](mcp#connect-your-account)
//! - [use poem, or a framework without an adapter?](other_frameworks)
//!
//! **Call other APIs**
//!
//! - [call another API for the user?](exchange#for-the-user)
//! - [use an account that the user has connected, such as Google?](exchange#for-the-account-of-the-user)
//! - [exchange a token of another system?](exchange#with-a-token-of-another-system)
//! - [call an API as a machine?](exchange#in-your-own-name)
//! - [set up the tenant for exchanges?](token_requests#how-to-set-up-the-tenant)
//! - [handle a failed exchange?](token_requests#when-an-exchange-fails)
//! - [bind a token to a key of this API?](token_requests#tokens-bound-to-a-key)
//! - [write the examples of auth0-api-js in Rust?](auth0_api_js)
//!
//! **Test**
//!
//! - Without an account and without a network: the crate `auth0-api-testing` has a local tenant, keys, proofs and a clock.
//!   [`clock`](crate::ApiClientBuilder::clock) takes the clock of a test.
//!
//! # How do I secure?
//!
//! **Tokens**
//!
//! - [choose a DPoP mode?](dpop#which-mode)
//! - [move clients from Bearer to DPoP?](dpop#from-bearer-to-dpop)
//! - [require bound tokens on some routes only?](dpop#dpop-on-some-routes-only)
//! - [decide whether I need nonces?](dpop#nonces)
//! - [share used proofs between replicas?](replay#several-replicas)
//! - [accept tokens that are bound to client certificates?](mtls#at-this-server)
//! - [reject the tokens of users who have logged out?](logout)
//! - [hide the claims of tokens from clients?](encryption)
//! - [rotate the key that decrypts tokens?](encryption#rotation)
//! - [see what this crate does not stop?](threats#what-this-crate-does-not-stop)
//!
//! **Behind proxies**
//!
//! - [tell the API its public URL?](proxies#one-public-url)
//! - [trust forwarding headers?](proxies#trusted-proxies)
//! - [configure nginx?](proxies#nginx)
//! - [configure Envoy?](proxies#envoy)
//! - [configure a load balancer of AWS?](proxies#aws-application-load-balancer)
//! - [find the URL that the client of a function of AWS Lambda called?](lambda#what-decides-the-url)
//! - [find out why proofs are rejected?](proxies#when-proofs-are-rejected)
//!
//! # How do I run?
//!
//! - [find out why an API and its tenant do not work together?](operating#before-the-first-request)
//! - [write a readiness probe?](operating#health)
//! - [list the events and the metrics?](operating#events)
//! - [send traces to OpenTelemetry, with the subject or without?](operating#the-subject-of-a-request)
//! - [use Prometheus and Grafana?](operating#prometheus-and-grafana)
//! - [choose alerts?](operating#alerts)
//! - [find out why a token is rejected?](operating#why-was-this-token-rejected)
//! - [put the caller into the span of a request?](tracing)
//! - [survive an outage of the tenant, or a rotation of its keys?](operating#the-keys-of-an-issuer)
//! - [reach the tenant through a corporate proxy, or with a private certificate authority?](operating#proxies-and-certificates-for-outgoing-requests)
//! - [verify tokens without a network?](air_gapped)
//! - [act after a signing key has leaked?](operating#a-signing-key-has-leaked)
//! - [rotate a client secret without an error?](reload#rotate-a-secret-without-an-error)
//! - [decide whether to cache tokens?](scaling#when-to-cache-tokens)
//! - [estimate cores and memory?](scaling#how-to-calculate)
//! - [configure the API without code?](settings#how-values-are-written)
//! - [keep a secret out of the environment?](settings#how-values-are-written)
//! - [find a default?](defaults)

#[cfg(test)]
mod completeness_tests;
#[cfg(test)]
mod line_counts_tests;

#[doc = include_str!("air_gapped.md")]
pub mod air_gapped {}

#[doc = include_str!("api_keys.md")]
pub mod api_keys {}

#[doc = include_str!("auth0_api_js.md")]
pub mod auth0_api_js {}

#[doc = include_str!("authorization.md")]
pub mod authorization {}

#[doc = include_str!("browsers.md")]
pub mod browsers {}

#[doc = include_str!("defaults.md")]
pub mod defaults {}

#[doc = include_str!("dpop.md")]
pub mod dpop {}

#[doc = include_str!("encryption.md")]
pub mod encryption {}

#[doc = include_str!("exchange.md")]
pub mod exchange {}

#[doc = include_str!("grpc.md")]
pub mod grpc {}

#[doc = include_str!("lambda.md")]
pub mod lambda {}

#[doc = include_str!("logout.md")]
pub mod logout {}

#[doc = include_str!("long_connections.md")]
pub mod long_connections {}

#[doc = include_str!("mcp.md")]
pub mod mcp {}

#[doc = include_str!("metadata.md")]
pub mod metadata {}

#[doc = include_str!("mtls.md")]
pub mod mtls {}

#[doc = include_str!("openapi.md")]
pub mod openapi {}

#[doc = include_str!("operating.md")]
pub mod operating {}

#[doc = include_str!("other_frameworks.md")]
pub mod other_frameworks {}

#[doc = include_str!("poem.md")]
pub mod poem {}

#[doc = include_str!("proxies.md")]
pub mod proxies {}

#[doc = include_str!("reload.md")]
pub mod reload {}

#[doc = include_str!("replay.md")]
pub mod replay {}

#[doc = include_str!("salvo.md")]
pub mod salvo {}

#[doc = include_str!("scaling.md")]
pub mod scaling {}

#[doc = include_str!("settings.md")]
pub mod settings {}

#[doc = include_str!("threats.md")]
pub mod threats {}

#[doc = include_str!("token_requests.md")]
pub mod token_requests {}

#[doc = include_str!("tracing.md")]
pub mod tracing {}
