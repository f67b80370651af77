// SPDX-License-Identifier: Apache-2.0
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type BrowserContext } from 'playwright-core';
import type { Question } from '../src/frames.js';
import { hex } from '../src/verify/bytes.js';

/** The verifier as pages have it, in the machine's own Chromium, with a profile of its own. */

const BROWSERS = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** At this origin there is WebCrypto. */
export const HERE = '127.0.0.1';
/** A name that leads here too; by plain http it has none. */
export const ELSEWHERE = 'elsewhere.test';

export interface Answers {
  /** `accepted`, or the rule. */
  readonly answers: string[];
  /** How many milliseconds the first question took, ten times over. */
  readonly times: number[];
  /** Whether the page had WebCrypto. */
  readonly subtle: boolean;
}

export class Chromium {
  private constructor(
    private readonly profile: string,
    private readonly browser: BrowserContext,
  ) {}

  static async start(): Promise<Chromium> {
    const executablePath =
      process.env['PINLIAN_CHROMIUM'] ?? BROWSERS.find((path) => existsSync(path));
    if (executablePath === undefined) {
      throw new Error('Chromium is missing: install it (package chromium)');
    }
    const profile = mkdtempSync(join(tmpdir(), 'pinlian-web-'));
    const browser = await chromium.launchPersistentContext(profile, {
      executablePath,
      headless: true,
      timeout: 120_000,
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
        `--host-resolver-rules=MAP ${ELSEWHERE} 127.0.0.1`,
      ],
    });
    return new Chromium(profile, browser);
  }

  /** Asks a page at that origin. */
  async ask(host: string, questions: readonly Question[]): Promise<Answers> {
    const server = await serve(questions);
    const page = await this.browser.newPage();
    try {
      const failures: string[] = [];
      page.on('pageerror', (e) => failures.push(String(e)));
      await page.goto(`http://${host}:${(server.address() as AddressInfo).port}/`);
      await page.waitForFunction('window.run !== undefined', undefined, { timeout: 120_000 });
      const answers = await page.evaluate('window.run()');
      if (failures.length > 0) {
        throw new Error(failures.join('\n'));
      }
      return answers as Answers;
    } finally {
      await page.close();
      server.close();
    }
  }

  async close(): Promise<void> {
    await this.browser.close();
    rmSync(this.profile, { recursive: true, force: true });
  }
}

/** What stands beside this program when it is built, whichever folder of dist it is in. */
const DIST = new URL(import.meta.url.includes('/test/') ? '../' : './', import.meta.url);

async function serve(questions: readonly Question[]): Promise<Server> {
  const read = (name: string) => readFileSync(new URL(name, DIST));
  const html =
    '<!doctype html><meta charset="utf-8"><script type="module" src="page.mjs"></script>';
  const files: Record<string, [type: string, body: string | Buffer]> = {
    '/': ['text/html', html],
    '/page.mjs': ['text/javascript', read('../test/page.mjs')],
    '/verify.js': ['text/javascript', read('verify.js')],
    '/shown.json': ['application/json', asJson(questions)],
  };
  const server = createServer((request, response) => {
    const file = files[request.url ?? ''];
    response.writeHead(file === undefined ? 404 : 200, { 'content-type': file?.[0] ?? 'text/plain' });
    response.end(file?.[1]);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

function asJson(questions: readonly Question[]): string {
  return JSON.stringify(
    questions.map((one) => ({
      ...one,
      bytes: hex(one.bytes),
      remembered: one.remembered && {
        origin: one.remembered.checkpoint.origin,
        size: `${one.remembered.checkpoint.size}`,
        root: hex(one.remembered.checkpoint.root),
        path: one.remembered.path.map(hex),
      },
    })),
  );
}
