// What the server and the tenant have seen: the clients' own word is not enough.

import assert from 'node:assert/strict';

/** Checks the request log of one client. */
export function check(log, { scopes, further, version, logins, documentUrl }) {
  const count = pattern => log.filter(line => pattern.test(line)).length;
  const challenge = (error, scope) => `Bearer realm="api", ${error}scope="${scope.join(' ')}", resource_metadata="http://\\S+"$`;
  const client = documentUrl ? documentUrl : '[\\w-]{20,}';
  const counts = {
    registrations: count(/^tenant POST \/oidc\/register 201$/),
    codes: count(new RegExp(`^tenant POST /oauth/token 200 ${client} authorization_code$`)),
    // Of the clients: the server itself gets tokens too, as another client.
    otherTokens: count(/^tenant POST \/oauth\/token (?!\d+ local-api-client |200 \S+ authorization_code$)/),
    // The server asks Token Vault for an account that nobody has connected yet.
    missingAccounts: count(/^tenant POST \/oauth\/token 401 local-api-client token_vault: federated_connection_refresh_token_not_found,/),
    connectedAccounts: count(/^tenant POST \/me\/v1\/connected-accounts\/complete 201$/),
    otherRejectionsByTheTenant: count(/^tenant \S+ \S+ [45](?!.* local-api-client token_vault:)/),
    unauthorized: count(new RegExp(`^server POST /mcp 401 \\S+ ${challenge('', scopes)}`)),
    forbidden: count(new RegExp(`^server POST /mcp 403 ${version} ${challenge('error="insufficient_scope", error_description="[^"]+", ', further.scopes)}`)),
    otherRejections: count(/^server \S+ \/mcp (?!40[13])[45]/),
    otherVersions: count(new RegExp(`^server \\S+ /mcp 20\\d (?!${version}|-)`)),
  };
  assert.deepEqual(counts, {
    registrations: documentUrl ? 0 : logins,
    codes: 2 * logins,
    otherTokens: 0,
    missingAccounts: further.page ? 1 : 0,
    connectedAccounts: further.page ? 1 : 0,
    otherRejectionsByTheTenant: 0,
    unauthorized: logins,
    forbidden: logins,
    otherRejections: 0,
    otherVersions: 0,
  }, log.join('\n'));
}
