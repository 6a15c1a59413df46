//! Makes a profile what it shall be, whatever it is now.
//!
//! Each round looks at the tenant first, and then makes at most the change that is missing:
//!
//! | the tenant has | the round |
//! |---|---|
//! | no profile of this subject token type | creates it |
//! | the profile, as it shall be | ends |
//! | the profile, with another name | changes the name, and reads the profile again |
//! | the profile, with another Action or type | fails, or deletes and creates it, as the caller wants; if the tenant rejects the new one, the old one is created again (`restore.rs`) |
//! | something else than the caller has seen, and the caller wants only what it has seen changed | fails |
//!
//! A change can collide with that of another deployment, which looked at the same moment: then the tenant answers 409 or
//! 404. Its answer can get lost: then the change may have been made. In both cases the next round looks again. So a lost
//! answer is never followed by the same request without a look, and any number of deployments end with one profile,
//! because a tenant has at most one profile of each type.

use std::time::Duration;

use super::ensured::Ensured;
use super::permit::Permit;
use super::profile::TokenExchangeProfile;
use super::restore::Deleted;
use super::wanted::WantedProfile;
use super::{CREATE, ProfileClient};
use crate::error::ManagementError;

impl ProfileClient {
    /// Creates the profile, or changes its name, unless it is as it shall be. The subject token type says which profile it
    /// is.
    ///
    /// Call it in each deployment: it is safe from many processes at once, and after lost answers. All of them get the same
    /// profile, and at most one of them creates it. When it returns, the tenant has the profile as it shall be.
    ///
    /// ```no_run
    /// use auth0_api_management::{Ensured, ManagementClient, ManagementError, WantedProfile};
    ///
    /// # async fn run(management: ManagementClient, action_id: &str) -> Result<(), ManagementError> {
    /// let wanted = WantedProfile::new("Legacy sessions", "urn:acme:legacy-session", action_id);
    /// match management.token_exchange_profiles().ensure(&wanted).await? {
    ///     Ensured::Present(profile) => println!("{} is as it shall be", profile.id()),
    ///     done => println!("{:?}", done),
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`ManagementError`]. `ActionDiffers` if the profile has another Action or another type, which the Management API
    /// cannot change. `Contested` if another client changes the name back each time.
    pub async fn ensure(&self, wanted: &WantedProfile) -> Result<Ensured, ManagementError> {
        self.ensure_with(wanted, Permit::Change).await
    }

    /// Does the same as [`ensure`](Self::ensure), but deletes a profile with another Action or another type, and creates it
    /// again.
    ///
    /// In between, for some hundred milliseconds, exchanges of this type fail. If the tenant rejects the new profile, for
    /// example because its Action does not exist, this method creates the old one again, which gets another id. If that fails
    /// too, for example because the process ends, exchanges fail until the next call. Two deployments that want different
    /// Actions replace each other's profile whenever they call this method.
    ///
    /// # Errors
    ///
    /// [`ManagementError`]. `ReplacementFailed` if this method has deleted the profile, and could not create the new one: it
    /// says which profile is there now, if any. `ScopeMissing` if the tenant has issued the management token without the scope
    /// `create:token_exchange_profiles`: then nothing is deleted.
    pub async fn ensure_or_replace(&self, wanted: &WantedProfile) -> Result<Ensured, ManagementError> {
        self.ensure_with(wanted, Permit::Replace).await
    }

    /// Does the same as [`ensure_or_replace`](Self::ensure_or_replace), but changes only what the caller has seen: for a program
    /// that shows a plan to a person before it changes anything.
    ///
    /// `seen` is the profile of this subject token type when the caller read it; `None` if the tenant had none. If the
    /// tenant's profile is as it shall be by now, that is no error.
    ///
    /// ```no_run
    /// use auth0_api_management::{ManagementError, ProfileClient, WantedProfile};
    ///
    /// # fn is_confirmed(text: String) -> bool { text.is_empty() }
    /// # async fn run(profiles: ProfileClient, wanted: WantedProfile) -> Result<(), ManagementError> {
    /// let seen = profiles.find("urn:acme:legacy-session").await?;
    /// if is_confirmed(format!("{seen:?} becomes {wanted:?}")) {
    ///     profiles.ensure_as_seen(seen.as_ref(), &wanted).await?;
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`ManagementError`], as of [`ensure_or_replace`](Self::ensure_or_replace); `ChangedMeanwhile` if the profile is neither
    /// as the caller has seen it nor as it shall be.
    pub async fn ensure_as_seen(
        &self,
        seen: Option<&TokenExchangeProfile>,
        wanted: &WantedProfile,
    ) -> Result<Ensured, ManagementError> {
        self.ensure_with(wanted, Permit::ReplaceSeen(seen)).await
    }

    async fn ensure_with(&self, wanted: &WantedProfile, permit: Permit<'_>) -> Result<Ensured, ManagementError> {
        wanted.check()?;
        let mut deleted = None;
        let outcome = self.for_one_call().rounds(wanted, permit, &mut deleted).await;
        match (outcome, deleted) {
            // With new patience: the tenant must not lack the profile because the call has waited too long.
            (Err(cause), Some(deleted)) => self.for_one_call().restore(deleted, wanted, cause).await,
            (outcome, _) => outcome,
        }
    }

    async fn rounds(
        &self,
        wanted: &WantedProfile,
        permit: Permit<'_>,
        deleted: &mut Option<Deleted>,
    ) -> Result<Ensured, ManagementError> {
        let mut round = 0;
        loop {
            let present = self.find(wanted.subject_token_type()).await?;
            let failure = match self.settle(present, wanted, permit, deleted).await {
                Err(error) if is_worth_another_look(&error) => error,
                ended => return ended,
            };
            round += 1;
            if round == ROUNDS {
                return Err(failure);
            }
            // The first look follows at once: usually it finds the profile. A tenant that still works on the request, or
            // whose list lags behind, needs some time.
            if round > 1 {
                self.sender.pause(PAUSE * 2_u32.pow(round - 2), &self.patience()).await;
            }
        }
    }

    /// Makes the change that is missing.
    async fn settle(
        &self,
        present: Option<TokenExchangeProfile>,
        wanted: &WantedProfile,
        permit: Permit<'_>,
        deleted: &mut Option<Deleted>,
    ) -> Result<Ensured, ManagementError> {
        permit.check(present.as_ref(), wanted, deleted.is_some())?;
        if let Some(present) = present {
            if wanted.has_fixed_parts_of(&present) {
                return self.change(present, wanted).await;
            }
            if matches!(permit, Permit::Change) {
                return Err(ManagementError::ActionDiffers { profile: Box::new(present) });
            }
            // Without this scope, the tenant would reject the new profile, and the old one too. The error says that nothing
            // was deleted, so a later round does not check again.
            if deleted.is_none() {
                self.sender.demand_scope(CREATE, &self.patience()).await?;
            }
            let outcome = self.delete(present.id()).await;
            // Also if the answer got lost: then the profile may be gone.
            if outcome.as_ref().map_or_else(ManagementError::may_have_taken_effect, |()| true) {
                *deleted = Some(Deleted { profile: present, is_certain: outcome.is_ok() });
            }
            outcome?;
        } else if let Some(deleted) = deleted {
            deleted.is_certain = true;
        }
        let created = self.create(wanted).await?;
        Ok(if deleted.is_some() { Ensured::Replaced(created) } else { Ensured::Created(created) })
    }

    async fn change(&self, present: TokenExchangeProfile, wanted: &WantedProfile) -> Result<Ensured, ManagementError> {
        let Some(change) = wanted.change_of(&present) else { return Ok(Ensured::Present(present)) };
        self.update(present.id(), &change).await?;
        // The answer to a change has no body.
        let changed = self.get(present.id()).await?;
        if wanted.change_of(&changed).is_some() {
            return Err(ManagementError::Contested { profile: Box::new(changed) });
        }
        Ok(Ensured::Changed(changed))
    }
}

/// Whether another deployment, or this call itself, may have made the change.
fn is_worth_another_look(error: &ManagementError) -> bool {
    use ManagementError as E;
    // Without a profile, another deployment may be about to replace it.
    let may_be_replaced = matches!(error, E::ChangedMeanwhile { profile: None });
    let has_collided = matches!(error, E::Conflict(_) | E::Contested { .. } | E::NotFound(_));
    error.may_have_taken_effect() || may_be_replaced || has_collided
}

/// After two collisions in a row, the third one is no coincidence.
const ROUNDS: u32 = 4;
/// Doubled before the last round. Together, these waits take 3 s at most.
const PAUSE: Duration = Duration::from_secs(1);
