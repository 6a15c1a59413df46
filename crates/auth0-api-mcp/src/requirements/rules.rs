//! The requirements of a layer, and the one that applies to a message.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use auth0_api_core::Requirement;

use super::names::Names;
use crate::Target;
use crate::message::Operation;
use crate::template::{Template, is_plain, loose};
use crate::unnamed::Unnamed;

/// The requirements of a layer. Each includes the base, so that one check finds everything that a token lacks.
#[derive(Debug)]
pub(crate) struct Rules {
    pub(super) base: Requirement,
    pub(super) tools: Names,
    pub(super) prompts: Names,
    pub(super) resources: BTreeMap<Box<str>, Requirement>,
    /// The URIs of `resources`, as servers that do not look at the spelling see them.
    pub(super) loose_resources: BTreeSet<Vec<u8>>,
    pub(super) templates: Vec<(Box<str>, Template, Requirement)>,
    pub(super) methods: Names,
    pub(super) tasks: Option<Requirement>,
    /// The base suffices for what is not named.
    pub(super) is_open: bool,
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
            Operation::Base => Cow::Borrowed(&self.base),
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
        if let Some((_, _, requirement)) = self.templates.iter().find(|(text, _, _)| **text == *uri) {
            return Ok(Cow::Borrowed(requirement));
        }
        if self.is_open && self.resources.is_empty() && self.templates.is_empty() {
            return Ok(Cow::Borrowed(&self.base));
        }
        // A URI with a second spelling may be one of a stricter requirement. So it is denied even if everything else is open.
        if !is_plain(uri) || self.loose_resources.contains(&loose(uri)) {
            return Err(Unnamed::Resource(uri));
        }
        let matching = self.templates.iter().filter(|(_, template, _)| template.matches(uri));
        let all = matching.map(|(_, _, requirement)| Cow::Borrowed(requirement)).reduce(both);
        all.ok_or(Unnamed::Resource(uri))
    }

    pub(super) fn all(&self) -> impl Iterator<Item = &Requirement> {
        let named = [&self.tools, &self.prompts, &self.methods].into_iter().flat_map(Names::requirements);
        let templates = self.templates.iter().map(|(_, _, requirement)| requirement);
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
