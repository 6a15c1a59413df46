//! Provisions an Auth0 tenant: token exchange profiles, by the
//! [Management API](https://auth0.com/docs/api/management/v2/token-exchange-profiles).
//!
//! An exchange of a token that Auth0 did not issue, with
//! [`get_token_by_exchange_profile`](auth0_api_core::ApiClient::get_token_by_exchange_profile), needs a *token exchange
//! profile* in the tenant. With this crate, a deployment makes its profiles itself:
//!
//! ```no_run
//! use auth0_api_core::ClientAuth;
//! use auth0_api_management::{ManagementClient, WantedProfile};
//!
//! # async fn run() -> Result<(), Box<dyn std::error::Error>> {
//! let auth =
//!     ClientAuth::secret_post("client-id", std::env::var("MANAGEMENT_CLIENT_SECRET")?);
//! let management = ManagementClient::builder("tenant.eu.auth0.com", auth).build()?;
//!
//! let wanted = WantedProfile::new(
//!     "Legacy sessions",
//!     "urn:acme:legacy-session",
//!     "the-id-of-the-action",
//! );
//! let ensured = management.token_exchange_profiles().ensure(&wanted).await?;
//! println!("{}", ensured.profile().id());
//! # Ok(())
//! # }
//! ```
//!
//! [`ensure`](ProfileClient::ensure) is safe from many deployments at once. The other calls are
//! [`create`](ProfileClient::create), [`list`](ProfileClient::list), [`stream`](ProfileClient::stream),
//! [`find`](ProfileClient::find), [`get`](ProfileClient::get), [`update`](ProfileClient::update) and
//! [`delete`](ProfileClient::delete).
//!
//! # Find your way
//!
//! | to | use | read |
//! |---|---|---|
//! | make sure that a profile exists, from many deployments | [`ensure`](ProfileClient::ensure) | [what a call does](#what-a-call-does) |
//! | read or change profiles | [`ProfileClient`] | [Node](#for-users-of-auth0s-sdk-for-node) |
//! | read how the tenant issues the tokens of an API | [`ResourceServerClient`] | |
//! | prepare the tenant | | [the tenant](#how-to-set-up-the-tenant) |
//! | exchange tokens with the profile | [`get_token_by_exchange_profile`](auth0_api_core::ApiClient::get_token_by_exchange_profile) | [exchange](auth0_api_core::guide::exchange) |
//! | handle an error | [`ManagementError`], [`InputError`] | |
//! | test without an account | [`auth0-api-testing`](https://docs.rs/auth0-api-testing) | its first page |
//!
//! # How to set up the tenant
//!
//! A profile needs three more things in the tenant.
//!
//! 1. **An application for this crate.** A *Machine to Machine* application that is authorized for the *Auth0 Management
//!    API* (Applications, APIs, Auth0 Management API, Machine to Machine Applications) with the scopes
//!    `read:token_exchange_profiles`, `create:token_exchange_profiles`, `update:token_exchange_profiles` and, if it deletes
//!    or replaces profiles, `delete:token_exchange_profiles`. By the Management API, this is a client grant:
//!    `POST /api/v2/client-grants` with `{"client_id": "…", "audience": "https://TENANT/api/v2/", "scope": ["read:token_exchange_profiles", …]}`.
//!    Use [`private_key_jwt`](auth0_api_core::ClientAuth::private_key_jwt) if you can. It need not be the application that
//!    exchanges tokens, and an API in production needs none of these scopes.
//! 2. **An Action** with the trigger `custom-token-exchange`, deployed. It validates the subject token and sets the user. Its
//!    id is the profile's `action_id`, which cannot be changed later.
//!
//!    ```js
//!    exports.onExecuteCustomTokenExchange = async (event, api) => {
//!      const session = await validate(event.transaction.subject_token); // your own check
//!      if (!session) return api.access.rejectInvalidSubjectToken('no such session');
//!      api.authentication.setUserById(session.userId);
//!    };
//!    ```
//! 3. **The switch of the application that exchanges tokens**, whose [`ClientAuth`](auth0_api_core::ClientAuth) the API has:
//!    *Custom Token Exchange* in the settings of the application, or `PATCH /api/v2/clients/{id}` with
//!    `{"token_exchange": {"allow_any_profile_of_type": ["custom_authentication"]}}`. The application must be first-party and
//!    OIDC-conformant, and the connections of the users that the Action sets must be enabled for it
//!    ([Auth0](https://auth0.com/docs/authenticate/custom-token-exchange/configure-custom-token-exchange)). For on-behalf-of
//!    exchanges, which need no profile, the value is `["on_behalf_of_token_exchange"]`.
//!
//! One profile has one subject token type and one Action. The subject token type is a URI of 8 to 100 characters that your
//! company controls, outside `urn:ietf`, `urn:auth0`, `urn:okta`, and the URLs of `auth0.com` and `okta.com`.
//!
//! # What a call does
//!
//! 1. **Input**: it is checked first. [`InputError`] has every problem; nothing is sent.
//! 2. **Token**: the client gets a management token by client credentials, once for all calls, and keeps it until 30 s
//!    before it expires; or it has the token that [`builder_with_token`](ManagementClient::builder_with_token) got. If the token endpoint limits the rate or has an outage, 3 and 4 apply. If the tenant rejects it with
//!    401, the call gets one new token, at most one in ten seconds.
//! 3. **Rate limits**: after 429, the call waits as long as the tenant says in `Retry-After` or `x-ratelimit-reset`, at most
//!    [`longest_wait`](ManagementClientBuilder::longest_wait) in all, with all its pages. Then it fails with the time that is
//!    left.
//! 4. **Outages**: no connection, no answer, 408, and 500 and above are tried twice more after 1 s and 2 s. A request that
//!    creates a profile is tried again only if there was no connection, because it may have had an effect: a second request
//!    would then collide with the first.
//! 5. **Answers**: at most 1 MiB and 10 s for each request. Redirects are not followed. Members that this crate does not
//!    know are [kept](TokenExchangeProfile::other).
//!
//! [`ManagementError`] has a stable [label](ManagementError::label) and a [hint](ManagementError::hint) for operators.
//!
//! # For users of Auth0's SDK for Node
//!
//! | `auth0` for Node | here |
//! |---|---|
//! | `new ManagementClient({ domain, clientId, clientSecret })` | `ManagementClient::builder(domain, ClientAuth::secret_post(id, secret)).build()?` |
//! | `new ManagementClient({ domain, clientId, clientAssertionSigningKey })` | `ManagementClient::builder(domain, ClientAuth::private_key_jwt(id, key)).build()?` |
//! | `tokenExchangeProfiles.create({ name, subject_token_type, action_id, type })` | `profiles.create(&WantedProfile::new(name, subject_token_type, action_id)).await?` |
//! | `for await (const profile of await tokenExchangeProfiles.list())` | `while let Some(profile) = stream.try_next().await?` |
//! | `tokenExchangeProfiles.update(id, { name })` | `profiles.update(id, &ProfileChange::new().name(name)).await?` |
//! | `tokenExchangeProfiles.get(id)`, `.delete(id)` | `profiles.get(id).await?`, `profiles.delete(id).await?` |
//! | a creation that is repeated after a lost answer meets its own 409 | [`ensure`](ProfileClient::ensure) looks at the tenant first |
//! | the tenant checks the input | [`InputError`] before any request |
//!
//! # Events
//!
//! `tracing` events have the target `auth0_api` and a stable field `event`: `management_answered` (`method`, `path`,
//! `status`), `management_unanswered` (`method`, `path`, `cause`) and `management_waits` (`milliseconds`) at the level debug,
//! and `management_replacement_failed` (`subject_token_type`, `is_restored`) at the level warn. No event contains a token or a secret.
//!
//! # Features
//!
//! | feature | default | what |
//! |---|---|---|
//! | `reqwest` | on | the default HTTP client; without it, [`http_client`](ManagementClientBuilder::http_client) is mandatory |

#![cfg_attr(docsrs, feature(doc_cfg))]

mod access;
mod answer;
mod builder;
mod client;
mod error;
mod hint;
mod input;
mod page;
mod patience;
mod resource_servers;
mod sender;
mod tenant_error;
mod timestamp;
mod token_exchange_profiles;

pub use answer::AnswerError;
pub use builder::ManagementClientBuilder;
pub use client::ManagementClient;
pub use error::{ManagementError, Unavailable, UnavailableCause};
pub use input::{InputError, InputProblem};
pub use page::{Page, PageRequest, PageStream};
pub use resource_servers::{
    Mechanism, ProofOfPossession, ResourceServer, ResourceServerClient, TokenDialect, TokenEncryption,
};
pub use tenant_error::TenantError;
pub use token_exchange_profiles::{
    Ensured, ProfileChange, ProfileClient, ProfileType, TokenExchangeProfile, WantedProfile,
};

// Compiles the examples of the README.
#[cfg(all(doctest, feature = "reqwest"))]
#[doc = include_str!("../README.md")]
mod readme {}
