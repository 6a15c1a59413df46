//! The order of the checks: [`Check`] states it, and requests with two faults prove it.

use auth0_api_core::dpop::RotatingNonce;
use auth0_api_core::jose::DecryptionKey;
use auth0_api_core::revocation::{TokenIdentity, TokenStatus};
use auth0_api_core::{
    ApiClient, CertificateSource, Check, ClientCertificate, Clock as _, DpopPolicy, Error, Requirement, TokenRequest,
};
use auth0_api_testing::{DpopClient, EncryptionKey, OfflineTenant, ProofBuilder, TokenBuilder, TokenEncryption};
use serde_json::{Value, json};

use crate::world::seconds;

const URL: &str = "https://api.example.com/orders";
const CERTIFICATE: &[u8] = b"the certificate of the client";

/// An API that makes every check, and a client that passes all of them.
struct World {
    tenant: OfflineTenant,
    key: DpopClient,
    other_key: DpopClient,
    /// For a key that the API does not have.
    encryption: TokenEncryption,
    api: ApiClient,
    /// The same API, which offers the scheme `Bearer` only.
    bearer_only: ApiClient,
    nonce: String,
}

/// A request that passes every check, until faults change it.
#[expect(clippy::struct_excessive_bools, reason = "each of them is a fault")]
struct Draft {
    token: TokenBuilder,
    key: DpopClient,
    /// Changes to the proof.
    proof: Vec<fn(ProofBuilder) -> ProofBuilder>,
    url: &'static str,
    is_for_another_token: bool,
    is_repeated: bool,
    is_without_certificate: bool,
    is_bearer_only: bool,
    requirement: Requirement,
}

impl World {
    async fn new() -> Self {
        let tenant = OfflineTenant::new();
        let private_key = EncryptionKey::generate().private_key_pem();
        let build = |policy: DpopPolicy| {
            let list = |token: &TokenIdentity| {
                let is_revoked = token.subject() == Some("revoked");
                async move { Ok(if is_revoked { TokenStatus::Revoked } else { TokenStatus::Valid }) }
            };
            let builder = tenant.builder().decryption_keys([DecryptionKey::from_pem(&private_key).unwrap()]);
            let builder = builder.client_certificates(CertificateSource::of_connection()).revocation_list(list);
            let builder = builder.required_claim("tier").max_token_age(seconds(600)).own_hosts(["api.example.com"]);
            builder.dpop(policy).build().unwrap()
        };
        let mut world = Self {
            api: build(DpopPolicy::accept().nonce(RotatingNonce::generate().unwrap())),
            bearer_only: build(DpopPolicy::ignore()),
            encryption: EncryptionKey::generate().encryption(),
            key: tenant.dpop_client(),
            other_key: tenant.dpop_client(),
            nonce: String::new(),
            tenant,
        };
        let first = world.outcome(world.draft()).await.unwrap_err();
        let rejection = world.api.reject(&first);
        let nonce = rejection.headers().find(|(name, _)| *name == "dpop-nonce");
        world.nonce = nonce.unwrap().1.into_owned();
        world
    }

    fn draft(&self) -> Draft {
        Draft {
            token: self.tenant.mint().claim("tier", "gold").claim("cnf", self.confirmation(&["jkt", "x5t#S256"])),
            key: self.key.clone(),
            proof: Vec::new(),
            url: URL,
            is_for_another_token: false,
            is_repeated: false,
            is_without_certificate: false,
            is_bearer_only: false,
            requirement: Requirement::claim("tier"),
        }
    }

    /// Returns a `cnf` with these of its members.
    fn confirmation(&self, members: &[&str]) -> Value {
        let certificate = ClientCertificate::from_der(CERTIFICATE);
        let all = json!({
            "jkt": self.key.thumbprint().to_string(),
            "x5t#S256": certificate.thumbprint().to_string(),
        });
        members.iter().map(|name| ((*name).to_owned(), all[*name].clone())).collect()
    }

    /// Sends the request to the API, and checks the requirement of its route.
    async fn outcome(&self, draft: Draft) -> Result<(), Error> {
        let token = draft.token.sign();
        let hashed = if draft.is_for_another_token { "another" } else { &token };
        let proof = draft.key.proof("GET", URL).nonce(&self.nonce).access_token(hashed);
        let proof = draft.proof.into_iter().fold(proof, |proof, change| change(proof)).sign();
        let mut headers = vec![("authorization", format!("DPoP {token}")), ("dpop", proof)];
        headers.extend(draft.is_repeated.then(|| ("authorization", "Bearer another".to_owned())));
        let mut request = TokenRequest::new("GET", draft.url, &headers);
        if !draft.is_without_certificate {
            request = request.client_certificate(&ClientCertificate::from_der(CERTIFICATE));
        }
        let api = if draft.is_bearer_only { &self.bearer_only } else { &self.api };
        draft.requirement.check(&api.verify_request(&request).await?)
    }

    /// Gives the request the fault that this check finds.
    fn spoil(&self, draft: &mut Draft, check: Check) {
        let now = self.tenant.clock().now();
        let token = draft.token.clone();
        match check {
            Check::Credentials => draft.is_repeated = true,
            Check::Scheme => draft.is_bearer_only = true,
            Check::Decryption => draft.token = token.encrypt(&self.encryption),
            Check::Format => draft.token = token.header("alg", "none"),
            Check::Issuer => draft.token = token.issuer("https://other.example.com/"),
            Check::Key => draft.token = token.header("kid", "unknown"),
            Check::Signature => draft.token = token.raw_signature("AAAA"),
            Check::Type => draft.token = token.header("typ", "logout+jwt"),
            Check::Audience => draft.token = token.audience("https://other.example.com"),
            Check::Expiry => draft.token = token.expires_at(now),
            Check::NotBefore => draft.token = token.not_before(now + seconds(60)),
            Check::Age => draft.token = token.issued_at(now - seconds(601)),
            Check::RequiredClaims => draft.token = token.without_claim("tier"),
            Check::Revocation => draft.token = token.subject("revoked"),
            Check::Confirmation => draft.token = token.claim("cnf", json!({ "unknown": 1 })),
            Check::Certificate => draft.is_without_certificate = true,
            Check::Binding => draft.token = token.claim("cnf", self.confirmation(&["x5t#S256"])),
            Check::Target => draft.url = "https://foreign.example.com/orders",
            Check::Proof => draft.proof.push(|proof| proof.header("typ", "JWT")),
            Check::ProofMethod => draft.proof.push(|proof| proof.claim("htm", "POST")),
            Check::ProofUrl => draft.proof.push(|proof| proof.claim("htu", "https://api.example.com/other")),
            Check::ProofNonce => draft.proof.push(|proof| proof.nonce("wrong")),
            Check::ProofTime => draft.proof.push(|proof| proof.claim("exp", 1)),
            Check::ProofToken => draft.is_for_another_token = true,
            Check::ProofKey => draft.key = self.other_key.clone(),
            Check::Replay => draft.proof.push(|proof| proof.jti("used")),
            Check::Requirement => draft.requirement = Requirement::scope("write:orders"),
            other => unreachable!("{other:?} has no fault in this test"),
        }
    }

    /// Returns the check that rejects a request with these faults.
    async fn failed(&self, faults: &[Check]) -> Option<Check> {
        let mut draft = self.draft();
        for fault in faults {
            self.spoil(&mut draft, *fault);
        }
        self.outcome(draft).await.err().map(|error| error.check().unwrap())
    }
}

#[tokio::test]
async fn each_check_finds_its_fault() {
    let world = World::new().await;
    assert_eq!(world.failed(&[]).await, None);
    // The first use of this proof.
    assert_eq!(world.failed(&[Check::Replay]).await, None);
    for check in Check::ALL {
        assert_eq!(world.failed(&[check]).await, Some(check));
    }
}

#[tokio::test]
async fn of_two_faults_the_one_of_the_earlier_check_is_reported() {
    let world = World::new().await;
    assert_eq!(world.failed(&[Check::Replay]).await, None);
    for (index, later) in Check::ALL.into_iter().enumerate() {
        for earlier in Check::ALL.into_iter().take(index) {
            // Where two faults change the same claim, that of the earlier check stays.
            assert_eq!(world.failed(&[later, earlier]).await, Some(earlier), "{earlier:?} comes before {later:?}");
        }
    }
}
