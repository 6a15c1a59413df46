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
    let step = |title, scheme: &str, proof, status, challenge| Step {
        title,
        url: private.clone(),
        authorization: Some(format!("{scheme} {token}")),
        proof,
        expected_status: status,
        expected_challenge: challenge,
        expected_body: "",
    };
    let valid = proof(&private);
    let elsewhere = proof(&format!("{url}/api/elsewhere"));
    vec![
        step("a bound token with a valid proof", "DPoP", valid.clone(), 200, ""),
        step("the same proof again", "DPoP", valid, 401, "the proof has been used before"),
        step("a bound token without a proof", "DPoP", None, 400, "the DPoP scheme needs a proof"),
        step(
            "a bound token sent as Bearer, as a thief without the key would send it",
            "Bearer",
            None,
            401,
            "needs the DPoP scheme",
        ),
        step("a proof for another URL", "DPoP", elsewhere, 401, "the proof was made for another URL"),
    ]
}

/// Sends two proofs. The rejection of the first proof contains a nonce, and the second proof contains that nonce.
pub(super) async fn steps_with_nonce(guide: &Guide, servers: &Servers) -> Result<usize, Box<dyn Error>> {
    let key = DpopClient::generate();
    let token = servers.tenant.mint().bound_to(&key).sign();
    let url = format!("{}/api/private", servers.nonce_url);
    let proof = key.proof("GET", &url).access_token(&token).sign();
    let first = Step {
        title: "a proof without a nonce",
        url: url.clone(),
        authorization: Some(format!("DPoP {token}")),
        proof: Some(proof),
        expected_status: 401,
        expected_challenge: "error=\"use_dpop_nonce\"",
        expected_body: "",
    };
    let (nonce, first_as_expected) = guide.run(&first).await?;
    let proof = key.proof("GET", &url).access_token(&token).nonce(&nonce.unwrap_or_default()).sign();
    let second = Step {
        title: "a new proof with the nonce from the rejection",
        proof: Some(proof),
        expected_status: 200,
        expected_challenge: "",
        ..first
    };
    let (_, second_as_expected) = guide.run(&second).await?;
    Ok(usize::from(!first_as_expected) + usize::from(!second_as_expected))
}
