//! `/`: what the tenant serves, with links, and lines to paste.

use std::sync::Arc;

use super::html::{Html, html};
use super::{Page, user_label};
use crate::shell::quoted;
use crate::state::Tenant;
use crate::{Api, Application};

/// An endpoint: method, path and purpose. `NAME` in a path stands for any name.
pub(crate) type Endpoint = (&'static str, String, &'static str);

pub(crate) fn page(tenant: &Tenant, served: Vec<Endpoint>) -> Page {
    let body = html![
        "<h1>Local Auth0 tenant</h1>\n<p>An authorization server on this machine. For development only: it issues tokens \
         to anyone who asks.</p>\n",
        "<h2>Your API</h2>\n<p>Its secret as a client is in the terminal.</p>\n<pre>",
        exports(tenant),
        "</pre>\n",
        page_settings(tenant),
        "<h2>What it serves</h2>\n",
        endpoints(served),
        "<h2>What is registered</h2>\n",
        registered(tenant)
    ];
    Page::new("Local Auth0 tenant", body)
}

fn exports(tenant: &Tenant) -> String {
    let domain = tenant.domain.strip_prefix("https://").unwrap_or(&tenant.domain);
    let variables =
        [("AUTH0_DOMAIN", domain), ("AUTH0_AUDIENCE", &tenant.audience), ("AUTH0_CLIENT_ID", &tenant.api_client_id)];
    variables.map(|(name, value)| format!("export {name}={}", quoted(value))).join("\n")
}

/// Returns the settings of a page that uses auth0-spa-js, if a client for pages is registered.
fn page_settings(tenant: &Tenant) -> Option<Html> {
    let page = tenant.registry.applications.iter().find(|application| application.is_public())?;
    Some(html![
        "<h2>Your page</h2>\n<p>Open it under the same host as this one: browsers send no cookies to another host.</p>\n\
         <pre>const auth0 = await createAuth0Client({\n  domain: ",
        script_text(&tenant.domain),
        ",\n  clientId: ",
        script_text(page.id()),
        ",\n  authorizationParams: {\n    audience: ",
        script_text(&tenant.audience),
        ",\n    redirect_uri: location.origin,\n  },\n});</pre>\n"
    ])
}

/// Quotes a text as a literal of JavaScript, for a person to paste.
fn script_text(text: &str) -> String {
    format!("'{}'", text.replace('\\', r"\\").replace('\'', r"\'"))
}

fn endpoints(served: Vec<Endpoint>) -> Html {
    let rows = served.into_iter().map(|(method, path, what)| {
        let link = if method == "GET" && !path.contains("NAME") {
            html!["<a href=\"", path, "\"><code>", path, "</code></a>"]
        } else {
            html!["<code>", path, "</code>"]
        };
        html!["<tr><td><code>", method, "</code></td><td>", link, "</td><td>", what, "</td></tr>\n"]
    });
    html!["<table>\n", rows.collect::<Html>(), "</table>\n"]
}

fn registered(tenant: &Tenant) -> Html {
    let registry = &tenant.registry;
    let application = |application: &Arc<Application>| {
        let kind = if application.is_public() { "public, with PKCE" } else { "with a credential" };
        format!("{} ({kind})", application.id())
    };
    let organization = |(id, name): (&str, &str)| format!("{name} ({id})");
    let organizations = registry.organizations.iter().map(|known| (known.id.as_str(), known.name.as_str()));
    let rows = [
        ("APIs", registry.apis.iter().map(|api: &Api| api.identifier().to_owned()).collect::<Vec<_>>()),
        ("Clients", registry.applications.iter().map(application).collect()),
        ("Users", registry.users.iter().map(user_label).collect()),
        ("Organizations", organizations.map(organization).collect()),
        ("Connections", registry.connections.iter().map(|connection| connection.name().to_owned()).collect()),
        ("Exchange profiles", registry.profiles.iter().map(|profile| profile.subject_token_type.clone()).collect()),
    ];
    let row = |(name, items): (&'static str, Vec<String>)| {
        let items = items.into_iter().map(|item| html!["<code>", item, "</code><br>"]).collect::<Html>();
        html!["<tr><th scope=\"row\">", name, "</th><td>", items, "</td></tr>\n"]
    };
    html!["<table>\n", rows.into_iter().filter(|(_, items)| !items.is_empty()).map(row).collect::<Html>(), "</table>\n"]
}
