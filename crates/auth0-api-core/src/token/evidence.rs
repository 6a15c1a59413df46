//! The evidence of who the subject of a token is, or who an actor is.

use super::caller::Caller;

/// Everything in a token that says something about its subject, or in a level of `act` about an actor.
#[derive(Clone, Copy, Debug)]
pub(super) struct Subject<'t> {
    /// `sub`, which is not blank.
    pub(super) id: &'t str,
    /// `azp` or `client_id`.
    pub(super) client_id: Option<&'t str>,
    /// `sub_profile`.
    pub(super) profile: Option<&'t str>,
    /// Whether `gty` contains the client credentials grant; `None` without `gty`.
    pub(super) client_credentials: Option<bool>,
}

impl Subject<'_> {
    /// Returns the kind that all evidence agrees on.
    ///
    /// If there is no evidence, or if two pieces of evidence contradict each other, the kind is unknown. So a further piece
    /// of evidence never turns one kind into another.
    pub(super) fn kind(&self) -> Caller {
        let said = || EVIDENCE.iter().filter(|evidence| (evidence.is_in)(self)).map(|evidence| evidence.says);
        let named = said().find_map(|says| if let Says::Is(kind) = says { Some(kind) } else { None });
        named.filter(|kind| said().all(|says| says.allows(*kind))).unwrap_or(Caller::Unknown)
    }

    fn has_profile(&self, names: &[&str]) -> bool {
        self.profile.is_some_and(|profile| names.contains(&profile))
    }

    /// RFC 9068 §2.2: if no resource owner is involved, `sub` is the client.
    fn is_own_client(&self) -> bool {
        self.client_id.is_some_and(|client| client == self.id.strip_suffix(MACHINE_SUFFIX).unwrap_or(self.id))
    }
}

/// One piece of evidence.
struct Evidence {
    is_in: fn(&Subject<'_>) -> bool,
    says: Says,
}

#[derive(Clone, Copy)]
enum Says {
    Is(Caller),
    IsNot(&'static [Caller]),
}

impl Says {
    fn allows(self, kind: Caller) -> bool {
        match self {
            Self::Is(said) => said == kind,
            Self::IsNot(excluded) => !excluded.contains(&kind),
        }
    }
}

/// All evidence. `client_profile` is not in the table, because it describes the client and not the subject.
const EVIDENCE: [Evidence; 12] = [
    // `sub_profile`, which an API gets if it opts in (`agent_subject_claims: "auth0-v1"`). Auth0's documentation has
    // `user`; its tokens also have `human`.
    Evidence { is_in: |subject| subject.has_profile(USER_PROFILES), says: Says::Is(Caller::User) },
    // Auth0, AI agents: the value for an agent as principal.
    Evidence { is_in: |subject| subject.has_profile(AGENT_PROFILES), says: Says::Is(Caller::Agent) },
    // Auth0: the value for an application that acts for itself.
    Evidence { is_in: |subject| subject.has_profile(MACHINE_PROFILES), says: Says::Is(Caller::Machine) },
    // Auth0: the set of values is open. A value that is not in this table is no value of a known kind.
    Evidence {
        is_in: |subject| {
            let known = [USER_PROFILES, AGENT_PROFILES, MACHINE_PROFILES];
            subject.profile.is_some() && !known.iter().any(|profiles| subject.has_profile(profiles))
        },
        says: Says::IsNot(&Caller::ALL),
    },
    // Auth0, anonymous sessions: `sub` is `anon@` and a UUID.
    Evidence {
        is_in: |subject| subject.id.strip_prefix(ANONYMOUS_PREFIX).is_some_and(is_uuid),
        says: Says::Is(Caller::Anonymous),
    },
    // The same prefix without a UUID: Auth0 gives a user who logged in no such id.
    Evidence {
        is_in: |subject| subject.id.strip_prefix(ANONYMOUS_PREFIX).is_some_and(|rest| !is_uuid(rest)),
        says: Says::IsNot(&[Caller::User]),
    },
    // Auth0, AI agents: the id that Auth0 chooses for an agent. A customer may choose another one, which only
    // `sub_profile` can tell from other ids.
    Evidence {
        is_in: |subject| subject.id.strip_prefix(AGENT_PREFIX).is_some_and(|rest| !rest.is_empty()),
        says: Says::Is(Caller::Agent),
    },
    // Auth0, client credentials: `sub` is the client's own id with `@clients`. RFC 9068 §2.2: the client's own id.
    Evidence { is_in: |subject| subject.is_own_client(), says: Says::Is(Caller::Machine) },
    // The suffix after another id than the client's. Some users can choose their ids, and a machine's token that was
    // exchanged is for another client.
    Evidence {
        is_in: |subject| subject.id.ends_with(MACHINE_SUFFIX) && !subject.is_own_client(),
        says: Says::IsNot(&Caller::ALL),
    },
    // Auth0, user ids: the connection, or the identity provider, and the id there.
    Evidence {
        is_in: |subject| {
            subject.id.split_once('|').is_some_and(|(connection, id)| !connection.is_empty() && !id.is_empty())
        },
        says: Says::Is(Caller::User),
    },
    // Auth0, `gty`: no person takes part in the client credentials grant. Machines and agents use it.
    Evidence {
        is_in: |subject| subject.client_credentials == Some(true),
        says: Says::IsNot(&[Caller::Anonymous, Caller::User]),
    },
    // Auth0, `gty`: a machine has no other grant.
    Evidence { is_in: |subject| subject.client_credentials == Some(false), says: Says::IsNot(&[Caller::Machine]) },
];

/// RFC 9562 §4: 32 hexadecimal digits in five groups.
fn is_uuid(text: &str) -> bool {
    let groups = text.split('-').map(|group| (group.len(), group.bytes().all(|octet| octet.is_ascii_hexdigit())));
    groups.eq([8, 4, 4, 4, 12].map(|length| (length, true)))
}

const USER_PROFILES: &[&str] = &["user", "human"];
const AGENT_PROFILES: &[&str] = &["ai_agent"];
const MACHINE_PROFILES: &[&str] = &["service"];
const ANONYMOUS_PREFIX: &str = "anon@";
const AGENT_PREFIX: &str = "agt_";
/// Auth0 appends this suffix to the client id in the `sub` of a machine's token.
const MACHINE_SUFFIX: &str = "@clients";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_subject_has_the_kind_that_all_evidence_agrees_on() {
        use Caller::{Agent, Anonymous, Machine, Unknown, User};
        const ANON: &str = "anon@6b0a5f3e-8f0e-4c57-9d35-0f6f3c1b2a7d";
        for (id, client_id, profile, client_credentials, kind) in [
            // The form of the id alone.
            ("auth0|1", Some("spa"), None, None, User),
            ("oidc|acme|1", Some("spa"), None, None, User),
            ("auth0|1", None, None, None, User),
            ("|1", Some("spa"), None, None, Unknown),
            ("auth0|", Some("spa"), None, None, Unknown),
            ("ada", Some("spa"), None, None, Unknown),
            (ANON, Some("spa"), None, None, Anonymous),
            ("anon@6B0A5F3E-8F0E-4C57-9D35-0F6F3C1B2A7D", Some("spa"), None, None, Anonymous),
            ("anon@6b0a5f3e8f0e4c579d350f6f3c1b2a7d", Some("spa"), None, None, Unknown),
            ("anon@6b0a5f3e-8f0e-4c57-9d35-0f6f3c1b2a7g", Some("spa"), None, None, Unknown),
            ("anon@", Some("spa"), None, None, Unknown),
            ("anon@x|1", Some("spa"), None, None, Unknown),
            ("ANON@6b0a5f3e-8f0e-4c57-9d35-0f6f3c1b2a7d", Some("spa"), None, None, Unknown),
            ("agt_7", Some("bot"), None, None, Agent),
            ("agt_", Some("bot"), None, None, Unknown),
            ("AGT_7", Some("bot"), None, None, Unknown),
            ("m2m", Some("m2m"), None, None, Machine),
            ("m2m@clients", Some("m2m"), None, None, Machine),
            ("other@clients", Some("m2m"), None, None, Unknown),
            ("m2m@clients", None, None, None, Unknown),
            // The profile alone, with an id that says nothing.
            ("ada", Some("spa"), Some("user"), None, User),
            ("ada", Some("spa"), Some("human"), None, User),
            ("bot-of-acme", Some("bot"), Some("ai_agent"), None, Agent),
            ("worker", Some("m2m"), Some("service"), None, Machine),
            ("ada", Some("spa"), Some("browser_app"), None, Unknown),
            ("ada", Some("spa"), Some("USER"), None, Unknown),
            ("ada", Some("spa"), Some(""), None, Unknown),
            // The profile and the id.
            ("auth0|1", Some("spa"), Some("user"), None, User),
            ("auth0|1", Some("spa"), Some("human"), None, User),
            ("auth0|1", Some("spa"), Some("ai_agent"), None, Unknown),
            ("auth0|1", Some("spa"), Some("service"), None, Unknown),
            ("auth0|1", Some("spa"), Some("native_app"), None, Unknown),
            ("auth0|1", Some("spa"), Some("service ai_agent"), None, Unknown),
            (ANON, Some("spa"), Some("user"), None, Unknown),
            ("anon@x", Some("spa"), Some("user"), None, Unknown),
            ("anon@x|1", Some("spa"), Some("user"), None, Unknown),
            ("agt_7", Some("bot"), Some("ai_agent"), None, Agent),
            ("agt_7", Some("bot"), Some("user"), None, Unknown),
            ("m2m@clients", Some("m2m"), Some("service"), None, Machine),
            ("m2m@clients", Some("m2m"), Some("ai_agent"), None, Unknown),
            ("m2m@clients", Some("m2m"), Some("user"), None, Unknown),
            ("other@clients", Some("m2m"), Some("service"), None, Unknown),
            ("other@clients", Some("m2m"), Some("user"), None, Unknown),
            // Two forms at once.
            ("agt_7|1", Some("bot"), None, None, Unknown),
            ("agt_7", Some("agt_7"), None, None, Unknown),
            ("agt_7@clients", Some("agt_7"), None, None, Unknown),
            ("agt_7@clients", Some("bot"), None, None, Unknown),
            ("auth0|m2m@clients", Some("m2m"), None, None, Unknown),
            ("auth0|m2m", Some("auth0|m2m"), None, None, Unknown),
            // The grant.
            ("auth0|1", Some("spa"), None, Some(false), User),
            ("auth0|1", Some("spa"), None, Some(true), Unknown),
            ("auth0|1", Some("spa"), Some("user"), Some(true), Unknown),
            (ANON, Some("spa"), None, Some(false), Anonymous),
            (ANON, Some("spa"), None, Some(true), Unknown),
            ("m2m@clients", Some("m2m"), None, Some(true), Machine),
            ("m2m@clients", Some("m2m"), None, Some(false), Unknown),
            ("agt_7", Some("bot"), None, Some(true), Agent),
            ("agt_7", Some("bot"), None, Some(false), Agent),
            ("bot-of-acme", Some("bot"), None, Some(true), Unknown),
        ] {
            let subject = Subject { id, client_id, profile, client_credentials };
            assert_eq!(subject.kind(), kind, "{subject:?}");
        }
    }

    #[test]
    fn each_kind_has_a_name_of_its_own() {
        let names: std::collections::BTreeSet<_> = Caller::ALL.iter().map(ToString::to_string).collect();
        assert_eq!(names.into_iter().collect::<Vec<_>>(), ["agent", "anonymous", "machine", "unknown", "user"]);
    }
}
