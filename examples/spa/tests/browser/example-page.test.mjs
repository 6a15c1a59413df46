// The flows of the example page, as a person goes through them: with the keyboard or the mouse, against the programs.
// Each test asserts what the APIs and the tenant have logged, and not only what the page shows.

import assert from 'node:assert/strict';
import { before } from 'node:test';

import { flow } from './browser.mjs';
import { spa } from './programs.mjs';

let program;
before(async () => {
  program = await spa();
}, { timeout: 30_000 });

/** Opens the page, and waits until it is ready. */
async function visit(open, options) {
  const page = await open(program.url, options);
  await ready(page);
  return page;
}

const ready = page => page.waitForSelector('body[data-ready]');

/** Clicks a button by its selector. */
const click = async (page, selector) => (await page.waitForSelector(selector, { visible: true })).click();

const text = (page, selector) => page.$eval(selector, element => element.textContent);

/** Waits until an element has a text that matches. */
const shows = (page, selector, pattern) => page.waitForFunction(
  (selector, source) => new RegExp(source).test(document.querySelector(selector)?.textContent ?? ''),
  {}, selector, pattern.source,
);

/** Signs a user in on the tenant's page. */
async function signIn(page, user = 'auth0|ada') {
  await click(page, '#sign-in');
  await allow(page, user);
  await ready(page);
  await shows(page, '#who', /./);
}

async function allow(page, user) {
  await click(page, `input[value="${user}"]`);
  await click(page, 'button[value="allow"]');
}

/** Sets DPoP on or off before the page is used. */
async function withoutDpop(page) {
  await page.evaluate(() => localStorage.setItem('dpop', 'off'));
  await page.reload();
  await ready(page);
}

/** Returns the lines that the APIs or the tenant have logged since a mark, without the time of day. */
const logged = async (mark, beginning) => (await program.lines(mark)).filter(line => line.startsWith(beginning))
  .map(line => line.slice(9));

const policyViolations = consoles => consoles.filter(line => /Content Security Policy/.test(line));

flow('example page: sign in on the tenant\'s page, see the profile, sign out', async ({ open, consoles }) => {
  const page = await visit(open);
  const mark = await program.mark();
  await signIn(page);
  assert.equal(await text(page, '#name'), 'Ada Lovelace');
  assert.equal(await text(page, '#subject'), 'auth0|ada');
  assert.match(await text(page, '#token'), /^DPoP, good for 24 hours: openid profile email offline_access/);
  assert.ok((await logged(mark, 'tenant')).includes('POST /oauth/token 200 spa authorization_code'));
  await click(page, '#sign-out');
  await page.waitForSelector('#welcome:not([hidden])');
  assert.ok((await logged(mark, 'tenant')).includes('GET /v2/logout 302 spa'));
  assert.equal(new URL(page.url()).origin, program.url);
  await ready(page);
  // The tenant has forgotten the session too: it asks again.
  await click(page, '#sign-in');
  await page.waitForSelector('input[value="auth0|ada"]');
  assert.deepEqual(policyViolations(consoles), []);
});

flow('example page: sign in in a popup', async ({ open, context }) => {
  const page = await visit(open);
  const opened = context.waitForTarget(target => target.url().startsWith(`${program.tenantUrl}/u/login`));
  await click(page, '#sign-in-popup');
  const popup = await (await opened).page();
  await allow(popup, 'auth0|grace');
  await shows(page, '#who', /Grace Hopper/);
  assert.ok(popup.isClosed());
});

flow('example page: a person denies the sign-in', async ({ open }) => {
  const page = await visit(open);
  await click(page, '#sign-in');
  await click(page, 'button[value="deny"]');
  await shows(page, '#message', /The user denied the sign-in/);
  assert.equal(new URL(page.url()).search, '');
});

flow('example page: the session survives a reload', async ({ open }) => {
  const page = await visit(open);
  await signIn(page);
  const mark = await program.mark();
  await page.reload();
  await shows(page, '#who', /Ada Lovelace/);
  assert.ok((await logged(mark, 'tenant')).includes('GET /authorize 200 spa'), (await logged(mark, 'tenant')).join('\n'));
});

flow('example page: call the API with DPoP, with the nonce that it asks for', async ({ open }) => {
  const page = await visit(open);
  await signIn(page);
  const mark = await program.mark();
  await click(page, '[data-call="private"]');
  await shows(page, '#api-answer', /auth0\|ada/);
  assert.deepEqual(await logged(mark, 'api'), ['GET /api/private 401 DPoP use_dpop_nonce', 'GET /api/private 200 DPoP']);
  await click(page, '[data-call="claims"]');
  await shows(page, '#api-answer', /"jkt"/);
  assert.deepEqual((await logged(mark, 'api')).slice(2), ['GET /api/claims 200 DPoP']);
});

flow('example page: call the API with Bearer', async ({ open }) => {
  const page = await visit(open);
  await withoutDpop(page);
  await signIn(page);
  const mark = await program.mark();
  await click(page, '[data-call="private"]');
  await shows(page, '#api-answer', /auth0\|ada/);
  assert.deepEqual(await logged(mark, 'api'), ['GET /api/private 200 Bearer']);
  assert.match(await text(page, '#token'), /^Bearer, /);
});

flow('example page: the switch turns DPoP off for the same session', async ({ open }) => {
  const page = await visit(open);
  await signIn(page);
  await Promise.all([page.waitForNavigation(), page.click('#dpop')]);
  await shows(page, '#token', /^Bearer, /);
  const mark = await program.mark();
  await click(page, '[data-call="private"]');
  await shows(page, '#api-answer', /auth0\|ada/);
  assert.deepEqual(await logged(mark, 'api'), ['GET /api/private 200 Bearer']);
});

flow('example page: the public route needs no token', async ({ open }) => {
  const page = await visit(open);
  const mark = await program.mark();
  await click(page, '#public');
  await shows(page, '#message', /Hello from a public endpoint/);
  assert.deepEqual(await logged(mark, 'api'), ['GET /api/public 200 -']);
});

flow('example page: call the second API with a token by MRRT', async ({ open }) => {
  const page = await visit(open);
  await signIn(page);
  const mark = await program.mark();
  await click(page, '[data-call="calendar"]');
  await shows(page, '#calendar-answer', /planning/);
  assert.deepEqual(await logged(mark, 'calendar'), ['GET /events 200 DPoP']);
  assert.ok((await logged(mark, 'tenant')).includes('POST /oauth/token 200 spa refresh_token'));
});

flow('example page: switch the organization, and leave it', async ({ open }) => {
  const page = await visit(open);
  await signIn(page);
  for (const [organization, shown] of [['acme', 'acme'], ['globex', 'globex'], ['', 'none']]) {
    await Promise.all([page.waitForNavigation(), click(page, `[data-organization="${organization}"]`)]);
    await ready(page);
    await shows(page, '#organization', new RegExp(`^${shown}$`));
    const mark = await program.mark();
    await click(page, '[data-call="claims"]');
    await shows(page, '#api-answer', /"sub"/);
    const claims = JSON.parse(await text(page, '#api-answer'));
    assert.equal(claims.org_name, organization || undefined);
    assert.ok((await logged(mark, 'api')).includes('GET /api/claims 200 DPoP'));
  }
});

flow('example page: continue the session of the old system', async ({ open }) => {
  const page = await visit(open);
  const mark = await program.mark();
  await click(page, '#legacy');
  await shows(page, '#who', /Grace Hopper/);
  await click(page, '[data-call="private"]');
  await shows(page, '#api-answer', /auth0\|grace/);
  assert.ok((await logged(mark, 'tenant')).includes('POST /oauth/token 200 spa token_exchange'));
  assert.equal((await logged(mark, 'api')).at(-1), 'GET /api/private 200 DPoP');
});

flow('example page: events are rejected until the account is connected, and after it is disconnected', async ({ open }) => {
  const page = await visit(open);
  await signIn(page);
  let mark = await program.mark();
  await click(page, '[data-call="events"]');
  await shows(page, '#message', /Connect your account at google-oauth2 first/);
  assert.match((await logged(mark, 'api')).at(-1), /^GET \/api\/events 403 DPoP/);
  assert.equal(await page.evaluate(() => document.activeElement.id), 'connect');

  // The focus is on the button already.
  await page.keyboard.press('Enter');
  await page.waitForSelector('button[value="deny"]');
  assert.match(await text(page, 'main'), /calendar\.readonly/);
  await click(page, 'button[value="deny"]');
  await shows(page, '#message', /The user denied the access to the account/);

  await ready(page);
  mark = await program.mark();
  await click(page, '#connect');
  await click(page, 'button[value="allow"]');
  await shows(page, '#message', /is connected/);
  await shows(page, '#accounts', /google-oauth2: calendar\.readonly/);
  await click(page, '[data-call="events"]');
  await shows(page, '#events', /Lunch with Charles/);
  assert.equal((await logged(mark, 'api')).at(-1), 'GET /api/events 200 DPoP');
  const tenant = await logged(mark, 'tenant');
  for (const line of [
    'POST /me/v1/connected-accounts/connect 201', 'POST /me/v1/connected-accounts/complete 201',
    'POST /oauth/token 200 local-api-client token_vault',
  ]) assert.ok(tenant.includes(line), `${line}\n${tenant.join('\n')}`);

  await click(page, '#accounts button');
  await page.waitForFunction(() => document.getElementById('accounts').children.length === 0);
  assert.ok((await logged(mark, 'tenant')).some(line => /^DELETE \/me\/v1\/connected-accounts\/accounts\/cac_\S+ 204$/.test(line)));
});

flow('example page: a popup asks for the scopes that the API needs', async ({ open }) => {
  const page = await visit(open);
  await signIn(page);
  const mark = await program.mark();
  await click(page, '[data-call="scoped"]');
  await shows(page, '#api-answer', /read:messages/);
  assert.deepEqual((await logged(mark, 'api')).filter(line => !line.includes('use_dpop_nonce')), [
    'GET /api/private-scoped 403 DPoP insufficient_scope', 'GET /api/private-scoped 200 DPoP',
  ]);
  await shows(page, '#token', /read:messages/);
});

flow('example page: a popup for scopes keeps the organization', async ({ open }) => {
  const page = await visit(open);
  await signIn(page);
  await Promise.all([page.waitForNavigation(), click(page, '[data-organization="acme"]')]);
  await ready(page);
  await click(page, '[data-call="scoped"]');
  await shows(page, '#api-answer', /read:messages/);
  await shows(page, '#organization', /^acme$/);
  await click(page, '[data-call="claims"]');
  await shows(page, '#api-answer', /"org_name": "acme"/);
});

flow('example page: a token that the API rejects signs the user out', async ({ open }) => {
  const page = await visit(open);
  await signIn(page);
  const mark = await program.mark();
  await click(page, '[data-call="tampered"]');
  await shows(page, '#message', /The API rejected your token, so you were signed out/);
  await page.waitForSelector('#welcome:not([hidden])');
  const rejected = (await logged(mark, 'api')).filter(line => line === 'GET /api/private 401 DPoP invalid_token');
  assert.equal(rejected.length, 2);
  assert.ok((await logged(mark, 'tenant')).includes('GET /v2/logout 302 spa'));
});

flow('example page: everything can be reached with the keyboard', async ({ open }) => {
  const page = await visit(open);
  await page.keyboard.press('Tab');
  assert.equal(await page.evaluate(() => document.activeElement.textContent), 'Skip to the content');
  await page.keyboard.press('Enter');
  await page.keyboard.press('Tab');
  assert.equal(await page.evaluate(() => document.activeElement.id), 'sign-in');
  await Promise.all([page.waitForNavigation(), page.keyboard.press('Enter')]);
  // The tenant's page: the first user has the focus.
  await page.waitForSelector('input:checked');
  await Promise.all([page.waitForNavigation(), page.keyboard.press('Enter')]);
  await shows(page, '#who', /Ada Lovelace/);
});

flow('example page: no script of another origin runs, and no foreign page frames it', async ({ open }) => {
  const page = await open('about:blank');
  const answer = await page.goto(program.url);
  const policy = answer.headers()['content-security-policy'];
  assert.match(policy, /default-src 'none'; script-src 'self'; style-src 'self'/);
  assert.match(policy, /frame-ancestors 'none'/);
  const ran = await page.evaluate(() => {
    const script = document.createElement('script');
    script.textContent = 'window.ran = true';
    document.head.append(script);
    return window.ran === true;
  });
  assert.equal(ran, false);
});

for (const [scheme, dark, width] of [['light', false, 1100], ['dark', true, 1100], ['narrow', false, 380]]) {
  flow(`example page: it looks right: ${scheme}`, async ({ open }) => {
    const page = await visit(open, { dark, width, height: 1000 });
    await signIn(page);
    await Promise.all([page.waitForNavigation(), click(page, '[data-organization="acme"]')]);
    await ready(page);
    await click(page, '#connect');
    await click(page, 'button[value="allow"]');
    await shows(page, '#accounts', /google-oauth2/);
    await click(page, '[data-call="events"]');
    await shows(page, '#events', /Lunch with Charles/);
    for (const [name, answer] of [['private', /auth0\|ada/], ['scoped', /needs read:messages/]]) {
      await click(page, `[data-call="${name}"]`);
      await shows(page, '#api-answer', answer);
    }
    await click(page, '[data-call="calendar"]');
    await shows(page, '#calendar-answer', /planning/);
    await page.evaluate(() => document.activeElement.blur());
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
    assert.equal(overflow, false);
    const file = process.env.README_SCREENSHOTS && `${process.env.README_SCREENSHOTS}/${scheme}.png`;
    await page.screenshot({ ...(file && { path: file }), fullPage: true });
    // The next test begins without a connected account, like this one.
    await click(page, '#accounts button');
    await page.waitForFunction(() => document.getElementById('accounts').children.length === 0);
  });
}
