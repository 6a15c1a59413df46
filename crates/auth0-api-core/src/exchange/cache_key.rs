//! What makes two exchanges the same: a digest of everything that shapes the answer.

use aws_lc_rs::digest::{Context, SHA256};

use super::{ClientAuth, GrantRequest, ProofKey};

/// SHA-256 over who asks whom for what, each part with its length before it, so that no two lists of parts read alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct CacheKey([u8; 32]);

impl CacheKey {
    /// The key of a request: issuer, client, grant type, the key the token will be bound to, every field.
    ///
    /// Fields are taken as they are sent. Two spellings of one scope list are two requests: that costs a request, and a rule to
    /// tell which spellings mean the same could be wrong.
    pub(super) fn of(request: &GrantRequest<'_>, client: &ClientAuth, issuer: &str) -> Self {
        let thumbprint = request.proof_key.map(ProofKey::thumbprint);
        let bound_to = thumbprint.as_ref().map_or(&[][..], |thumbprint| thumbprint.as_bytes());
        let mut parts = Parts(Context::new(&SHA256));
        let asking = [issuer, client.client_id(), client.method(), &request.grant_type];
        for part in asking {
            parts.add(part.as_bytes());
        }
        parts.add(bound_to);
        parts.add(&[u8::from(request.access_token_only)]);
        for (name, value) in &request.fields {
            parts.add(name.as_bytes());
            parts.add(value.as_bytes());
        }
        Self(parts.digest())
    }
}

struct Parts(Context);

impl Parts {
    fn add(&mut self, part: &[u8]) {
        self.0.update(&u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
        self.0.update(part);
    }

    fn digest(self) -> [u8; 32] {
        let mut bytes = [0; 32];
        bytes.copy_from_slice(self.0.finish().as_ref());
        bytes
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

    use std::sync::LazyLock;

    use proptest::prelude::*;

    use super::*;

    /// Everything that shapes an answer.
    #[derive(Clone, Debug, PartialEq)]
    struct Asked {
        issuer: String,
        client_id: String,
        method: usize,
        grant_type: String,
        fields: Vec<(String, String)>,
        key: Option<usize>,
        access_token_only: bool,
    }

    static KEYS: LazyLock<[ProofKey; 2]> = LazyLock::new(|| [(); 2].map(|()| ProofKey::generate().unwrap()));

    impl Asked {
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

    /// Few letters and short texts, so that neighbours differ in where one part ends and the next begins.
    fn asked() -> impl Strategy<Value = Asked> {
        let text = || "[ab=&]{0,2}";
        let fields = proptest::collection::vec((text(), text()), 0..3);
        let key = proptest::option::of(0..2_usize);
        (text(), text(), 0..3_usize, text(), fields, key, any::<bool>()).prop_map(
            |(issuer, client_id, method, grant_type, fields, key, access_token_only)| Asked {
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
        fn two_requests_share_a_key_only_if_they_are_the_same(one in asked(), other in asked()) {
            prop_assert_eq!(one.key() == other.key(), one == other);
        }

        #[test]
        fn what_moves_from_one_part_to_the_next_changes_the_key(
            one in asked(), at in 0..6_usize, text in "[ab]{1,3}",
        ) {
            let append = |asked: &mut Asked, place: usize| match place {
                0 => asked.issuer.push_str(&text),
                1 => asked.client_id.push_str(&text),
                2 => asked.grant_type.push_str(&text),
                3 => asked.fields.push((text.clone(), String::new())),
                4 => asked.fields.push((String::new(), text.clone())),
                _ => asked.fields.push((String::new(), String::new())),
            };
            let (mut here, mut there) = (one.clone(), one);
            append(&mut here, at);
            append(&mut there, (at + 1) % 6);
            prop_assert!(here.key() != there.key());
        }
    }
}
