//! One step of a plan: what happens with one profile.

use auth0_api_management::{Ensured, ManagementError, ProfileClient, TokenExchangeProfile};
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
            Self::Delete(seen) => return delete(profiles, seen).await.map(|()| ("deleted", None)),
            Self::EnsureNew(wanted) => profiles.ensure_as_seen(None, &wanted.to_profile()).await?,
            Self::Rename(present, wanted) | Self::Replace(present, wanted) => {
                profiles.ensure_as_seen(Some(present), &wanted.to_profile()).await?
            }
        };
        let done = match &ensured {
            Ensured::Changed(_) => "renamed",
            Ensured::Created(_) => "created",
            Ensured::Replaced(_) => "replaced",
            _ => "kept",
        };
        Ok((done, Some(ensured.into_profile())))
    }

    /// What was done, in JSON.
    pub(super) fn done(&self, word: &str, profile: Option<&TokenExchangeProfile>) -> Value {
        json!({
            "done": word,
            "subject_token_type": self.subject_token_type(),
            "profile": profile.map(report::profile_json),
        })
    }

    /// What was done although the step failed: a replacement has deleted the profile, and perhaps created it again.
    pub(super) fn left_by(&self, error: &ManagementError) -> Option<Value> {
        let ManagementError::ReplacementFailed { deleted, restored, .. } = error else { return None };
        let word = match restored {
            None => "deleted",
            Some(restored) if restored.is_copy_of(deleted) => "restored",
            Some(_) => "replaced_by_another",
        };
        Some(self.done(word, restored.as_deref()))
    }

    /// Whether the tenant's profile is still as the plan shows it, or already as the plan makes it. `now` is the profile of
    /// the subject token type.
    pub(super) fn is_of(&self, now: Option<&TokenExchangeProfile>) -> bool {
        let is_same = |seen: &TokenExchangeProfile| now.is_some_and(|now| seen.is_same_as(now));
        match self {
            // The tenant answers 409 if the type is taken.
            Self::Create(_) => true,
            Self::Delete(seen) => now.is_none() || is_same(seen),
            Self::EnsureNew(wanted) => now.is_none_or(|now| wanted.is_like(now)),
            Self::Keep(seen) => is_same(seen),
            Self::Rename(seen, wanted) | Self::Replace(seen, wanted) => {
                is_same(seen) || now.is_some_and(|now| wanted.is_like(now))
            }
        }
    }

    /// Whether the profile that this step replaces is not there.
    pub(super) fn is_gone(&self, now: &[TokenExchangeProfile]) -> bool {
        let Self::Replace(seen, _) = self else { return false };
        !now.iter().any(|profile| profile.subject_token_type() == seen.subject_token_type())
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

/// Deletes a profile that is still as the plan shows it. One that is gone needs no deletion.
async fn delete(profiles: &ProfileClient, seen: &TokenExchangeProfile) -> Result<(), ManagementError> {
    match profiles.get(seen.id()).await {
        Ok(now) if seen.is_same_as(&now) => profiles.delete(seen.id()).await,
        Ok(now) => Err(ManagementError::ChangedMeanwhile { profile: Some(Box::new(now)) }),
        Err(ManagementError::NotFound(_)) => Ok(()),
        Err(error) => Err(error),
    }
}
