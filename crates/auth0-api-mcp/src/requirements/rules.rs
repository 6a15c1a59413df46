//! The requirements of a layer, and the one that applies to a message.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use auth0_api_core::Requirement;

use super::names::Names;
use crate::Target;
use crate::message::Operation;
use crate::template::{Template, caseless, driveless, folded, is_plain, loose};
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
    /// The same without the letters of their drives.
    pub(super) driveless_resources: BTreeSet<Vec<u8>>,
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
    folded: Folded<Template>,
    requirement: Requirement,
}

/// A URI or a template that is [folded], also without the letter of its drive, if it has one.
#[derive(Debug)]
struct Folded<T> {
    whole: T,
    driveless: Option<T>,
}

impl NamedTemplate {
    /// Parses a template. `None` for a form that is not supported.
    pub(super) fn parse(text: &str, requirement: Requirement) -> Option<Self> {
        let template = Template::parse(text)?;
        let whole = template.folded();
        let folded = Folded { driveless: whole.driveless(), whole };
        Some(Self { text: text.into(), template, folded, requirement })
    }
}

impl<T> Folded<T> {
    /// Whether two are alike, as they are or on the drive that only one of them names.
    fn are_alike<U>(&self, other: &Folded<U>, are_alike: impl Fn(&T, &U) -> bool) -> bool {
        let is_on_drive = match (&self.driveless, &other.driveless) {
            (Some(driveless), None) => are_alike(driveless, &other.whole),
            (None, Some(driveless)) => are_alike(&self.whole, driveless),
            (Some(_), Some(_)) | (None, None) => false,
        };
        is_on_drive || are_alike(&self.whole, &other.whole)
    }
}

impl Folded<String> {
    fn uri(uri: &str) -> Self {
        Self::of(folded(uri))
    }

    fn of(whole: String) -> Self {
        Self { driveless: driveless(&whole), whole }
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
            Operation::Target(Target::Resource(uri)) if method == READ_DIRECTORY => self.of_directory(uri)?,
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
        let plain = Folded::uri(uri);
        // A URI with a second spelling may be one of a stricter requirement. So it is denied even if everything else is open.
        if !is_plain(uri) || self.is_perhaps_resource(uri, &plain) {
            return Err(Unnamed::Resource(uri));
        }
        let (mut matching, mut further) = (Vec::new(), Vec::new());
        let (mut fixing, mut resembling) = (Vec::new(), Vec::new());
        for named in &self.templates {
            let (matches, resembles) = (named.template.matches(uri), named.folded.whole.resembles(&plain.whole));
            if matches && resembles {
                matching.push(&named.requirement);
                fixing.push(&named.template);
            } else if named.template.has_root(uri) {
                further.push(&named.requirement);
                fixing.push(&named.template);
            } else if matches {
                return Err(Unnamed::Resource(uri));
            } else if resembles {
                further.push(&named.requirement);
                resembling.push(&named.template);
            } else if named.folded.are_alike(&plain, |template, uri| template.resembles(uri)) {
                // On the current drive of the server, it is the same file.
                further.push(&named.requirement);
            }
        }
        // A server may take a letter and a colon for a drive, unless the operator has written them.
        let fixes_colons = fixing.iter().any(|template| template.fixes_colons(uri));
        // The operator has written both the colon and the template that resembles the URI without what follows it.
        let is_meant = |other: &&Template| fixing.iter().any(|template| template.fixes_differences(other, uri));
        if !fixes_colons || !resembling.iter().all(is_meant) {
            return Err(Unnamed::Resource(uri));
        }
        // The root alone is not named: the template stands for what is below.
        let all = matching.into_iter().map(Cow::Borrowed).reduce(both).ok_or(Unnamed::Resource(uri))?;
        Ok(further.into_iter().map(Cow::Borrowed).fold(all, both))
    }

    /// Whether a server may take a URI for a resource that is named.
    fn is_perhaps_resource(&self, uri: &str, plain: &Folded<String>) -> bool {
        let on_current_drive = plain.driveless.as_deref().map(loose);
        on_current_drive.is_some_and(|uri| self.loose_resources.contains(&uri))
            || [uri, &plain.whole]
                .into_iter()
                .map(loose)
                .any(|uri| self.loose_resources.contains(&uri) || self.driveless_resources.contains(&uri))
    }

    /// What the list of a directory requires: also what the templates and resources require that are directly in it, because
    /// the list names them.
    fn of_directory<'m>(&self, uri: &'m str) -> Found<'_, 'm> {
        let own = self.of_resource(uri)?;
        if self.resources.contains_key(uri) {
            return Ok(own);
        }
        let plain = folded(uri);
        let directory = Folded::of(plain.strip_suffix('/').unwrap_or(&plain).to_owned());
        let is_in = |resource: &String, directory: &String| {
            resource.rsplit_once('/').is_some_and(|(parent, _)| parent == directory.as_str())
        };
        let is_in = |resource: &str| Folded::uri(resource).are_alike(&directory, is_in);
        let is_listed = |template: &Template, directory: &String| template.is_listed_in(directory);
        let templates = self.templates.iter().filter(|named| named.folded.are_alike(&directory, is_listed));
        let resources = self.resources.iter().filter(|(resource, _)| is_in(resource));
        Ok(with(own, templates, resources))
    }

    /// What completions for a template require: also what is required of the templates and resources that share a URI with
    /// it, because completions name them. Those of an open template name what is anywhere below its fixed text.
    fn of_completions<'r>(&'r self, completed: &'r NamedTemplate) -> Cow<'r, Requirement> {
        let own = Cow::Borrowed(&completed.requirement);
        let prefix = completed.text.split('{').next().filter(|_| completed.template.is_open()).map(caseless);
        let is_below = |text: &str| prefix.as_deref().is_some_and(|prefix| caseless(text).starts_with(prefix));
        let shares = |named: &NamedTemplate| named.folded.are_alike(&completed.folded, Template::shares_a_uri_with);
        let templates = self.templates.iter().filter(|named| is_below(&named.text) || shares(named));
        let resembles = |template: &Template, uri: &String| template.resembles(uri);
        let is_like = |uri: &str| completed.folded.are_alike(&Folded::uri(uri), resembles);
        let resources = self.resources.iter().filter(|(uri, _)| is_below(uri) || is_like(uri));
        with(own, templates, resources)
    }

    pub(super) fn all(&self) -> impl Iterator<Item = &Requirement> {
        let named = [&self.tools, &self.prompts, &self.methods].into_iter().flat_map(Names::requirements);
        let templates = self.templates.iter().map(|named| &named.requirement);
        [&self.base].into_iter().chain(named).chain(self.resources.values()).chain(templates).chain(&self.tasks)
    }
}

/// A requirement, with those of templates and of resources.
fn with<'r>(
    own: Cow<'r, Requirement>,
    templates: impl Iterator<Item = &'r NamedTemplate>,
    resources: impl Iterator<Item = (&'r Box<str>, &'r Requirement)>,
) -> Cow<'r, Requirement> {
    let templates = templates.map(|named| &named.requirement);
    let resources = resources.map(|(_, requirement)| requirement);
    templates.chain(resources).map(Cow::Borrowed).fold(own, both)
}

/// Both requirements as one. Most messages have one requirement only, which is borrowed.
fn both<'r>(one: Cow<'r, Requirement>, other: Cow<'r, Requirement>) -> Cow<'r, Requirement> {
    match (&one, &other) {
        (Cow::Borrowed(same), Cow::Borrowed(also)) if std::ptr::eq(*same, *also) => one,
        _ => Cow::Owned(one.into_owned().and(other.into_owned())),
    }
}

/// Lists the resources in a directory.
const READ_DIRECTORY: &str = "resources/directory/read";
