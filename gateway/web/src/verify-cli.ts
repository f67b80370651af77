// SPDX-License-Identifier: Apache-2.0
import { Broken, TrustPolicy, verifyDossier, type Bytes } from './verify/index.js';
import { textOf } from './verify/bytes.js';
import { HASH_SIZE } from './verify/hash.js';
import { readCheckpoint } from './verify/note.js';

/**
 * The verifier as a program, for comparing it with the Java one on the same bytes: node
 * verify-cli.mjs. Frames come on standard input, and to each one line goes to standard output, in
 * the same order: `accepted`, or `refused RULE` with a name of BrokenRule. Numbers are big-endian.
 *
 *   frame = u32 length || field || field || ...
 *   field = u32 length || bytes
 *
 * The fields, always all seven: the subject asked for; the trust policy; the time in milliseconds
 * since 1970, decimal; the greatest age allowed in milliseconds, decimal; the checkpoint remembered,
 * its three lines, empty if there is none; the consistency proof from there, 32 bytes for each hash;
 * the dossier.
 */

const FRAME_BYTES_MAX = 64 << 20;
/** Frames under way at once: while one waits for a signature, another is hashed. */
const UNDER_WAY_MAX = 4;

const policies = new Map<string, TrustPolicy>();

function policyOf(bytes: Bytes): TrustPolicy {
  const text = textOf(bytes) ?? '';
  let policy = policies.get(text);
  if (policy === undefined) {
    policy = TrustPolicy.parse(bytes);
    policies.set(text, policy);
  }
  return policy;
}

function readU32(bytes: Bytes, at: number): number {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(at);
}

function fieldsOf(frame: Bytes): Bytes[] {
  const fields: Bytes[] = [];
  for (let at = 0; at < frame.length; ) {
    const length = readU32(frame, at);
    if (length > frame.length - at - 4) {
      throw new Error('a field that is longer than its frame');
    }
    fields.push(frame.subarray(at + 4, at + 4 + length));
    at += 4 + length;
  }
  if (fields.length !== 7) {
    throw new Error(`7 fields in a frame, not ${fields.length}`);
  }
  return fields;
}

function hashesOf(bytes: Bytes): Bytes[] {
  return Array.from({ length: bytes.length / HASH_SIZE }, (_, i) =>
    bytes.subarray(i * HASH_SIZE, (i + 1) * HASH_SIZE),
  );
}

async function answer(frame: Bytes): Promise<string> {
  const [asked, policy, now, maxAge, remembered, path, dossier] = fieldsOf(frame) as [
    Bytes, Bytes, Bytes, Bytes, Bytes, Bytes, Bytes,
  ];
  try {
    await verifyDossier(dossier, {
      asked: textOf(asked) ?? '',
      policy: policyOf(policy),
      now: Number(textOf(now)),
      maxAgeMillis: Number(textOf(maxAge)),
      ...(remembered.length > 0 && {
        remembered: {
          checkpoint: readCheckpoint(textOf(remembered) ?? ''),
          path: hashesOf(path),
        },
      }),
    });
    return 'accepted';
  } catch (e) {
    if (e instanceof Broken) {
      if (process.env['PINLIAN_VERBOSE'] !== undefined) {
        console.error(e.message);
      }
      return `refused ${e.rule}`;
    }
    throw e;
  }
}

async function* frames(): AsyncGenerator<Bytes> {
  let pending: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of process.stdin) {
    pending.push(chunk as Uint8Array);
    size += (chunk as Uint8Array).length;
    if (size < wanted(pending[0]!)) {
      continue;
    }
    const all = Buffer.concat(pending);
    let at = 0;
    while (all.length - at >= 4) {
      const length = readU32(all, at);
      if (length > FRAME_BYTES_MAX) {
        throw new Error(`a frame of ${length} bytes`);
      }
      if (all.length - at - 4 < length) {
        break;
      }
      yield all.subarray(at + 4, at + 4 + length);
      at += 4 + length;
    }
    pending = at === all.length ? [] : [all.subarray(at)];
    size = all.length - at;
  }
  if (size > 0) {
    throw new Error('the end of input within a frame');
  }
}

/** Bytes that are needed before there can be a frame, so that large ones are joined once. */
function wanted(first: Uint8Array): number {
  return first.length < 4 ? 4 : Math.min(4 + readU32(first, 0), FRAME_BYTES_MAX);
}

const underWay: Promise<string>[] = [];

async function writeOldest(): Promise<void> {
  const line = await underWay.shift()!;
  if (!process.stdout.write(`${line}\n`)) {
    await new Promise((resolve) => process.stdout.once('drain', resolve));
  }
}

for await (const frame of frames()) {
  const verdict = answer(frame);
  // Seen when it is written; until then it must not end the program.
  verdict.catch(() => undefined);
  underWay.push(verdict);
  if (underWay.length >= UNDER_WAY_MAX) {
    await writeOldest();
  }
}
while (underWay.length > 0) {
  await writeOldest();
}
