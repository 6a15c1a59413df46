//! What an operator should look at, although the configuration can be used.

/// A variable that has no effect. It is logged by its name; its value may be a secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum SettingWarning {
    /// The short form of a variable, beside another value for the same setting.
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
    pub(crate) fn log(&self) {
        match self {
            Self::ShortForm { variable, setting } => {
                let hint = format!("{setting} has another value, and counts: remove {variable}");
                tracing::warn!(
                    name: "short_form_ignored", target: "auth0_api", event = "short_form_ignored",
                    variable = &**variable, hint = hint.as_str()
                );
            }
            Self::UnknownVariable { variable, similar } => {
                let hint = match similar {
                    Some(similar) => format!("no setting has this variable: write {similar}"),
                    None => "no setting has this variable".to_owned(),
                };
                tracing::warn!(
                    name: "unknown_variable", target: "auth0_api", event = "unknown_variable",
                    variable = &**variable, hint = hint.as_str()
                );
            }
        }
    }
}
