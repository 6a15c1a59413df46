//! Authorization details: fine-grained authorization
//! ([RFC 9396](https://www.rfc-editor.org/rfc/rfc9396)).

use serde::Deserialize;
use serde_json::Value;

use super::{AuthorizationDetailsError, ClaimsError, VerifiedToken};

impl VerifiedToken {
    /// `authorization_details`: what the user, or the tenant, has authorized in detail
    /// ([RFC 9396 §9.1](https://www.rfc-editor.org/rfc/rfc9396#section-9.1)). Empty without the claim.
    ///
    /// `T` must fit each member of the list, so it is usually an enum with `#[serde(tag = "type")]`. For the members of
    /// one type, see [`authorization_details_of`](Self::authorization_details_of). To require a member, see
    /// [`Requirement::authorization_detail`](crate::Requirement::authorization_detail).
    ///
    /// # Errors
    ///
    /// [`ClaimsError::AuthorizationDetails`] if the claim is malformed, or if a member does not fit `T`. A rejection with
    /// this error is a 403: the caller is authenticated.
    ///
    /// ```
    /// # fn show(token: &auth0_api_core::VerifiedToken) -> Result<(), auth0_api_core::token::ClaimsError> {
    /// #[derive(serde::Deserialize)]
    /// #[serde(tag = "type", rename_all = "snake_case")]
    /// enum Detail {
    ///     Payment { amount: u64, currency: String },
    ///     #[serde(other)]
    ///     Other,
    /// }
    ///
    /// for detail in token.authorization_details()? {
    ///     if let Detail::Payment { amount, currency } = detail {
    ///         println!("may pay {amount} {currency}");
    ///     }
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn authorization_details<'t, T: Deserialize<'t>>(&'t self) -> Result<Vec<T>, ClaimsError> {
        Ok(read(self.details()?, |_| true)?)
    }

    /// Returns the members of `authorization_details` that have this `type`, byte for byte.
    ///
    /// # Errors
    ///
    /// [`ClaimsError::AuthorizationDetails`] if the claim is malformed, also if the fault is in a member of another type,
    /// or if a member of this type does not fit `T`.
    pub fn authorization_details_of<'t, T: Deserialize<'t>>(
        &'t self,
        detail_type: &str,
    ) -> Result<Vec<T>, ClaimsError> {
        Ok(read(self.details()?, |found| found == detail_type)?)
    }

    /// Returns the claim. A claim that is present but cannot be read is an error, not an absent claim.
    pub(crate) fn details(&self) -> Result<Option<&Value>, AuthorizationDetailsError> {
        if !self.has_claim(NAME) {
            return Ok(None);
        }
        self.value(NAME).map(Some).ok_or(AuthorizationDetailsError::Malformed)
    }
}

/// Returns each member with its type.
pub(crate) fn members(
    details: Option<&Value>,
) -> Result<impl Iterator<Item = (&str, &Value)>, AuthorizationDetailsError> {
    let none: &[Value] = &[];
    let list = details.map_or(Some(none), |details| details.as_array().map(Vec::as_slice));
    let list = list.ok_or(AuthorizationDetailsError::Malformed)?;
    if list.iter().any(|member| type_of(member).is_none()) {
        return Err(AuthorizationDetailsError::Malformed);
    }
    Ok(list.iter().filter_map(|member| Some((type_of(member)?, member))))
}

/// Returns the type of one detail; `None` if the detail is malformed.
pub(crate) fn type_of(detail: &Value) -> Option<&str> {
    detail.as_object()?.get("type")?.as_str().filter(|name| !name.trim().is_empty())
}

/// Reads the members whose type the filter selects. The number of members is limited by the size of a token, or of an
/// answer of the tenant.
pub(crate) fn read<'t, T: Deserialize<'t>>(
    details: Option<&'t Value>,
    is_wanted: impl Fn(&str) -> bool,
) -> Result<Vec<T>, AuthorizationDetailsError> {
    let wanted = members(details)?.enumerate().filter(|(_, (found, _))| is_wanted(found));
    wanted
        .map(|(index, (_, member))| T::deserialize(member).map_err(|_| AuthorizationDetailsError::Unsuitable { index }))
        .collect()
}

/// The name of the claim, of the form field, and of the member of a token response (RFC 9396 §2, §7, §9.1).
pub(crate) const NAME: &str = "authorization_details";

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[derive(Debug, PartialEq, Deserialize)]
    struct Payment {
        amount: u64,
    }

    #[test]
    fn details_are_read_by_their_type() {
        let details = json!([
            { "type": "payment", "amount": 5 }, { "type": "account" }, { "type": "payment", "amount": 7 },
        ]);
        let payments = read(Some(&details), |found| found == "payment");
        assert_eq!(payments, Ok(vec![Payment { amount: 5 }, Payment { amount: 7 }]));
        let unsuitable = Err(AuthorizationDetailsError::Unsuitable { index: 1 });
        assert_eq!(read::<Payment>(Some(&details), |_| true), unsuitable);
        assert_eq!(read::<Payment>(None, |_| true), Ok(vec![]));
        assert_eq!(read::<Payment>(Some(&json!([])), |_| true), Ok(vec![]));
    }

    #[test]
    fn a_malformed_list_is_an_error_whichever_type_is_wanted() {
        for details in [
            json!(null),
            json!({ "type": "payment", "amount": 5 }),
            json!("payment"),
            json!(["payment"]),
            json!([{ "type": "payment", "amount": 5 }, null]),
            json!([{ "type": "payment", "amount": 5 }, { "amount": 5 }]),
            json!([{ "type": ["payment"], "amount": 5 }]),
            json!([{ "type": " ", "amount": 5 }]),
        ] {
            let malformed = Err(AuthorizationDetailsError::Malformed);
            assert_eq!(read::<Payment>(Some(&details), |found| found == "payment"), malformed, "{details}");
        }
    }
}
