//! Values that are right, or almost right, for the member that they are written to.

use super::url::CALLED;
use super::value::Context;
use crate::NOW;

/// The JSON text of a value for a member of this name. The index may be of any size.
pub(super) fn fitting(name: &str, index: u8, context: &Context) -> String {
    let index = usize::from(index);
    let one_of = |values: &[&str]| values[index % values.len()].to_owned();
    match name {
        "exp" | "nbf" | "iat" => time(index),
        "alg" => one_of(&[
            r#""ES256""#,
            r#""EdDSA""#,
            r#""Ed25519""#,
            r#""ES384""#,
            r#""RS256""#,
            r#""PS256""#,
            r#""ES512""#,
            r#""HS256""#,
            r#""none""#,
        ]),
        "typ" => one_of(&[
            r#""JWT""#,
            r#""at+jwt""#,
            r#""dpop+jwt""#,
            r#""application/at+jwt""#,
            r#""Application/DPoP+JWT""#,
            r#""id+jwt""#,
            r#""""#,
        ]),
        "kid" => one_of(&[
            r#""es""#,
            r#""ed""#,
            r#""rs""#,
            r#""es384""#,
            r#""twin""#,
            r#""enc""#,
            r#""private""#,
            r#""a""#,
            r#""""#,
        ]),
        "iss" => one_of(&[
            r#""https://tenant.example.com""#,
            r#""https://TENANT.example.com/""#,
            r#""""#,
            r#"["https://a/"]"#,
        ]),
        "aud" => one_of(&[
            r#"["urn:other","https://api.example.com"]"#,
            r#"["urn:second"]"#,
            r#""urn:second""#,
            r#""https://api.example.com/""#,
            r#""https://api.example.co""#,
            r#"["https://api.example.com",1]"#,
            r#"["https://api.example.com","\ud83d"]"#,
            "[]",
            r#"[["https://api.example.com"]]"#,
        ]),
        "cnf" => one_of(&["{}", r#"{"kid":"a"}"#, r#"{"jkt":""}"#, "[]", "null", r#""a""#]),
        "htm" => one_of(&[r#""get""#, r#""HEAD""#, r#""GET ""#, r#""""#, "1"]),
        "htu" => htu(index),
        "nonce" => format!("\"{}\"", (context.nonce)(i64::from(NOW / 60) + [0, -1, -2, 1, 2, 5][index % 6])),
        "crit" => one_of(&[r#"["exp"]"#, "[]", "null"]),
        "b64" => one_of(&["true", "false", "null", r#""true""#]),
        "use" => one_of(&[r#""sig""#, r#""enc""#, r#""""#, "null"]),
        "key_ops" => one_of(&[r#"["verify"]"#, r#"["sign"]"#, "[]", r#"["verify",1]"#, r#""verify""#]),
        "d" | "k" | "oth" | "p" | "qi" => one_of(&[r#""AA""#, r#""""#, "null"]),
        "jti" => format!("\"{}\"", "k".repeat([1, 0, 255, 256, 257][index % 5])),
        _ => one_of(&[r#""a""#, r#""""#, "1", "null", "{}", "[]", r#""\ud83d""#]),
    }
}

/// A time at a border, or just beside it.
fn time(index: usize) -> String {
    let border = BORDERS[index % BORDERS.len()];
    let number = i64::from(NOW) + border;
    match index / BORDERS.len() % 6 {
        0 => number.to_string(),
        1 => (number + 1).to_string(),
        2 => (number - 1).to_string(),
        3 => format!("{number}.0"),
        4 => format!("{number}.25"),
        _ => format!("{}.{}e1", number / 10, number % 10),
    }
}

fn htu(index: usize) -> String {
    let path = "/orders/a%2Fb";
    let host = "https://api.example.com";
    let url = match index % 14 {
        0 => format!("{CALLED}?page=2#a"),
        1 => format!("HTTPS://API.example.com:443{path}"),
        2 => format!("{host}/x/../orders/./a%2fb"),
        3 => format!("{host}/%6Frders/a%2Fb"),
        4 => format!("{host}/orders/a/b"),
        5 => format!("{CALLED}/"),
        6 => format!("http://api.example.com{path}"),
        7 => format!("{host}:8443{path}"),
        8 => format!("{host}/Orders/a%2Fb"),
        9 => format!("{host}.{path}"),
        10 => format!("https://a@api.example.com{path}"),
        11 => format!("{CALLED}?caf\u{e9}"),
        12 => format!("{CALLED} "),
        _ => format!("{host}//orders/a%2Fb"),
    };
    format!("\"{url}\"")
}

/// In seconds, from [`NOW`]: the windows of proofs and tokens of all worlds, and the times of the second request.
const BORDERS: [i64; 14] = [0, -300, 30, -60, 60, -3660, -3600, 300, 301, 360, 40, 100, 240, -1000];
