//! The table of differences from auth0-api-js: each row is shown by a vector, which `vectors` runs, or by a test.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use serde_json::Value;

/// What shows that this library behaves as the row says: a vector or a test, by its name.
const EVIDENCE: [(&str, &[&str]); ROWS] = [
    ("bound token, DPoP ignored", &["ATK-336"]),
    ("`cnf` with an unknown method", &["ATK-313", "DPOP-353"]),
    ("bad proof", &["DPOP-259"]),
    ("a scheme that the DPoP mode does not allow", &["DPOP-174", "DPOP-085"]),
    ("no credentials", &["DPOP-147", "TOK-065"]),
    ("replayed proof", &["a_reused_jti_is_a_replay_even_with_a_new_signature"]),
    ("`htm`", &["DPOP-261"]),
    ("the issuer's keys are unavailable", &["VER-106"]),
    (
        "the token's key was not looked for, because unverified tokens have used up the permitted fetches",
        &["CAC-015", "a_key_that_was_not_looked_for_is_503_until_the_next_permit"],
    ),
    ("the domain resolver fails, or returns an empty list", &["VER-129"]),
    ("tokens in query and form", &["TOK-041"]),
    ("`typ` of another JWT profile", &["ATK-280", "ATK-281"]),
    ("duplicate JSON members, several encodings of one token", &["ATK-156", "ATK-121"]),
    ("a lone surrogate, such as `\\ud83d` alone", &["ATK-168"]),
    (
        "malformed `azp` beside a `client_id`; malformed `jti`, `sid` or `sub` with a revocation list",
        &["the_client_is_read_from_azp_then_client_id"],
    ),
    ("`none`, `HS*`, unknown names in `algorithms`", &["VER-037", "CFG-028"]),
    ("`error_description`", &["ATK-515"]),
    ("domains that are valid only after a URL parser repairs them", &["DOM-052", "DOM-060"]),
    ("malformed `act`, including `null`", &["ACT-024"]),
    (
        "the current actor",
        &["an_actor_has_the_members_of_its_own_level", "a_member_of_another_type_makes_the_claim_malformed"],
    ),
    ("the kind of caller", &["each_kind_of_token_meets_exactly_its_requirements"]),
    ("`authorization_details` among the extra parameters", &["fields_with_a_setting_of_their_own_are_reserved"]),
    ("subject of on-behalf-of and Token Vault", &["repeated_calls_use_the_cached_answer"]),
    (
        "on-behalf-of with a token that has five actors",
        &["five_actors_are_rejected_before_any_request", "with_four_actors_the_tenant_decides"],
    ),
    (
        "a session transfer token",
        &["only_a_session_transfer_token_is_accepted", "a_profile_exchange_cannot_return_a_session_transfer_token"],
    ),
    ("reserved names among `extra` parameters", &["EXC-063", "EXC-084"]),
    ("token response without `expires_in`", &["EXC-114", "an_answer_without_expires_in_is_not_cached"]),
    ("exchanged tokens", &["a_cached_answer_is_used_until_30_s_before_its_token_expires"]),
    ("empty lists in metadata", &["empty_lists_are_left_out"]),
    ("metadata", &["a_document_is_completed_from_the_clients_configuration"]),
    ("`jwks_uri`, `token_endpoint`", &["a_jwks_uri_on_another_host_must_be_allowed_by_name"]),
    ("exchange input", &["EXC-042"]),
    ("malformed credentials, such as a scheme without a token", &["VER-066"]),
    ("the scheme `DPoP` without a proof", &["DPOP-219"]),
    ("a second `Authorization` header", &["ATK-504"]),
    ("sizes", &["ATK-148", "ATK-407", "ATK-159", "a_jti_may_have_256_bytes", "a_key_id_may_have_256_bytes"]),
    ("issuer without a trailing slash, or with a path", &["VER-090", "VER-133"]),
    ("`exp` after the year 9999", &["ATK-214"]),
    ("an entry of `aud` that is no string", &["ATK-241"]),
    ("`crit` with `b64`, and `b64` other than `true`", &["ATK-275", "ATK-276"]),
    ("`typ` that is empty or `JOSE`", &["only_the_typ_values_of_access_tokens_are_accepted"]),
    ("a byte order mark before a header or payload", &["ATK-164", "ATK-165"]),
    (
        "an `htu` that is valid only after a URL parser repairs it; user information in it",
        &["ATK-465", "ATK-467", "ATK-470"],
    ),
    ("dot segments in the called path, with a proof", &["HTU-053", "HTU-148"]),
    ("a proof's `jwk` with `k`, `p` or another private member", &["ATK-364", "ATK-372"]),
    ("a key that is published for another algorithm", &["a_key_verifies_only_signatures_of_its_published_algorithm"]),
    ("encrypted access tokens (JWE)", &["encrypted_and_signed_tokens_are_accepted"]),
    ("back-channel logout", &["a_logout_revokes_the_tokens_of_the_user_that_were_issued_up_to_it"]),
    ("verified-token cache, revocation list", &["a_remembered_token_is_not_verified_again"]),
];
const ROWS: usize = 49;

#[test]
fn each_row_of_the_table_of_differences_is_shown_by_a_vector_or_a_test() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let page = fs::read_to_string(root.join("docs/from-auth0-api-js.md")).unwrap();
    let section = page.split_once("\n## Differences\n").unwrap().1;
    let section = section.split("\n## ").next().unwrap();
    let rows: Vec<_> = section.lines().filter(|line| line.starts_with("| ")).skip(1).map(first_cell).collect();
    assert_eq!(rows, EVIDENCE.map(|(topic, _)| topic), "a row without evidence, or evidence without a row");

    let (vectors, tests) = (vector_ids(&root.join("tests/data")), test_names(root));
    for (topic, evidence) in EVIDENCE {
        assert!(!evidence.is_empty(), "{topic}");
        for name in evidence {
            assert!(vectors.contains(*name) || tests.contains(*name), "{topic}: no vector and no test is named {name}");
        }
    }
}

fn first_cell(row: &str) -> &str {
    row.trim_start_matches("| ").split(" | ").next().unwrap()
}

fn vector_ids(folder: &Path) -> BTreeSet<String> {
    let mut ids = BTreeSet::new();
    for entry in fs::read_dir(folder).unwrap() {
        let file: Value = serde_json::from_slice(&fs::read(entry.unwrap().path()).unwrap()).unwrap();
        ids.extend(
            file["cases"].as_array().unwrap().iter().filter_map(|case| case["id"].as_str().map(ToOwned::to_owned)),
        );
    }
    ids
}

/// The functions that stand below `#[test]` or `#[tokio::test]` in the workspace.
fn test_names(root: &Path) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for folder in ["tests/it", "crates"] {
        visit(&root.join(folder), &mut |source| {
            let after_attribute = source.split("test]\n").skip(1);
            let functions = after_attribute.filter_map(|rest| rest.split_once("fn ")?.1.split('(').next());
            names.extend(functions.map(ToOwned::to_owned));
        });
    }
    names
}

fn visit(folder: &Path, read: &mut impl FnMut(&str)) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            visit(&path, read);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            read(&fs::read_to_string(&path).unwrap());
        }
    }
}
