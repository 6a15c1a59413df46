//! The requirements of a layer, and the one that applies to a message.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use auth0_api_core::Requirement;

use super::names::Names;
use crate::Target;
use crate::message::Operation;
use crate::template::{Template, folded, is_plain, loose};
use crate::unnamed::Unnamed;

/// The requirements of a layer. Each includes the base, so that one check finds everything that a token lacks.
#[derive(Debug)]
pub(crate) struct Rules {
    pub(super) base: Requirement,
    pub(super) tools: Names,
    pub(super) prompts: Names,
    pub(super) resources: BTreeMap<Box<str>, Requirement>,
    /// The URIs of `resources`, as servers that do not look at the spelling see them, also [folded].
    pub(super) loose_resources: BTreeSet<Vec<u8>>,
    pub(super) templates: Vec<NamedTemplate>,
    pub(super) methods: Names,
    pub(super) tasks: Option<Requirement>,
    /// The base suffices for what is not named.
    pub(super) is_open: bool,
}

/// A template with its requirement.
#[derive(Debug)]
pub(crate) struct NamedTemplate {
    text: Box<str>,
    template: Template,
    folded: Template,
    requirement: Requirement,
}

impl NamedTemplate {
    /// Parses a template. `None` for a form that is not supported.
    pub(super) fn parse(text: &str, requirement: Requirement) -> Option<Self> {
        let template = Template::parse(text)?;
        Some(Self { text: text.into(), folded: template.folded(), template, requirement })
    }
}

type Found<'r, 'm> = Result<Cow<'r, Requirement>, Unnamed<'m>>;

impl Rules {
    /// What every request requires.
    pub(crate) fn base(&self) -> &Requirement {
        &self.base
    }

    /// What messages require together.
    pub(crate) fn of_all<'m>(&self, messages: impl Iterator<Item = (&'m str, &'m Operation)>) -> Found<'_, 'm> {
        let each = messages.map(|(method, operation)| self.of(method, operation));
        self.together(each)
    }

    /// What a message requires.
    pub(crate) fn of<'m>(&self, method: &'m str, operation: &'m Operation) -> Found<'_, 'm> {
        let of_method = self.methods.get(method);
        let of_target = match operation {
            // Only the server knows which notifications it has. A lenient one may take this one for one that is named.
            Operation::Notification if of_method.is_none() && self.methods.has_look_alike(method) => {
                return Err(Unnamed::Method(method));
            }
            Operation::Base | Operation::Notification => Cow::Borrowed(&self.base),
            Operation::Listen { uris, tasks } => {
                let of_uris = uris.iter().map(|uri| self.of_resource(uri));
                let of_tasks = tasks.iter().map(|task| self.of_tasks(Some(task)));
                self.together(of_uris.chain(of_tasks))?
            }
            Operation::Other if of_method.is_some() => Cow::Borrowed(&self.base),
            Operation::Other => self.named(&self.methods, method, Unnamed::Method)?,
            Operation::Tasks => self.of_tasks(None)?,
            Operation::Target(Target::Prompt(name)) => self.named(&self.prompts, name, Unnamed::Prompt)?,
            Operation::Target(Target::Resource(uri)) => self.of_resource(uri)?,
            Operation::Target(Target::Task(id)) => self.of_tasks(Some(id))?,
            Operation::Target(Target::Tool(name)) => self.named(&self.tools, name, Unnamed::Tool)?,
        };
        Ok(match of_method {
            Some(of_method) => both(of_target, Cow::Borrowed(of_method)),
            None => of_target,
        })
    }

    fn together<'r, 'm>(&'r self, mut each: impl Iterator<Item = Found<'r, 'm>>) -> Found<'r, 'm> {
        let first = each.next().unwrap_or(Ok(Cow::Borrowed(&self.base)))?;
        each.try_fold(first, |all, one| Ok(both(all, one?)))
    }

    fn named<'r, 'm>(&'r self, names: &'r Names, name: &'m str, unnamed: fn(&'m str) -> Unnamed<'m>) -> Found<'r, 'm> {
        match names.get(name) {
            Some(requirement) => Ok(Cow::Borrowed(requirement)),
            None if self.is_open && !names.has_look_alike(name) => Ok(Cow::Borrowed(&self.base)),
            None => Err(unnamed(name)),
        }
    }

    fn of_tasks<'m>(&self, id: Option<&'m str>) -> Found<'_, 'm> {
        let base = self.is_open.then_some(&self.base);
        self.tasks.as_ref().or(base).map(Cow::Borrowed).ok_or(Unnamed::Task(id))
    }

    fn of_resource<'m>(&self, uri: &'m str) -> Found<'_, 'm> {
        if let Some(exact) = self.resources.get(uri) {
            return Ok(Cow::Borrowed(exact));
        }
        // `completion/complete` names the template itself.
        if let Some(named) = self.templates.iter().find(|named| *named.text == *uri) {
            return Ok(self.of_completions(named));
        }
        if self.is_open && self.resources.is_empty() && self.templates.is_empty() {
            return Ok(Cow::Borrowed(&self.base));
        }
        let plain = folded(uri);
        let is_resource = || [uri, &plain].into_iter().any(|uri| self.loose_resources.contains(&loose(uri)));
        // A URI with a second spelling may be one of a stricter requirement. So it is denied even if everything else is open.
        if !is_plain(uri) || is_resource() {
            return Err(Unnamed::Resource(uri));
        }
        let (mut matching, mut roots) = (Vec::new(), Vec::new());
        for named in &self.templates {
            if named.template.matches(uri) {
                matching.push(&named.requirement);
            } else if named.template.has_root(uri) {
                roots.push(&named.requirement);
            } else if named.folded.resembles(&plain) {
                return Err(Unnamed::Resource(uri));
            }
        }
        // The root alone is not named: the template stands for what is below.
        let all = matching.into_iter().map(Cow::Borrowed).reduce(both).ok_or(Unnamed::Resource(uri))?;
        Ok(roots.into_iter().map(Cow::Borrowed).fold(all, both))
    }

    /// What completions for a template require. Those of an open one name what is anywhere below it, so that they require
    /// also what the named templates and resources there do.
    fn of_completions<'r>(&'r self, completed: &'r NamedTemplate) -> Cow<'r, Requirement> {
        let own = Cow::Borrowed(&completed.requirement);
        if !completed.template.is_open() {
            return own;
        }
        let prefix = completed.text.split('{').next().unwrap_or_default();
        let is_below =
            |text: &str| text.get(..prefix.len()).is_some_and(|beginning| beginning.eq_ignore_ascii_case(prefix));
        let templates = self.templates.iter().filter(|named| is_below(&named.text)).map(|named| &named.requirement);
        let resources = self.resources.iter().filter(|(uri, _)| is_below(uri)).map(|(_, requirement)| requirement);
        templates.chain(resources).map(Cow::Borrowed).fold(own, both)
    }

    pub(super) fn all(&self) -> impl Iterator<Item = &Requirement> {
        let named = [&self.tools, &self.prompts, &self.methods].into_iter().flat_map(Names::requirements);
        let templates = self.templates.iter().map(|named| &named.requirement);
        [&self.base].into_iter().chain(named).chain(self.resources.values()).chain(templates).chain(&self.tasks)
    }
}

/// Both requirements as one. Most messages have one requirement only, which is borrowed.
fn both<'r>(one: Cow<'r, Requirement>, other: Cow<'r, Requirement>) -> Cow<'r, Requirement> {
    match (&one, &other) {
        (Cow::Borrowed(same), Cow::Borrowed(also)) if std::ptr::eq(*same, *also) => one,
        _ => Cow::Owned(one.into_owned().and(other.into_owned())),
    }
}
