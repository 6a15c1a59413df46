//! Hints about bound tokens, proofs and client certificates.

use super::{Advice, advise, nothing};
use crate::binding::{BindingError, ConfirmationError};
use crate::called_url::TargetError;
use crate::dpop::{ProofError, ReplayStoreError};
use crate::jose::JoseError;
use crate::mtls::CertificateError;

pub(super) fn advice(error: &BindingError) -> Advice {
    match error {
        BindingError::BoundTokenAsBearer => advise(
            "the client sent a bound token with the scheme Bearer: let it send \"DPoP <token>\" and a proof; a proxy or \
             an SDK may have rewritten the scheme",
        ),
        BindingError::Certificate(error) => advise(of_certificate(*error)),
        BindingError::Confirmation(ConfirmationError::Malformed) => {
            nothing("the tenant writes the claim cnf, and never writes it so")
        }
        BindingError::Confirmation(ConfirmationError::Unknown) => advise(
            "the token is bound by a method that this crate does not know: let the tenant bind tokens by DPoP (jkt) or \
             by certificate (x5t#S256)",
        ),
        BindingError::NotBound => advise(
            "the client sent an unbound token with the scheme DPoP: let it send a proof with its token request too, or \
             use the scheme Bearer; a session from before DPoP was switched on keeps its unbound tokens",
        ),
        BindingError::Proof(error) => of_proof(error),
        BindingError::ProofMissing => advise(
            "the client sent \"DPoP <token>\" without the header DPoP: check that no proxy, and no CORS setting, removes \
             this header",
        ),
        BindingError::ProofWithBearer => advise(
            "the client sent a proof with an unbound Bearer token: let it send a proof with its token request too, or no \
             proof",
        ),
        BindingError::Replayed => advise(
            "the client sent a proof twice, or somebody copied it, or a proxy sent the request again after it had lost a \
             replica; if this happens to every proof, the request passes two \
             layers of different clients with one replay store, and the inner layer finds the proof that the outer one \
             recorded: use one client, and Requirement::sender_constrained() where you want DPoP only",
        ),
        BindingError::Store(error) => of_store(error),
        BindingError::Target(error) => advise(of_target(*error)),
    }
}

fn of_certificate(error: CertificateError) -> &'static str {
    match error {
        CertificateError::HeaderElements { .. } => {
            "X-Forwarded-Client-Cert has another number of elements than the proxies write: let Envoy replace the \
             client's header (SANITIZE_SET) without uri and dns, and state with appended() how many elements the \
             proxies write"
        }
        CertificateError::HeaderMalformed
        | CertificateError::HeaderRepeated
        | CertificateError::HeaderTooLong { .. } => {
            "the header with the client certificate is repeated, too long or unreadable: let the proxy replace the \
             client's header with one certificate, in the encoding that client_certificates() names"
        }
        CertificateError::Mismatch => {
            "the token is bound to another certificate than the client's: after a renewal, let the client request a \
             new token, else the token may be stolen; behind a proxy, do not use of_connection(): it reads the \
             proxy's certificate"
        }
        CertificateError::Missing => {
            "no certificate arrived where client_certificates() looks for it: let the server or the proxy request one \
             from the client, and add the proxy to trusted_proxies()"
        }
        CertificateError::NotConfigured => {
            "the token is bound to a client certificate: let client_certificates() name the place where this API finds \
             the certificate"
        }
    }
}

fn of_proof(error: &ProofError) -> Advice {
    match error {
        ProofError::Jws(JoseError::AlgorithmNotAllowed { .. }) => advise(
            "the client signs proofs with an algorithm that this API does not accept: let the client read algs in the \
             challenge, or add the algorithm with DpopPolicy::algorithms()",
        ),
        ProofError::Claim { .. } | ProofError::Jws(_) | ProofError::Key(_) | ProofError::TooLong | ProofError::Type => {
            nothing("the client's library makes malformed proofs; nothing of this API or its proxies causes that")
        }
        ProofError::KeyMismatch => advise(
            "the proof is signed with another key than the token is bound to: the client lost its key or has two, for \
             example after a reload or in another browser tab; let it keep the key with the token",
        ),
        ProofError::Method => advise(
            "the client signed another method than that of the request: a redirect, a proxy or a method override may \
             have changed the method",
        ),
        ProofError::NonceWanted { .. } => {
            advise("each client's first request is rejected so; if it never succeeds, let CORS expose DPoP-Nonce")
        }
        ProofError::Repeated => advise(
            "the request does not have exactly one DPoP header: check whether the client and a proxy both set it",
        ),
        ProofError::Target { hint } => advise(*hint),
        ProofError::TargetMalformed(error) => advise(of_htu(*error)),
        ProofError::TokenHash => advise(
            "the proof was made for another access token: let the client make the proof after it has the new token, for \
             example after a refresh",
        ),
        ProofError::Window => advise(
            "the client's clock or this machine's clock is wrong, or the client reuses an old proof: synchronise both \
             clocks; a tolerance is DpopPolicy::leeway()",
        ),
    }
}

fn of_store(error: &ReplayStoreError) -> Advice {
    match error {
        ReplayStoreError::Full => {
            advise("the replay store is full: raise its capacity, or shorten DpopPolicy::max_age()")
        }
        ReplayStoreError::KeyQuota { .. } => advise(
            "one key made more proofs than the store keeps for one key: find that client, or raise the store's quota \
             for a key",
        ),
        ReplayStoreError::Unavailable(_) => advise(
            "the replay store failed or did not answer in time: check the server that it uses, and the way there",
        ),
    }
}

fn of_htu(error: TargetError) -> &'static str {
    match error {
        TargetError::WebSocketScheme => WEB_SOCKET,
        _ => "the htu of the proof is no absolute http or https URL: let the client sign the URL that it calls",
    }
}

fn of_target(error: TargetError) -> &'static str {
    match error {
        TargetError::DotSegment => {
            "the path of the request has a segment . or ..: the client should resolve the URL before it calls and signs \
             it"
        }
        TargetError::HostForeign => {
            "the client called a host that own_hosts() does not list: add the host if clients call this API by it, else \
             let the proxy reject unknown hosts"
        }
        TargetError::HostMissing => {
            "the request has no Host header: let the client send one; in a test without a server, set public_url(), or \
             write the whole URL into the request"
        }
        TargetError::WebSocketScheme => WEB_SOCKET,
        _ => "the URL that the client called is unknown: behind a proxy, set public_url() or trusted_proxies()",
    }
}

const WEB_SOCKET: &str = "the client signed, or the application states, a ws or wss URL: the handshake of a WebSocket is \
                          an http request, so the URL should begin with https:// or http://";
