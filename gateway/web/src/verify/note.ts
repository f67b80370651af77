// SPDX-License-Identifier: Apache-2.0
import { sha256 } from '@noble/hashes/sha2.js';
import { ml_dsa44 } from '@noble/post-quantum/ml-dsa.js';
import { concat, equal, hex, readU64, u64, u8, utf8, type Bytes } from './bytes.js';
import { inOrder, VerifyingKey } from './keys.js';
import {
  isKeyName,
  isNoteText,
  malformed,
  NoteError,
  readBase64,
  readDecimal,
  readHash,
  readText,
} from './syntax.js';

/** Signed notes, checkpoints and cosignatures (formats.md B.2 to B.4). */

/** The longest note that is read: room for every signature line to be post-quantum. */
export const NOTE_BYTES_MAX = 512 * 1024;
const SIGNATURES_MAX = 100;
const KEY_ID_SIZE = 4;
const TIMESTAMP_SIZE = 8;
const ML_DSA_KEY_SIZE = 1312;
const ML_DSA_SIGNATURE_SIZE = 2420;
const NAME_MAX = 255;
const DASH = '\u2014 ';
const LINE_FEED = u8(0x0a);

/** How a note's key signs. Others are assigned; of those none is verified here. */
export enum NoteKeyType {
  /** Ed25519 over the note's text: how a log signs. */
  ED25519 = 0x01,
  /** Ed25519 over a time and the checkpoint: how witnesses and auditors sign. */
  COSIGNATURE = 0x04,
  /** ML-DSA-44 over the same facts in another form: witnesses after Ed25519. */
  ML_DSA_COSIGNATURE = 0x06,
}

/** One signature line. */
export interface NoteSignature {
  readonly name: string;
  readonly keyId: Bytes;
  readonly body: Bytes;
}

/** A signature that was found good, with the POSIX seconds that a cosigner says it signed at. */
export interface VerifiedSignature {
  readonly verifier: NoteVerifier;
  readonly timestamp: bigint | undefined;
}

/** A named key that signs notes, written as a vkey. */
export class NoteVerifier {
  readonly keyId: Bytes;

  private constructor(
    readonly name: string,
    readonly type: NoteKeyType,
    /** The key's bytes. */
    readonly key: Bytes,
    private readonly signed: (message: Bytes, signature: Bytes) => Promise<boolean>,
  ) {
    // The id only serves to find the key, and is of SHA-256 whatever the ledger's hash is.
    this.keyId = sha256(concat(utf8(name), LINE_FEED, u8(type), key)).slice(0, KEY_ID_SIZE);
  }

  static parse(vkey: string): NoteVerifier {
    // A name has no plus; base64 may have some.
    const first = vkey.indexOf('+');
    const second = vkey.indexOf('+', first + 1);
    if (first < 0 || second < 0) {
      throw malformed('a vkey <name>+<key id>+<base64>', vkey);
    }
    const name = vkey.slice(0, first);
    if (!isKeyName(name)) {
      throw malformed('a key name without spaces', name);
    }
    const typed = readBase64(vkey.slice(second + 1));
    const [type] = typed;
    const raw = typed.slice(1);
    const verifier = new NoteVerifier(name, noteKeyType(type, vkey), raw, signedBy(type, raw));
    if (vkey.slice(first + 1, second) !== hex(verifier.keyId)) {
      throw malformed(`key id ${hex(verifier.keyId)}`, vkey.slice(first + 1, second));
    }
    return verifier;
  }

  /** Whether a line claims to be by this key. */
  isNamedBy(signature: NoteSignature): boolean {
    return equal(this.keyId, signature.keyId) && this.name === signature.name;
  }

  isSame(other: NoteVerifier): boolean {
    return (
      this.name === other.name &&
      this.type === other.type &&
      equal(this.key, other.key)
    );
  }

  /** What the signature says, if it is this key's over this text. */
  async verify(text: string, signature: NoteSignature): Promise<VerifiedSignature | undefined> {
    const { body } = signature;
    if (this.type === NoteKeyType.ED25519) {
      const good = await this.signed(utf8(text), body);
      return good ? { verifier: this, timestamp: undefined } : undefined;
    }
    if (body.length <= TIMESTAMP_SIZE) {
      return undefined;
    }
    const timestamp = readU64(body, 0);
    const message =
      this.type === NoteKeyType.COSIGNATURE
        ? utf8(`cosignature/v1\ntime ${timestamp}\n${text}`)
        : cosignedSubtree(this.name, text, timestamp);
    const good =
      timestamp < 2n ** 63n &&
      message !== undefined &&
      (await this.signed(message, body.slice(TIMESTAMP_SIZE)));
    return good ? { verifier: this, timestamp } : undefined;
  }

  toString(): string {
    return `${this.name}+${hex(this.keyId)}`;
  }
}

function noteKeyType(code: number | undefined, vkey: string): NoteKeyType {
  switch (code) {
    case NoteKeyType.ED25519:
    case NoteKeyType.COSIGNATURE:
    case NoteKeyType.ML_DSA_COSIGNATURE:
      return code;
    default:
      throw malformed('a key of type 0x01, 0x04 or 0x06', vkey);
  }
}

function signedBy(
  type: number | undefined,
  raw: Bytes,
): (message: Bytes, signature: Bytes) => Promise<boolean> {
  if (type === NoteKeyType.ML_DSA_COSIGNATURE) {
    if (raw.length !== ML_DSA_KEY_SIZE) {
      throw malformed('an ML-DSA-44 key of 1312 bytes', `${raw.length} bytes`);
    }
    return (message, signature) =>
      Promise.resolve(
        signature.length === ML_DSA_SIGNATURE_SIZE && ml_dsa44.verify(raw, message, signature),
      );
  }
  const key = VerifyingKey.ofEd25519(raw);
  if (key === undefined) {
    throw malformed('a canonical Ed25519 point of the prime-order group', hex(raw));
  }
  return (message, signature) => key.verifies(message, signature);
}

/** What an ML-DSA-44 cosigner signs; undefined where it cannot be said so. */
function cosignedSubtree(cosigner: string, text: string, timestamp: bigint): Bytes | undefined {
  let checkpoint: Checkpoint;
  try {
    checkpoint = readCheckpoint(text);
  } catch (e) {
    if (e instanceof NoteError) {
      return undefined;
    }
    throw e;
  }
  const name = utf8(cosigner);
  const origin = utf8(checkpoint.origin);
  if (timestamp === 0n || name.length > NAME_MAX || origin.length > NAME_MAX) {
    return undefined;
  }
  return concat(
    utf8('subtree/v1\n\0'),
    u8(name.length),
    name,
    u64(timestamp),
    u8(origin.length),
    origin,
    u64(0n),
    u64(checkpoint.size),
    checkpoint.root,
  );
}

/** A text and the signatures under it. The text means nothing before `verify`. */
export class SignedNote {
  private constructor(
    /** What is signed, its last line feed included. */
    readonly text: string,
    readonly signatures: readonly NoteSignature[],
  ) {}

  static parse(bytes: Bytes): SignedNote {
    const note = readText(bytes, NOTE_BYTES_MAX);
    if (!isNoteText(note) || !note.endsWith('\n')) {
      throw malformed('lines without control characters', note);
    }
    // The text may have blank lines of its own; the last one parts it from the signatures.
    const blank = note.lastIndexOf('\n\n');
    if (blank < 0 || blank + 2 === note.length) {
      throw malformed('a blank line and signatures after it', note);
    }
    const lines = note.slice(blank + 2, -1).split('\n');
    if (lines.length > SIGNATURES_MAX) {
      throw new NoteError('TOO_LARGE', `at most ${SIGNATURES_MAX} signatures`, 'more');
    }
    return new SignedNote(note.slice(0, blank + 1), lines.map(readSignature));
  }

  /**
   * The good signatures by known keys, at least one. Lines by unknown keys are passed over. One bad
   * line by a known key refuses the whole note.
   */
  async verify(known: readonly NoteVerifier[]): Promise<VerifiedSignature[]> {
    const answers: Promise<VerifiedSignature>[] = [];
    for (const signature of this.signatures) {
      const verifier = find(known, signature);
      if (verifier !== undefined) {
        answers.push(requireGood(verifier, this.text, signature));
      }
    }
    const good = await inOrder(answers);
    if (good.length === 0) {
      const names = this.signatures.map((signature) => signature.name).join(', ');
      const expected = `a signature by one of ${known.join(', ')}`;
      throw new NoteError('NO_KNOWN_SIGNATURE', expected, `lines by ${names}`);
    }
    return good;
  }
}

async function requireGood(
  verifier: NoteVerifier,
  text: string,
  signature: NoteSignature,
): Promise<VerifiedSignature> {
  const verified = await verifier.verify(text, signature);
  if (verified === undefined) {
    throw new NoteError('BAD_SIGNATURE', `a signature by ${verifier}`, 'another');
  }
  return verified;
}

function readSignature(line: string): NoteSignature {
  const space = line.indexOf(' ', DASH.length);
  if (!line.startsWith(DASH) || space < 0) {
    throw malformed('a line "\u2014 <name> <base64>"', line);
  }
  const name = line.slice(DASH.length, space);
  if (!isKeyName(name)) {
    throw malformed('a key name without spaces and plus', name);
  }
  const bytes = readBase64(line.slice(space + 1));
  if (bytes.length <= KEY_ID_SIZE) {
    throw malformed('a key id and a signature', line);
  }
  return { name, keyId: bytes.slice(0, KEY_ID_SIZE), body: bytes.slice(KEY_ID_SIZE) };
}

function find(
  known: readonly NoteVerifier[],
  signature: NoteSignature,
): NoteVerifier | undefined {
  const named = known.filter((verifier) => verifier.isNamedBy(signature));
  const [first] = named;
  if (first !== undefined && named.some((verifier) => !verifier.isSame(first))) {
    throw new NoteError('AMBIGUOUS_KEY', 'one key of that name and id', named.join(', '));
  }
  return first;
}

/** A tree head: the text that a log signs, always exactly three lines. */
export interface Checkpoint {
  readonly origin: string;
  readonly size: bigint;
  readonly root: Bytes;
}

export function readCheckpoint(text: string): Checkpoint {
  const lines = text.split('\n');
  const [origin, size, root] = lines;
  if (
    lines.length !== 4 ||
    lines[3] !== '' ||
    origin === undefined ||
    size === undefined ||
    root === undefined
  ) {
    throw malformed('three lines: origin, size, root', text);
  }
  if (origin === '' || !isNoteText(origin)) {
    throw malformed('the origin of a log', origin);
  }
  return { origin, size: readDecimal(size), root: readHash(root) };
}
