// A person with a browser: signs in at the local tenant, and allows what the client asks for.
//
//     node person.mjs [--print | --open] URL
//
// Visits the callback of the client at the end. With `--print`, prints the URL of the callback instead. With `--open`, the
// URL is one that a tool wants to be opened: prints the last page.

import { fileURLToPath } from 'node:url';

const LIMIT = 100_000; // milliseconds for everything that the person does

/** Follows an authorization request, and returns the URL of the callback. */
export async function signIn(authorizationUrl) {
  const tenant = new URL(authorizationUrl).origin;
  const { left } = await browse(authorizationUrl, url => url.origin !== tenant);
  if (!left) throw new Error('the tenant sends the browser nowhere');
  return left;
}

/** Opens a URL for a tool, and returns the last page. */
export async function openPage(url) {
  const { page } = await browse(url, () => false);
  return page;
}

/** Follows redirects, also those in pages, and fills in forms. Ends at a page without a form, or at a URL at which `leaves` is true. */
async function browse(start, leaves) {
  const signal = AbortSignal.timeout(LIMIT);
  const jar = new Jar();
  let [url, form] = [new URL(start)];
  for (let step = 0; step < 20; step += 1) {
    const headers = { cookie: jar.of(url), ...(form && { origin: url.origin, 'sec-fetch-site': 'same-origin' }) };
    const response = await fetch(url, { method: form ? 'POST' : 'GET', body: form, headers, redirect: 'manual', signal });
    for (const text of response.headers.getSetCookie()) jar.store(url, text);
    const location = response.headers.get('location');
    const page = await response.text();
    if (!location && response.status !== 200) throw new Error(`${response.status} at ${url.pathname}: ${page}`);
    const next = location ?? found(page, /<meta http-equiv="refresh" content="0;url=([^"]*)"/);
    const action = found(page, /<form method="post" action="([^"]*)"/);
    if (!next && !action) return { page };
    form = next ? undefined : filledIn(page);
    url = new URL(next ?? action, url);
    if (leaves(url)) return { left: url };
  }
  throw new Error(`no end after twenty steps, at ${url.pathname}`);
}

/** The cookies of a browser, which belong to an origin and a path. RFC 6265 §5.3 ignores the port; this is stricter. */
class Jar {
  #cookies = new Map();

  store(url, text) {
    const [, name, value] = text.match(/^([^=]+)=([^;]*)/);
    const path = text.match(/;\s*path=([^;]*)/i)?.[1] ?? '/';
    const key = `${url.origin} ${path} ${name}`;
    const isRemoved = /;\s*max-age=(0|-\d+)\s*(;|$)/i.test(text);
    if (isRemoved) this.#cookies.delete(key);
    else this.#cookies.set(key, { origin: url.origin, path, pair: `${name}=${value}` });
  }

  of(url) {
    const isBelow = path => `${url.pathname}/`.startsWith(path.endsWith('/') ? path : `${path}/`);
    const sent = [...this.#cookies.values()].filter(({ origin, path }) => origin === url.origin && isBelow(path));
    return sent.map(({ pair }) => pair).join('; ');
  }
}

/** Fills in the form of a page: the first choice of each group, and the first button. */
function filledIn(page) {
  const form = new URLSearchParams();
  for (const [tag] of page.matchAll(/<(?:input|button)\b[^>]*>/g)) {
    const name = found(tag, /name="([^"]*)"/);
    if (name && !form.has(name)) form.set(name, found(tag, /value="([^"]*)"/) ?? '');
  }
  return form;
}

/** Returns the value of an attribute. */
function found(markup, pattern) {
  return markup.match(pattern)?.[1].replaceAll('&quot;', '"').replaceAll('&#39;', "'").replaceAll('&amp;', '&');
}

/** Visits the callback. Some clients open the browser before they listen. */
async function visit(callback) {
  const signal = AbortSignal.timeout(LIMIT);
  for (;;) {
    try {
      const response = await fetch(callback, { signal });
      if (!response.ok) throw new Error(`the client answered ${response.status}: ${await response.text()}`);
      return;
    } catch (error) {
      if (error.cause?.code !== 'ECONNREFUSED' || signal.aborted) throw error;
      await new Promise(resolve => setTimeout(resolve, 50));
    }
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const url = process.argv.at(-1);
  if (process.argv.includes('--open')) console.log(await openPage(url));
  else if (process.argv.includes('--print')) console.log((await signIn(url)).href);
  else await visit(await signIn(url));
}
