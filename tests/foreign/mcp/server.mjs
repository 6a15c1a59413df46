// The example server as a child process, and its request log.

import { start } from './programs.mjs';

const LIMIT = 60_000; // milliseconds for the last line
const END = '/end-of-the-log';

export class Server {
  #log = [];
  #ended;
  #end = new Promise(resolve => (this.#ended = resolve));

  /** Starts the server on a free port. Its tenant trusts the certificate in this file. */
  static async start(program, certificate) {
    const server = new Server();
    const args = ['--port', '0', '--log'];
    return Object.assign(server, await start(program, args, { SSL_CERT_FILE: certificate }, line => server.#read(line)));
  }

  #read(line) {
    if (line.includes(END)) this.#ended();
    else if (line.startsWith('> ')) this.#log.push(line.slice(2));
  }

  /** Returns one line for each request to the server and to its tenant. The last request is one of this program. */
  async served() {
    const signal = AbortSignal.timeout(LIMIT);
    await fetch(new URL(END, this.url), { signal });
    await Promise.race([this.#end, new Promise((_, reject) => (signal.onabort = () => reject(signal.reason)))]);
    return this.#log;
  }

  stop() {
    this.child.kill();
  }
}
