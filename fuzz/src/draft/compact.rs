//! The compact form of a signed message, and damage to it.

use arbitrary::Arbitrary;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::edit::{Edit, object};
use super::key::KeyName;
use super::seldom::Seldom;
use super::value::Context;
use super::word::Mangle;

/// The members of a valid object, and the names that it may have.
type Members<'m> = (&'m [(&'static str, String)], &'m [&'static str]);

/// A signed message, and how it differs from a valid one.
#[derive(Arbitrary, Debug)]
pub(super) struct Message {
    pub(super) key: KeyName,
    pub(super) header: Vec<Edit>,
    header_layout: Seldom<Layout>,
    pub(super) claims: Vec<Edit>,
    claims_layout: Seldom<Layout>,
    signature: Seldom<Signature>,
    damage: Seldom<Damage>,
}

/// What surrounds an object.
#[derive(Arbitrary, Clone, Copy, Debug, Default)]
enum Layout {
    #[default]
    Compact,
    BlanksAround,
    Truncated,
    TrailingComma,
    SecondValue,
    ByteOrderMark,
    InList,
    NotUtf8,
    Empty,
}

#[derive(Arbitrary, Clone, Copy, Debug, Default)]
enum Signature {
    #[default]
    Valid,
    /// Another key signs.
    By(KeyName),
    /// A bit is flipped.
    Flipped(u16),
    Truncated(u8),
    Extended(u8),
    /// ECDSA: the order minus s, which is also valid, is not computed; r and s are exchanged.
    Exchanged,
    Zeros(u8),
    /// The signature that a weak Ed25519 key accepts for any message.
    Weak,
    Empty,
}

/// Damage after the message was signed.
#[derive(Arbitrary, Clone, Copy, Debug, Default)]
enum Damage {
    #[default]
    None,
    Part(u8, Mangle),
    AdditionalParts(u8),
    WithoutPart(u8),
    ExchangedParts,
    OnlyHeader,
}

impl Message {
    pub(super) fn compact(&self, header: Members<'_>, claims: Members<'_>, context: &Context) -> String {
        let header = self.header_layout.0.lay_out(object(header.0, header.1, &self.header, context));
        let claims = self.claims_layout.0.lay_out(object(claims.0, claims.1, &self.claims, context));
        let signed = [&header, &claims].map(|text| URL_SAFE_NO_PAD.encode(text)).join(".");
        let signature = URL_SAFE_NO_PAD.encode(self.signature.0.over(signed.as_bytes(), self.key));
        self.damage.0.apply(&format!("{signed}.{signature}"))
    }
}

impl Layout {
    fn lay_out(self, object: String) -> Vec<u8> {
        match self {
            Self::Compact => object.into(),
            Self::BlanksAround => format!("\r\n {object}\t ").into(),
            Self::Truncated => object[..object.len() - 1].into(),
            Self::TrailingComma => format!("{},}}", &object[..object.len() - 1]).into(),
            Self::SecondValue => format!("{object}{{}}").into(),
            Self::ByteOrderMark => format!("\u{feff}{object}").into(),
            Self::InList => format!("[{object}]").into(),
            Self::NotUtf8 => [object.as_bytes(), b"\xff"].concat(),
            Self::Empty => Vec::new(),
        }
    }
}

impl Signature {
    fn over(self, message: &[u8], key: KeyName) -> Vec<u8> {
        let valid = || key.sign(message);
        match self {
            Self::Valid => valid(),
            Self::By(key) => key.sign(message),
            Self::Flipped(bit) => {
                let mut signature = valid();
                let bit = usize::from(bit) % (signature.len() * 8);
                signature[bit / 8] ^= 1 << (bit % 8);
                signature
            }
            Self::Truncated(octets) => {
                let mut signature = valid();
                signature.truncate(signature.len().saturating_sub(usize::from(octets)));
                signature
            }
            Self::Extended(octets) => [valid(), vec![0; octets.into()]].concat(),
            Self::Exchanged => {
                let signature = valid();
                let (r, s) = signature.split_at(signature.len() / 2);
                [s, r].concat()
            }
            Self::Zeros(octets) => vec![0; octets.into()],
            Self::Weak => [vec![1], vec![0; 63]].concat(),
            Self::Empty => Vec::new(),
        }
    }
}

impl Damage {
    fn apply(self, compact: &str) -> String {
        let mut parts: Vec<String> = compact.split('.').map(ToOwned::to_owned).collect();
        match self {
            Self::None => {}
            Self::Part(index, mangle) => {
                let part = &mut parts[usize::from(index) % 3];
                *part = mangle.apply(part);
            }
            Self::AdditionalParts(count) => parts.extend((0..count % 5).map(|_| "AA".to_owned())),
            Self::WithoutPart(index) => drop(parts.remove(usize::from(index) % 3)),
            Self::ExchangedParts => parts.swap(0, 1),
            Self::OnlyHeader => parts.truncate(1),
        }
        parts.join(".")
    }
}
