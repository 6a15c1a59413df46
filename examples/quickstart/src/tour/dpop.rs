//! Bound tokens and their proofs.

use std::error::Error;

use auth0_api_testing::DpopClient;

use super::guide::Guide;
use super::{Servers, Step};

pub(super) fn steps(Servers { tenant, url, .. }: &Servers) -> Vec<Step> {
    let key = DpopClient::generate();
    let token = tenant.mint().bound_to(&key).sign();
    let private = format!("{url}/api/private");
    let proof = |target: &str| Some(key.proof("GET", target).access_token(&token).sign());
    let step = |title, scheme: &str, proof, status, part, reason| Step {
        title,
        url: private.clone(),
        authorization: Some(format!("{scheme} {token}")),
        proof,
        status,
        part,
        reason,
    };
    let (valid, elsewhere) = (proof(&private), proof(&format!("{url}/api/elsewhere")));
    let (used, needs_proof) = ("the proof has been used before", "the DPoP scheme needs a proof");
    let (needs_dpop, other_url) = ("needs the DPoP scheme", "the proof was made for another URL");
    vec![
        step("a bound token with a valid proof", "DPoP", valid.clone(), 200, "", ""),
        step("the same proof again", "DPoP", valid, 401, used, "has been used before"),
        step("a bound token without a proof", "DPoP", None, 400, needs_proof, "needs a proof"),
        step("a bound token as Bearer, sent by a thief", "Bearer", None, 401, needs_dpop, "needs the DPoP scheme"),
        step("a proof for another URL", "DPoP", elsewhere, 401, other_url, "made for another URL"),
    ]
}

/// Sends two proofs. The rejection of the first proof contains a nonce, and the second proof contains that nonce.
pub(super) async fn run_with_nonce(guide: &mut Guide, servers: &Servers) -> Result<(), Box<dyn Error>> {
    let key = DpopClient::generate();
    let token = servers.tenant.mint().bound_to(&key).sign();
    let url = format!("{}/api/private", servers.nonce_url);
    let proof = key.proof("GET", &url).access_token(&token).sign();
    let first = Step {
        title: "a proof without a nonce",
        url: url.clone(),
        authorization: Some(format!("DPoP {token}")),
        proof: Some(proof),
        status: 401,
        part: "error=\"use_dpop_nonce\"",
        reason: "use_dpop_nonce",
    };
    let nonce = guide.run(&first).await?;
    let proof = key.proof("GET", &url).access_token(&token).nonce(&nonce.unwrap_or_default()).sign();
    let title = "a new proof with the nonce of the rejection";
    let second = Step { title, proof: Some(proof), status: 200, part: "", reason: "", ..first };
    guide.run(&second).await?;
    Ok(())
}
