//! One step of a plan: what happens with one profile.

use auth0_api_management::{Ensured, ManagementError, TokenExchangeProfile};
use serde_json::{Value, json};

use super::access::Tenant;
use super::line::Line;
use super::report;
use super::wanted::Wanted;

#[derive(Debug)]
pub(super) enum Step {
    /// Creates a profile, and fails if its subject token type is taken meanwhile.
    Create(Wanted),
    Delete(TokenExchangeProfile),
    /// Creates a profile, and accepts that another deployment has done so meanwhile.
    EnsureNew(Wanted),
    Keep(TokenExchangeProfile),
    Rename(TokenExchangeProfile, Wanted),
    /// Deletes a profile, and creates it with another Action or type.
    Replace(TokenExchangeProfile, Wanted),
}

impl Step {
    /// The step that makes a profile what it shall be.
    pub(super) fn between(present: Option<TokenExchangeProfile>, wanted: Wanted) -> Self {
        match present {
            None => Self::EnsureNew(wanted),
            Some(present) if wanted.needs_another_than(&present) => Self::Replace(present, wanted),
            Some(present) if wanted.name != present.name() => Self::Rename(present, wanted),
            Some(present) => Self::Keep(present),
        }
    }

    pub(super) fn changes_something(&self) -> bool {
        !matches!(self, Self::Keep(_))
    }

    /// Makes the change. Returns the profile as it is then, with the word for what was done; no profile if it is gone.
    pub(super) async fn apply(
        &self,
        tenant: &Tenant,
    ) -> Result<(&'static str, Option<TokenExchangeProfile>), ManagementError> {
        let profiles = &tenant.profiles;
        let ensured = match self {
            Self::Keep(present) => return Ok(("kept", Some(present.clone()))),
            Self::Create(wanted) => return Ok(("created", Some(profiles.create(&wanted.to_profile()).await?))),
            Self::Delete(present) => return profiles.delete(present.id()).await.map(|()| ("deleted", None)),
            Self::EnsureNew(wanted) | Self::Rename(_, wanted) => profiles.ensure(&wanted.to_profile()).await?,
            Self::Replace(_, wanted) => profiles.ensure_or_replace(&wanted.to_profile()).await?,
        };
        let done = match &ensured {
            Ensured::Changed(_) => "renamed",
            Ensured::Created(_) => "created",
            Ensured::Replaced(_) => "replaced",
            _ => "kept",
        };
        Ok((done, Some(ensured.into_profile())))
    }

    pub(super) fn subject_token_type(&self) -> &str {
        match self {
            Self::Create(wanted) | Self::EnsureNew(wanted) => &wanted.subject_token_type,
            Self::Delete(present) | Self::Keep(present) | Self::Rename(present, _) | Self::Replace(present, _) => {
                present.subject_token_type()
            }
        }
    }

    fn verb(&self) -> &'static str {
        match self {
            Self::Create(_) | Self::EnsureNew(_) => "create",
            Self::Delete(_) => "delete",
            Self::Keep(_) => "keep",
            Self::Rename(..) => "rename",
            Self::Replace(..) => "replace",
        }
    }

    /// The lines of the plan.
    pub(super) fn lines(&self) -> Vec<Line> {
        let mut lines = vec![Line::new(format!("  {:<8} ", self.verb()), self.subject_token_type())];
        let mut add = |text: String| lines.push(Line::new("           ", text));
        match self {
            Self::Create(wanted) | Self::EnsureNew(wanted) => {
                add(format!("name {}", wanted.name));
                add(format!("Action {}", wanted.action_id));
            }
            Self::Delete(present) => {
                add(format!("{}, name {}", present.id(), present.name()));
                add("exchanges of this type fail from then on".to_owned());
            }
            Self::Keep(present) => add(format!("{}, name {}", present.id(), present.name())),
            Self::Rename(present, wanted) => {
                add(format!("{}, name {}, now {}", present.id(), wanted.name, present.name()));
            }
            Self::Replace(present, wanted) => {
                let (old, new) = (present.action_id(), &wanted.action_id);
                add(format!("{}, Action {}, now {}", present.id(), new, old));
                let (old, new) = (present.profile_type().as_str(), wanted.profile_type.as_str());
                if old != new {
                    add(format!("type {new}, now {old}"));
                }
                add("exchanges of this type fail for a moment".to_owned());
            }
        }
        lines
    }

    pub(super) fn json(&self) -> Value {
        let (present, wanted) = match self {
            Self::Create(wanted) | Self::EnsureNew(wanted) => (None, Some(wanted)),
            Self::Delete(present) | Self::Keep(present) => (Some(present), None),
            Self::Rename(present, wanted) | Self::Replace(present, wanted) => (Some(present), Some(wanted)),
        };
        let wanted = wanted.map(|wanted| {
            json!({
                "name": wanted.name,
                "subject_token_type": wanted.subject_token_type,
                "action_id": wanted.action_id,
                "type": wanted.profile_type.as_str(),
            })
        });
        json!({ "action": self.verb(), "present": present.map(report::profile_json), "wanted": wanted })
    }
}
