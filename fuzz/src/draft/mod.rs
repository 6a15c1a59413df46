//! Requests that the fuzzer composes of choices: a valid request, and a few edits of its parts. Without choices, the
//! request is valid. So most requests come far, and an error can hide behind another one.

mod compact;
mod edit;
mod fitting;
mod key;
mod seldom;
mod url;
mod value;
mod word;

use arbitrary::{Arbitrary, Unstructured};

pub use key::{KeyName, key_set};

use crate::judge::Called;
use crate::{AUDIENCE, ISSUER, NOW};
use compact::Message;
use edit::{CONFIRMATION, Edit, JWK, PROOF_CLAIMS, PROOF_HEADER, TOKEN_CLAIMS, TOKEN_HEADER, each_edit, object};
use seldom::Seldom;
use url::Url;
use value::Context;
use word::Word;

/// What the fuzzer chooses.
#[derive(Arbitrary, Debug)]
pub struct Draft {
    /// Which API is called: an index of any size.
    pub world: u8,
    /// Whether the token is bound to a key.
    binding: Binding,
    /// How many seconds later the same request arrives again.
    pub later: Later,
    token: Message,
    confirmation: Vec<Edit>,
    proof: Message,
    /// The key in the proof's header, if it is not the signing key.
    embedded: Option<KeyName>,
    jwk: Vec<Edit>,
    request: RequestEdits,
}

#[derive(Arbitrary, Clone, Copy, Debug, PartialEq, Eq)]
enum Binding {
    Key,
    None,
}

#[derive(Arbitrary, Clone, Copy, Debug)]
pub enum Later {
    AtOnce,
    Seconds(u8),
    AtBorder(Border),
}

/// The times at which something ends, in seconds after [`NOW`].
#[derive(Arbitrary, Clone, Copy, Debug)]
pub enum Border {
    Nonce,
    PreviousNonce,
    Proof,
    AfterProof,
    EndOfToken,
}

#[derive(Arbitrary, Debug)]
struct RequestEdits {
    scheme: Seldom<Scheme>,
    blanks: Seldom<Blanks>,
    authorization: Seldom<Lines>,
    dpop: Seldom<Lines>,
    method: Seldom<Option<Word>>,
    url: Seldom<Url>,
}

#[derive(Arbitrary, Clone, Copy, Debug, Default)]
enum Scheme {
    #[default]
    Fitting,
    Other,
    Listed(u8),
}

#[derive(Arbitrary, Clone, Copy, Debug, Default)]
enum Blanks {
    #[default]
    One,
    None,
    Several,
    Tab,
    Around,
}

/// How often a header is sent.
#[derive(Arbitrary, Clone, Copy, Debug, Default)]
enum Lines {
    #[default]
    One,
    None,
    Twice,
    Joined,
    Empty,
    Garbage,
}

/// What the fuzzer cannot choose: how the API is configured.
#[derive(Clone, Copy, Debug)]
pub struct Offer {
    /// Whether the API accepts the scheme `Bearer` only, or `DPoP` only.
    pub only: Option<&'static str>,
    /// Returns the nonce of a step of 60 s.
    pub nonce: fn(i64) -> String,
}

impl Draft {
    /// The valid request to an API.
    pub fn valid(world: u8) -> Self {
        let draft = Self::arbitrary(&mut Unstructured::new(&[])).expect("no choices");
        Self { world, ..draft }
    }

    /// The valid request to an API, with one edit of one member: each edit of [`each_edit`], in each object.
    pub fn each_with_one_edit(world: u8, offer: Offer) -> impl Iterator<Item = Self> {
        type Place = fn(&mut Draft) -> &mut Vec<Edit>;
        let places: [(&[&str], Place); 6] = [
            (TOKEN_HEADER, |draft| &mut draft.token.header),
            (TOKEN_CLAIMS, |draft| &mut draft.token.claims),
            (CONFIRMATION, |draft| &mut draft.confirmation),
            (PROOF_HEADER, |draft| &mut draft.proof.header),
            (JWK, |draft| &mut draft.jwk),
            (PROOF_CLAIMS, |draft| &mut draft.proof.claims),
        ];
        let proof_key = Self::valid(world).proof.key;
        let context = Context { token: String::new(), proof_key, nonce: offer.nonce };
        places.into_iter().flat_map(move |(own, place)| {
            each_edit(own, &context).into_iter().map(move |edit| {
                let mut draft = Self::valid(world);
                place(&mut draft).push(edit);
                draft
            })
        })
    }

    /// The request, for an API that offers this.
    pub fn request(&self, offer: Offer) -> Called {
        let is_bound = match offer.only {
            Some(scheme) => scheme == "DPoP",
            None => self.binding == Binding::Key,
        };
        let context = Context { token: String::new(), proof_key: self.proof.key, nonce: offer.nonce };
        let token = self.token(is_bound, &context);
        let context = Context { token: token.clone(), ..context };
        let mut proof = self.dpop_header(&context);
        if !is_bound {
            // A client without a bound token sends no proof, if it makes no mistake.
            proof = if let Lines::One = self.request.dpop.0 { Vec::new() } else { proof };
        }
        let method = self.request.method.0.as_ref().map_or("GET".to_owned(), |word| word.text("htm", &context));
        Called {
            method,
            url: self.request.url.0.text(),
            authorization: self.authorization(is_bound, &token),
            dpop: proof,
        }
    }

    fn token(&self, is_bound: bool, context: &Context) -> String {
        let key = self.token.key;
        let header = [("alg", quoted(key.algorithm())), ("kid", quoted(key.id())), ("typ", quoted("at+jwt"))];
        let mut claims = vec![
            ("iss", quoted(ISSUER)),
            ("aud", quoted(AUDIENCE)),
            ("sub", quoted("auth0|ada")),
            ("client_id", quoted("client")),
            ("jti", quoted("t1")),
            ("iat", (NOW - 10).to_string()),
            ("exp", (NOW + 300).to_string()),
            ("role", quoted("reader")),
        ];
        if is_bound {
            let bound_to = [("jkt", quoted(&self.proof.key.thumbprint()))];
            claims.push(("cnf", object(&bound_to, CONFIRMATION, &self.confirmation, context)));
        }
        self.token.compact((&header, TOKEN_HEADER), (&claims, TOKEN_CLAIMS), context)
    }

    fn proof(&self, context: &Context) -> String {
        let key = self.proof.key;
        let jwk: Vec<_> = self.embedded.unwrap_or(key).jwk().iter().map(|(name, text)| (*name, quoted(text))).collect();
        let jwk = object(&jwk, JWK, &self.jwk, context);
        let header = [("typ", quoted("dpop+jwt")), ("alg", quoted(key.algorithm())), ("jwk", jwk)];
        let nonce = (context.nonce)(i64::from(NOW / 60));
        let claims = [
            ("jti", quoted("p1")),
            ("htm", quoted("GET")),
            ("htu", quoted(url::CALLED)),
            ("iat", NOW.to_string()),
            ("ath", quoted(&crate::sha256(&context.token))),
            ("nonce", quoted(&nonce)),
        ];
        self.proof.compact((&header, PROOF_HEADER), (&claims, PROOF_CLAIMS), context)
    }

    fn authorization(&self, is_bound: bool, token: &str) -> Vec<Vec<u8>> {
        let fitting = if is_bound { "DPoP" } else { "Bearer" };
        let scheme = match self.request.scheme.0 {
            Scheme::Fitting => fitting,
            Scheme::Other => ["DPoP", "Bearer"][usize::from(is_bound)],
            Scheme::Listed(index) => SCHEMES[usize::from(index) % SCHEMES.len()],
        };
        let value = match self.request.blanks.0 {
            Blanks::One => format!("{scheme} {token}"),
            Blanks::None => format!("{scheme}{token}"),
            Blanks::Several => format!("{scheme}   {token}"),
            Blanks::Tab => format!("{scheme}\t{token}"),
            Blanks::Around => format!(" \t{scheme} {token} \t"),
        };
        self.request.authorization.0.of(value)
    }

    fn dpop_header(&self, context: &Context) -> Vec<Vec<u8>> {
        self.request.dpop.0.of(self.proof(context))
    }
}

impl Lines {
    fn of(self, value: String) -> Vec<Vec<u8>> {
        match self {
            Self::One => vec![value.into()],
            Self::None => Vec::new(),
            Self::Twice => vec![value.clone().into(), value.into()],
            Self::Joined => vec![format!("{value}, {value}").into()],
            Self::Empty => vec![Vec::new()],
            Self::Garbage => vec![b"DPoP \xff".to_vec()],
        }
    }
}

impl Later {
    /// In seconds.
    pub fn seconds(self) -> u32 {
        match self {
            Self::AtOnce => 0,
            Self::Seconds(seconds) => seconds.into(),
            // NOW is 20 s after the beginning of a step of 60 s.
            Self::AtBorder(Border::Nonce) => 40,
            Self::AtBorder(Border::PreviousNonce) => 100,
            Self::AtBorder(Border::Proof | Border::EndOfToken) => 300,
            Self::AtBorder(Border::AfterProof) => 301,
        }
    }
}

/// A text in quotes, which needs no escapes.
fn quoted(text: &str) -> String {
    format!("\"{text}\"")
}

const SCHEMES: [&str; 8] = ["bearer", "dpop", "BEARER", "dPoP", "Basic", "", "DPoP,", "Bearer:"];
