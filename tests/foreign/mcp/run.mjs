// Runs foreign MCP clients, unmodified, against the example server.
//
//     node run.mjs LOGINS FOLDER PYTHON [NAME…]
//
// Each client logs in LOGINS times. FOLDER has the programs `mcp-server` and `examples/rmcp-client`, and PYTHON is an
// interpreter with the packages of requirements.txt. With names, only these clients run. The inspector needs Node 22.19.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { check } from './expected.mjs';
import { bound, start } from './programs.mjs';
import { Server } from './server.mjs';

const here = import.meta.dirname;
const [number, folder, interpreter, ...names] = process.argv.slice(2);
const logins = Number(number);
const [programs, python] = [folder, interpreter].map(name => path.resolve(name));
const LIMIT = 120_000; // milliseconds for one login, and for the start of a client
// Nothing here may leave this machine: no proxy listens there.
const PROXY = 'http://127.0.0.1:9';
const DIRECT = '127.0.0.1,localhost';
const proxies = { HTTP_PROXY: PROXY, HTTPS_PROXY: PROXY, NO_PROXY: DIRECT, http_proxy: PROXY, https_proxy: PROXY, no_proxy: DIRECT };

const SESSIONS = '2025-11-25';
const STATELESS = '2026-07-28';
const clients = [
  { name: 'rmcp', program: path.join(programs, 'examples', 'rmcp-client'), versions: [SESSIONS, STATELESS] },
  { name: 'sdk', program: process.execPath, file: 'sdk.mjs', versions: [SESSIONS] },
  { name: 'client', program: process.execPath, file: 'client.mjs', versions: [SESSIONS, STATELESS] },
  { name: 'inspector', program: process.execPath, file: 'inspector.mjs', versions: [SESSIONS, STATELESS], opensNoUrls: true },
  { name: 'mcp', program: python, file: 'mcp_client.py', versions: [SESSIONS, STATELESS] },
  { name: 'fastmcp', program: python, file: 'fastmcp_client.py', versions: [SESSIONS, STATELESS] },
  // The longest. It logs in once.
  { name: 'conformance', program: process.execPath, file: 'conformance.mjs', versions: [SESSIONS] },
];

// What the example has.
const example = {
  tools: ['calendar.clear', 'calendar.create', 'contacts.list', 'whoami'],
  // The scopes of the 401, and a tool that they admit.
  scopes: ['use:tools'],
  open: { name: 'whoami', arguments: {}, answer: 'auth0|local-user, by ' },
  // A tool that needs more, with the scopes of its 403.
  further: {
    name: 'calendar.create',
    arguments: { title: 'tea' },
    scopes: ['use:tools', 'write:events'],
    answer: '"created":"tea"',
  },
};

// A tool that needs an account of the person at another company. The person connects it on a page.
const contacts = {
  name: 'contacts.list',
  arguments: {},
  scopes: ['use:tools', 'read:contacts'],
  answer: 'google-oauth2',
  page: 'Your account is connected',
};

/** Runs one client to its end. What it prints is of interest only if it fails. */
async function run({ program, file }, task) {
  const script = file ? [path.join(here, file)] : [];
  const timeout = LIMIT * (task.logins + 1);
  const env = { ...process.env, ...proxies };
  const child = bound(spawn(program, [...script, JSON.stringify(task)], { stdio: ['ignore', 'pipe', 'pipe'], env, timeout }));
  const output = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', data => output.push(data));
  const status = await new Promise((resolve, reject) => child.on('error', reject).on('close', resolve));
  if (status !== 0) throw new Error(`ended with ${status}:\n${Buffer.concat(output)}`);
}

function label({ name }, { version, documentUrl, further, logins }) {
  if (name === 'conformance') return `${name}, ${version}`;
  const client = documentUrl ? 'a metadata document' : 'registration';
  return `${name}, ${version}: ${further.name} with ${client}, ${logins} ${logins === 1 ? 'login' : 'logins'}`;
}

/** Runs one check, and reports it. Returns whether it has passed. */
async function reported(label, work) {
  const began = performance.now();
  let failure;
  try {
    await work();
  } catch (error) {
    failure = error;
  }
  const seconds = ((performance.now() - began) / 1000).toFixed(1).padStart(6);
  console.log(`${seconds} s  ${label}${failure ? ': FAILED' : ''}`);
  if (failure) console.error(failure);
  return !failure;
}

/** Lets a client log in at a server of its own, and checks what this server has seen. */
async function prove(client, task, certificate) {
  const server = await Server.start(path.join(programs, 'mcp-server'), certificate);
  try {
    await run(client, { ...task, url: server.url });
    if (client.name !== 'conformance') check(await server.served(), task);
  } finally {
    server.stop();
  }
}

/** Lists what to do with each version: many logins with registration, and one with the metadata document. */
function jobs(documentUrl) {
  const task = { ...example, node: process.execPath, person: path.join(here, 'person.mjs'), logins };
  const asked = clients.filter(({ name }) => names.length === 0 || names.includes(name));
  return asked.flatMap(client => {
    const tasks = client.versions.map(version => ({ ...task, version }));
    // The person has the account after the first login, so a second one would need no page.
    const further = client.opensNoUrls ? example.further : contacts;
    const others = client.name === 'conformance' ? [] : tasks.map(one => ({ ...one, documentUrl, further, logins: 1 }));
    return [...tasks, ...others].map(one => ({ client, task: one }));
  });
}

for (const name of names) assert.ok(clients.some(client => client.name === name), `there is no client ${name}`);
assert.ok(logins >= 1, `${number} is no number of logins`);
const store = mkdtempSync(path.join(tmpdir(), 'foreign-mcp-'));
process.on('exit', () => rmSync(store, { recursive: true }));
const documents = await start(python, [path.join(here, 'documents.py'), store], {});
const waiting = jobs(documents.url);
let failures = 0;
async function worker() {
  for (let job = waiting.shift(); job; job = waiting.shift()) {
    const { client, task } = job;
    const work = () => prove(client, task, path.join(store, 'ca.pem'));
    failures += (await reported(label(client, task), work)) ? 0 : 1;
  }
}
await Promise.all([worker(), worker()]);
console.log(`${failures} failures`);
process.exit(failures === 0 ? 0 : 1);
