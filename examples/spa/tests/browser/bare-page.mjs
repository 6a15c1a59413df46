// A page with nothing but auth0-spa-js, for the flows that a test writes itself. The test runs code in the page: there,
// `spa` is the library, and `auth0` the client that the test has made.

import { createServer } from 'node:http';
import { readFile } from 'node:fs/promises';
import { after } from 'node:test';

const library = await readFile(
  new URL('../../node_modules/@auth0/auth0-spa-js/dist/auth0-spa-js.production.esm.js', import.meta.url),
);

const html = `<!doctype html><html lang="en"><meta charset="utf-8"><title>bare</title><link rel="icon" href="data:,">
<script type="module">import * as spa from '/auth0-spa-js.js'; window.spa = spa; window.loaded = true;</script></html>`;

const servers = [];
after(() => {
  for (const server of servers) {
    server.close();
    server.closeAllConnections();
  }
});

/** Serves the page at every path. It has a `url`. */
export async function barePage() {
  const server = createServer((request, response) => {
    const isLibrary = request.url === '/auth0-spa-js.js';
    response.setHeader('content-type', isLibrary ? 'text/javascript' : 'text/html; charset=utf-8');
    response.end(isLibrary ? library : html);
  });
  await new Promise(resolve => server.listen(0, '127.0.0.1', resolve));
  servers.push(server);
  return { url: `http://127.0.0.1:${server.address().port}` };
}

/** A window with the bare page. */
export class Bare {
  constructor(page, settings) {
    this.page = page;
    this.settings = settings;
  }

  /** Opens the page and makes the client. `options` are those of the client. */
  static async open({ open }, url, settings) {
    const bare = new Bare(await open(url), { authorizationParams: { redirect_uri: url }, ...settings });
    await bare.client();
    return bare;
  }

  /** Makes the client, without looking for a session. After a navigation it is gone. `cache` names a cache of the page. */
  async client(changes = {}) {
    await this.page.waitForFunction(() => window.loaded);
    Object.assign(this.settings, changes);
    await this.page.evaluate(settings => {
      const caches = {
        session: {
          get: key => JSON.parse(sessionStorage.getItem(key) ?? 'null') ?? undefined,
          set: (key, value) => sessionStorage.setItem(key, JSON.stringify(value)),
          remove: key => sessionStorage.removeItem(key),
          allKeys: () => Object.keys(sessionStorage),
        },
      };
      const { cache, ...options } = settings;
      window.auth0 = new window.spa.Auth0Client({ ...options, ...(cache && { cache: caches[cache] }) });
    }, this.settings);
  }

  /** Runs a function in the page. A rejection of auth0-spa-js becomes its `error`, its message and its name. */
  async run(work, ...args) {
    const outcome = await this.page.evaluate(async (source, args) => {
      try {
        return { value: await (0, eval)(`(${source})`)(...args) };
      } catch (error) {
        const { name, message, error: code, error_description: description, ...rest } = error;
        return { failure: { name: error.constructor.name === 'e' ? name : error.constructor.name, message, code, description, ...rest } };
      }
    }, work.toString(), args);
    if (outcome.failure) throw Object.assign(new Error(outcome.failure.message), outcome.failure);
    return outcome.value;
  }

  /** Returns the `error` of a rejection. */
  async fails(work, ...args) {
    try {
      await this.run(work, ...args);
    } catch (error) {
      return { code: error.code ?? error.name, message: error.message, ...error };
    }
    throw new Error('it was not rejected');
  }

  /** Goes where the function leads, until the browser is back at the page. */
  async redirect(work, ...args) {
    const { origin } = new URL(this.page.url());
    // The page is gone before the answer comes.
    await this.page.evaluate((source, args) => {
      window.loaded = false;
      window.failure = undefined;
      (0, eval)(`(${source})`)(...args).catch(error => { window.failure = error.message; });
    }, work.toString(), args);
    await this.page.waitForFunction(
      origin => window.failure || (location.origin === origin && window.loaded), {}, origin,
    );
    const failure = await this.page.evaluate(() => window.failure);
    if (failure) throw new Error(failure);
    await this.client();
  }

  /** Signs in by redirect, and handles the callback. */
  async signIn(options = {}) {
    await this.redirect(options => window.auth0.loginWithRedirect(options), options);
    return this.run(() => window.auth0.handleRedirectCallback());
  }

  async reload() {
    await this.page.reload();
    await this.client();
  }

  /**
   * Reloads the page, and makes the client with `createAuth0Client`, which looks for a session. `prepare` runs in the page
   * before. Returns the user, and the milliseconds that `createAuth0Client` and `getUser` took.
   */
  async signBackIn(prepare = () => {}) {
    await this.page.reload();
    await this.page.waitForFunction(() => window.loaded);
    await this.run(prepare);
    return this.run(async settings => {
      const began = performance.now();
      window.auth0 = await window.spa.createAuth0Client(settings);
      const user = await window.auth0.getUser();
      return { user, milliseconds: Math.round(performance.now() - began) };
    }, this.settings);
  }

  /** Gets a token, and returns the whole answer. */
  token(options = {}) {
    return this.run(options => window.auth0.getTokenSilently({ ...options, detailedResponse: true }), options);
  }

  user() {
    return this.run(() => window.auth0.getUser());
  }

  idToken() {
    return this.run(() => window.auth0.getIdTokenClaims());
  }

  /** Calls an API with the token of the client, and with a proof if it is bound. Returns the status and the body. */
  call(url, { audience, scope, ...init } = {}) {
    return this.run(async (url, audience, scope, init) => {
      const fetcher = window.auth0.createFetcher({
        dpopNonceId: 'api',
        getAccessToken: () => window.auth0.getTokenSilently({
          authorizationParams: { ...(audience && { audience }), ...(scope && { scope }) }, detailedResponse: true,
        }),
      });
      const response = await fetcher.fetchWithAuth(url, init);
      const body = await response.json().catch(() => null);
      return { status: response.status, challenge: response.headers.get('www-authenticate'), body };
    }, url, audience, scope, init);
  }
}

/** Decodes the claims of a token. */
export const claims = token => JSON.parse(Buffer.from(token.split('.')[1], 'base64url'));
