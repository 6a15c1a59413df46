//! What a token must have for each tool, resource and prompt.

mod names;
mod rules;

use std::collections::BTreeMap;

use auth0_api_core::{Requirement, ScopeHierarchy};

use self::names::{Names, folded};
use self::rules::NamedTemplate;
pub(crate) use self::rules::Rules;
use crate::layer_error::McpLayerError;
use crate::message::known_methods;
use crate::template::{folded as folded_uri, loose, loose_driveless};

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
///    Requests that name nothing, such as `initialize` and `tools/list`, require the base. So do notifications that are not
///    named: see [`otherwise_denied`](Self::otherwise_denied).
/// 4. If the token does not meet the base, the rejection names the base. Otherwise what is denied is answered with 403 and
///    an error of JSON-RPC, as if the server did not have it: [`MessageError::TargetUnknown`](crate::MessageError). There is
///    no challenge: no scope helps, so a client must not send its user to log in again. The event `mcp_target_denied` tells
///    the operator.
///
/// The requirement of a resource applies to every method with its URI: `resources/read`, `resources/subscribe`,
/// `resources/unsubscribe`, `subscriptions/listen`, `completion/complete`, and `resources/directory/read` and `skills/get`
/// of the extension for skills. The requirement of a prompt applies to `prompts/get` and `completion/complete`.
///
/// # Sessions
///
/// Requirements judge messages. They do not judge what a server sends on a stream: a `GET` requires the base only. In the
/// revisions before 2026-07-28, a caller who knows the session id of another caller can read the results of that caller's
/// tools, with `Last-Event-ID` even later. A server that has sessions must bind each session to the principal that opened
/// it: the layer `Sessions` of this crate's module `session` does. Or turn sessions off, as the README does, and configure
/// no event store, which repeats events even without sessions.
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
    /// A template matches URIs in one spelling only, the canonical one: the scheme and the authority are in lower case;
    /// there is no user information, no query and no fragment; no segment is empty, except for a slash at the end, or consists
    /// of dots, blanks and parameters only, such as `..` and `;a`; and a character is percent-encoded, with digits in upper
    /// case, exactly if it cannot stand in a path ([RFC 3986
    /// §3.3](https://www.rfc-editor.org/rfc/rfc3986#section-3.3)). In a `file` URI, a letter of ASCII stands before a colon only
    /// in the letter of a drive, which is the first segment of a URI without a host, but not the last one, and in the fixed
    /// text of a template that matches: some servers take `file:///docs/abc:/pay.pdf` and `file://server/c:/pay.pdf` for
    /// `C:\pay.pdf`, and `file:///c:` for the current directory of the drive. No segment of a `file` URI begins with a colon,
    /// and no character is an encoded `|`.
    /// Below `{+name}`, a URI does not end with a slash. An authority that a template leaves open consists of labels with
    /// letters of ASCII, digits and hyphens, and has no port; for `https` and `file`, the last label begins with a letter, and
    /// is not `localhost`. Otherwise `file:///public/../secret` would match `file:///public/{+path}`, and the requirement of
    /// `file:///public/hr/{+path}` would not apply to `file:///public//hr/pay.pdf`. Name a resource whose URI has another
    /// form with [`resource`](Self::resource). A URI that differs from a named one only in its spelling is denied, and here
    /// case is a matter of spelling too, also outside of ASCII. So is everything that some servers ignore: the parameters of
    /// a segment after `;`, the name of a stream after `:` in a `file` URI (NTFS takes `pay.pdf::$DATA` for `pay.pdf`), and
    /// dots and blanks at its end. A URI that would match a template without them, and does not match it as it is, is denied,
    /// even if it matches another template. So is a URI that matches a template only with them.
    ///
    /// A colon in the fixed text of a template that matches a `file` URI is the exception. If another template would match the
    /// URI without this colon and what follows it, the requirements of both apply: `file:///times/{hour}:00` and
    /// `file:///times/{hour}:30` both apply to `file:///times/12:00`, and `file:///c:/{+path}` and `file:///{name}/{+path}` to
    /// `file:///c:/docs/a`.
    ///
    /// Windows has a current drive: `file:///hr/pay.pdf` is perhaps `file:///c:/hr/pay.pdf`. If only one of a URI and a
    /// template names a drive, and both agree otherwise, the requirement of this template applies in addition to those of the
    /// templates that match. If only one of a URI and a resource does, the URI is denied, even if the resource has its
    /// drive in another spelling, such as `c%3A` and `c|`. A variable that is a whole segment, such as `{name}`, does not stand
    /// for a drive on its own: write `{name}:`.
    ///
    /// Two spellings are not recognized: the forms of Unicode, and the short names of Windows (8.3), such as `PAYROL~1` for
    /// `payroll-2026`. A server whose file system has them must look at them itself. Links in the file system, such as
    /// `/proc/self/root`, are a matter of the server, too.
    ///
    /// The root of `file:///reports/{+path}`, `file:///reports`, needs another template. It then requires both, because a
    /// server may list or watch a directory. `resources/directory/read` also requires what is required of the templates and
    /// resources that are directly in the directory: `file:///hr/{name}` and `file:///hr/pay.pdf` in `file:///hr`. Completions
    /// for a template also require what is required of the templates and resources that share a URI with it, and those of
    /// `{+name}` also what is required of all whose text begins with the fixed text before `{`.
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
    /// A notification can be named, too: `method("notifications/reset", requirement)`.
    ///
    /// The requirement of a method is in addition to that of its target. Building the layer fails if a method looks like one
    /// of the specification, such as `logging/setlevel`.
    pub fn method(mut self, name: impl Into<Box<str>>, requirement: Requirement) -> Self {
        add(&mut self.methods, name.into(), requirement);
        self
    }

    /// Denies tools, resources, prompts, tasks and methods that are not named, whatever the token has. This is the default.
    ///
    /// The answer is 403 and the error `-32602` of JSON-RPC; for a method, it is the error `-32601`, with the status 404
    /// since 2026-07-28.
    ///
    /// A notification that is not named is not denied: a message without an id whose method begins with `notifications/`
    /// requires the base only, because only the server knows which notifications it has. To require more, name it with
    /// [`method`](Self::method). It is denied only if its method looks like one that is named, or like one of the
    /// specification.
    pub fn otherwise_denied(mut self) -> Self {
        self.otherwise = Otherwise::Deny;
        self
    }

    /// Requires only the base for tools, resources, prompts, tasks and methods that are not named.
    ///
    /// A tool that is added later, or whose name is misspelt here, is then open to every token that meets the base. Two
    /// things are still denied, because the server may take them for what is named:
    ///
    /// - every resource that is not named, as soon as one resource or template is named. URIs have too many spellings.
    /// - a tool, a prompt or a method whose name differs only in case, in control characters, or in blanks around it from
    ///   one that is named, or from a method of the specification.
    pub fn otherwise_base(mut self) -> Self {
        self.otherwise = Otherwise::Base;
        self
    }

    /// Sets which scopes include others, for all of these requirements, whatever the order of the calls. Several hierarchies
    /// add up.
    pub fn hierarchy(mut self, hierarchy: ScopeHierarchy) -> Self {
        self.hierarchy = self.hierarchy.and(hierarchy);
        self
    }

    /// Prepares the requirements for a layer.
    pub(crate) fn prepare(self) -> Result<Rules, McpLayerError> {
        let Self { base, tools, prompts, resources, templates, methods, tasks, otherwise, hierarchy } = self;
        if let Some(uri) = resources.keys().find(|uri| uri.contains(['{', '}'])) {
            return Err(McpLayerError::ResourceIsTemplate { uri: uri.clone() });
        }
        for method in methods.keys() {
            if let Some(known) = known_methods().find(|known| **method != **known && folded(method) == folded(known)) {
                return Err(McpLayerError::MethodLooksLike { method: method.clone(), known });
            }
        }
        if let Some(scope) = hierarchy.broader_scopes().find(|scope| scope.contains(char::is_whitespace)) {
            return Err(McpLayerError::BroaderScopes { scopes: scope.into() });
        }
        let loose_resources = resources.keys().flat_map(|uri| [loose(uri), loose(&folded_uri(uri))]).collect();
        let without_drives = resources.keys().flat_map(|uri| [loose_driveless(uri), loose_driveless(&folded_uri(uri))]);
        let driveless_resources = without_drives.flatten().collect();
        let with_base = |requirement: Requirement| base.clone().and(requirement).within(&hierarchy);
        let by_name = |named: ByName| named.into_iter().map(|(name, one)| (name, with_base(one)));
        let parsed = templates.into_iter().map(|(text, requirement)| {
            let named = NamedTemplate::parse(&text, with_base(requirement));
            named.ok_or(McpLayerError::Template { template: text })
        });
        let templates = parsed.collect::<Result<Vec<_>, _>>()?;
        let rules = Rules {
            tools: Names::new(by_name(tools), []),
            prompts: Names::new(by_name(prompts), []),
            resources: by_name(resources).collect(),
            loose_resources,
            driveless_resources,
            methods: Names::new(by_name(methods), known_methods()),
            tasks: tasks.map(with_base),
            base: base.within(&hierarchy),
            templates,
            is_open: matches!(otherwise, Otherwise::Base),
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

/// Asks for a refresh token: a matter between the client and the authorization server
/// ([MCP authorization](https://modelcontextprotocol.io/specification/2026-07-28/basic/authorization)).
pub(crate) const OFFLINE_ACCESS: &str = "offline_access";
