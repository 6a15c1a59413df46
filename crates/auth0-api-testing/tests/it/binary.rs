//! The program, run as a developer runs it: its output and its commands. `auth0-api-cli` runs the same tests.

use serde_json::Value;

use crate::caller::{get, part, post_form, send};
use crate::process::{Running, output};

#[tokio::test]
async fn the_printed_configuration_is_served() {
    let clients = ["--client-registration", "--client-id-metadata-documents"];
    let tenant =
        Running::start(&[["--audience", "urn:it's", "--client-id", "me", "--nonce"].as_slice(), &clients].concat());
    let domain = tenant.value("domain");
    assert!(tenant.introduction[0].contains("For development only"));
    assert_eq!(tenant.variable("AUTH0_DOMAIN"), Some(domain.clone()));
    assert!(tenant.introduction.contains(&r"  export AUTH0_AUDIENCE='urn:it'\''s'".to_owned()));
    let discovery = get(&format!("{domain}/.well-known/openid-configuration")).await.json();
    assert_eq!(discovery["issuer"], format!("{domain}/"));
    assert_eq!(discovery["registration_endpoint"], format!("{domain}/oidc/register"));
    assert_eq!(discovery["client_id_metadata_document_supported"], true);
    let secret = tenant.value("client secret");
    let body = format!("grant_type=client_credentials&client_id=me&client_secret={secret}&audience=urn:it's");
    let answer = post_form(discovery["token_endpoint"].as_str().unwrap(), &[], &body).await;
    assert_eq!(part(answer.json()["access_token"].as_str().unwrap(), 1)["sub"], "me@clients");
}

#[tokio::test]
async fn every_printed_command_gets_a_token() {
    let tenant = Running::start(&["--audience", "urn:it's", "--downstream", "urn:next", "--recipes"]);
    let machine = part(&paste(&tenant, "TOKEN", "").await, 1);
    assert_eq!((&machine["sub"], &machine["aud"]), (&"local-client@clients".into(), &"urn:it's".into()));
    let user = paste(&tenant, "USER_TOKEN", "").await;
    assert_eq!(part(&user, 1)["sub"], "auth0|local-user");
    let downstream = part(&paste(&tenant, "DOWNSTREAM_TOKEN", &user).await, 1);
    assert_eq!((&downstream["aud"], &downstream["act"]["sub"]), (&"urn:next".into(), &"local-api-client".into()));
    let vault = paste(&tenant, "VAULT_TOKEN", &user).await;
    let url = tenant.introduction.iter().find_map(|line| line.strip_prefix("  curl -i ")?.strip_suffix(r" \")).unwrap();
    let answer = send("GET", url, &[("authorization", &format!("Bearer {vault}"))], "").await.unwrap();
    assert_eq!((answer.status, answer.json()["connection"].as_str()), (200, Some("google-oauth2")));
}

/// Sends the request of the printed command that sets a shell variable, and returns the token.
async fn paste(tenant: &Running, variable: &str, user_token: &str) -> String {
    let start = format!("  {variable}=$(curl -s ");
    // As a shell reads it: a backslash at the end of a line continues the line.
    let text = tenant.introduction.join("\n");
    let (_, command) = text.split_once(&start).unwrap();
    let command = command.split_once("  | sed").unwrap().0.replace("\\\n", "");
    let mut words = command.split_whitespace();
    let url = words.next().unwrap();
    let fields: Vec<_> = words.filter(|word| *word != "-d").collect();
    let answer = post_form(url, &[], &fields.join("&").replace("$USER_TOKEN", user_token)).await;
    assert_eq!(answer.status, 200, "{variable}: {}", answer.body);
    answer.json()["access_token"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn by_default_a_page_has_users_organizations_and_an_exchange_profile() {
    let tenant = Running::start(&[]);
    let token_url = format!("{}/oauth/token", tenant.value("domain"));
    let exchange = "grant_type=urn:ietf:params:oauth:grant-type:token-exchange&client_id=local-page\
        &subject_token_type=urn:local:legacy-session&scope=openid%20email&audience=https://api.example.com";
    let ask = async |fields: &str| -> (u16, Value) {
        let answer = post_form(&token_url, &[], &format!("{exchange}&{fields}")).await;
        (answer.status, answer.json())
    };
    for organization in ["acme", "org_acme", "globex"] {
        let (status, body) = ask(&format!("subject_token=legacy:auth0|ada&organization={organization}")).await;
        assert_eq!(status, 200, "{body}");
        let id_token = part(body["id_token"].as_str().unwrap(), 1);
        assert_eq!(id_token["email"], "ada@example.com");
        assert!(id_token["org_name"] == "acme" || id_token["org_name"] == "globex");
    }
    for (subject, status, error) in [
        ("legacy:mfa", 403, "mfa_required"),
        ("legacy:locked", 400, "account_locked"),
        ("nonsense", 400, "invalid_request"),
    ] {
        let (actual, body) = ask(&format!("subject_token={subject}")).await;
        assert_eq!((actual, body["error"].as_str()), (status, Some(error)));
    }
    let closed = Running::start(&["--no-page-exchange"]);
    let url = format!("{}/oauth/token", closed.value("domain"));
    let answer = post_form(&url, &[], &format!("{exchange}&subject_token=legacy:auth0|ada")).await;
    assert_eq!(answer.json()["error"], "unauthorized_client");
}

#[tokio::test]
async fn a_person_signs_in_on_a_page_only_with_the_flag() {
    let request = "response_type=code&client_id=local-page&redirect_uri=http://localhost:5173/&scope=openid\
        &code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256";
    for (options, target) in [(&[][..], "http://localhost:5173/?code="), (&["--sign-in"], "http://127.0.0.1:")] {
        let tenant = Running::start(options);
        let answer = get(&format!("{}/authorize?{request}", tenant.value("domain"))).await;
        assert!(answer.header("location").unwrap().starts_with(target), "{options:?}");
    }
}

#[tokio::test]
async fn a_token_without_an_audience_is_for_your_api_unless_another_one_is_set() {
    for (options, audience) in [
        (&[][..], Some("https://api.example.com")),
        (&["--default-audience", "https://downstream.example.com"], Some("https://downstream.example.com")),
        (&["--default-audience", "none"], None),
    ] {
        let tenant = Running::start(options);
        let form = "grant_type=client_credentials&client_id=local-client&client_secret=local-secret";
        let answer = post_form(&format!("{}/oauth/token", tenant.value("domain")), &[], form).await;
        let token = answer.json()["access_token"].as_str().map(str::to_owned);
        assert_eq!(token.map(|token| part(&token, 1)["aud"].as_str().unwrap().to_owned()).as_deref(), audience);
    }
    let output = output(&["--default-audience", "urn:unknown"]);
    let report = String::from_utf8(output.stderr).unwrap();
    assert!(report.contains("the default audience urn:unknown is not a registered API"), "{report}");
}

#[test]
fn a_port_in_use_is_reported_with_a_hint() {
    let tenant = Running::start(&[]);
    let port = tenant.value("domain").rsplit(':').next().unwrap().to_owned();
    let output = output(&["--port", &port]);
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8(output.stderr).unwrap().contains("choose another port with --port"));
}

#[tokio::test]
async fn each_request_is_printed_unless_the_program_is_quiet() {
    let tenant = Running::start(&[]);
    let token_url = format!("{}/oauth/token", tenant.value("domain"));
    let form = "grant_type=refresh_token&client_id=local-page&refresh_token=t0p-s3cret";
    post_form(&token_url, &[], form).await;
    assert_eq!(
        tenant.line(),
        "POST /oauth/token 403 local-page refresh_token: invalid_grant, Unknown or invalid refresh token."
    );
    let long = "x".repeat(200);
    get(&format!("{}/{long}", tenant.value("domain"))).await;
    let line = tenant.line();
    assert!(line.chars().count() == 200 && line.ends_with('…'), "{line}");

    #[cfg(unix)]
    {
        let quiet = Running::start(&["--quiet"]);
        get(&format!("{}/elsewhere", quiet.value("domain"))).await;
        assert_eq!(quiet.terminate().1, ["Stopped."]);
    }
}

#[cfg(unix)]
#[test]
fn sigterm_ends_the_program_in_order() {
    let tenant = Running::start(&["--tls"]);
    let file = tenant.variable("SSL_CERT_FILE").unwrap();
    assert!(std::fs::read_to_string(&file).unwrap().starts_with("-----BEGIN CERTIFICATE-----"));
    let (status, printed) = tenant.terminate();
    assert!(status.success(), "{status}");
    assert_eq!(printed, ["Stopped."]);
    assert!(!std::path::Path::new(&file).parent().unwrap().exists());
}

#[test]
fn env_prints_only_the_exports() {
    let (plain, tls) = (output(&["--env"]), output(&["--env", "--tls", "--host", "localhost", "--port", "4712"]));
    assert_eq!(
        String::from_utf8(plain.stdout).unwrap(),
        "export AUTH0_DOMAIN=http://127.0.0.1:4711\n\
         export AUTH0_AUDIENCE=https://api.example.com\n\
         export AUTH0_CLIENT_ID=local-api-client\n\
         export AUTH0_CLIENT_SECRET=local-api-secret\n\
         export DOWNSTREAM_AUDIENCE=https://downstream.example.com\n"
    );
    let tls = String::from_utf8(tls.stdout).unwrap();
    assert!(tls.starts_with("export AUTH0_DOMAIN=localhost:4712\n"), "{tls}");
    assert!(tls.lines().any(|line| line.starts_with("export NODE_EXTRA_CA_CERTS=")), "{tls}");
    assert_eq!(output(&["--env", "--port", "0"]).status.code(), Some(2));
}

#[test]
fn no_line_of_the_output_is_longer_than_80_columns() {
    let mut texts = vec![String::from_utf8(output(&["--help"]).stdout).unwrap()];
    for options in [&["--recipes"][..], &["--tls", "--recipes", "--host", "localhost"]] {
        texts.push(Running::start(options).introduction.join("\n"));
    }
    texts.push(String::from_utf8(output(&["--config", "/no/such/file"]).stderr).unwrap());
    for line in texts.iter().flat_map(|text| text.lines()) {
        assert!(line.chars().count() <= 80, "{line}");
    }
}

#[test]
fn the_table_and_the_variables_fit_a_terminal_of_24_lines() {
    let tenant = Running::start(&[]);
    let table = tenant.introduction.iter().position(|line| line.starts_with("  domain ")).unwrap();
    assert!(tenant.introduction.len() - table < 24, "{:?}", tenant.introduction);
    let last = &tenant.introduction[tenant.introduction.len() - 8..];
    assert_eq!(last[0], "Start your API with these variables (--recipes adds curl commands):");
    assert!(last[1..6].iter().all(|line| line.starts_with("  export ")), "{last:?}");
    assert!(last[7].starts_with("All that it serves: http://127.0.0.1:"), "{last:?}");
}

#[tokio::test]
async fn colours_are_only_for_terminals_unless_they_are_forced() {
    let forced = Running::start_with(&[], &[("CLICOLOR_FORCE", "1")]);
    let text = forced.introduction.join("\n");
    for coloured in ["\u{1b}[33mFor development only", "  \u{1b}[2mdomain ", "  \u{1b}[32mexport AUTH0_DOMAIN="] {
        assert!(text.contains(coloured), "{text}");
    }
    let (_, url) = text.rsplit_once("All that it serves: ").unwrap();
    get(&format!("{}elsewhere", url.split(' ').next().unwrap())).await;
    assert_eq!(forced.line(), "\u{1b}[33mGET /elsewhere 404\u{1b}[0m");

    let plain = Running::start_with(&[], &[("NO_COLOR", "1"), ("CLICOLOR_FORCE", "1")]);
    let piped = Running::start(&[]);
    for tenant in [plain, piped] {
        assert!(!tenant.introduction.join("\n").contains('\u{1b}'), "{:?}", tenant.introduction);
    }
}
