//! How tokens are bound to a key of the client.

use auth0_api_management::{Mechanism, ProofOfPossession, ResourceServer};

use super::super::finding::Finding;
use super::super::subject::Subject;
use crate::api_settings::Dpop;
use crate::printable::printable;

pub(super) fn compare(subject: &Subject<'_>, record: &ResourceServer) -> Option<Finding> {
    let proof = record.proof_of_possession();
    match (proof.map(ProofOfPossession::mechanism), subject.dpop) {
        (Some(Mechanism::Dpop), Dpop::Ignore) => Some(
            Finding::problem(
                "dpop_ignored",
                format!("the tenant binds tokens to DPoP keys, and {} rejects bound tokens", subject.dpop_setting()),
            )
            .api(format!("{}, or DpopPolicy::accept()", subject.dpop_setting_of(Dpop::Accept)))
            .tenant("Sender Constraining in the settings of the API: none (proof_of_possession null)"),
        ),
        (Some(Mechanism::Mtls), _) if !subject.reads_certificates() => Some(
            Finding::problem(
                "certificates_not_read",
                "the tenant binds tokens to certificates, and the API reads none: bound tokens are rejected",
            )
            .api("client_certificates(), and run the doctor with --client-certificates; or set AUTH0_CLIENT_CERTIFICATES")
            .tenant("Sender Constraining in the settings of the API: DPoP (proof_of_possession.mechanism dpop)"),
        ),
        (Some(Mechanism::Other(name)), _) => {
            let text = format!("proof_of_possession.mechanism is {}, which the API does not know", printable(name));
            Some(Finding::problem("binding_unknown", text).tenant("proof_of_possession.mechanism: dpop or mtls"))
        }
        (_, Dpop::Require) => unbound(subject, proof),
        _ => None,
    }
}

/// An API that requires proofs rejects tokens that the tenant issues without a proof.
fn unbound(subject: &Subject<'_>, proof: Option<&ProofOfPossession>) -> Option<Finding> {
    let found = match proof {
        Some(proof) if *proof.mechanism() == Mechanism::Dpop && proof.is_required() => {
            let only = proof.required_for().filter(|clients| *clients != "all_clients")?;
            format!("only from some clients (proof_of_possession.required_for {})", printable(only))
        }
        Some(_) => "from no client (proof_of_possession.required is not true for dpop)".into(),
        None => "from no client (proof_of_possession is not set)".into(),
    };
    let text = format!("{} rejects Bearer tokens, and the tenant demands DPoP {found}", subject.dpop_setting());
    Some(
        Finding::warning("dpop_not_required", text)
            .api(format!("{}, if some clients have no DPoP key", subject.dpop_setting_of(Dpop::Accept)))
            .tenant(
                "proof_of_possession {\"mechanism\": \"dpop\", \"required\": true, \"required_for\": \"all_clients\"}",
            ),
    )
}
