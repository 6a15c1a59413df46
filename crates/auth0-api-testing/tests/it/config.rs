//! The configuration file of the program: what it registers, and how its problems are reported.

use std::path::PathBuf;
use std::time::Duration;

use auth0_api_testing::{DpopClient, EncryptionKey};
use serde_json::json;
use tokio::time::timeout;

use crate::caller::{get, part, post_form, send};
use crate::process::{Running, output};

/// Everything that a file can contain.
const FILE: &str = r#"
audience = "https://orders.example.com"
downstream = "https://calendar.example.com"
host = "localhost"
client_id = "me"
client_secret = "mine"
cors_origins = ["http://localhost:5173"]
client_id_metadata_documents = true

[[organizations]]
id = "org_initech"
name = "initech"

[[invitations]]
ticket = "t-1"
organization = "initech"

[[users]]
id = "auth0|grace"
email = "grace@example.com"
name = "Grace Hopper"
organizations = ["initech"]
claims = { locale = "en", level = 7, "https://example.com/roles" = ["admiral"] }
access_token_claims = { permissions = ["read:orders"] }

[[apis]]
identifier = "https://calendar.example.com"
scopes = ["read:events"]
token_lifetime = 300
algorithm = "PS256"
rfc9068 = true
agent_subject_claims = "auth0-v1"
authorization_details_types = ["event"]
offline_access = false

[[applications]]
id = "shop"
kind = "regular_web"
secret = "s3cret"
secret_method = "client_secret_post"
grants = ["token_exchange"]
callbacks = ["https://shop.example.com/back"]

[[applications]]
id = "assistant"
kind = "machine"
secret = "s3cret"
agent = "agt_7"
hourly_quota = 2

[[applications]]
id = "support"
kind = "machine"
secret = "s3cret"
secret_method = "client_secret_post"
trust_forwarded_address = true
session_transfer = true

[[applications]]
id = "calendar"
kind = "custom_api"
secret = "s3cret"
api = "https://calendar.example.com"

[[applications]]
id = "page"
kind = "single_page"
logout_urls = ["https://shop.example.com/"]
require_dpop = true
back_channel_logout_url = "http://127.0.0.1:9/logout"

[applications.refresh_tokens]
leeway = 10
audiences = [{ identifier = "https://calendar.example.com", scopes = ["read:events"] }]

[[apis]]
identifier = "https://bank.example.com"
require_dpop = true

[[connections]]
name = "dropbox"
strategy = "dropbox-oauth"
scopes = ["files.read"]

[[connections]]
name = "github"
offline_access = false

[[linked_accounts]]
user = "auth0|grace"
connection = "dropbox"
name = "grace@home.example"
scopes = ["files.read"]

[[exchange_profiles]]
subject_token_type = "urn:acme:badge"
prefix = "badge:"
subject_tokens = { "42" = "auth0|grace" }
denied = { "badge:lost" = "badge_lost" }
mfa_required = ["badge:vault"]
actor = { sub = "helper", sub_profile = "ai_agent", client_id = "assistant" }
"#;

#[tokio::test]
async fn what_a_file_registers_is_served() {
    let tenant = Running::start(&["--config", &file("good", FILE), "--client-id", "flag"]);
    let domain = tenant.value("domain");
    assert!(domain.starts_with("http://localhost:"), "{domain}");
    assert_eq!(tenant.value("users"), "auth0|grace");
    assert_eq!(tenant.value("organizations"), "initech (org_initech)");
    let url = format!("{domain}/oauth/token");
    let discovery = get(&format!("{domain}/.well-known/oauth-authorization-server")).await.json();
    let switches = (&discovery["client_id_metadata_document_supported"], discovery.get("registration_endpoint"));
    assert_eq!(switches, (&json!(true), None));
    // A flag goes over the file.
    let machine =
        "grant_type=client_credentials&client_id=flag&client_secret=mine&audience=https://calendar.example.com";
    let answer = post_form(&url, &[("origin", "http://localhost:5173")], machine).await;
    assert_eq!(answer.header("access-control-allow-origin"), Some("http://localhost:5173"));
    let body = answer.json();
    assert_eq!(body["expires_in"], 300, "{body}");
    let header = part(body["access_token"].as_str().unwrap(), 0);
    assert_eq!((&header["alg"], &header["typ"]), (&"PS256".into(), &"at+jwt".into()));

    let claims = part(body["access_token"].as_str().unwrap(), 1);
    assert_eq!((&claims["sub_profile"], claims.get("gty")), (&"service".into(), None));
    let agent = machine.replace("=flag", "=assistant").replace("=mine", "=s3cret");
    let agent = format!("{agent}&authorization_details=%5B%7B%22type%22%3A%22event%22%7D%5D");
    let claims = part(post_form(&url, &[], &agent).await.json()["access_token"].as_str().unwrap(), 1);
    assert_eq!((&claims["sub"], &claims["sub_profile"]), (&"agt_7".into(), &"ai_agent".into()));
    assert_eq!(claims["authorization_details"], json!([{ "type": "event" }]));

    for form in [
        "grant_type=client_credentials&client_id=flag&client_secret=mine&audience=https://bank.example.com",
        "grant_type=refresh_token&client_id=page&refresh_token=x",
    ] {
        let rejected = post_form(&url, &[], form).await;
        let description = rejected.json()["error_description"].as_str().unwrap().to_owned();
        assert!(description.contains("proof"), "{description}");
    }
    let logout = format!("{domain}/v2/logout?client_id=page");
    assert_eq!(get(&logout).await.header("location"), Some("https://shop.example.com/"));

    let exchange = "grant_type=urn:ietf:params:oauth:grant-type:token-exchange&client_id=shop&client_secret=s3cret\
        &subject_token_type=urn:acme:badge&scope=openid&audience=https://orders.example.com&organization=initech";
    for subject in ["42", "badge:auth0|grace"] {
        let body = post_form(&url, &[], &format!("{exchange}&subject_token={subject}")).await.json();
        let id_token = part(body["id_token"].as_str().unwrap(), 1);
        assert_eq!((&id_token["level"], &id_token["org_id"]), (&7.into(), &"org_initech".into()));
        let claims = part(body["access_token"].as_str().unwrap(), 1);
        assert_eq!(claims["permissions"][0], "read:orders");
        assert_eq!(claims["act"], json!({ "sub": "helper", "sub_profile": "ai_agent", "client_id": "assistant" }));
    }
    for (audience, scope) in [("orders", "openid offline_access"), ("calendar", "openid")] {
        let offline = exchange.replace("scope=openid", "scope=openid%20offline_access");
        let body = offline.replace("orders.example.com", &format!("{audience}.example.com")) + "&subject_token=42";
        assert_eq!(post_form(&url, &[], &body).await.json()["scope"], scope, "{audience}");
    }
    // The My Account API lists the connections of which accounts can be connected.
    let me = exchange.replace("https://orders.example.com", &format!("{domain}/me/"));
    let me = format!("{me}&subject_token=42").replace("scope=openid", "scope=read:me:connected_accounts");
    let token = post_form(&url, &[], &me).await.json()["access_token"].as_str().unwrap().to_owned();
    let (connections, bearer) = (format!("{domain}/me/v1/connected-accounts/connections"), format!("Bearer {token}"));
    let listed = send("GET", &connections, &[("authorization", &bearer)], "").await.unwrap();
    let dropbox = json!([{ "name": "dropbox", "strategy": "dropbox-oauth", "scopes": ["files.read"] }]);
    assert_eq!((tenant.value("connections").as_str(), &listed.json()["connections"]), ("dropbox, github", &dropbox));
    for (subject, error) in [("badge:lost", "badge_lost"), ("badge:vault", "mfa_required"), ("43", "invalid_request")] {
        let body = post_form(&url, &[], &format!("{exchange}&subject_token={subject}")).await.json();
        assert_eq!(body["error"], error, "{subject}");
    }
}

#[tokio::test]
async fn the_parameter_resource_is_read_unless_the_profile_is_audience() {
    let machine = "grant_type=client_credentials&client_id=local-client&client_secret=local-secret";
    let next = file("profile", "resource_parameter_profile = \"audience\"");
    for (options, audience) in [
        (&[][..], "https://downstream.example.com"),
        (&["--config", &next], "https://api.example.com"),
        (&["--config", &next, "--resource-parameter-profile", "compatibility"], "https://downstream.example.com"),
        (&["--resource-parameter-profile", "audience"], "https://api.example.com"),
    ] {
        let tenant = Running::start(options);
        let url = format!("{}/oauth/token", tenant.value("domain"));
        let answer = post_form(&url, &[], &format!("{machine}&resource=https://downstream.example.com")).await;
        assert_eq!(part(answer.json()["access_token"].as_str().unwrap(), 1)["aud"], audience, "{options:?}");
    }
}

#[tokio::test]
async fn an_application_of_a_file_has_a_quota_trusted_addresses_and_session_transfers() {
    let tenant = Running::start(&["--config", &file("applications", FILE), "--quiet"]);
    let domain = tenant.value("domain");
    let url = format!("{domain}/oauth/token");

    let form = "grant_type=client_credentials&client_id=assistant&client_secret=s3cret";
    for (status, quota) in
        [(200, "b=per_hour;q=2;r=1;t="), (200, "b=per_hour;q=2;r=0;t="), (429, "b=per_hour;q=2;r=0;t=")]
    {
        let answer = post_form(&url, &[], form).await;
        let reported = answer.header("auth0-client-quota-limit").unwrap();
        assert!(answer.status == status && reported.starts_with(quota), "{} {reported}", answer.status);
    }

    let exchange = "grant_type=urn:ietf:params:oauth:grant-type:token-exchange&client_secret=s3cret\
        &subject_token_type=urn:acme:badge&actor_token=a&actor_token_type=urn:acme:actor";
    let host = domain.trim_start_matches("http://");
    let transfer = format!("{exchange}&subject_token=42&audience=urn:{host}:session_transfer");
    let answer = post_form(&url, &[], &format!("{transfer}&client_id=support")).await;
    assert_eq!(answer.json()["issued_token_type"], "urn:auth0:params:oauth:token-type:session_transfer_token");
    let other = post_form(&url, &[], &format!("{transfer}&client_id=shop")).await;
    assert_eq!(other.json()["error"], "session_transfer_disabled");

    let unknown = format!("{exchange}&subject_token=43&audience=https://orders.example.com&client_id=support");
    let error = async |address| {
        let answer = post_form(&url, &[("auth0-forwarded-for", address)], &unknown).await;
        answer.json()["error"].as_str().unwrap().to_owned()
    };
    for _ in 0..10 {
        assert_eq!(error("192.0.2.1").await, "invalid_request");
    }
    assert_eq!(error("192.0.2.1").await, "too_many_attempts");
    assert_eq!(error("192.0.2.2").await, "invalid_request");
}

#[test]
fn problems_of_an_application_are_reported() {
    let machine = "[[applications]]\nid = \"a\"\nkind = \"machine\"\nsecret = \"s\"\n";
    let page = "[[applications]]\nid = \"a\"\nkind = \"single_page\"\n";
    for (application, setting, problem) in [
        (machine, "hourly_quota = 0", ":5: hourly_quota must be a number of tokens, at least 1, not 0"),
        (machine, "hourly_quota = 4294967296", "hourly_quota must be a number of tokens, at least 1, not 4294967296"),
        (machine, "hourly_quota = true", "hourly_quota must be a number of tokens, at least 1, not true"),
        (machine, "session_transfer = 1", ":5: session_transfer must be true or false, not 1"),
        (
            machine,
            "trust_forwarded_address = \"x\"",
            ":5: trust_forwarded_address must be true or false, not this text",
        ),
        (
            page,
            "trust_forwarded_address = true",
            ":1: [[applications]]: trust_forwarded_address needs a credential, and a single_page application has none",
        ),
    ] {
        let config = file("application", &format!("{application}{setting}\n"));
        let output = output(&["--config", &config]);
        assert_eq!(output.status.code(), Some(2), "{setting}");
        let report = String::from_utf8(output.stderr).unwrap().split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(report.starts_with("1 problem") && report.contains(problem), "{problem}: {report}");
    }
}

#[tokio::test]
async fn a_flag_or_a_file_names_the_key_that_encrypts_tokens() {
    let pem = file("encryption_key", &EncryptionKey::generate().public_key_pem());
    let text = format!(
        "[[apis]]\nidentifier = \"https://api.example.com\"\nencryption_key = \"{pem}\"\nencryption_alg = \"RSA-OAEP-512\"\n\
         encryption_kid = \"k\"\nrfc9068 = true\n"
    );
    let (config, top) = (file("encrypted", &text), file("encrypted_top", &format!("encryption_key = \"{pem}\"\n")));
    let with_kid = |alg: &str, kid: &str| json!({ "alg": alg, "enc": "A256GCM", "cty": "JWT", "kid": kid });
    for (options, header) in [
        (vec!["--encryption-key", &pem, "--encryption-kid", "f"], with_kid("RSA-OAEP-256", "f")),
        (vec!["--config", &config], with_kid("RSA-OAEP-512", "k")),
        (vec!["--config", &top], json!({ "alg": "RSA-OAEP-256", "enc": "A256GCM", "cty": "JWT" })),
        (vec!["--config", &config, "--encryption-key", &pem, "--encryption-kid", "f"], with_kid("RSA-OAEP-256", "f")),
    ] {
        let tenant = Running::start(&[&options[..], &["--quiet"]].concat());
        let form = "grant_type=client_credentials&client_id=local-client&client_secret=local-secret";
        let body = post_form(&format!("{}/oauth/token", tenant.value("domain")), &[], form).await.json();
        assert_eq!(part(body["access_token"].as_str().unwrap(), 0), header, "{options:?}");
    }
}

#[test]
fn problems_of_an_encryption_key_are_reported() {
    let private = file("private_key", &EncryptionKey::generate().private_key_pem());
    let api = "[[apis]]\nidentifier = \"https://a.example.com\"\n";
    for (text, options, problem) in [
        (format!("{api}encryption_kid = \"k\"\n"), vec![], "[[apis]]: encryption_key is missing"),
        (format!("{api}encryption_key = \"/no/key\"\n"), vec![], "[[apis]]: cannot read /no/key: "),
        (format!("{api}encryption_alg = \"RSA-OAEP\"\n"), vec![], "encryption_alg must be one of RSA-OAEP-256,"),
        (String::new(), vec!["--encryption-key", &private], "is not a public RSA key of 2048 to 8192 bits in PEM"),
        (String::new(), vec!["--encryption-kid", "k"], "an encryption_kid needs an encryption_key"),
    ] {
        let config = file("unencrypted", &text);
        let output = output(&[&["--config", &config], &options[..]].concat());
        let report = String::from_utf8(output.stderr).unwrap().split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(report.contains(problem), "{problem}: {report}");
        assert!(!report.contains("BEGIN"), "{report}");
    }
}

#[test]
fn all_problems_of_a_file_are_reported_at_once_with_their_lines() {
    let text = r#"port = 99999
hosst = "localhost"
audience = ""
public_url = "localhost:4711"
cors_origins = ["http://localhost:5173/"]
[[apis]]
identifier = "https://a.example.com"
scopes = ["a", 1]
algorithm = "HS256"
[[apis]]
scope = "x"
agent_subject_claims = true
[[applications]]
id = "shop"
kind = "single_page"
secret = "t0p-s3cret"
[[users]]
id = "auth0|ada"
organizations = ["nobody"]
[[users]]
id = "auth0|ada"
[[linked_accounts]]
user = "auth0|eve"
connection = "slack"
[[exchange_profiles]]
subject_token_type = "urn:ietf:legacy"
actor = { sub_profile = "ai_agent" }
"#;
    let path = file("bad", text);
    let output =
        output(&["--config", &path, "--organization", "acme", "--tls-cert", "/no/cert", "--tls-key", "/no/key"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(output.stdout.is_empty());
    let report = String::from_utf8(output.stderr).unwrap();
    assert!(!report.contains("t0p-s3cret"), "{report}");
    // Lines are broken at 80 columns, so the words are compared.
    let report = report.replace(&path, "FILE").split_whitespace().collect::<Vec<_>>().join(" ");
    let mut rest = report.as_str();
    for problem in [
        "20 problems in the configuration: FILE:1: port must be a port from 0 to 65535, not 99999",
        "FILE:2: hosst is unknown; the file can have: ca_file, tls_cert,",
        "FILE:3: audience must be a text, not an empty text",
        "FILE:8: scopes must be a list of texts, not this list",
        "FILE:9: algorithm must be one of RS256,",
        "FILE:10: [[apis]]: identifier is missing",
        "FILE:11: scope is unknown; [[apis]] can have: identifier, scopes,",
        "FILE:12: agent_subject_claims must be one of auth0-v1, not true",
        "FILE:13: [[applications]]: a single_page application is public: it has neither secret nor public_jwk",
        "FILE:17: [[users]]: no organization has the id or the name nobody",
        "FILE:22: [[linked_accounts]]: no user has the id auth0|eve",
        "FILE:25: [[exchange_profiles]]: the profile accepts no subject token: set prefix or subject_tokens",
        "FILE:27: [exchange_profiles.actor]: sub is missing",
        "--organization acme is not ID=NAME, such as org_acme=acme",
        "cannot read /no/cert: ",
        "cannot read /no/key: ",
        "http://localhost:5173/ is not an origin: write it like http://localhost:5173, without a path",
        "the user auth0|ada is registered twice",
        "the subject_token_type urn:ietf:legacy is in a reserved namespace",
        "the public URL localhost:4711 must begin with http:// or https://",
    ] {
        let after = rest.split_once(problem).map(|(_, after)| after);
        assert!(after.is_some(), "{problem}: {report}");
        rest = after.unwrap();
    }
}

#[tokio::test]
async fn the_nonce_changes_by_time() {
    let file = file("nonce", "nonce_every = 1\n");
    for options in [["--nonce-every", "1"], ["--config", &file]] {
        let tenant = Running::start(&[&options[..], &["--quiet"]].concat());
        let url = format!("{}/oauth/token", tenant.value("domain"));
        let key = DpopClient::generate();
        let nonce = async || {
            let form = "grant_type=client_credentials&client_id=local-client&client_secret=local-secret";
            let answer = post_form(&url, &[("dpop", &key.proof("POST", &url).sign())], form).await;
            assert_eq!((answer.status, answer.json()["error"].as_str()), (400, Some("use_dpop_nonce")), "{options:?}");
            answer.header("dpop-nonce").unwrap().to_owned()
        };
        let first = nonce().await;
        let changed = timeout(Duration::from_secs(30), async { while nonce().await == first {} }).await;
        assert!(changed.is_ok(), "{options:?}: the nonce is still {first}");
    }
    assert_eq!(output(&["--nonce-every", "0"]).status.code(), Some(2));
}

#[test]
fn errors_of_the_syntax_are_problems_too() {
    let output = output(&["--config", &file("syntax", "port = \naudience = \"a\nhosst = 1\n")]);
    assert_eq!(output.status.code(), Some(2));
    let report = String::from_utf8(output.stderr).unwrap();
    for line in [":1: ", ":2: ", ":3: hosst is unknown"] {
        assert!(report.contains(line), "{report}");
    }
}

#[test]
fn a_file_that_cannot_be_read_is_reported() {
    let output = output(&["--config", "/no/such/file.toml"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8(output.stderr).unwrap().starts_with("cannot read /no/such/file.toml: "));
}

fn file(name: &str, text: &str) -> String {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("tenant-{}-{name}.toml", std::process::id()));
    std::fs::write(&path, text).unwrap();
    path.to_str().unwrap().to_owned()
}
