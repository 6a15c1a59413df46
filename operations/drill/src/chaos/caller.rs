//! A client with a good token.

use std::sync::Arc;
use std::time::{Duration, Instant};

use auth0_api_testing::DpopClient;
use reqwest::{Method, RequestBuilder, Response};

use super::keys::{LIFETIME, Token};
use super::kind::Good;
use super::nginx::REPLICA_HEADER;
use super::outcome::Outcome;
use super::random::Random;
use super::record::Record;
use super::site::PAGE;
use super::world::{UsedProof, World};

pub(crate) struct Caller {
    world: Arc<World>,
    kind: Good,
    subject: String,
    key: DpopClient,
    token: Option<Token>,
    /// The latest that the API has sent.
    nonce: Option<String>,
    random: Random,
}

impl Caller {
    pub(crate) fn new(world: &Arc<World>, kind: Good, number: usize, random: Random) -> Self {
        let (world, subject) = (Arc::clone(world), format!("auth0|user-{number}"));
        Self { world, kind, subject, key: DpopClient::generate(), token: None, nonce: None, random }
    }

    /// Waits a while, and sends one request.
    pub(crate) async fn send_one(&mut self) {
        self.world.pause(&mut self.random).await;
        let token = self.token();
        let began = Instant::now();
        let (outcome, detail) = match self.kind {
            Good::Bearer => self.bearer("orders", &token).await,
            Good::Dpop => self.dpop(&token).await,
            Good::Exchange => self.bearer("partner", &token).await,
            Good::Preflight => self.preflight().await,
            Good::Stream => self.stream(&token).await,
        };
        let (kind, ended) = (self.kind, Instant::now());
        self.world.records.add_good(Record { kind, began, ended, outcome, first_used: None, detail });
    }

    /// The token that the client holds, or a new one. A stream begins with a new one, which it may outlive.
    fn token(&mut self) -> Token {
        let is_stream = self.kind == Good::Stream;
        if let Some(token) = self.token.as_ref().filter(|token| !is_stream && self.world.keys.is_usable(token)) {
            return token.clone();
        }
        let lifetime = if is_stream && self.random.once_in(2) { SHORT_LIFETIME } else { LIFETIME };
        let key = (self.kind == Good::Dpop).then_some(&self.key);
        self.token.insert(self.world.keys.mint(&self.subject, lifetime, key)).clone()
    }

    async fn bearer(&self, path: &str, token: &Token) -> (Outcome, String) {
        seen(self.get(path).bearer_auth(&token.text).send().await).await
    }

    /// Does what a client does that obeys `use_dpop_nonce`: repeats the request once, with the nonce of the answer.
    async fn dpop(&mut self, token: &Token) -> (Outcome, String) {
        let (mut repetitions, url) = (0, format!("{}/orders", self.world.url));
        loop {
            let proof = self.key.proof("GET", &url).access_token(&token.text);
            let proof = self.nonce.iter().fold(proof, |proof, nonce| proof.nonce(nonce)).sign();
            let (began, request) = (Instant::now(), self.get("orders"));
            let request = request.header("authorization", format!("DPoP {}", token.text)).header("dpop", &proof);
            let response = match request.send().await {
                Ok(response) => response,
                Err(error) => return (Outcome::NoAnswer, error.to_string()),
            };
            if let Some(nonce) = header(&response, "dpop-nonce") {
                self.nonce = Some(nonce.to_owned());
            }
            if wants_nonce(&response) && repetitions < REPETITIONS {
                repetitions += 1;
                continue;
            }
            if response.status().is_success()
                && let Some(other) = self.other_replica(&response)
            {
                self.world.keep(UsedProof { token: token.text.clone(), proof, first_used: began, other });
            }
            return seen(Ok(response)).await;
        }
    }

    async fn preflight(&self) -> (Outcome, String) {
        let request = self.world.http.request(Method::OPTIONS, format!("{}/orders", self.world.url));
        let request = request.header("origin", PAGE).header("access-control-request-method", "GET");
        match request.header("access-control-request-headers", "authorization,dpop").send().await {
            Ok(response) if header(&response, "access-control-allow-origin") == Some(PAGE) => seen(Ok(response)).await,
            Ok(response) if response.status().is_success() => (Outcome::Status(200), "without CORS".to_owned()),
            answer => seen(answer).await,
        }
    }

    /// Reads a response to its end. The last line says whether it is whole, or why it has ended.
    async fn stream(&mut self, token: &Token) -> (Outcome, String) {
        let seconds = 1 + self.random.below(LONGEST_STREAM);
        let response = match self.get(&format!("stream/{seconds}")).bearer_auth(&token.text).send().await {
            Ok(response) if response.status().is_success() => response,
            answer => return seen(answer).await,
        };
        let text = match response.text().await {
            Ok(text) => text,
            Err(error) => return (Outcome::NoAnswer, error.to_string()),
        };
        match text.lines().last() {
            Some("done") if Instant::now() > token.expires + SLACK => (Outcome::Outlived, String::new()),
            Some("done" | "token_expired") => (Outcome::Served, String::new()),
            last => (Outcome::NoAnswer, format!("the last line is {last:?}")),
        }
    }

    fn get(&self, path: &str) -> RequestBuilder {
        self.world.http.get(format!("{}/{path}", self.world.url))
    }

    fn other_replica(&self, response: &Response) -> Option<std::net::SocketAddr> {
        let answered = header(response, REPLICA_HEADER)?.rsplit(", ").next()?.parse().ok()?;
        self.world.replicas.into_iter().find(|replica| *replica != answered)
    }
}

/// Reads the answer to its end.
pub(crate) async fn seen(answer: reqwest::Result<Response>) -> (Outcome, String) {
    let whole = async {
        let response = answer?;
        let outcome = Outcome::of_status(response.status().as_u16());
        Ok::<_, reqwest::Error>((outcome, response.text().await?))
    };
    whole.await.unwrap_or_else(|error| (Outcome::NoAnswer, format!("{error:?}")))
}

/// A rejection has a challenge for each scheme.
fn wants_nonce(response: &Response) -> bool {
    let challenges = response.headers().get_all("www-authenticate");
    challenges.iter().filter_map(|text| text.to_str().ok()).any(|text| text.contains("use_dpop_nonce"))
}

fn header<'r>(response: &'r Response, name: &str) -> Option<&'r str> {
    response.headers().get(name)?.to_str().ok()
}

const REPETITIONS: usize = 1;
const SHORT_LIFETIME: Duration = Duration::from_secs(8);
/// Seconds.
const LONGEST_STREAM: u64 = 10;
/// A stream ends with its token, but the last line takes a moment on a busy machine.
const SLACK: Duration = Duration::from_secs(4);
