// Chromium, driven by puppeteer. Each test gets windows of its own, without cookies, and a time limit. A test that fails
// leaves a screenshot of each window, and what the windows wrote on their consoles.

import { mkdir, rm, mkdtemp, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import puppeteer from 'puppeteer-core';

/** Milliseconds. A flow takes about a second; a flow that hangs must fail before auth0-spa-js gives up after 60 s. */
const LIMIT = 30_000;

const screenshots = process.env.SCREENSHOTS ?? path.join(os.tmpdir(), 'browser-screenshots');
const chromium = process.env.CHROMIUM ?? ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']
  .find(file => existsSync(file));

let browser;
let profile;

before(async () => {
  if (!chromium) throw new Error('Chromium is missing: install the Debian package chromium, or set CHROMIUM');
  profile = await mkdtemp(path.join(os.tmpdir(), 'browser-'));
  browser = await puppeteer.launch({
    executablePath: chromium,
    userDataDir: profile,
    timeout: LIMIT,
    protocolTimeout: LIMIT,
    // The certificate of a local tenant. Its API trusts only that one.
    acceptInsecureCerts: true,
    args: [
      // Chromium has no sandbox for root, which CI often is.
      ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
      '--disable-gpu', '--disable-dev-shm-usage', '--no-proxy-server', '--disable-background-networking',
      '--disable-component-update', '--no-first-run',
    ],
  });
}, { timeout: 2 * LIMIT });

after(async () => {
  await browser?.close();
  await rm(profile, { recursive: true, force: true, maxRetries: 5 });
}, { timeout: LIMIT });

/** A test of one flow. It gets `open(url, options)`, which opens a window, and `report(text)`, which prints a line. */
export function flow(name, run) {
  test(name, { timeout: LIMIT }, async t => {
    const context = await browser.createBrowserContext();
    const consoles = [];
    const watch = page => {
      page.setDefaultTimeout(LIMIT / 2);
      page.on('console', message => consoles.push(`${message.type()}: ${message.text()}`));
      page.on('pageerror', error => consoles.push(`error: ${error.message}`));
    };
    context.on('targetcreated', async target => {
      const page = target.type() === 'page' ? await target.page().catch(() => null) : null;
      if (page) watch(page);
    });
    const open = async (url, { dark = false, width = 1200, height = 900 } = {}) => {
      const page = await context.newPage();
      await page.setViewport({ width, height });
      await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: dark ? 'dark' : 'light' }]);
      await page.goto(url);
      return page;
    };
    try {
      await limited(run({ open, context, consoles, report: text => t.diagnostic(text) }), LIMIT - 5_000);
    } catch (error) {
      error.message += await evidence(name, context, consoles);
      throw error;
    } finally {
      await limited(context.close(), LIMIT / 6).catch(() => {});
    }
  });
}

/** Fails before the time limit of the test, so that there is time for a screenshot. */
function limited(work, limit) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`the flow did not end within ${limit / 1000} s`)), limit);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}

async function evidence(name, context, consoles) {
  const base = path.join(screenshots, name.replaceAll(/[^A-Za-z0-9]+/g, '-').slice(0, 80));
  const kept = [];
  try {
    await mkdir(screenshots, { recursive: true });
    for (const [index, page] of (await context.pages()).entries()) {
      const file = `${base}-${index}.png`;
      await limited(page.screenshot({ path: file }), 2_000);
      kept.push(`${file} (${page.url().split('?')[0]})`);
    }
    await writeFile(`${base}.log`, consoles.join('\n'));
  } catch (error) {
    kept.push(`no further screenshot: ${error.message}`);
  }
  return `\nscreenshots: ${kept.join(', ')}\nconsole:\n${consoles.join('\n')}`;
}
