//! Exchanging a verified token for one that another API accepts: options, grants of an application, results and
//! errors.

// For readers of the code:
//
// Token exchange: an API sends a token to the tenant's token endpoint and gets another token.
//
// A `Grant` describes the request. Seven flows are built in: `ExchangeProfile`, `OnBehalfOf`, `Connection`,
// `SessionTransfer`, `ClientCredentials`, `RefreshToken` and `PrivilegedWorker`.
// Every exchange takes the same steps, in this order:
//
// 1. **Input**: invalid input is an `InputError`; nothing is sent.
// 2. **Cache**: if the request is cacheable, a cached answer to an equal request is used. `cache` describes the
//    rules.
// 3. **Endpoint**: the URL of the token endpoint is read from the discovery document of the configured domain. The
//    host of this URL must be the issuer's host. For a client that authenticates with a certificate, a subdomain of
//    the issuer's host is also allowed.
// 4. **Request**: `ClientAuth` authenticates the request. If there is a `ProofKey`, it signs a DPoP proof for the
//    request. `sender` describes which failures are retried.
// 5. **Answer**: the answer is parsed strictly. If the tenant rejects the request, `ServerError::kind` returns the
//    kind of rejection.

mod assertion;
mod authorization_details;
mod backchannel;
mod cache;
mod cache_key;
pub(crate) mod client_auth;
mod client_credentials;
mod connect_account;
mod endpoint;
pub(crate) mod error;
mod exchanger;
mod expected;
mod extra;
mod grant;
mod id_token;
mod input;
mod issued_token;
mod latest_nonce;
#[cfg(all(test, shuttle))]
mod model_tests;
pub(crate) mod on_behalf_of;
mod organization;
mod prepared;
mod privileged_worker;
pub(crate) mod profile;
mod proof_key;
mod quota;
mod refresh_token;
mod report;
mod response;
mod response_error;
mod sender;
mod server_error;
mod server_error_kind;
mod session_audience;
mod session_transfer;
mod signed_jwt;
mod source;
pub(crate) mod subject;
mod successor;
pub(crate) mod token_set;
pub(crate) mod token_vault;
mod worker_subject;

pub(crate) use authorization_details::RequestedDetails;
pub(crate) use backchannel::{AskedFor, Backchannel};
pub use cache::ExchangeCache;
pub(crate) use client_auth::ClientAuth;
pub use client_credentials::ClientCredentials;
pub use connect_account::ConnectAccount;
pub(crate) use error::ExchangeError;
pub use error::{EndpointError, EndpointUnavailable, RotatedError};
pub use grant::{Grant, GrantRequest};
pub use input::{InputError, TokenTextError};
pub use issued_token::IssuedToken;
pub(crate) use latest_nonce::LatestNonce;
pub(crate) use on_behalf_of::OnBehalfOf;
pub use organization::OrganizationError;
pub use privileged_worker::PrivilegedWorker;
pub(crate) use profile::ExchangeProfile;
pub use proof_key::{ProofKey, ProofOfPossession, ProofSigningError};
pub use quota::{Quota, QuotaLimits, ReportedQuotas};
pub use refresh_token::RefreshToken;
pub use response_error::ResponseError;
pub use server_error::ServerError;
pub use server_error_kind::ServerErrorKind;
pub use session_transfer::{SessionTransfer, SessionTransferToken};
pub(crate) use subject::SubjectToken;
pub(crate) use token_set::TokenSet;
pub use token_set::TokenType;
pub(crate) use token_vault::Connection;
pub use token_vault::VaultSubject;

pub(crate) use exchanger::{ExchangeConfig, Exchanger, SharedExchange};
