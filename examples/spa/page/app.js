// A page that signs in with auth0-spa-js and calls two APIs.

import {
  createAuth0Client, MfaRequiredError, MissingRefreshTokenError, PopupCancelledError, PopupOpenError,
} from './auth0-spa-js.js';
import * as view from './view.js';

const settings = await (await fetch('/configuration.json')).json();
const { api, calendar, connection } = settings;
const tenant = settings.domain.includes('://') ? settings.domain : `https://${settings.domain}`;
const myAccount = `${tenant}/me/`;
const usesDpop = localStorage.getItem('dpop') !== 'off';

/** The scopes that the API has asked for since the page was loaded. */
const moreScopes = new Set();

let auth0;
try {
  auth0 = await createAuth0Client({
    domain: settings.domain,
    clientId: settings.clientId,
    useDpop: usesDpop,
    useRefreshTokens: true,
    // After a reload, the refresh token is gone: it was in the memory of a worker. The tenant still knows the session.
    useRefreshTokensFallback: true,
    useMrrt: true,
    authorizationParams: {
      redirect_uri: location.origin,
      audience: api.audience,
      scope: 'openid profile email offline_access',
    },
  });
} catch (error) {
  view.userIs();
  view.say(`The tenant cannot be reached: ${error.message}`, true);
  throw error;
}

const onApi = fetcher(api, () => [...moreScopes].join(' '));
const onCalendar = fetcher(calendar, () => 'read:events');
const onMyAccount = fetcher(
  { url: `${myAccount}v1`, audience: myAccount },
  () => 'read:me:connected_accounts delete:me:connected_accounts',
);

/** Makes what calls an API: with the token of its audience, and with a proof if the token is bound. */
function fetcher({ url, audience }, scope) {
  return auth0.createFetcher({
    baseUrl: url,
    // The nonces of an API are for that API.
    dpopNonceId: usesDpop ? audience : undefined,
    getAccessToken: () => token(audience, scope()),
    fetch: watchedFetch,
  });
}

function token(audience, scope) {
  const authorizationParams = { audience, ...(scope && { scope }) };
  return auth0.getTokenSilently({ authorizationParams, detailedResponse: true });
}

/** Sends a request, and shows it. */
async function watchedFetch(request) {
  const scheme = request.headers.get('authorization')?.split(' ')[0] ?? 'none';
  const response = await fetch(request);
  view.requestWas({
    method: request.method,
    url: request.url,
    token: scheme === 'DPoP' ? 'DPoP, with a proof' : scheme,
    status: response.status,
    reason: parameter(response, 'error') ?? '',
  });
  return response;
}

/** Calls an API, and does what its rejection asks for. */
async function call(fetcher, path, audience) {
  let response = await fetcher.fetchWithAuth(path);
  if (response.status === 401 && parameter(response, 'error') === 'invalid_token') {
    // The token may have expired a moment ago, or a key of the tenant was replaced: one more attempt with a new token.
    await auth0.getTokenSilently({ authorizationParams: { audience }, cacheMode: 'off' });
    response = await fetcher.fetchWithAuth(path);
    if (response.status === 401 && parameter(response, 'error') === 'invalid_token') return signedOut();
  }
  if (response.status === 403 && parameter(response, 'error') === 'insufficient_scope') {
    if (!await askForMore(parameter(response, 'scope'), audience)) return undefined;
    response = await fetcher.fetchWithAuth(path);
  }
  const body = await response.json().catch(() => ({}));
  if (response.ok) return body;
  throw Object.assign(new Error(body.error_description ?? `The API answered ${response.status}.`), body);
}

/** Asks the user for more scopes, in a popup. Returns whether the user has allowed them. */
async function askForMore(scopes, audience) {
  // A popup does not keep the organization by itself, unlike a token without a popup.
  const organization = (await auth0.getIdTokenClaims())?.org_id;
  const wanted = { authorizationParams: { audience, scope: scopes, ...(organization && { organization }) } };
  try {
    await auth0.getTokenWithPopup(wanted);
  } catch (error) {
    if (error instanceof PopupCancelledError) return false;
    if (!(error instanceof PopupOpenError)) throw error;
    if (!await view.askForScopes(scopes)) return false;
    await auth0.getTokenWithPopup(wanted);
  }
  for (const scope of scopes.split(' ')) moreScopes.add(scope);
  return true;
}

/** Reads a parameter of a challenge. Its values have no quotation marks inside. */
function parameter(response, name) {
  return new RegExp(`[ ,]${name}="([^"]*)"`).exec(response.headers.get('www-authenticate') ?? '')?.[1];
}

/** The API has rejected the token twice: the page forgets it. The session at the tenant ends as well. */
async function signedOut() {
  sessionStorage.setItem('message', 'The API rejected your token, so you were signed out.');
  await auth0.logout({ logoutParams: { returnTo: location.origin } });
  return undefined;
}

async function show() {
  const user = await auth0.getUser();
  view.userIs(user, await auth0.getIdTokenClaims());
  if (user) view.tokenIs(await token(api.audience, onApiScopes()));
}

const onApiScopes = () => [...moreScopes].join(' ');

async function showAccounts() {
  const body = await call(onMyAccount, '/connected-accounts/accounts', myAccount);
  view.accountsAre(body?.accounts ?? [], async account => {
    await onMyAccount.fetchWithAuth(`/connected-accounts/accounts/${encodeURIComponent(account.id)}`, { method: 'DELETE' });
    view.eventsAre({});
    await showAccounts();
  });
}

const calls = {
  private: async () => view.answerIs('api', await call(onApi, '/api/private', api.audience)),
  scoped: async () => {
    view.answerIs('api', await call(onApi, '/api/private-scoped', api.audience));
    await show();
  },
  claims: async () => view.answerIs('api', await call(onApi, '/api/claims', api.audience)),
  tampered: async () => view.answerIs('api', await call(forging, '/api/private', api.audience)),
  calendar: async () => view.answerIs('calendar', await call(onCalendar, '/events', calendar.audience)),
  events: async () => {
    view.eventsAre({});
    try {
      view.eventsAre(await call(onApi, '/api/events', api.audience) ?? {});
    } catch (error) {
      if (error.error !== 'account_not_linked') throw error;
      view.say(`Connect your account at ${connection} first: the API has no token for it.`, true);
      document.getElementById('connect').focus();
    }
  },
};

/** Calls the API with a token whose signature is wrong. */
const forging = auth0.createFetcher({
  baseUrl: api.url,
  dpopNonceId: usesDpop ? api.audience : undefined,
  fetch: watchedFetch,
  getAccessToken: async () => {
    const good = await token(api.audience, onApiScopes());
    const [signed, signature] = [good.access_token.slice(0, -20), good.access_token.slice(-20)];
    return { ...good, access_token: signed + [...signature].reverse().join('') };
  },
});

const on = (id, action) => view.onClick(document.getElementById(id), action);
on('sign-in', () => auth0.loginWithRedirect());
on('sign-in-popup', async () => {
  await auth0.loginWithPopup();
  await started();
});
on('legacy', async () => {
  const session = await (await fetch('/legacy/session', { method: 'POST' })).text();
  await auth0.loginWithCustomTokenExchange({ subject_token: session, subject_token_type: settings.legacySessionType });
  view.say('The tenant has exchanged the session of the old system for tokens.');
  await started();
});
on('public', async () => {
  const response = await watchedFetch(new Request(`${api.url}/api/public`));
  view.say((await response.json()).message);
});
on('sign-out', () => auth0.logout({ logoutParams: { returnTo: location.origin } }));
on('connect', () => auth0.connectAccountWithRedirect({ connection, scopes: settings.connectionScopes, redirectUri: location.origin }));
for (const button of document.querySelectorAll('[data-call]')) view.onClick(button, calls[button.dataset.call]);

const dpop = document.getElementById('dpop');
dpop.checked = usesDpop;
dpop.addEventListener('change', () => {
  localStorage.setItem('dpop', dpop.checked ? 'on' : 'off');
  location.reload();
});

view.connectionIs(connection);
view.organizationsAre(settings.organizations, organization => {
  auth0.loginWithRedirect({ authorizationParams: { organization: organization ?? undefined } });
});
document.getElementById('legacy').hidden = !settings.legacySessionType;

/** Shows everything that a signed-in user sees. */
async function started() {
  await show();
  if (await auth0.isAuthenticated()) await showAccounts();
}

try {
  const query = new URLSearchParams(location.search);
  if (query.has('state') && (query.has('code') || query.has('connect_code') || query.has('error'))) {
    try {
      const result = await auth0.handleRedirectCallback();
      if (result.response_type === 'connect_code') view.say(`Your account at ${result.connection} is connected.`);
    } finally {
      history.replaceState({}, '', '/');
    }
  }
} catch (error) {
  view.say(error.error_description ?? error.detail ?? error.message, true);
}
const message = sessionStorage.getItem('message');
if (message) view.say(message, true);
sessionStorage.removeItem('message');
try {
  await started();
} catch (error) {
  view.userIs(await auth0.getUser(), await auth0.getIdTokenClaims());
  view.say(error.error_description ?? error.message, true);
}
document.body.dataset.ready = 'true';
