//! `[[exchange_profiles]]`: profiles whose Action follows a table, because a file cannot contain code.

use std::collections::BTreeMap;

use super::section::Section;
use crate::{ActorClaim, ExchangeRejection, ExchangeRequest, Exchanged, LocalTenantBuilder, User};

/// A profile, and how its Action decides.
#[derive(Clone)]
pub(super) struct Profile {
    pub(super) subject_token_type: String,
    /// The id of the Action; `None` if the tenant chooses it.
    action_id: Option<String>,
    /// A subject token that begins with this text names a user: `legacy:USER`.
    pub(super) prefix: Option<String>,
    /// Subject tokens, each with the id of its user.
    subject_tokens: BTreeMap<String, String>,
    /// Subject tokens, each with the error code that denies the exchange.
    denied: BTreeMap<String, String>,
    /// Subject tokens that require another authentication factor.
    mfa_required: Vec<String>,
    /// The actor of the tokens; `None` if no actor acts for the user.
    actor: Option<ActorClaim>,
    users: Vec<User>,
}

impl Profile {
    /// Makes a profile whose subject tokens name their user after a prefix. In place of the user, `mfa` requires
    /// another factor, and `locked` denies the exchange.
    pub(super) fn with_prefix(subject_token_type: &str, prefix: &str, users: &[User]) -> Self {
        Self {
            subject_token_type: subject_token_type.into(),
            action_id: Some(EXAMPLE_ACTION.into()),
            prefix: Some(prefix.into()),
            subject_tokens: BTreeMap::new(),
            denied: BTreeMap::from([(format!("{prefix}locked"), "account_locked".into())]),
            mfa_required: vec![format!("{prefix}mfa")],
            actor: None,
            users: users.to_vec(),
        }
    }

    pub(super) fn read(section: &mut Section<'_>, users: &[User]) -> Option<Self> {
        let subject_token_type = section.required("subject_token_type");
        let action_id = section.text("action_id");
        let prefix = section.text("prefix");
        let subject_tokens = section.pairs("subject_tokens").unwrap_or_default();
        let denied = section.pairs("denied").unwrap_or_default();
        let mfa_required = section.texts("mfa_required").unwrap_or_default();
        if prefix.is_none() && subject_tokens.is_empty() {
            section.problem("the profile accepts no subject token: set prefix or subject_tokens");
        }
        Some(Self {
            subject_token_type: subject_token_type?,
            action_id,
            prefix,
            subject_tokens: subject_tokens.into_iter().collect(),
            denied: denied.into_iter().collect(),
            mfa_required,
            actor: section.table("actor").and_then(actor),
            users: users.to_vec(),
        })
    }

    pub(super) fn register(self, builder: LocalTenantBuilder) -> LocalTenantBuilder {
        let subject_token_type = self.subject_token_type.clone();
        match self.action_id.clone() {
            None => builder.exchange_profile(subject_token_type, move |request| self.decide(request)),
            Some(id) => {
                builder.action(&id, move |request| self.decide(request)).exchange_profile_of(subject_token_type, id)
            }
        }
    }

    fn decide(&self, request: &ExchangeRequest) -> Result<Exchanged, ExchangeRejection> {
        let token = request.subject_token();
        if let Some(code) = self.denied.get(token) {
            return Err(ExchangeRejection::deny(code, "The Action of the profile denies this subject token"));
        }
        if self.mfa_required.iter().any(|known| known == token) {
            return Err(ExchangeRejection::require_mfa());
        }
        let of_prefix = || token.strip_prefix(self.prefix.as_deref()?).filter(|user| !user.is_empty());
        match self.subject_tokens.get(token).map(String::as_str).or_else(of_prefix) {
            Some(id) => {
                let user = self.users.iter().find(|user| user.id() == id).cloned().unwrap_or_else(|| User::new(id));
                Ok(self.actor.iter().cloned().fold(Exchanged::user(user), Exchanged::actor))
            }
            None => Err(ExchangeRejection::reject_subject_token(self.hint())),
        }
    }

    fn hint(&self) -> String {
        match &self.prefix {
            Some(prefix) => format!("a subject token of this profile reads {prefix}USER"),
            None => "the profile does not know this subject token".into(),
        }
    }
}

/// Reads `actor = { sub = "agt_7", sub_profile = "ai_agent" }`: the current actor of the tokens, without earlier ones.
fn actor(mut section: Section<'_>) -> Option<ActorClaim> {
    let subject = section.required("sub");
    let members = ["iss", "sub_profile", "client_id", "client_profile"].map(|name| (name, section.text(name)));
    section.finish();
    let members = members.into_iter().filter_map(|(name, value)| Some((name, value?)));
    Some(members.fold(ActorClaim::new(subject?), |actor, (name, value)| actor.member(name, value)))
}

/// The id of the Action of the example profile. Profiles that the Management API makes can name it.
const EXAMPLE_ACTION: &str = "local-action";
