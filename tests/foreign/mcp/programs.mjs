// Starts programs that print their URL.

import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

const LIMIT = 120_000; // milliseconds until the program listens
const running = new Set();
process.on('exit', () => running.forEach(child => child.kill()));
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1));

/** Ends the child when this process ends. */
export function bound(child) {
  running.add(child);
  child.on('exit', () => running.delete(child));
  return child;
}

/** Starts a program, passes each line to `read`, and returns the child and its URL when it listens. */
export async function start(program, args, env, read = () => {}) {
  const { PATH, HOME } = process.env;
  const child = bound(spawn(program, args, { env: { PATH, HOME, ...env }, stdio: ['ignore', 'pipe', 'inherit'] }));
  const url = await new Promise((resolve, reject) => {
    const fail = reason => {
      child.kill();
      reject(new Error(`${program} ${reason}`));
    };
    const timer = setTimeout(() => fail('is not ready'), LIMIT);
    child.on('error', reject);
    child.on('exit', status => fail(`ended with ${status}`));
    createInterface({ input: child.stdout }).on('line', line => {
      read(line);
      const ready = line.match(/^listening on (\S+)/);
      if (!ready) return;
      clearTimeout(timer);
      resolve(ready[1]);
    });
  });
  return { child, url };
}
