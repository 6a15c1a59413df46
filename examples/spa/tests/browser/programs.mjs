// The programs under test: started on free ports, with their output, and stopped at the end.

import { spawn } from 'node:child_process';
import path from 'node:path';
import { after } from 'node:test';

const folder = process.env.PROGRAMS;
if (!folder) throw new Error('PROGRAMS must name the folder with the built programs, such as target/debug');

const running = new Set();

/** The beginning of paths that no program serves. The tenant logs requests for them like all others. */
const BARRIER = '/barrier-';

/** A running program. */
export class Program {
  #child;
  #lines = [];
  #waiting = new Set();
  #barriers = 0;

  constructor(name, args, env) {
    const environment = { PATH: process.env.PATH, HOME: process.env.HOME, TMPDIR: process.env.TMPDIR ?? '/tmp', ...env };
    this.name = name;
    this.#child = spawn(path.join(folder, name), args, { env: environment, stdio: ['ignore', 'pipe', 'pipe'] });
    this.#child.on('error', error => this.#add(`cannot start: ${error.message}`));
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      let rest = '';
      stream.setEncoding('utf8').on('data', text => {
        const lines = (rest + text).split('\n');
        rest = lines.pop();
        for (const line of lines) this.#add(line);
      });
    }
    running.add(this);
  }

  #add(line) {
    this.#lines.push(line);
    for (const check of [...this.#waiting]) check();
  }

  /** Returns the lines from here on, as far as they have arrived. */
  log(from = 0) {
    return this.#lines.slice(from);
  }

  /** Returns the lines from here on, with those of every request that was answered before. */
  async lines(from = 0) {
    await this.#settled();
    return this.log(from).filter(line => !line.includes(BARRIER));
  }

  /** Returns a place in the log: after the lines of every request that was answered before. */
  async mark() {
    await this.#settled();
    return this.#lines.length;
  }

  /** An answer may arrive before its line does. The lines come in order, so the test waits for that of a last request. */
  async #settled() {
    const [from, path] = [this.#lines.length, `${BARRIER}${(this.#barriers += 1)}`];
    await fetch(`${this.tenantUrl ?? this.url}${path}`, { signal: AbortSignal.timeout(10_000) });
    await this.line(new RegExp(`${path} `), from);
  }

  /** Waits for a line, and returns its match. */
  line(pattern, from = 0, limit = 15_000) {
    const find = () => this.log(from).map(line => line.match(pattern)).find(Boolean);
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiting.delete(check);
        reject(new Error(`${this.name} wrote no line like ${pattern}:\n${this.log(from).join('\n')}`));
      }, limit);
      const check = () => {
        const found = find();
        if (!found) return;
        clearTimeout(timer);
        this.#waiting.delete(check);
        resolve(found);
      };
      this.#waiting.add(check);
      check();
    });
  }

  stop() {
    running.delete(this);
    this.#child.kill('SIGKILL');
  }
}

const stopAll = () => running.forEach(program => program.stop());
after(stopAll);
process.on('exit', stopAll);

/** Starts a tenant. It has a `url`. */
export async function localTenant(...args) {
  const tenant = new Program('local-tenant', ['--port', '0', ...args], {});
  [, tenant.url] = await tenant.line(/^ {2}domain +(\S+)/);
  await tenant.line(/Stop with/);
  return tenant;
}

/** Starts the API of a tenant. It has a `url`. */
export async function axumApi(tenant, env = {}) {
  const api = new Program('axum-api', [], {
    AUTH0_DOMAIN: tenant.url, AUTH0_AUDIENCE: 'https://api.example.com', PORT: '0', ...env,
  });
  [, api.url] = await api.line(/listening on (http:\S+)/);
  return api;
}

/** Starts the example page with its tenant and its APIs. It has a `url`. */
export async function spa(...args) {
  const program = new Program('spa', ['--port', '0', ...args], {});
  [, program.url] = await program.line(/^Open (\S+)/);
  [, program.tenantUrl] = await program.line(/^ {2}tenant +(\S+)/);
  return program;
}
