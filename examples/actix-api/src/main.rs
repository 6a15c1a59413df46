//! A protected API for a real tenant or a local one: the same as `axum-api`, with actix-web.
//!
//! ```sh
//! AUTH0_DOMAIN=tenant.eu.auth0.com AUTH0_AUDIENCE=https://api.example.com cargo run -p actix-api
//!
//! curl -i http://127.0.0.1:3000/api/public
//! curl -i http://127.0.0.1:3000/api/private -H "Authorization: Bearer $TOKEN"
//! curl -i http://127.0.0.1:3000/api/private-scoped -H "Authorization: Bearer $TOKEN"   # needs read:messages
//! curl -i http://127.0.0.1:3000/api/claims -H "Authorization: Bearer $TOKEN"
//! curl -iN http://127.0.0.1:3000/api/stream -H "Authorization: Bearer $TOKEN"   # ends with the token
//! curl -i http://127.0.0.1:3000/health/ready
//! ```
//!
//! `cargo run -p auth0-api-testing --bin local-tenant` starts a tenant on this machine. This program prints the
//! variables to export and how to get a token. The page `settings` of the guide of auth0-api-core lists every variable.

mod routes;

use std::error::Error;
use std::io::{self, IsTerminal as _, Write as _};
use std::process::ExitCode;

use actix_cors::Cors;
use actix_web::http::header::{AUTHORIZATION, CONTENT_TYPE, WWW_AUTHENTICATE};
use actix_web::{App, HttpServer};
use auth0_api_actix::{ApiClient, CorsOrigins, Settings, Summary};
use auth0_api_redis::share_used_proofs;
use clap::Parser;
use tracing_subscriber::EnvFilter;

/// A protected API for a real tenant or a local one.
///
/// The variables AUTH0_DOMAIN and AUTH0_AUDIENCE are mandatory. The page `settings` of the guide of auth0-api-core lists all
/// others.
#[derive(Debug, Parser)]
#[expect(clippy::doc_markdown, reason = "clap prints this text")]
struct Arguments {
    /// The port to listen on. With 0, the system chooses a free port, and the program prints it.
    #[arg(long, env = "PORT", default_value_t = 3000)]
    port: u16,
}

#[actix_web::main]
async fn main() -> ExitCode {
    let colours = io::stdout().is_terminal();
    tracing_subscriber::fmt().with_ansi(colours).with_env_filter(EnvFilter::new("info")).init();
    match run(&Arguments::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: &Arguments) -> Result<(), Box<dyn Error>> {
    let settings = Settings::from_env();
    let api = share_used_proofs(settings.builder(), &settings).build()?;
    let of_routes = api.clone();
    let origins = settings.cors_origins();
    // Each worker builds the application. All workers share one client. CORS is outside of the auth middleware: a
    // browser sends a preflight request without a token, and a page can read a rejection only if the rejection has the
    // headers of CORS too.
    let app = move || App::new().wrap(cors(&origins)).configure(|config| routes::configure(config, &of_routes));
    let port = arguments.port;
    let server =
        HttpServer::new(app).bind_auto_h2c(("127.0.0.1", port)).map_err(|error| not_listening(port, &error))?;
    if let Err(error) = api.warm_up().await {
        // Not a fatal error: the client fetches the keys again for the first token.
        tracing::warn!(%error, "the keys of the tenant are not available yet");
    }
    for address in server.addrs() {
        let url = format!("http://{address}");
        let try_it = format!("curl -i {url}/api/private -H \"Authorization: Bearer $TOKEN\"");
        let start = format!("listening on {url}\n{}\n\ntry it\n  {try_it}\n", summary(&api, &settings));
        // A closed standard output does not stop the API.
        _ = io::stdout().write_all(start.as_bytes());
    }
    // On SIGTERM, which orchestrators send, actix-web finishes the requests in progress.
    server.run().await?;
    Ok(())
}

/// What the operator sees at the start.
fn summary(api: &ApiClient, settings: &Settings) -> Summary {
    api.summary()
        .and("Redis", if settings.has("redis_url") { "records used proofs" } else { "none" })
        .and("CORS", settings.cors_origins())
}

fn not_listening(port: u16, error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::AddrInUse => format!("PORT: another program listens on port {port}; 0 chooses a free port"),
        _ => format!("PORT: cannot listen on port {port}: {error}"),
    }
}

/// The headers that a page may send, and the response headers that it must be able to read: the nonce for its next
/// proof, and the reason of a rejection.
fn cors(origins: &CorsOrigins) -> Cors {
    let origins = origins.clone();
    Cors::default()
        .allowed_origin_fn(move |origin, _| origins.allow(origin.as_bytes()))
        .allowed_methods(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"])
        .allowed_headers([AUTHORIZATION.as_str(), CONTENT_TYPE.as_str(), "dpop"])
        .expose_headers(["dpop-nonce", WWW_AUTHENTICATE.as_str()])
        .max_age(PREFLIGHT_LIFETIME_S)
}

/// Browsers ask again after this time. It is short, so that a changed configuration soon has its effect.
const PREFLIGHT_LIFETIME_S: usize = 600;
