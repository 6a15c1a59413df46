// What an application gives the SDKs of npm: its metadata, and a memory for one user.

import assert from 'node:assert/strict';
import { signIn } from './person.mjs';

// Nobody listens there: the person hands the callback over.
const CALLBACK = 'http://127.0.0.1:1/callback';

export class Application {
  /** With a URL, the application is known by its metadata document. Without it, it registers itself. */
  constructor(clientMetadataUrl) {
    if (clientMetadataUrl) this.clientMetadataUrl = clientMetadataUrl;
    this.scopes = [];
  }

  get redirectUrl() {
    return CALLBACK;
  }

  get clientMetadata() {
    return {
      client_name: 'a foreign client',
      redirect_uris: [CALLBACK],
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      token_endpoint_auth_method: 'none',
    };
  }

  state() {
    return (this.expectedState = crypto.randomUUID());
  }

  clientInformation() {
    return this.client;
  }

  saveClientInformation(client) {
    this.client = client;
  }

  tokens() {
    return this.saved;
  }

  saveTokens(tokens) {
    this.saved = tokens;
  }

  redirectToAuthorization(url) {
    this.authorizationUrl = url;
  }

  saveCodeVerifier(verifier) {
    this.verifier = verifier;
  }

  codeVerifier() {
    return this.verifier;
  }

  // The next SDK checks on the way back that it is at the tenant where it has started.
  saveDiscoveryState(state) {
    this.discovered = state;
  }

  discoveryState() {
    return this.discovered;
  }

  /** Lets the person sign in, and returns the parameters of the callback. */
  async authorized() {
    assert.ok(this.authorizationUrl, 'the SDK wants no authorization');
    this.scopes.push(new Set(this.authorizationUrl.searchParams.get('scope').split(' ')));
    const callback = await signIn(this.authorizationUrl);
    this.authorizationUrl = undefined;
    assert.equal(callback.searchParams.get('state'), this.expectedState);
    assert.ok(callback.searchParams.get('code'), `no code: ${callback.search}`);
    return callback.searchParams;
  }
}
