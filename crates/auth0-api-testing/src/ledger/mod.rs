//! The tenant's records: the codes and tokens that the tenant has issued, and the requests that it has received.

mod accounts;
mod approvals;
mod connecting;
mod consent;
mod exchange_profiles;
mod memberships;
mod quotas;
mod refresh_tokens;
mod session;
mod tickets;

use std::collections::{HashMap, VecDeque};
use std::net::IpAddr;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use auth0_api_core::jose::Thumbprint;

use crate::registry::ExchangeProfile;
use crate::{Application, LinkedAccount, RecordedRequest, User};
use accounts::Accounts;
pub(crate) use accounts::StoredAccount;
use approvals::Approvals;
pub(crate) use approvals::{APPROVAL_INTERVAL, ApprovalRequest, PendingApproval, Polled};
pub(crate) use connecting::{Connecting, PendingConsent};
pub(crate) use consent::{Consent, Login};
use exchange_profiles::ProfileLedger;
pub(crate) use exchange_profiles::{Changed, StoredProfile};
use memberships::Memberships;
use quotas::Quotas;
pub(crate) use quotas::Used;
use refresh_tokens::RefreshTokens;
pub(crate) use refresh_tokens::Spent;
use session::SessionLedger;
pub(crate) use session::{LIFETIME as SESSION_LIFETIME, Session};
use tickets::Tickets;

#[derive(Debug, Default)]
pub(crate) struct Ledger {
    pub(crate) memberships: Memberships,
    pub(crate) sessions: SessionLedger,
    /// The users of session transfer tokens, by the token.
    pub(crate) session_transfers: Tickets<User>,
    pub(crate) sign_ins: Tickets<PendingSignIn>,
    /// Authorization codes. A client can use each code once.
    pub(crate) codes: HashMap<String, Code>,
    pub(crate) quotas: Quotas,
    pub(crate) refresh_tokens: RefreshTokens,
    /// Access tokens that were requested without an API.
    pub(crate) opaque_tokens: HashMap<String, OpaqueToken>,
    /// Access tokens of third parties, issued by Token Vault.
    pub(crate) vault_tokens: HashMap<String, VaultToken>,
    pub(crate) accounts: Accounts,
    pub(crate) approvals: Approvals,
    /// Requests for approval that a page shows to a person, by the ticket of the form.
    pub(crate) approval_tickets: Tickets<PendingApproval>,
    pub(crate) exchange_profiles: ProfileLedger,
    /// Accounts that users are about to connect: by the ticket of the third party's page,
    pub(crate) connect_tickets: Tickets<Connecting>,
    /// by the ticket of a page that a person looks at,
    pub(crate) consents: Tickets<PendingConsent>,
    /// and by the code that the client needs to complete the flow.
    pub(crate) connect_codes: Tickets<Connecting>,
    /// Clients that have registered themselves at `/oidc/register`.
    pub(crate) applications: Vec<Arc<Application>>,
    requests: VecDeque<RecordedRequest>,
    /// The expiry of each used assertion, by client id and `jti`.
    assertions: HashMap<(String, String), u64>,
    /// The times at which subject tokens from an address were rejected.
    rejected_subjects: HashMap<IpAddr, Vec<SystemTime>>,
}

/// An authorization request that waits for a person on the sign-in page.
#[derive(Clone)]
pub(crate) struct PendingSignIn {
    pub(crate) query: String,
    /// The secret of the browser that was shown the page.
    pub(crate) browser: String,
}

#[derive(Clone, Debug)]
pub(crate) struct Code {
    pub(crate) consent: Consent,
    pub(crate) redirect_uri: Option<String>,
    pub(crate) challenge: Option<String>,
    pub(crate) nonce: Option<String>,
    pub(crate) expires_at: SystemTime,
}

/// An access token that only `/userinfo` accepts.
#[derive(Clone, Debug)]
pub(crate) struct OpaqueToken {
    pub(crate) user: User,
    pub(crate) scopes: Vec<String>,
    /// The key that the token is bound to (RFC 9449 §6).
    pub(crate) key: Option<Thumbprint>,
    pub(crate) expires_at: SystemTime,
}

#[derive(Clone, Debug)]
pub(crate) struct VaultToken {
    pub(crate) connection: String,
    pub(crate) account: Option<String>,
    pub(crate) user_id: String,
    pub(crate) scope: Option<String>,
    pub(crate) expires_at: SystemTime,
}

impl Ledger {
    /// Makes a ledger with these accounts, each with the id of its user, and these exchange profiles.
    pub(crate) fn new(accounts: Vec<(String, LinkedAccount)>, profiles: Vec<ExchangeProfile>, now: SystemTime) -> Self {
        let mut ledger = Self::default();
        for (user_id, account) in accounts {
            ledger.accounts.link(user_id, account, now);
        }
        for profile in profiles {
            ledger.exchange_profiles.add(profile, now);
        }
        ledger
    }

    /// Ends the session with this secret, and the refresh tokens that belong to it. Returns the session.
    pub(crate) fn end_session(&mut self, secret: &str) -> Option<Session> {
        let session = self.sessions.end(secret)?;
        self.refresh_tokens.end_session(&session.id);
        Some(session)
    }

    /// Returns the consent of a refresh token that this client may use now. A token that belongs to a session is valid
    /// only while the session is open.
    pub(crate) fn refresh_consent(&mut self, token: &str, client_id: &str, now: SystemTime) -> Option<Consent> {
        let sessions = &self.sessions;
        self.refresh_tokens.present(token, client_id, |session_id| sessions.is_open(session_id, now), now)
    }

    /// RFC 7523 §3 (7): records an assertion's `jti` until the assertion expires, and returns whether the `jti` was
    /// new.
    pub(crate) fn is_first_use(&mut self, client_id: &str, jti: &str, expires_at: u64, now: u64) -> bool {
        self.assertions.retain(|_, expires_at| now < *expires_at);
        self.assertions.insert((client_id.to_owned(), jti.to_owned()), expires_at).is_none()
    }

    pub(crate) fn record(&mut self, request: RecordedRequest) {
        self.requests.push_back(request);
        if self.requests.len() > MOST_REQUESTS {
            self.requests.pop_front();
        }
    }

    pub(crate) fn requests(&self) -> Vec<RecordedRequest> {
        self.requests.iter().cloned().collect()
    }

    pub(crate) fn forget_requests(&mut self) {
        self.requests.clear();
    }

    /// Returns how long an address must wait before its next exchange. Returns `None` if the address need not wait,
    /// because the tenant has not rejected too many of its subject tokens.
    ///
    /// Only rejections within the last [`REJECTION_WINDOW`] count. The address must wait until the oldest of these
    /// rejections is outside the window.
    pub(crate) fn locked_out(&mut self, address: IpAddr, now: SystemTime) -> Option<Duration> {
        let rejections = self.rejections(address, now);
        let oldest = *rejections.first().filter(|_| rejections.len() >= MOST_REJECTIONS)?;
        (oldest + REJECTION_WINDOW).duration_since(now).ok()
    }

    pub(crate) fn subject_rejected(&mut self, address: IpAddr, now: SystemTime) {
        self.rejections(address, now).push(now);
    }

    fn rejections(&mut self, address: IpAddr, now: SystemTime) -> &mut Vec<SystemTime> {
        let rejections = self.rejected_subjects.entry(address).or_default();
        rejections.retain(|time| now < *time + REJECTION_WINDOW);
        rejections
    }
}

/// The limit bounds the memory of a tenant that runs for days. A test needs fewer requests.
const MOST_REQUESTS: usize = 1000;

/// Auth0's defaults for exchanges from one address: ten failed attempts, then one more every six minutes.
const MOST_REJECTIONS: usize = 10;
const REJECTION_WINDOW: Duration = Duration::from_secs(360);
