//! The nonces that proofs must contain ([RFC 9449 §8](https://www.rfc-editor.org/rfc/rfc9449#section-8)).

use std::fmt;
use std::time::{Duration, SystemTime};

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::clock::numeric_date;
use crate::must::random_text;

/// The nonces of a tenant. They are derived from a secret, so the tenant has to remember no nonce.
#[derive(Clone)]
pub(crate) struct Nonces {
    secret: String,
    /// How long a nonce is the current one; `None` for ever.
    every: Option<Duration>,
}

/// The servers of a tenant that require nonces. A client must not use the nonce of one server at another.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Server {
    Authorization,
    MyAccount,
}

impl Nonces {
    pub(crate) fn fixed() -> Self {
        Self { secret: random_text(), every: None }
    }

    pub(crate) fn rotating(every: Duration) -> Self {
        Self { secret: random_text(), every: Some(every) }
    }

    /// Returns the nonce to send to clients.
    pub(crate) fn current(&self, server: Server, now: SystemTime) -> String {
        self.of_period(server, self.period(now))
    }

    /// Returns the nonces that are accepted: the current one, and the one before, which a client may have received a
    /// moment ago.
    pub(crate) fn accepted(&self, server: Server, now: SystemTime) -> Vec<String> {
        let period = self.period(now);
        let previous = period.checked_sub(1).map(|previous| self.of_period(server, previous));
        std::iter::once(self.of_period(server, period)).chain(previous).collect()
    }

    fn period(&self, now: SystemTime) -> u64 {
        self.every.map_or(0, |every| numeric_date(now) / every.as_secs().max(1))
    }

    fn of_period(&self, server: Server, period: u64) -> String {
        let input = format!("{} {server:?} {period}", self.secret);
        URL_SAFE_NO_PAD.encode(digest(&SHA256, input.as_bytes()))
    }
}

impl fmt::Debug for Nonces {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Nonces").field("every", &self.every).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::time::UNIX_EPOCH;

    use super::*;

    fn at(seconds: u64) -> SystemTime {
        UNIX_EPOCH + Duration::from_secs(seconds)
    }

    #[test]
    fn a_rotating_nonce_is_accepted_for_two_periods() {
        let nonces = Nonces::rotating(Duration::from_secs(60));
        let nonce = nonces.current(Server::Authorization, at(60));
        assert_eq!(nonces.current(Server::Authorization, at(119)), nonce);
        assert_ne!(nonces.current(Server::Authorization, at(120)), nonce);
        for (seconds, accepted) in [(59, false), (60, true), (179, true), (180, false)] {
            let known = nonces.accepted(Server::Authorization, at(seconds));
            assert_eq!(known.contains(&nonce), accepted, "{seconds}");
        }
    }

    #[test]
    fn a_nonce_is_for_one_server_and_one_tenant() {
        let nonces = Nonces::fixed();
        let nonce = nonces.current(Server::Authorization, at(0));
        assert_ne!(nonces.current(Server::MyAccount, at(0)), nonce);
        assert_ne!(Nonces::fixed().current(Server::Authorization, at(0)), nonce);
        assert_eq!(nonces.accepted(Server::Authorization, at(1_000_000)), [nonce]);
    }
}
