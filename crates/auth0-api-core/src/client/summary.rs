//! What a client serves, in a few lines for the operator.

use std::borrow::Cow;
use std::fmt;

use super::ApiClient;
use crate::printable::one_line;

/// What a client serves: issuers, audiences, and the modes for bound tokens. It contains no secret.
///
/// `Display` writes one line for each fact, without a line feed at the end.
#[derive(Clone, Debug)]
#[must_use]
pub struct Summary {
    rows: Vec<(Cow<'static, str>, String)>,
}

impl ApiClient {
    /// Summarizes the settings in force, for a program that prints them at its start.
    ///
    /// ```
    /// use auth0_api_core::ApiClient;
    ///
    /// let api = ApiClient::builder("tenant.eu.auth0.com", "https://api.example.com").build()?;
    /// let summary = api.summary().and("CORS", "none").to_string();
    /// assert_eq!(
    ///     summary,
    ///     "  issuer        https://tenant.eu.auth0.com/
    ///   audience      https://api.example.com
    ///   algorithms    RS256
    ///   tokens        Bearer and DPoP
    ///   nonces        not required
    ///   used proofs   remembered by this process
    ///   called URL    of the request, with any host
    ///   proxies       none
    ///   certificates  none
    ///   exchanges     none
    ///   CORS          none"
    /// );
    /// # Ok::<(), auth0_api_core::BuildError>(())
    /// ```
    #[doc(alias = "describe", alias = "banner")]
    pub fn summary(&self) -> Summary {
        let generation = self.generation();
        let verifier = &generation.verifier;
        let issuers = verifier.issuers.names().join(", ");
        let issuers = if issuers.is_empty() { "those that the resolver returns".to_owned() } else { issuers };
        let tokens = &verifier.tokens;
        let exchanges = generation.exchanger.as_ref().and(tokens.client_id.as_deref());
        let exchanges = exchanges.map_or_else(|| "none".to_owned(), |id| format!("as the client {id}"));
        let mut summary = Summary { rows: Vec::new() }
            .and("issuer", issuers)
            .and("audience", tokens.audiences.iter().collect::<Vec<_>>().join(", "))
            .and("algorithms", verifier.headers.allowed().to_string());
        for (name, value) in verifier.binding.facts() {
            summary = summary.and(name, value);
        }
        summary.and("exchanges", exchanges)
    }
}

impl Summary {
    /// Adds a line, for what the application adds to the client: CORS, Redis, a command to try. Do not put a secret into it.
    /// Control characters of the value, such as line feeds, are escaped.
    pub fn and(mut self, name: impl Into<Cow<'static, str>>, value: impl fmt::Display) -> Self {
        self.rows.push((name.into(), one_line(&value.to_string())));
        self
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let width = self.rows.iter().map(|(name, _)| name.chars().count()).max().unwrap_or_default();
        for (index, (name, value)) in self.rows.iter().enumerate() {
            let line_feed = if index == 0 { "" } else { "\n" };
            write!(f, "{line_feed}  {name:width$}  {value}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::Summary;

    #[test]
    fn a_value_cannot_add_a_line() {
        let summary = Summary { rows: Vec::new() }.and("audience", "a\n  issuer  https://evil.example/").to_string();
        assert_eq!(summary, r"  audience  a\u{a}  issuer  https://evil.example/");
    }
}
