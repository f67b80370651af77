// SPDX-License-Identifier: Apache-2.0
import type { ProvedRecord } from '../../gen/pinlian/v1/dossier_pb.js';
import type { ShownEntry } from '../../gen/pinlian/v1/provenance_pb.js';
import type { Genesis } from '../../gen/pinlian/v1/submission_pb.js';
import { Broken } from './broken.js';
import { equal, hex, type Bytes } from './bytes.js';
import { placeText, type Place } from './chains.js';
import { proving, requireHashes, verifyIncluded } from './checkpoints.js';
import {
  readEntry,
  requireSubmission,
  submissionKey,
  withAttestation,
  type ReadSubmission,
} from './entries.js';
import type { HashAlgorithm } from './hash.js';
import { verifyInclusion } from './merkle.js';
import type { Checkpoint } from './note.js';
import type { TrustPolicy } from './policy.js';
import { readProvedRecord, type ReadRecord } from './records.js';

/** The entries and records that a dossier shows, each proved to be in the log of one checkpoint. */
export class ShownLog {
  readonly hash: HashAlgorithm;
  readonly genesis: Genesis;
  readonly genesisLeaf: Bytes;
  private readonly genesisAt: bigint;
  /** When the last entry of the tree is of. */
  private endsAt = 0n;
  private readonly submissions = new Map<bigint, ReadSubmission>();
  private last: ReadSubmission | undefined;
  private readonly submissionKeys = new Map<string, bigint>();
  private readonly records = new Map<string, ReadRecord>();
  private readonly byEntry = new Map<bigint, ReadRecord[]>();

  /** Begins with the entry at index 0, which must be the policy's genesis. */
  constructor(
    private readonly policy: TrustPolicy,
    private readonly checkpoint: Checkpoint,
    shown: ShownEntry,
  ) {
    this.hash = policy.hash;
    if (shown.index !== 0n) {
      throw new Broken('OUT_OF_ORDER', 'the entry at index 0', shown.index);
    }
    this.genesisLeaf = this.verifyIncluded(shown);
    const expected = policy.genesis ?? this.genesisLeaf;
    if (!equal(expected, this.genesisLeaf)) {
      throw new Broken('OTHER_LEDGER', hex(expected), hex(this.genesisLeaf));
    }
    if (shown.attestation.length > 0) {
      const expected = 'a genesis entry, which nobody signed';
      throw new Broken('ATTESTATION_MISMATCH', expected, 'an attestation');
    }
    const { entry } = readEntry(0n, shown.entry);
    if (entry.body.case !== 'genesis') {
      throw new Broken('WRONG_ENTRY', 'genesis at index 0', entry.body.case);
    }
    this.genesis = entry.body.value;
    this.genesisAt = entry.sequencedAt;
    if (this.genesis.origin !== checkpoint.origin) {
      throw new Broken('OTHER_ORIGIN', this.genesis.origin, checkpoint.origin);
    }
  }

  /** Entries shown from now on are no later than this. */
  endAt(sequencedAt: bigint): void {
    if (sequencedAt < this.genesisAt) {
      const expected = `a last entry not before ${this.genesisAt}`;
      throw new Broken('TIME_RUNS_BACK', expected, sequencedAt);
    }
    this.endsAt = sequencedAt;
  }

  // Entries ------------------------------------------------------------------------------------

  /** In the order of the log, in which they were added. */
  allSubmissions(): Iterable<ReadSubmission> {
    return this.submissions.values();
  }

  submission(index: bigint): ReadSubmission | undefined {
    return this.submissions.get(index);
  }

  /** The next submission of the dossier; they come ascending. */
  addEntry(shown: ShownEntry): void {
    this.verifyIncluded(shown);
    const { index } = shown;
    const read = withAttestation(
      this.hash,
      requireSubmission(readEntry(index, shown.entry), this.genesisLeaf),
      shown.attestation,
    );
    if (this.submissions.has(index)) {
      throw new Broken('SHOWN_TWICE', `entry ${index} once`, 'a second time');
    }
    const key = submissionKey(read);
    const other = this.submissionKeys.get(key);
    if (other !== undefined) {
      const expected = `an id of its own in entry ${index}`;
      throw new Broken('SUBMISSION_ID_TWICE', expected, `that of entry ${other}`);
    }
    const least = this.last?.sequencedAt ?? this.genesisAt;
    if (read.sequencedAt < least || read.sequencedAt > this.endsAt) {
      const expected = `entry ${index} sequenced from ${least} to ${this.endsAt}`;
      throw new Broken('TIME_RUNS_BACK', expected, read.sequencedAt);
    }
    this.submissions.set(index, read);
    this.submissionKeys.set(key, index);
    this.last = read;
  }

  /** Checks that an entry is in the tree of the checkpoint. */
  verifyIncluded(shown: ShownEntry): Bytes {
    this.requireBelowSize(shown.index, 'an entry');
    const leaf = this.hash.leaf(shown.entry);
    verifyIncluded(
      this.policy,
      this.checkpoint,
      shown.index,
      leaf,
      requireHashes(shown.path),
    );
    return leaf;
  }

  /** Where something claims to be, if the log reaches that far. */
  place(index: bigint, position: number, what: string): Place {
    this.requireBelowSize(index, what);
    if (position >= 2 ** 31) {
      const expected = `${what} at a position that a submission can have`;
      throw new Broken('POSITION_BEYOND_COUNT', expected, position);
    }
    return { index, position };
  }

  private requireBelowSize(index: bigint, what: string): void {
    if (index >= this.checkpoint.size) {
      throw new Broken('INDEX_BEYOND_SIZE', `${what} below size ${this.checkpoint.size}`, index);
    }
  }

  // Records ------------------------------------------------------------------------------------

  /** In the order in which they were added. */
  allRecords(): Iterable<ReadRecord> {
    return this.records.values();
  }

  record(place: Place): ReadRecord | undefined {
    return this.records.get(placeText(place));
  }

  /** Those of one entry. */
  recordsOf(index: bigint): readonly ReadRecord[] {
    return this.byEntry.get(index) ?? [];
  }

  /**
   * A record, whose signer may be withheld; its entry, if that is shown, comes before. Where one is
   * shown, every record of it that is shown must lead to it.
   */
  addRecord(shown: ProvedRecord): ReadRecord {
    const place = this.place(shown.index, shown.position, 'a record');
    const read = readProvedRecord(this.hash, place, shown);
    const submission = this.submissions.get(place.index);
    const name = placeText(place);
    if (submission !== undefined) {
      if (!read.signerShown) {
        const expected = `the signer of record ${name}, whose entry is shown`;
        throw new Broken('WITHHELD', expected, 'none');
      }
      this.verifyInSubmission(read, submission);
    } else if (read.signerShown) {
      throw new Broken('ENTRY_MISSING', `the entry of record ${name}`, 'none');
    } else if (read.path.length > 0) {
      throw new Broken('SUPERFLUOUS', 'no path where the signer is withheld', `record ${name}`);
    }
    if (this.records.has(name)) {
      throw new Broken('SHOWN_TWICE', `record ${name} once`, 'a second time');
    }
    this.records.set(name, read);
    const ofEntry = this.byEntry.get(place.index);
    if (ofEntry === undefined) {
      this.byEntry.set(place.index, [read]);
    } else {
      ofEntry.push(read);
    }
    return read;
  }

  private verifyInSubmission(read: ReadRecord, { header }: ReadSubmission): void {
    const { hash } = this;
    const { position } = read.place;
    const name = placeText(read.place);
    if (position >= header.recordCount) {
      const expected = `a position below ${header.recordCount}`;
      throw new Broken('POSITION_BEYOND_COUNT', expected, name);
    }
    proving(
      () =>
        verifyInclusion(
          hash,
          BigInt(position),
          BigInt(header.recordCount),
          read.path,
          // The tree's leaves are the digests (formats.md A.2), hashed as any leaf is.
          hash.leaf(read.digest),
          header.recordsRoot,
        ),
      (e) => (e.reason === 'WRONG_PATH_LENGTH' ? 'RECORD_PATH_LENGTH' : 'NOT_IN_SUBMISSION'),
    );
  }
}
