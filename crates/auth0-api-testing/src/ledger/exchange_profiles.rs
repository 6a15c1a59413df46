//! The exchange profiles: those that are registered with the builder, and those that the Management API has made since.

use std::time::SystemTime;

use crate::must::random_text;
use crate::registry::ExchangeProfile;

#[derive(Debug, Default)]
pub(crate) struct ProfileLedger {
    /// In the order of their numbers.
    known: Vec<StoredProfile>,
    next_number: u64,
}

/// A profile, as the Management API knows it.
#[derive(Clone, Debug)]
pub(crate) struct StoredProfile {
    pub(crate) id: String,
    /// No other profile has or had this number, so a page can begin at it even if its profile is deleted.
    pub(crate) number: u64,
    pub(crate) profile: ExchangeProfile,
    pub(crate) created_at: SystemTime,
    pub(crate) updated_at: SystemTime,
}

/// Whether a profile was changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Changed {
    Yes,
    /// Another profile has the type.
    Conflict,
    /// No profile has the id.
    Unknown,
}

impl StoredProfile {
    pub(crate) fn action_id(&self) -> String {
        self.profile.action_id.clone()
    }
}

impl ProfileLedger {
    /// Adds a profile; `None` if a profile has its type already.
    pub(crate) fn add(&mut self, profile: ExchangeProfile, now: SystemTime) -> Option<StoredProfile> {
        if self.of_type(&profile.subject_token_type).is_some() {
            return None;
        }
        // Auth0's ids have 16 characters after the prefix.
        let id =
            format!("tep_{}", random_text().chars().filter(char::is_ascii_alphanumeric).take(16).collect::<String>());
        let stored = StoredProfile { id, number: self.next_number, profile, created_at: now, updated_at: now };
        self.next_number += 1;
        self.known.push(stored.clone());
        Some(stored)
    }

    pub(crate) fn get(&self, id: &str) -> Option<&StoredProfile> {
        self.known.iter().find(|known| known.id == id)
    }

    /// Returns the profiles whose numbers are not smaller than this one.
    pub(crate) fn from(&self, number: u64) -> impl Iterator<Item = &StoredProfile> {
        self.known.iter().filter(move |known| known.number >= number)
    }

    pub(crate) fn of_type(&self, subject_token_type: &str) -> Option<&StoredProfile> {
        self.known.iter().find(|known| known.profile.subject_token_type == subject_token_type)
    }

    pub(crate) fn change(
        &mut self,
        id: &str,
        name: Option<String>,
        subject_token_type: Option<String>,
        now: SystemTime,
    ) -> Changed {
        let of_type = subject_token_type.as_deref().and_then(|wanted| self.of_type(wanted));
        let is_taken = of_type.is_some_and(|known| known.id != id);
        let Some(known) = self.known.iter_mut().find(|known| known.id == id) else { return Changed::Unknown };
        if is_taken {
            return Changed::Conflict;
        }
        if let Some(name) = name {
            known.profile.name = name;
        }
        if let Some(subject_token_type) = subject_token_type {
            known.profile.subject_token_type = subject_token_type;
        }
        known.updated_at = now;
        Changed::Yes
    }

    pub(crate) fn remove(&mut self, id: &str) {
        self.known.retain(|known| known.id != id);
    }
}
