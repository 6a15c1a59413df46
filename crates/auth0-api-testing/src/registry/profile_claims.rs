//! The claims of a user that a client gets, by the scopes that it has.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value};

use super::User;

/// Returns the claims of a user for these scopes ([OpenID Connect Core §5.4](https://openid.net/specs/openid-connect-core-1_0.html#ScopeClaims)).
/// Claims that no scope names, such as those with a namespace, need no scope: as if an Action had set them.
///
/// Every user of Auth0 has some claims. If a user has no value for such a claim, it is derived from the others.
pub(crate) fn claims(user: &User, scopes: &[&str], updated_at: &str) -> Map<String, Value> {
    let mut claims = derived(user, updated_at);
    claims.extend(user.claims().clone());
    claims.retain(|name, _| scope_of(name).is_none_or(|scope| scopes.contains(&scope)));
    claims
}

fn derived(user: &User, updated_at: &str) -> Map<String, Value> {
    let text = |name| user.claims().get(name).and_then(Value::as_str);
    let email = text("email");
    let account = email.map_or_else(|| user.id().rsplit('|').next(), |email| email.split('@').next());
    let nickname = text("nickname").or(account).unwrap_or_default();
    let name = text("name").or(email).unwrap_or(nickname);
    let mut claims = Map::new();
    claims.insert("nickname".into(), nickname.into());
    claims.insert("name".into(), name.into());
    claims.insert("picture".into(), picture(nickname).into());
    claims.insert("updated_at".into(), updated_at.into());
    if email.is_some() {
        claims.insert("email_verified".into(), true.into());
    }
    claims
}

/// Draws the first two letters of a name. The picture is inside of the URL, because the tenant needs no network.
fn picture(nickname: &str) -> String {
    let initials = nickname.chars().filter(char::is_ascii_alphanumeric).take(2).collect::<String>().to_uppercase();
    let svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 2 2\"><path fill=\"#635dff\" d=\"M0 0h2v2H0z\"/>\
         <text x=\"1\" y=\"1.35\" font-size=\"1\" text-anchor=\"middle\" fill=\"#fff\">{initials}</text></svg>"
    );
    format!("data:image/svg+xml;base64,{}", STANDARD.encode(svg))
}

/// Returns the scope that a claim belongs to.
fn scope_of(claim: &str) -> Option<&'static str> {
    SCOPES.iter().find(|(_, claims)| claims.contains(&claim)).map(|(scope, _)| *scope)
}

/// OpenID Connect Core §5.4.
const SCOPES: [(&str, &[&str]); 4] = [
    (
        "profile",
        &[
            "name",
            "family_name",
            "given_name",
            "middle_name",
            "nickname",
            "preferred_username",
            "profile",
            "picture",
            "website",
            "gender",
            "birthdate",
            "zoneinfo",
            "locale",
            "updated_at",
        ],
    ),
    ("email", &["email", "email_verified"]),
    ("address", &["address"]),
    ("phone", &["phone_number", "phone_number_verified"]),
];

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const NOW: &str = "2023-11-14T22:13:20.000Z";

    #[test]
    fn a_scope_gives_its_claims_and_no_others() {
        let ada = User::new("auth0|ada")
            .claim("email", "ada@example.com")
            .claim("phone_number", "+44")
            .claim("https://example.com/plan", "pro");
        let of = |scopes: &[&str]| Value::from(claims(&ada, scopes, NOW));
        assert_eq!(of(&["openid"]), json!({ "https://example.com/plan": "pro" }));
        let email = json!({ "email": "ada@example.com", "email_verified": true, "https://example.com/plan": "pro" });
        assert_eq!(of(&["openid", "email"]), email);
        assert_eq!(of(&["phone"]), json!({ "phone_number": "+44", "https://example.com/plan": "pro" }));
        let profile = claims(&ada, &["profile"], NOW);
        assert_eq!((&profile["nickname"], &profile["name"]), (&json!("ada"), &json!("ada@example.com")));
        assert_eq!(profile["updated_at"], NOW);
        assert!(!profile.contains_key("email"));
    }

    #[test]
    fn the_users_own_claims_replace_derived_ones() {
        let user = User::new("auth0|7")
            .claim("email", "a@b.example")
            .claim("nickname", "Al")
            .claim("picture", "https://b.example/al.png")
            .claim("email_verified", false);
        let claims = claims(&user, &["profile", "email"], NOW);
        assert_eq!((&claims["nickname"], &claims["email_verified"]), (&json!("Al"), &json!(false)));
        assert_eq!(claims["picture"], "https://b.example/al.png");
        let bare = super::claims(&User::new("google-oauth2|7"), &["profile"], NOW);
        assert_eq!((&bare["nickname"], &bare["name"]), (&json!("7"), &json!("7")));
    }
}
