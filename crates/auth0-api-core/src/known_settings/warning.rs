//! What an operator should look at, although the configuration can be used.

/// A variable that has no effect. A warning has its name and never its value, which may be a secret.
///
/// [`Settings::warnings`](crate::Settings::warnings) returns it, and [`build`](crate::ApiClientBuilder::build) logs it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SettingWarning {
    /// The short form of a variable, such as `DPOP`, beside another value for the same setting.
    ShortForm {
        /// The name of the short form.
        variable: Box<str>,
        /// The name of the value that counts, as the operator wrote it.
        setting: Box<str>,
    },
    /// A variable that begins like those of settings, but that no setting has.
    UnknownVariable {
        /// The name, in printable characters.
        variable: Box<str>,
        /// The variable with the most similar name, if one is similar.
        similar: Option<Box<str>>,
    },
}

impl SettingWarning {
    /// A stable, machine-readable label: the name of the event in the log.
    pub fn label(&self) -> &'static str {
        match self {
            Self::ShortForm { .. } => "short_form_ignored",
            Self::UnknownVariable { .. } => "unknown_variable",
        }
    }

    /// The name of the variable that has no effect.
    pub fn variable(&self) -> &str {
        let (Self::ShortForm { variable, .. } | Self::UnknownVariable { variable, .. }) = self;
        variable
    }

    /// A text for operators: why the variable has no effect, and what to change.
    pub fn hint(&self) -> String {
        match self {
            Self::ShortForm { variable, setting } => {
                format!("{setting} has another value, and counts: remove {variable}")
            }
            Self::UnknownVariable { similar: Some(similar), .. } => {
                format!("no setting has this variable: write {similar}")
            }
            Self::UnknownVariable { similar: None, .. } => "no setting has this variable".to_owned(),
        }
    }

    pub(crate) fn log(&self) {
        let (variable, hint) = (self.variable(), self.hint());
        let hint = hint.as_str();
        // The name of an event is a constant.
        match self {
            Self::ShortForm { .. } => {
                tracing::warn!(
                    name: "short_form_ignored", target: "auth0_api", event = "short_form_ignored", variable, hint
                );
            }
            Self::UnknownVariable { .. } => {
                tracing::warn!(
                    name: "unknown_variable", target: "auth0_api", event = "unknown_variable", variable, hint
                );
            }
        }
    }
}
