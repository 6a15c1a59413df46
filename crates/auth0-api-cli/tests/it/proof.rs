//! `auth0-api proof`, as a developer runs it: a token of the local tenant that is bound to a key, a proof for a request, and the
//! verdict of `auth0-api check` and of an API.

use std::io::Write as _;
use std::process::{Command, Output, Stdio};

use auth0_api_core::dpop::RotatingNonce;
use auth0_api_core::{ApiClient, DpopPolicy, Error, TokenRequest};
use auth0_api_testing::{DpopClient, LocalTenant};
use serde_json::Value;

use crate::PROGRAM;
use crate::caller::{part, post_form};
use crate::check::{check, printed, problem};
use crate::process::Running;

const AUDIENCE: &str = "https://api.example.com";
const ORDERS: &str = "https://api.example.com/orders";
/// Keys of the tests of core.
const KEYS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../auth0-api-core/src/testdata/keys/");

fn proof(arguments: &[&str], input: &str) -> Output {
    let mut command = Command::new(PROGRAM);
    command.arg("proof").args(arguments).env_clear().env("LC_ALL", "C.UTF-8");
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    // The program may end before it reads: then its error is what the test looks at.
    drop(child.stdin.take().unwrap().write_all(input.as_bytes()));
    child.wait_with_output().unwrap()
}

/// Returns the proof. The program has printed one header line, and nothing else.
#[track_caller]
fn header(output: &Output) -> String {
    assert_eq!(output.status.code(), Some(0), "{}", problem(output));
    let text = printed(output);
    let line = text.strip_suffix('\n').unwrap();
    assert!(!line.contains('\n'), "{line}");
    line.strip_prefix("DPoP: ").unwrap().to_owned()
}

/// Returns the name of a file that does not exist.
fn new_file(name: &str) -> String {
    let file = format!("{}/{name}-{}.pem", env!("CARGO_TARGET_TMPDIR"), std::process::id());
    drop(std::fs::remove_file(&file));
    file
}

/// Removes the line breaks of the terminal.
fn words(output: &Output) -> String {
    problem(output).split_whitespace().collect::<Vec<_>>().join(" ")
}

async fn verify(api: &ApiClient, token: &str, proof: &str) -> Result<(), Error> {
    let headers = vec![("authorization".to_owned(), format!("DPoP {token}")), ("dpop".to_owned(), proof.to_owned())];
    api.verify_request(&TokenRequest::new("GET", ORDERS, &headers)).await.map(drop)
}

#[tokio::test]
async fn a_token_is_bound_to_a_new_key_and_used_with_a_proof() {
    let tenant = Running::start(&[]);
    let (domain, key) = (tenant.value("domain"), new_file("bound"));
    let endpoint = format!("{domain}/oauth/token");
    let output = proof(&["POST", &endpoint, "--new-key", &key, "--without-token"], "");
    assert!(words(&output).starts_with("✓ the new key is in "), "{}", problem(&output));
    let form = "grant_type=client_credentials&client_id=local-client&client_secret=local-secret";
    let answer = post_form(&endpoint, &[("dpop", &header(&output))], form).await;
    assert_eq!((answer.status, &answer.json()["token_type"]), (200, &Value::from("DPoP")), "{}", answer.body);
    let token = answer.json()["access_token"].as_str().unwrap().to_owned();
    assert!(words(&output).ends_with(part(&token, 1)["cnf"]["jkt"].as_str().unwrap()), "{}", problem(&output));

    let api = ApiClient::builder(domain.as_str(), AUDIENCE).insecure_http_loopback().build().unwrap();
    let variables = [("AUTH0_DOMAIN", domain.as_str()), ("AUTH0_AUDIENCE", AUDIENCE)];
    for input in [answer.body.clone(), token.clone(), format!("Authorization: DPoP {token}\n")] {
        let output = proof(&["GET", &format!("{ORDERS}?page=2"), "--key", &key], &input);
        let (made, told) = (header(&output), problem(&output));
        assert!(told.is_empty() && !made.contains(&token), "{told}");
        let request = format!("Authorization: DPoP {token}\nDPoP: {made}\n");
        for _ in ["the first time", "again: only the API knows which proofs it has seen"] {
            let checked = check(&request, &["--url", ORDERS], &variables);
            let text = printed(&checked);
            assert_eq!(checked.status.code(), Some(0), "{text}");
            assert!(
                ["✓ htm", "✓ htu", "✓ ath", "✓ jkt", "used before"].iter().all(|part| text.contains(part)),
                "{text}"
            );
        }
        verify(&api, &token, &made).await.unwrap();
        assert_eq!(verify(&api, &token, &made).await.unwrap_err().label(), "dpop_replayed");
    }
}

#[cfg(unix)]
#[test]
fn only_the_user_can_read_a_new_key_and_no_file_is_replaced() {
    use std::os::unix::fs::PermissionsExt as _;

    let (key, link) = (new_file("mode"), new_file("link"));
    let arguments = |file| ["GET", ORDERS, "--new-key", file, "--without-token"];
    header(&proof(&arguments(key.as_str()), ""));
    let metadata = std::fs::metadata(&key).unwrap();
    assert_eq!(metadata.permissions().mode() & 0o777, 0o600);
    let text = std::fs::read_to_string(&key).unwrap();
    std::os::unix::fs::symlink(new_file("not-there"), &link).unwrap();
    for file in [&key, &link] {
        let again = proof(&arguments(file.as_str()), "");
        assert_eq!((again.status.code(), printed(&again).len()), (Some(2), 0));
        assert!(words(&again).contains("exists already, and stays as it is"), "{}", problem(&again));
    }
    assert_eq!(std::fs::read_to_string(&key).unwrap(), text);
    assert!(!std::path::Path::new(&new_file("not-there")).exists());
}

#[test]
fn a_wrong_argument_or_input_is_explained_and_leaves_no_key() {
    let pem = format!("{KEYS}p256-pkcs8.pem");
    let (key, new) = (["--key", pem.as_str()], new_file("never"));
    let with = |first: &[&'static str], then: &[&str]| -> Vec<String> {
        first.iter().copied().chain(then.iter().copied()).map(str::to_owned).collect()
    };
    for (arguments, input, told) in [
        (with(&["GET", ORDERS], &[]), "t", "--key <FILE>|--new-key <FILE>"),
        (with(&["get", ORDERS], &key), "t", "upper and lower case differ in methods: write GET"),
        (with(&[ORDERS, "GET"], &key), "t", "write the method of the request, such as GET or POST"),
        (with(&["GET", "/orders"], &key), "t", "the URL is not an absolute http or https URL"),
        (with(&["GET", "/orders", "--new-key"], &[&new]), "t", "the URL is not an absolute http or https URL"),
        (with(&["GET", "https://ä.example/"], &key), "t", "a character that is not visible ASCII"),
        (with(&["GET", ORDERS, "--key"], &["/no/such/key"]), "t", "✗ --key: cannot read /no/such/key: "),
        (with(&["GET", ORDERS, "--new-key"], &["/no/such/folder/key"]), "t", "cannot write /no/such/folder/key"),
        (with(&["GET", ORDERS, "--key"], &[file!()]), "t", "--key: "),
        (with(&["GET", ORDERS, "--nonce", ""], &key), "t", "--nonce"),
        (with(&["GET", ORDERS], &key), "", "standard input is empty"),
        (with(&["GET", ORDERS], &key), "", "set --without-token"),
        (with(&["GET", ORDERS], &key), "DPoP: a.b.c\n", "the input has no access token"),
        (with(&["GET", ORDERS], &key), "tök", "the access token has characters that no header can have"),
        (with(&["GET", ORDERS, "--token"], &["hush.b.c"]), "", "unexpected argument '--token'"),
        (with(&["GET", ORDERS, "eyJhush.b.c"], &key), "", "✗ an argument contains a token: pass it on standard input"),
        (with(&["eyJhush.b.c", ORDERS], &key), "", "✗ an argument contains a token: pass it on standard input"),
    ] {
        let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
        let output = proof(&arguments, input);
        assert_eq!((output.status.code(), printed(&output).as_str()), (Some(2), ""), "{arguments:?}");
        assert!(words(&output).contains(told), "{arguments:?} {}", problem(&output));
        assert!(!problem(&output).contains("hush"), "{}", problem(&output));
    }
    assert!(!std::path::Path::new(&new).exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_of_another_key_or_of_none_is_told() {
    let tenant = LocalTenant::start().await.unwrap();
    let key = format!("{KEYS}p256.jwk.json");
    let other = tenant.mint().bound_to(&DpopClient::generate()).sign();
    for (token, told) in [
        (other.as_str(), "! the token is bound to another key: its cnf.jkt is "),
        (&tenant.mint().sign(), "! the token is bound to no key"),
        ("opaque", ""),
    ] {
        let output = proof(&["GET", ORDERS, "--key", &key], token);
        header(&output);
        assert!(
            words(&output).starts_with(told) && (told.is_empty() == words(&output).is_empty()),
            "{}",
            words(&output)
        );
        let json = proof(&["GET", ORDERS, "--key", &key, "--json"], token);
        let json: Value = serde_json::from_str(&printed(&json)).unwrap();
        assert_eq!(json["warnings"].as_array().unwrap().len(), usize::from(!told.is_empty()), "{json}");
        assert_eq!((&json["alg"], &json["new_key"]), (&Value::from("ES256"), &Value::Null), "{json}");
    }
    // `check` agrees.
    let made = header(&proof(&["GET", ORDERS, "--key", &key], &other));
    let request = format!("Authorization: DPoP {other}\nDPoP: {made}\n");
    let variables = [("AUTH0_DOMAIN", tenant.domain()), ("AUTH0_AUDIENCE", AUDIENCE)];
    let checked = check(&request, &["--url", ORDERS], &variables);
    assert!(
        printed(&checked).starts_with("✗ Rejected (401 invalid_token, dpop_key_mismatch)"),
        "{}",
        printed(&checked)
    );
}

#[test]
fn keys_are_read_in_each_form() {
    for (file, algorithm, told) in [
        ("p256-pkcs8.pem", "ES256", ""),
        ("p256-sec1.pem", "ES256", ""),
        ("p256.jwk.json", "ES256", ""),
        ("rsa-pkcs1.pem", "RS256", "! the key signs with RS256: Auth0 binds tokens to keys for ES256 only"),
        ("ed25519.jwk.json", "EdDSA", "! the key signs with EdDSA"),
    ] {
        let output = proof(&["DELETE", ORDERS, "--key", &format!("{KEYS}{file}")], "opaque");
        let made = header(&output);
        assert_eq!((&part(&made, 0)["alg"], &part(&made, 1)["htm"]), (&algorithm.into(), &"DELETE".into()), "{file}");
        assert!(part(&made, 0)["jwk"].get("d").is_none(), "{file}");
        assert!(
            words(&output).starts_with(told) && (told.is_empty() == words(&output).is_empty()),
            "{}",
            words(&output)
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_nonce_of_the_api_is_put_into_the_proof() {
    let tenant = LocalTenant::start().await.unwrap();
    let key = new_file("nonce");
    let nonces = RotatingNonce::generate().unwrap();
    let api = ApiClient::builder(tenant.domain(), tenant.audience()).insecure_http_loopback();
    let api = api.dpop(DpopPolicy::require().nonce(nonces)).build().unwrap();
    let endpoint = format!("{}/oauth/token", tenant.domain());
    let first = header(&proof(&["POST", &endpoint, "--new-key", &key, "--without-token"], ""));
    let (client, secret) = (tenant.client_id(), tenant.client_secret());
    let form = format!(
        "grant_type=client_credentials&client_id={client}&client_secret={secret}&audience={}",
        tenant.audience()
    );
    let answer = post_form(&endpoint, &[("dpop", &first)], &form).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    let token = answer.json()["access_token"].as_str().unwrap().to_owned();

    let without = header(&proof(&["GET", ORDERS, "--key", &key], &token));
    let error = verify(&api, &token, &without).await.unwrap_err();
    let rejection = api.reject(&error);
    let (_, nonce) = rejection.headers().find(|(name, _)| name.eq_ignore_ascii_case("dpop-nonce")).unwrap();
    let with = header(&proof(&["GET", ORDERS, "--key", &key, "--nonce", &nonce], &token));
    verify(&api, &token, &with).await.unwrap();
}
