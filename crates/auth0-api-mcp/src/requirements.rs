//! What a token must have for each tool, resource and prompt.

use std::borrow::Cow;
use std::collections::BTreeMap;

use auth0_api_core::{Requirement, ScopeHierarchy};

use crate::Target;
use crate::layer_error::McpLayerError;
use crate::message::Operation;
use crate::template::{self, Template};

/// What a token must have for each tool, resource and prompt of an MCP server.
///
/// ```
/// use auth0_api_mcp::{McpRequirements, Requirement, ScopeHierarchy};
///
/// let requirements = McpRequirements::new(Requirement::scope("use:tools"))
///     .tool("calendar.list", Requirement::scope("read:events"))
///     .tool("calendar.create", Requirement::scope("write:events"))
///     .resource_template("calendar://events/{id}", Requirement::scope("read:events"))
///     .hierarchy(ScopeHierarchy::new().implies("write:events", ["read:events"]));
/// # _ = requirements;
/// ```
///
/// 1. The base applies to every request. What a tool requires is required *in addition*. A rejection names the scopes of
///    both, so that a client needs one new token, and not two.
/// 2. Names and URIs are compared exactly. If one is given twice, both requirements apply.
/// 3. A tool, resource, prompt or task that is not named is **denied**: see [`otherwise_base`](Self::otherwise_base).
///    Requests that name nothing, such as `initialize` and `tools/list`, require the base.
///
/// The requirement of a resource applies to every method with its URI: `resources/read`, `resources/subscribe`,
/// `resources/unsubscribe`, `subscriptions/listen`, `completion/complete`, and `resources/directory/read` and `skills/get`
/// of the extension for skills. The requirement of a prompt applies to `prompts/get` and `completion/complete`.
#[derive(Clone, Debug)]
#[must_use]
pub struct McpRequirements {
    base: Requirement,
    tools: ByName,
    prompts: ByName,
    resources: ByName,
    templates: BTreeMap<Box<str>, Requirement>,
    methods: ByName,
    tasks: Option<Requirement>,
    otherwise: Otherwise,
    hierarchy: ScopeHierarchy,
}

type ByName = BTreeMap<Box<str>, Requirement>;

/// What applies to a target that is not named.
#[derive(Clone, Copy, Debug)]
enum Otherwise {
    Base,
    Deny,
}

impl McpRequirements {
    /// Creates requirements in which every request requires `base`, and no tool, resource or prompt is named yet.
    pub fn new(base: Requirement) -> Self {
        Self {
            base,
            tools: ByName::new(),
            prompts: ByName::new(),
            resources: ByName::new(),
            templates: BTreeMap::new(),
            methods: ByName::new(),
            tasks: None,
            otherwise: Otherwise::Deny,
            hierarchy: ScopeHierarchy::new(),
        }
    }

    /// Sets what `tools/call` of this tool requires in addition to the base.
    pub fn tool(mut self, name: impl Into<Box<str>>, requirement: Requirement) -> Self {
        add(&mut self.tools, name.into(), requirement);
        self
    }

    /// Sets what this prompt requires in addition to the base.
    pub fn prompt(mut self, name: impl Into<Box<str>>, requirement: Requirement) -> Self {
        add(&mut self.prompts, name.into(), requirement);
        self
    }

    /// Sets what the resource with exactly this URI requires in addition to the base.
    pub fn resource(mut self, uri: impl Into<Box<str>>, requirement: Requirement) -> Self {
        add(&mut self.resources, uri.into(), requirement);
        self
    }

    /// Sets what the resources of a template require in addition to the base, and completions for the template.
    ///
    /// Two forms of [RFC 6570](https://www.rfc-editor.org/rfc/rfc6570) are supported. `{name}` stands for a part of one
    /// segment, such as `calendar://events/{id}` or `file:///reports/{year}.pdf`. `{+name}` stands for everything to the
    /// end, such as `file:///reports/{+path}`. If several templates match a URI, all of their requirements apply. The
    /// requirement of [`resource`](Self::resource) replaces those of templates.
    ///
    /// A URI with a second spelling never matches: with dot segments, backslashes, an upper-case scheme, or characters
    /// that need no percent-encoding. Otherwise `file:///public/../secret` would match `file:///public/{+path}`.
    pub fn resource_template(mut self, template: impl Into<Box<str>>, requirement: Requirement) -> Self {
        add(&mut self.templates, template.into(), requirement);
        self
    }

    /// Sets what the methods for tasks require in addition to the base: `tasks/get`, `tasks/result`, `tasks/update`,
    /// `tasks/cancel` and `tasks/list`.
    ///
    /// The layer does not know which tool started a task. The server must give a task only to the caller that started it.
    pub fn tasks(mut self, requirement: Requirement) -> Self {
        self.tasks = Some(match self.tasks.take() {
            Some(earlier) => earlier.and(requirement),
            None => requirement,
        });
        self
    }

    /// Sets what a method requires in addition to the base: of an extension that this crate does not know, or a further
    /// requirement for one of the specification, such as `logging/setLevel`.
    ///
    /// The requirement of a method is in addition to that of its target.
    pub fn method(mut self, name: impl Into<Box<str>>, requirement: Requirement) -> Self {
        add(&mut self.methods, name.into(), requirement);
        self
    }

    /// Denies tools, resources, prompts, tasks and methods that are not named: 403, whatever the token has. This is the
    /// default.
    pub fn otherwise_denied(mut self) -> Self {
        self.otherwise = Otherwise::Deny;
        self
    }

    /// Requires only the base for tools, resources, prompts, tasks and methods that are not named.
    ///
    /// A tool that is added later, or whose name is misspelt here, is then open to every token that meets the base. A URI
    /// with a second spelling ([`resource_template`](Self::resource_template)) is still denied if any resource is named,
    /// because the server may take it for that resource.
    pub fn otherwise_base(mut self) -> Self {
        self.otherwise = Otherwise::Base;
        self
    }

    /// Sets which scopes include others, for all of these requirements, whatever the order of the calls.
    pub fn hierarchy(mut self, hierarchy: ScopeHierarchy) -> Self {
        self.hierarchy = hierarchy;
        self
    }

    /// Prepares the requirements for a layer.
    pub(crate) fn prepare(self) -> Result<Rules, McpLayerError> {
        let Self { base, tools, prompts, resources, templates, methods, tasks, otherwise, hierarchy } = self;
        if let Some(uri) = resources.keys().find(|uri| Template::parse(uri).is_some()) {
            return Err(McpLayerError::ResourceIsTemplate { uri: uri.clone() });
        }
        let with_base = |requirement: Requirement| base.clone().and(requirement).within(&hierarchy);
        let by_name = |named: ByName| named.into_iter().map(|(name, one)| (name, with_base(one))).collect::<ByName>();
        let parsed = templates.into_iter().map(|(text, requirement)| match Template::parse(&text) {
            Some(template) => Ok((text, template, with_base(requirement))),
            None => Err(McpLayerError::Template { template: text }),
        });
        let templates = parsed.collect::<Result<Vec<_>, _>>()?;
        let rules = Rules {
            tools: by_name(tools),
            prompts: by_name(prompts),
            resources: by_name(resources),
            methods: by_name(methods),
            tasks: tasks.map(with_base),
            denied: with_base(Requirement::predicate("a requirement of the MCP layer that names this target", |_| {
                false
            })),
            base: base.within(&hierarchy),
            templates,
            otherwise,
        };
        if rules.all().any(|requirement| requirement.names_scope(OFFLINE_ACCESS)) {
            return Err(McpLayerError::OfflineAccessRequired);
        }
        Ok(rules)
    }
}

fn add(named: &mut ByName, name: Box<str>, requirement: Requirement) {
    let both = match named.remove(&name) {
        Some(earlier) => earlier.and(requirement),
        None => requirement,
    };
    named.insert(name, both);
}

/// The requirements of a layer. Each includes the base, so that one check finds everything that a token lacks.
#[derive(Debug)]
pub(crate) struct Rules {
    base: Requirement,
    tools: ByName,
    prompts: ByName,
    resources: ByName,
    templates: Vec<(Box<str>, Template, Requirement)>,
    methods: ByName,
    tasks: Option<Requirement>,
    denied: Requirement,
    otherwise: Otherwise,
}

impl Rules {
    /// What a request without a message requires.
    pub(crate) fn base(&self) -> &Requirement {
        &self.base
    }

    /// What messages require together.
    pub(crate) fn of_all<'m>(
        &self,
        mut messages: impl Iterator<Item = (&'m str, &'m Operation)>,
    ) -> Cow<'_, Requirement> {
        let first = messages.next().map_or(Cow::Borrowed(&self.base), |(method, operation)| self.of(method, operation));
        messages.fold(first, |all, (method, operation)| both(all, self.of(method, operation)))
    }

    /// What a message requires.
    pub(crate) fn of(&self, method: &str, operation: &Operation) -> Cow<'_, Requirement> {
        let of_method = self.methods.get(method);
        let of_target = match operation {
            Operation::Base => Cow::Borrowed(&self.base),
            Operation::Other if of_method.is_some() => Cow::Borrowed(&self.base),
            Operation::Other => Cow::Borrowed(self.otherwise()),
            Operation::Tasks | Operation::Target(Target::Task(_)) => {
                Cow::Borrowed(self.tasks.as_ref().unwrap_or_else(|| self.otherwise()))
            }
            Operation::Resources(uris) => {
                uris.iter().map(|uri| self.of_resource(uri)).reduce(both).unwrap_or(Cow::Borrowed(&self.base))
            }
            Operation::Target(Target::Resource(uri)) => self.of_resource(uri),
            Operation::Target(Target::Prompt(name)) => self.named(&self.prompts, name),
            Operation::Target(Target::Tool(name)) => self.named(&self.tools, name),
        };
        match of_method {
            Some(of_method) => both(of_target, Cow::Borrowed(of_method)),
            None => of_target,
        }
    }

    fn named<'r>(&'r self, named: &'r ByName, name: &str) -> Cow<'r, Requirement> {
        Cow::Borrowed(named.get(name).unwrap_or_else(|| self.otherwise()))
    }

    fn of_resource(&self, uri: &str) -> Cow<'_, Requirement> {
        if let Some(exact) = self.resources.get(uri) {
            return Cow::Borrowed(exact);
        }
        // `completion/complete` names the template itself.
        if let Some((_, _, requirement)) = self.templates.iter().find(|(text, _, _)| **text == *uri) {
            return Cow::Borrowed(requirement);
        }
        let names_resources = !self.resources.is_empty() || !self.templates.is_empty();
        if names_resources && !template::is_plain(uri) {
            return Cow::Borrowed(&self.denied);
        }
        let matching = self.templates.iter().filter(|(_, template, _)| template.matches(uri));
        let all = matching.map(|(_, _, requirement)| Cow::Borrowed(requirement)).reduce(both);
        all.unwrap_or(Cow::Borrowed(self.otherwise()))
    }

    fn otherwise(&self) -> &Requirement {
        match self.otherwise {
            Otherwise::Base => &self.base,
            Otherwise::Deny => &self.denied,
        }
    }

    fn all(&self) -> impl Iterator<Item = &Requirement> {
        let named = [&self.tools, &self.prompts, &self.resources, &self.methods].into_iter().flat_map(BTreeMap::values);
        let templates = self.templates.iter().map(|(_, _, requirement)| requirement);
        [&self.base].into_iter().chain(named).chain(templates).chain(&self.tasks)
    }
}

/// Both requirements as one. Most messages have one requirement only, which is borrowed.
fn both<'r>(one: Cow<'r, Requirement>, other: Cow<'r, Requirement>) -> Cow<'r, Requirement> {
    match (&one, &other) {
        (Cow::Borrowed(same), Cow::Borrowed(also)) if std::ptr::eq(*same, *also) => one,
        _ => Cow::Owned(one.into_owned().and(other.into_owned())),
    }
}

/// Asks for a refresh token: a matter between the client and the authorization server
/// ([MCP authorization](https://modelcontextprotocol.io/specification/2026-07-28/basic/authorization)).
pub(crate) const OFFLINE_ACCESS: &str = "offline_access";
