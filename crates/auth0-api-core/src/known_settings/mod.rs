//! The names of the settings, what can be wrong with a value, and how a problem names a setting: as the operator wrote it.

mod applied;
mod error;
mod table;
mod warning;

pub(crate) use applied::{AppliedSettings, SettingProblem, WrittenIn};
pub use error::SettingError;
pub(crate) use table::{KNOWN, KnownSetting, PREFIX};
pub use warning::SettingWarning;
