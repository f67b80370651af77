// SPDX-License-Identifier: Apache-2.0
import { utf8, type Bytes } from './bytes.js';
import { NOTE_BYTES_MAX, readCheckpoint, SignedNote, type Checkpoint } from './note.js';
import { malformed, NoteError, readBase64, readDecimal, readHash, readText } from './syntax.js';

/** That an entry is in a log, for checking without it (formats.md B.6): a receipt's proof. */
export interface TlogProof {
  readonly index: bigint;
  /** The entry's sibling first, the root's child last. */
  readonly path: readonly Bytes[];
  readonly note: SignedNote;
  /** What the note says; who says it is to be checked by a policy. */
  readonly checkpoint: Checkpoint;
}

const EXTRA_BYTES_MAX = 64 * 1024;
const PROOF_BYTES_MAX = NOTE_BYTES_MAX + 2 * EXTRA_BYTES_MAX;
/** No tree that a checkpoint can name needs a longer path. */
const PATH_MAX = 63;

const HEADER = 'c2sp.org/tlog-proof@v1';
const EXTRA = 'extra ';
const INDEX = 'index ';

export function readTlogProof(bytes: Bytes): TlogProof {
  const text = readText(bytes, PROOF_BYTES_MAX);
  const blank = text.indexOf('\n\n');
  if (blank < 0) {
    throw malformed('a blank line before the checkpoint', text);
  }
  const lines = text.slice(0, blank).split('\n');
  if (lines.shift() !== HEADER) {
    throw malformed(HEADER, text);
  }
  if (lines[0]?.startsWith(EXTRA)) {
    checkExtra(lines.shift()!.slice(EXTRA.length));
  }
  const indexLine = lines.shift() ?? '';
  if (!indexLine.startsWith(INDEX)) {
    throw malformed('a line "index <decimal>"', indexLine);
  }
  const index = readDecimal(indexLine.slice(INDEX.length));
  if (lines.length > PATH_MAX) {
    throw new NoteError('TOO_LARGE', `at most ${PATH_MAX} hashes`, 'more');
  }
  const path = lines.map(readHash);
  const note = SignedNote.parse(utf8(text.slice(blank + 2)));
  return { index, path, note, checkpoint: readCheckpoint(note.text) };
}

/** Goes with the proof, is vouched for by nobody and read by nobody here. */
function checkExtra(base64: string): void {
  const extra = readBase64(base64);
  if (extra.length === 0) {
    throw malformed('no extra line where there is no extra data', EXTRA);
  }
  if (extra.length > EXTRA_BYTES_MAX) {
    const expected = `extra data of at most ${EXTRA_BYTES_MAX} bytes`;
    throw new NoteError('TOO_LARGE', expected, `${extra.length} bytes`);
  }
}
