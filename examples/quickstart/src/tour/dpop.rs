//! Bound tokens and their proofs.

use std::error::Error;

use auth0_api_testing::ProofKey;

use super::guide::Guide;
use super::{Places, Step};

pub(super) fn steps(Places { tenant, url, .. }: &Places) -> Vec<Step> {
    let key = ProofKey::generate();
    let token = tenant.mint().bound_to(&key).sign();
    let private = format!("{url}/api/private");
    let proof = |target: &str| Some(key.proof("GET", target).access_token(&token).sign());
    let step = |title, scheme: &str, proof, status, challenge| Step {
        title,
        url: private.clone(),
        authorization: Some(format!("{scheme} {token}")),
        proof,
        promised_status: status,
        promised_challenge: challenge,
        promised_body: "",
    };
    let good = proof(&private);
    let elsewhere = proof(&format!("{url}/api/elsewhere"));
    vec![
        step("a bound token with a good proof", "DPoP", good.clone(), 200, ""),
        step("the same proof again", "DPoP", good, 401, "the proof has been used before"),
        step("a bound token without a proof", "DPoP", None, 400, "the DPoP scheme needs a proof"),
        step("a bound token as Bearer: stolen, for all we know", "Bearer", None, 401, "needs the DPoP scheme"),
        step("a proof for another URL", "DPoP", elsewhere, 401, "the proof was made for another URL"),
    ]
}

/// The first proof learns the nonce from the rejection, the second one uses it.
pub(super) async fn nonce_dance(guide: &Guide, places: &Places) -> Result<usize, Box<dyn Error>> {
    let key = ProofKey::generate();
    let token = places.tenant.mint().bound_to(&key).sign();
    let url = format!("{}/api/private", places.nonce_url);
    let proof = key.proof("GET", &url).access_token(&token).sign();
    let first = Step {
        title: "a proof without a nonce",
        url: url.clone(),
        authorization: Some(format!("DPoP {token}")),
        proof: Some(proof),
        promised_status: 401,
        promised_challenge: "error=\"use_dpop_nonce\"",
        promised_body: "",
    };
    let (nonce, kept) = guide.go(&first).await?;
    let proof = key.proof("GET", &url).access_token(&token).nonce(&nonce.unwrap_or_default()).sign();
    let second = Step {
        title: "a proof with the nonce of the rejection",
        proof: Some(proof),
        promised_status: 200,
        promised_challenge: "",
        ..first
    };
    let (_, kept_too) = guide.go(&second).await?;
    Ok(usize::from(!kept) + usize::from(!kept_too))
}
