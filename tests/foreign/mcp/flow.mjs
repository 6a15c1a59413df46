// What both SDKs of npm do: discovery, 401, authorization, a tool, 403, the further scope, the tool, and perhaps a URL that
// the person opens.

import assert from 'node:assert/strict';
import { Application } from './application.mjs';
import { openPage } from './person.mjs';

const { url, logins, version, documentUrl, tools, open, further } = JSON.parse(process.argv[2]);

/** Runs the logins of one SDK, one after the other. The first failure ends the run. */
export async function prove(sdk) {
  for (let index = 0; index < logins; index += 1) {
    try {
      await login(sdk);
    } catch (error) {
      throw new Error(`login ${index} failed`, { cause: error });
    }
  }
}

async function login({ connect, finish, Unauthorized }) {
  const application = new Application(documentUrl);
  const opened = [];
  const person = async url => opened.push(await openPage(url));
  const isUnauthorized = async promise => assert.ok((await rejection(promise)) instanceof Unauthorized);
  const first = connect(new URL(url), application, version, person);
  await isUnauthorized(first.connected);
  await finish(first.transport, await application.authorized());
  await first.client.close();

  const { client, transport, connected } = connect(new URL(url), application, version, person);
  await connected;
  const names = (await client.listTools()).tools.map(tool => tool.name);
  assert.deepEqual(names.sort(), tools);
  checkAnswer(await client.callTool({ name: open.name, arguments: open.arguments }), open.answer);
  const call = () => client.callTool({ name: further.name, arguments: further.arguments });
  await isUnauthorized(call());
  await finish(transport, await application.authorized());
  checkAnswer(await elicited(call, person), further.answer);
  checkPages(opened);
  for (const scope of further.scopes) assert.ok(application.scopes[1].has(scope), `${scope} was not requested`);
  await client.close();
}

/** Calls a tool. In 2025-11-25, an error has the URLs that the person must open before the tool can be called again. */
async function elicited(call, person) {
  try {
    return await call();
  } catch (error) {
    if (!error.elicitations) throw error;
    for (const { url } of error.elicitations) await person(url);
    return call();
  }
}

/** Checks what the person has read: one page if the tool needs one, and otherwise none. */
function checkPages(pages) {
  assert.equal(pages.length, further.page ? 1 : 0);
  for (const page of pages) assert.ok(page.includes(further.page), page);
}

/** Waits for a promise that must be rejected, and returns the error. */
async function rejection(promise) {
  const outcome = await promise.then(value => ({ value }), error => ({ error }));
  assert.ok(outcome.error, `no error, but ${JSON.stringify(outcome.value)}`);
  return outcome.error;
}

function checkAnswer(result, expected) {
  assert.ok(!result.isError, JSON.stringify(result));
  const [{ text }] = result.content;
  assert.ok(text.includes(expected), text);
}
