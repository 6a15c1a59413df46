// The programs behind the bare page: a tenant, and two APIs.

import { before } from 'node:test';

import { Bare, barePage } from './bare-page.mjs';
import { axumApi, localTenant } from './programs.mjs';

export const API = 'https://api.example.com';
export const OTHER = 'https://downstream.example.com';
export const CLIENT = 'local-page';

/** Milliseconds. */
const START = 60_000;

/**
 * Starts the programs before the tests of a file. `tenant` and `api` are the arguments and the variables of the programs.
 * The result is complete when the tests run.
 */
export function world({ tenant = [], api = {} } = {}) {
  const made = {};
  before(async () => {
    made.page = await barePage();
    made.tenant = await localTenant(...tenant);
    made.api = await axumApi(made.tenant, api);
    made.other = await axumApi(made.tenant, { ...api, AUTH0_AUDIENCE: OTHER });
  }, { timeout: START });

  /** Opens a window with a client. Options of the client go over these. */
  made.open = (windows, { params = {}, ...options } = {}) => Bare.open(windows, made.page.url, {
    domain: made.tenant.url,
    clientId: CLIENT,
    authorizationParams: { redirect_uri: made.page.url, audience: API, ...params },
    ...options,
  });

  /** Returns the requests to an endpoint of the tenant since a mark, without those that only ask whether they may. */
  made.requests = async (mark, path) => (await made.tenant.lines(mark))
    .filter(line => line.includes(` ${path} `) && !line.startsWith('OPTIONS'));

  /** Asks the tenant for tokens, as the API or another client would. */
  made.tokenRequest = async fields => {
    const response = await fetch(`${made.tenant.url}/oauth/token`, {
      method: 'POST', body: new URLSearchParams(fields), signal: AbortSignal.timeout(10_000),
    });
    return { status: response.status, body: await response.json() };
  };

  /** Asks Token Vault for a token of a third party, as the API that has received this token. */
  made.vault = (token, connection) => made.tokenRequest({
    grant_type: 'urn:auth0:params:oauth:grant-type:token-exchange:federated-connection-access-token',
    client_id: 'local-api-client', client_secret: 'local-api-secret', connection,
    subject_token: token, subject_token_type: 'urn:ietf:params:oauth:token-type:access_token',
    requested_token_type: 'http://auth0.com/oauth/token-type/federated-connection-access-token',
  });
  return made;
}
