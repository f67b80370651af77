// SPDX-License-Identifier: Apache-2.0
// Builds what runs in the browser, and checks its types: node build.mjs
//
//   gen/                  classes of the messages, from proto/target/pinlian.protoset
//   dist/verify.js        the verifier, for pages
//   dist/verify-cli.mjs   the verifier, for Node: frames in, answers out
//   dist/verify-browser.mjs   the same in Chromium
//   dist/test/            tests, for node --test
//
// Maven runs this; run by hand, it needs proto's build before.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('.', import.meta.url));
const inRoot = (...path) => join(root, ...path);

function run(command, args) {
  const { status, error } = spawnSync(command, args, {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
    // The browser for the tests is the machine's own.
    env: { ...process.env, PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD: '1' },
  });
  if (status !== 0) {
    throw new Error(`${command} ${args.join(' ')}: ${error?.message ?? `exit ${status}`}`);
  }
}

/** Installs exactly what the lock file names, unless that is there. */
function install() {
  const lock = readFileSync(inRoot('package-lock.json'));
  const stamp = createHash('sha256').update(lock).update(process.version).digest('hex');
  const stampFile = inRoot('node_modules', '.pinlian');
  if (!existsSync(stampFile) || readFileSync(stampFile, 'utf8') !== stamp) {
    run('npm', ['ci', '--no-progress']);
    writeFileSync(stampFile, stamp);
  }
}

async function bundle() {
  const { build } = await import('esbuild');
  const common = {
    absWorkingDir: root,
    bundle: true,
    format: 'esm',
    charset: 'utf8',
    legalComments: 'none',
    logLevel: 'warning',
    sourcemap: 'linked',
  };
  const tests = readdirSync(inRoot('test')).filter((name) => name.endsWith('.test.ts'));
  rmSync(inRoot('dist', 'test'), { recursive: true, force: true });
  await Promise.all([
    build({
      ...common,
      entryPoints: ['src/verify/index.ts'],
      outfile: 'dist/verify.js',
      platform: 'browser',
      target: ['es2022'],
      minify: true,
    }),
    build({
      ...common,
      entryPoints: ['src/verify-cli.ts', 'test/verify-browser.ts'],
      entryNames: '[name]',
      outdir: 'dist',
      outExtension: { '.js': '.mjs' },
      platform: 'node',
      target: ['node18'],
      external: ['playwright-core'],
    }),
    build({
      ...common,
      entryPoints: tests.map((name) => `test/${name}`),
      outdir: 'dist/test',
      outExtension: { '.js': '.mjs' },
      platform: 'node',
      target: ['node18'],
      external: ['playwright-core'],
    }),
  ]);
}

install();
const { generate } = await import('./generate.mjs');
generate(inRoot('..', '..', 'proto', 'target', 'pinlian.protoset'), inRoot('gen'));
run(process.execPath, [inRoot('node_modules', 'typescript', 'bin', 'tsc'), '--project', root]);
await bundle();
