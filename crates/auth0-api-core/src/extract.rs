//! Finds a token in each place that [RFC 6750 §2](https://www.rfc-editor.org/rfc/rfc6750#section-2) allows, for clients
//! that cannot send a header.

use std::borrow::Cow;

use crate::credentials::{CredentialsError, MAX_TOKEN_BYTES, Scheme, is_token68, parse_authorization};
use crate::request::HeaderSource;

/// An unverified token that a request presents.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ExtractedToken<'r> {
    /// The token.
    pub token: Cow<'r, str>,
    /// The scheme, if the token is from the `Authorization` header.
    pub scheme: Option<Scheme>,
}

impl std::fmt::Debug for ExtractedToken<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ExtractedToken").field("scheme", &self.scheme).finish_non_exhaustive()
    }
}

/// Returns the token in the `Authorization` header, the query, or a form.
///
/// Tokens in URLs can leak through logs, browser histories and `Referer` headers
/// ([RFC 9700 §4.3.2](https://www.rfc-editor.org/rfc/rfc9700#section-4.3.2)). So the adapters read only the header.
/// This function is for clients that cannot send a header, such as `EventSource`. Pass the token to
/// [`verify_access_token`](crate::ApiClient::verify_access_token).
///
/// `query` is the raw query, without `?`. `body` is read only if the request has exactly one `Content-Type` header, and
/// its value is `application/x-www-form-urlencoded`.
///
/// # Errors
///
/// [`CredentialsError`]: there is no token (401), the token is malformed or too long (400), or there are several tokens
/// (400).
///
/// ```
/// use auth0_api_core::extract::extract_token;
///
/// let no_headers: [(&str, &str); 0] = [];
/// let found = extract_token(&no_headers, Some("access_token=mF_9.B5f-4.1JqM"), None)?;
/// assert_eq!(found.token, "mF_9.B5f-4.1JqM");
/// # Ok::<(), auth0_api_core::credentials::CredentialsError>(())
/// ```
pub fn extract_token<'r>(
    headers: &'r dyn HeaderSource,
    query: Option<&'r str>,
    body: Option<&'r [u8]>,
) -> Result<ExtractedToken<'r>, CredentialsError> {
    let form = body.filter(|_| is_form(headers));
    let mut found = from_header(headers)?.into_iter().collect::<Vec<_>>();
    for parameters in [query.map(str::as_bytes), form].into_iter().flatten() {
        found.extend(from_parameters(parameters));
    }
    match (found.pop(), found.is_empty()) {
        (None, _) => Err(CredentialsError::Missing),
        (Some(only), true) => well_formed(only),
        // RFC 6750 §2: clients must not use more than one method, even if the tokens are equal.
        (Some(_), false) => Err(CredentialsError::SeveralMethods),
    }
}

fn from_header(headers: &dyn HeaderSource) -> Result<Option<ExtractedToken<'_>>, CredentialsError> {
    let values = values(headers, "authorization");
    match values.as_slice() {
        [] => Ok(None),
        [value] => match parse_authorization(value) {
            Ok((scheme, token)) => Ok(Some(ExtractedToken { token: token.into(), scheme: Some(scheme) })),
            // A header with another scheme has no token. The query or the form may still have one.
            Err(CredentialsError::Missing) => Ok(None),
            Err(error) => Err(error),
        },
        _ => Err(CredentialsError::SeveralMethods),
    }
}

fn from_parameters(parameters: &[u8]) -> impl Iterator<Item = ExtractedToken<'_>> {
    form_urlencoded::parse(parameters)
        .filter(|(name, value)| name == "access_token" && !value.is_empty())
        .map(|(_, token)| ExtractedToken { token, scheme: None })
}

fn well_formed(found: ExtractedToken<'_>) -> Result<ExtractedToken<'_>, CredentialsError> {
    let scheme = found.scheme.unwrap_or(Scheme::Bearer);
    if found.token.len() > MAX_TOKEN_BYTES {
        Err(CredentialsError::TooLong { scheme })
    } else if is_token68(&found.token) {
        Ok(found)
    } else {
        Err(CredentialsError::Malformed { scheme })
    }
}

/// RFC 6750 §2.2: returns whether the request has one `Content-Type` header, with the media type of a form. Parameters
/// of the media type are ignored.
pub(crate) fn is_form(headers: &dyn HeaderSource) -> bool {
    let values = values(headers, "content-type");
    let [value] = values.as_slice() else { return false };
    let media_type = value.split(|octet| *octet == b';').next().unwrap_or_default();
    media_type.trim_ascii().eq_ignore_ascii_case(b"application/x-www-form-urlencoded")
}

fn values<'r>(headers: &'r dyn HeaderSource, name: &str) -> Vec<&'r [u8]> {
    let mut values = Vec::new();
    headers.each_value(name, &mut |value| values.push(value));
    values
}
