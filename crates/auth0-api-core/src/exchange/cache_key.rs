//! The cache key of an exchange: a digest of everything that the answer depends on.

use super::{ClientAuth, GrantRequest, ProofKey};
use crate::digest::sha256_of_parts;

/// A SHA-256 digest of issuer, client and request. Two requests with the same key may share one answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct CacheKey([u8; 32]);

impl CacheKey {
    /// Computes the key from the issuer, the client, the grant type, the thumbprint of the proof key, the
    /// `access_token_only` flag, and every field.
    ///
    /// Fields are hashed exactly as they are sent. Two spellings of the same scope list therefore have two keys. This
    /// costs one extra request. A rule that treats different spellings as equal could be wrong.
    ///
    /// The address of the end user is no part: the answer does not depend on it, and the subject's token already
    /// separates the users. With the address, a phone that changes its network would need a new exchange each time.
    ///
    /// A subject that is signed for each request would change the key each time. So the key has the values that the JWT
    /// states, and the thumbprint of the key that signs it: another flag and five more parts before the fields.
    ///
    /// The hash includes the length of each part. So a caller cannot move text from one part to the next to get the
    /// cached answer to another request. The first six parts are always present, even if they are empty. All later
    /// parts are pairs of name and value. So a field can never be read as one of the first six parts.
    pub(super) fn of(request: &GrantRequest<'_>, client: &ClientAuth, issuer: &str) -> Self {
        let thumbprint = request.proof_key.map(ProofKey::thumbprint);
        let bound_to = thumbprint.as_ref().map_or(&[][..], |thumbprint| thumbprint.as_bytes());
        let subject = request.signed_subject;
        let flags = [u8::from(request.access_token_only), u8::from(subject.is_some())];
        let [issuer, id, method, grant_type] =
            [issuer, client.client_id(), client.method(), &request.grant_type].map(str::as_bytes);
        let fields = request.fields.iter().flat_map(|(name, value)| [name.as_bytes(), value.as_bytes()]);
        let first = [issuer, id, method, grant_type, bound_to, &flags].into_iter();
        let Some(subject) = subject else { return Self(sha256_of_parts(first.chain(fields))) };
        let signer = subject.key.thumbprint();
        let organization = subject.organization.as_deref();
        // An absent organization differs from an empty one.
        let has_organization = [u8::from(organization.is_some())];
        let text = [&*subject.user_id, &*subject.audit_context, organization.unwrap_or_default()].map(str::as_bytes);
        let of_subject = text.into_iter().chain([&has_organization[..], signer.as_bytes()]);
        Self(sha256_of_parts(first.chain(of_subject).chain(fields)))
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a failing test may panic")]

    use std::sync::LazyLock;

    use proptest::prelude::*;

    use super::*;

    /// Everything that an answer depends on.
    #[derive(Clone, Debug, PartialEq)]
    struct Inputs {
        issuer: String,
        client_id: String,
        method: usize,
        grant_type: String,
        fields: Vec<(String, String)>,
        key: Option<usize>,
        access_token_only: bool,
    }

    static KEYS: LazyLock<[ProofKey; 2]> = LazyLock::new(|| [(); 2].map(|()| ProofKey::generate().unwrap()));

    impl Inputs {
        fn key(&self) -> CacheKey {
            let client = match self.method {
                0 => ClientAuth::secret_post(self.client_id.as_str(), "secret"),
                1 => ClientAuth::secret_basic(self.client_id.as_str(), "secret"),
                _ => ClientAuth::tls(self.client_id.as_str()),
            };
            let proof_key = self.key.and_then(|index| KEYS.get(index));
            let request = GrantRequest::new(self.grant_type.as_str()).proof_key(proof_key);
            let request = if self.access_token_only { request.access_token_only() } else { request };
            let request =
                self.fields.iter().fold(request, |request, (name, value)| request.field(name.as_str(), value.as_str()));
            CacheKey::of(&request, &client, &self.issuer)
        }
    }

    /// Short texts with few different letters. So two inputs often differ only in the place where one part ends and the
    /// next part begins.
    fn inputs() -> impl Strategy<Value = Inputs> {
        let text = || "[ab=&]{0,2}";
        let fields = proptest::collection::vec((text(), text()), 0..3);
        let key = proptest::option::of(0..2_usize);
        (text(), text(), 0..3_usize, text(), fields, key, any::<bool>()).prop_map(
            |(issuer, client_id, method, grant_type, fields, key, access_token_only)| Inputs {
                issuer,
                client_id,
                method,
                grant_type,
                fields,
                key,
                access_token_only,
            },
        )
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]

        #[test]
        fn requests_share_a_key_only_if_they_are_equal(one in inputs(), other in inputs()) {
            prop_assert_eq!(one.key() == other.key(), one == other);
        }

        #[test]
        fn text_moved_to_the_next_part_gives_another_key(
            one in inputs(), at in 0..6_usize, text in "[ab]{1,3}",
        ) {
            let append = |inputs: &mut Inputs, place: usize| match place {
                0 => inputs.issuer.push_str(&text),
                1 => inputs.client_id.push_str(&text),
                2 => inputs.grant_type.push_str(&text),
                3 => inputs.fields.push((text.clone(), String::new())),
                4 => inputs.fields.push((String::new(), text.clone())),
                _ => inputs.fields.push((String::new(), String::new())),
            };
            let (mut here, mut there) = (one.clone(), one);
            append(&mut here, at);
            append(&mut there, (at + 1) % 6);
            prop_assert!(here.key() != there.key());
        }
    }
}
