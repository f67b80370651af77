// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { chromium, type BrowserContext } from 'playwright-core';
import { LineRole } from '../gen/pinlian/v1/kind_pb.js';
import { EventAction, EventType } from '../gen/pinlian/v1/record_pb.js';
import { hex, HashAlgorithm, TrustPolicy, utf8, verifyDossier } from '../src/verify/index.js';
import { LIES, show, tell, type Shown } from './lies.js';
import { event, SHOP, told, UNIT } from './story.js';

/**
 * The verifier in a real browser: at an origin with WebCrypto, and at one that came by plain http
 * from another machine's name and has none.
 */

const BROWSERS = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const EXECUTABLE = process.env['PINLIAN_CHROMIUM'] ?? BROWSERS.find((path) => existsSync(path));
const ELSEWHERE = 'elsewhere.test';

const here = new URL('.', import.meta.url);
let shown: Shown[] = [];
let profile: string;
let server: Server;
let browser: BrowserContext;

/** At least 20 statements, the consumer's view of it, the same on SM3, and every lie. */
function everything(): Shown[] {
  const stories = [HashAlgorithm.SHA_256, HashAlgorithm.SM3].flatMap((hash) => {
    const ledger = told(hash);
    for (let i = 0; i < 8; i++) {
      ledger.submit(SHOP, [
        event(EventType.OBJECT, EventAction.OBSERVE, [[LineRole.OBJECT, UNIT]]),
      ]);
    }
    ledger.close();
    return [
      show(ledger, ledger.dossier(UNIT)),
      show(ledger, ledger.dossier(UNIT, { consumer: true })),
    ];
  });
  return [...stories, ...LIES.map(tell)];
}

function asJson(): string {
  return JSON.stringify(
    shown.map((one) => ({
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

before(async () => {
  assert.ok(EXECUTABLE, 'Chromium is missing: install it (package chromium)');
  shown = everything();
  const files: Record<string, [string, string | Buffer]> = {
    '/': ['text/html', '<!doctype html><meta charset="utf-8"><script type="module" src="page.mjs"></script>'],
    '/page.mjs': ['text/javascript', readFileSync(new URL('../../test/page.mjs', here))],
    '/verify.js': ['text/javascript', readFileSync(new URL('../verify.js', here))],
    '/shown.json': ['application/json', asJson()],
  };
  server = createServer((request, response) => {
    const [type, body] = files[request.url ?? ''] ?? ['text/plain', ''];
    response.writeHead(body === '' ? 404 : 200, { 'content-type': type });
    response.end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  profile = mkdtempSync(join(tmpdir(), 'pinlian-web-'));
  browser = await chromium.launchPersistentContext(profile, {
    executablePath: EXECUTABLE,
    headless: true,
    timeout: 60_000,
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
});

after(async () => {
  await browser?.close();
  server?.close();
  rmSync(profile, { recursive: true, force: true });
});

interface Result {
  readonly answers: string[];
  readonly times: number[];
  readonly subtle: boolean;
}

async function run(host: string): Promise<Result> {
  const page = await browser.newPage();
  const failures: string[] = [];
  page.on('pageerror', (e) => failures.push(String(e)));
  await page.goto(`http://${host}:${(server.address() as AddressInfo).port}/`);
  await page.waitForFunction('window.run !== undefined', undefined, { timeout: 60_000 });
  const result = await page.evaluate('window.run()');
  assert.deepEqual(failures, []);
  await page.close();
  return result as Result;
}

for (const [host, subtle] of [
  ['127.0.0.1', true],
  [ELSEWHERE, false],
] as const) {
  test(`Chromium answers as Node does, ${subtle ? 'with' : 'without'} WebCrypto`, async () => {
    const result = await run(host);
    assert.equal(result.subtle, subtle);
    const honest = shown.slice(0, shown.length - LIES.length).map(() => 'accepted');
    assert.deepEqual(result.answers, [...honest, ...LIES.map((lie) => lie.rule)]);
    const [first, ...later] = result.times.map((time) => Math.round(time));
    const { statements } = await verifyDossier(shown[0]!.bytes, {
      ...shown[0]!,
      policy: TrustPolicy.parse(utf8(shown[0]!.policy)),
    });
    console.log(
      `${statements.length} statements, ${shown[0]!.bytes.length} bytes: first ${first} ms, ` +
        `then ${later.join(', ')} ms`,
    );
    assert.ok(statements.length >= 20);
  });
}
