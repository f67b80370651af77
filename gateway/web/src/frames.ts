// SPDX-License-Identifier: Apache-2.0
import { textOf, type Bytes } from './verify/bytes.js';
import { HASH_SIZE } from './verify/hash.js';
import type { Remembered } from './verify/index.js';
import { readCheckpoint } from './verify/note.js';

/**
 * What a verifier is asked, as bytes: frames one after the other. Numbers are big-endian.
 *
 *   frame = u32 length || field || field || ...
 *   field = u32 length || bytes
 *
 * The fields, always all seven: the subject asked for; the trust policy; the time in milliseconds
 * since 1970, decimal; the greatest age allowed in milliseconds, decimal; the checkpoint remembered,
 * its three lines, empty if there is none; the consistency proof from there, 32 bytes for each hash;
 * the dossier. To each a verifier answers with one line, in the same order: `accepted`, or
 * `refused RULE` with a name of BrokenRule.
 */
export interface Question {
  readonly bytes: Bytes;
  readonly asked: string;
  /** The policy file. */
  readonly policy: string;
  readonly now: number;
  readonly maxAgeMillis: number;
  readonly remembered?: Remembered;
}

const FRAME_BYTES_MAX = 64 << 20;

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

function readFrame(frame: Bytes): Question {
  const fields = fieldsOf(frame);
  const [asked, policy, now, maxAge, remembered] = fields.map((field) => textOf(field) ?? '') as [
    string, string, string, string, string,
  ];
  return {
    bytes: fields[6]!,
    asked,
    policy,
    now: Number(now),
    maxAgeMillis: Number(maxAge),
    ...(remembered !== '' && {
      remembered: { checkpoint: readCheckpoint(remembered), path: hashesOf(fields[5]!) },
    }),
  };
}

/** The questions in a stream of bytes, which must end where a frame does. */
export async function* readFrames(stream: AsyncIterable<Uint8Array>): AsyncGenerator<Question> {
  let pending: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of stream) {
    pending.push(chunk);
    size += chunk.length;
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
      yield readFrame(all.subarray(at + 4, at + 4 + length));
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
