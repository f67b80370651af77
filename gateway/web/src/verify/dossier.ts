// SPDX-License-Identifier: Apache-2.0
import { create } from '@bufbuild/protobuf';
import { DossierSchema, View, ViewSchema, type Dossier } from '../../gen/pinlian/v1/dossier_pb.js';
import type { Kind } from '../../gen/pinlian/v1/kind_pb.js';
import { ShownEntrySchema, type ShownEntry } from '../../gen/pinlian/v1/provenance_pb.js';
import type { PublicPart, SectionClass } from '../../gen/pinlian/v1/record_pb.js';
import type { Block } from '../../gen/pinlian/v1/submission_pb.js';
import { Broken } from './broken.js';
import { equal, hex, type Bytes } from './bytes.js';
import { comparePlaces, placeText, type Place } from './chains.js';
import { requireHash, verifyExtends, verifyFresh, type VerifiedCheckpoint } from './checkpoints.js';
import { DEPTH_MAX, DEPTH_MIN, RECORDS_SHOWN_MAX, type Tie } from './closure.js';
import { DossierChains, type LeftOut } from './dossierchains.js';
import { readEntry, speakerOf } from './entries.js';
import { ErasureProofs, type ProvenErasure } from './erasures.js';
import { inOrder } from './keys.js';
import { FORMAT } from './limits.js';
import { readLinks, type ProvedLinks } from './links.js';
import { ShownLog } from './log.js';
import type { Checkpoint } from './note.js';
import type { TrustPolicy } from './policy.js';
import {
  isErased,
  type ReadGroup,
  type ReadLine,
  type ReadRecord,
  type ReadSection,
} from './records.js';
import { Signers, type Signer } from './signers.js';
import { subjectKind } from './subject.js';
import { readCanonical } from './wire.js';

/**
 * Reads a dossier and believes nothing in it (formats.md A.7): everything is computed from its
 * bytes, the code that was scanned, a trust policy and the time. The same rules, in the same order
 * and under the same names, as the Java class `DossierVerifier`.
 */

/** The most bytes of a dossier. */
export const DOSSIER_BYTES_MAX = 16 << 20;
/** Strings, byte strings and messages in it. */
const VALUES_MAX = 500_000;

export interface DossierOptions {
  /** Canonical URI of the code that was scanned. */
  readonly asked: string;
  readonly policy: TrustPolicy;
  /** The reader's clock; of evidence, the instant that it is to be evidence as of. In milliseconds. */
  readonly now: number;
  /** Greatest age of the cosignatures and of the map's lag. */
  readonly maxAgeMillis: number;
  /** What the reader was shown last time. */
  readonly remembered?: Remembered;
}

export interface Remembered {
  readonly checkpoint: Checkpoint;
  /** Consistency proof (formats.md B.1) from there to the dossier's checkpoint. */
  readonly path: readonly Bytes[];
}

/**
 * Who says that nothing is left out. PROVED: the policy's auditors, who made the map again from the
 * whole log. COMMITTED_ONLY: the ledger, in a map that anybody who has the log can make again.
 * NOT_PROVIDED: nobody, since the block has no map.
 */
export type Completeness = 'PROVED' | 'COMMITTED_ONLY' | 'NOT_PROVIDED';

/** A chain, and how it hangs together with what was asked for. */
export interface ProvenChain {
  /** Empty where the view shows only the key. */
  readonly subject: string;
  readonly key: string;
  readonly depth: number;
  readonly tie: Tie;
  /** Number of the first link shown; 0 for a chain without links. */
  readonly first: bigint;
  readonly records: readonly Place[];
  /** All of the chain, shown among the links or before. */
  readonly notices: readonly Place[];
}

/** One statement. */
export interface Statement {
  readonly place: Place;
  readonly kind: Kind;
  readonly digest: Bytes;
  /** Undefined when withheld, and so are the next three. */
  readonly signer: Signer | undefined;
  /** The gateway that signed it for the signer; undefined if the signer signed itself. */
  readonly attestedBy: Signer | undefined;
  /** When the ledger says it took it. */
  readonly sequencedAt: bigint | undefined;
  /** When the signer says it was made. */
  readonly createdAt: bigint | undefined;
  /** Its key, or that of the delegation, was later revoked as compromised since before. */
  readonly doubtful: boolean;
  /** About the whole lot or class of a unit asked for: it may apply to this unit. */
  readonly mayApply: boolean;
  /** Undefined when withheld. */
  readonly publicPart: PublicPart | undefined;
  readonly sections: readonly ReadSection[];
  /** Those shown. */
  readonly lines: readonly ReadLine[];
  /** Of all lines, by role. */
  readonly groups: readonly ReadGroup[];
}

/** A section that is erased, and by what law. */
export interface ErasedPart {
  /** Of the record that it was a part of. */
  readonly place: Place;
  readonly sectionClass: SectionClass;
  readonly erasure: ProvenErasure;
}

/** What a dossier proves. It exists only if every rule was kept. */
export interface Verdict {
  readonly asked: string;
  /** For which view the parts were chosen, as told. */
  readonly view: View;
  readonly checkpoint: Checkpoint;
  readonly block: bigint;
  readonly closedAt: bigint;
  /** Since when submissions wait for the map; undefined if none do. */
  readonly lagSince: bigint | undefined;
  readonly completeness: Completeness;
  /** Those that cosigned in time. */
  readonly witnesses: readonly string[];
  readonly auditors: readonly string[];
  readonly chains: readonly ProvenChain[];
  /** On those chains, each once, in the order of the log. */
  readonly statements: readonly Statement[];
  /** Records of signers' keys chains verified besides. */
  readonly keysRecords: number;
  readonly leftOut: readonly LeftOut[];
  /** Inputs that the view only counts, and so were not followed. */
  readonly inputsNotPublished: number;
  readonly maxDepth: number;
  /** When the ledger says it put this together. */
  readonly assembledAt: bigint;
  /** Statements on the goods that are older than those shown; 0 if their chains are whole. */
  readonly earlierNotShown: bigint;
  readonly signersWithheld: number;
  /** Public parts and sections that the view does not show, erased ones left out. */
  readonly partsWithheld: number;
  /** Sections that two authorities had erased, in the order of the log. */
  readonly partsErased: readonly ErasedPart[];
}

/** Checks everything; throws Broken with the first rule that does not hold. */
export async function verifyDossier(bytes: Bytes, options: DossierOptions): Promise<Verdict> {
  const { asked, policy, remembered } = options;
  const now = BigInt(Math.trunc(options.now));
  const maxAge = BigInt(Math.trunc(options.maxAgeMillis));
  const dossier = read(bytes);
  requireForm(dossier, asked);
  const checkpoint = await verifyFresh(policy, dossier.checkpoint, now, maxAge);
  if (remembered !== undefined) {
    verifyExtends(policy, remembered.checkpoint, checkpoint.checkpoint, remembered.path);
  }
  const log = new ShownLog(policy, checkpoint.checkpoint, orEmpty(dossier.genesis));
  const block = readBlock(log, checkpoint.checkpoint.size, orEmpty(dossier.block));
  requireFresh(block, now - maxAge);
  addEntries(log, dossier.entries);
  addRecords(log, dossier);
  requireEntriesUsed(log);
  const chains = new DossierChains(log, dossier, asked);
  for (const member of dossier.members) {
    chains.addMember(readLinks(log, block, member));
  }
  for (const keys of dossier.keys) {
    chains.addKeys(readLinks(log, block, keys));
  }
  chains.verify();
  const signers = await verifySignatures(log, chains);
  return tell(dossier, checkpoint, block, log, chains, signers, proveErasures(log, chains, signers));
}

function read(bytes: Bytes): Dossier {
  if (bytes.length > DOSSIER_BYTES_MAX) {
    const expected = `a dossier of ${DOSSIER_BYTES_MAX} bytes at most`;
    throw new Broken('LIMIT_EXCEEDED', expected, bytes.length);
  }
  return readCanonical(DossierSchema, bytes, 'dossier', VALUES_MAX);
}

/** A message that is left out is one without content. */
function orEmpty(entry: ShownEntry | undefined): ShownEntry {
  return entry ?? create(ShownEntrySchema);
}

function requireForm(dossier: Dossier, asked: string): void {
  const { format, view, maxDepth, maxRecords, assembledAt } = dossier;
  if (format !== FORMAT) {
    throw new Broken('UNSUPPORTED_FORMAT', `format ${FORMAT}`, format);
  }
  if (dossier.asked !== asked || subjectKind(asked) === undefined) {
    throw new Broken('OTHER_SUBJECT', `a dossier of ${asked}`, dossier.asked);
  }
  const good =
    view !== View.UNSPECIFIED &&
    view in ViewSchema.value &&
    maxDepth >= DEPTH_MIN &&
    maxDepth <= DEPTH_MAX &&
    maxRecords >= 1 &&
    maxRecords <= RECORDS_SHOWN_MAX &&
    assembledAt > 0n;
  if (!good) {
    throw new Broken(
      'BAD_LIMITS',
      `a view, ${DEPTH_MIN} to ${DEPTH_MAX} steps, 1 to ${RECORDS_SHOWN_MAX} records, and when it` +
        ' was assembled',
      `${view}, ${maxDepth}, ${maxRecords}, ${assembledAt}`,
    );
  }
}

/** A block is always the last entry of a published tree, and covers all before it. */
function readBlock(log: ShownLog, size: bigint, shown: ShownEntry): Block {
  log.verifyIncluded(shown);
  const { entry } = readEntry(shown.index, shown.entry);
  if (entry.body.case !== 'block') {
    throw new Broken('WRONG_ENTRY', 'a block', entry.body.case);
  }
  const block = entry.body.value;
  const { covers, headsSize, headsRoot, previous, lagSince, closedAt } = block;
  if (shown.index !== size - 1n || covers !== size - 1n) {
    throw new Broken(
      'NOT_THE_LAST_BLOCK',
      `the block at index ${size - 1n} that covers as many entries`,
      `one at ${shown.index} that covers ${covers}`,
    );
  }
  if (shown.attestation.length > 0) {
    throw new Broken('ATTESTATION_MISMATCH', 'a block, which nobody signed', 'an attestation');
  }
  requireHash(previous, 'the block before');
  requireHash(headsRoot, 'a heads_root');
  if (headsSize > covers || (headsSize === 0n && !equal(headsRoot, log.hash.empty))) {
    throw new Broken(
      'HEADS_BEYOND_BLOCK',
      `a map over ${covers} entries at most, of none the empty one`,
      `${headsSize}, root ${hex(headsRoot)}`,
    );
  }
  const number = BigInt.asIntN(64, block.number);
  if (
    number <= 0n ||
    (number === 1n && !equal(previous, log.genesisLeaf)) ||
    lagSince < 0n ||
    closedAt <= 0n ||
    (headsSize === covers && lagSince !== 0n)
  ) {
    throw new Broken(
      'MALFORMED',
      'a block with a number, instants, and no lag where the map is over all entries',
      `block ${block.number}, lag ${lagSince}`,
    );
  }
  log.endAt(entry.sequencedAt);
  return block;
}

function requireFresh({ headsSize, lagSince }: Block, notBefore: bigint): void {
  // Without a map nothing lags behind: the verdict says that completeness is not provided.
  if (headsSize > 0n && lagSince !== 0n && lagSince < notBefore) {
    const expected = `a map that nothing waits for since before ${notBefore}`;
    throw new Broken('HEADS_TOO_OLD', expected, lagSince);
  }
}

function addEntries(log: ShownLog, entries: readonly ShownEntry[]): void {
  let previous = 0n;
  for (const shown of entries) {
    if (shown.index <= previous) {
      const expected = `submissions ascending by index, after ${previous}`;
      throw new Broken('OUT_OF_ORDER', expected, shown.index);
    }
    previous = shown.index;
    log.addEntry(shown);
  }
}

function addRecords(log: ShownLog, { records }: Dossier): void {
  let previous: Place | undefined;
  for (const shown of records) {
    const { place } = log.addRecord(shown);
    if (previous !== undefined && comparePlaces(previous, place) >= 0) {
      throw new Broken('OUT_OF_ORDER', 'records in the order of the log', placeText(place));
    }
    previous = place;
  }
}

function requireEntriesUsed(log: ShownLog): void {
  for (const { index } of log.allSubmissions()) {
    if (log.recordsOf(index).length === 0) {
      const expected = `a record of entry ${index}, whose signer is shown`;
      throw new Broken('ENTRY_WITHOUT_RECORD', expected, 'none');
    }
  }
}

/**
 * In the order of the log, because keys hold from the next entry on (formats.md A.4). All signatures
 * are computed at once; the first thing that is wrong, in that order, is the one that is told.
 */
async function verifySignatures(log: ShownLog, chains: DossierChains): Promise<Signers> {
  const signers = new Signers(log);
  const signatures: Promise<void>[] = [];
  let broken: unknown;
  try {
    for (const submission of log.allSubmissions()) {
      const records = log.recordsOf(submission.index);
      signatures.push(signers.verify(submission, records));
      for (const record of records) {
        if (chains.isOnKeys(record)) {
          signers.apply(record, speakerOf(submission));
        }
      }
    }
  } catch (e) {
    broken = e;
  }
  await inOrder(signatures);
  if (broken !== undefined) {
    throw broken;
  }
  return signers;
}

/** By record, what was erased of it. */
type Erasures = ReadonlyMap<ReadRecord, ReadonlyMap<SectionClass, ProvenErasure>>;

function proveErasures(log: ShownLog, chains: DossierChains, signers: Signers): Erasures {
  const proofs = new ErasureProofs(log, signers);
  return new Map(
    [...log.allRecords()]
      .filter(isErased)
      .map((record) => [record, proofs.of(record, chains.noticesOf(record))]),
  );
}

// Telling --------------------------------------------------------------------------------------

/** What remains to be said when everything held. */
function tell(
  dossier: Dossier,
  { checkpoint, verdict }: VerifiedCheckpoint,
  block: Block,
  log: ShownLog,
  chains: DossierChains,
  signers: Signers,
  erasures: Erasures,
): Verdict {
  const shown = [...chains.members.values()];
  const ties = shown.map((chain) => chains.member(chain).followings[0]!.tie);
  const onMembers = new Set(shown.flatMap(recordsOf));
  const mayApply = mayApplyTo(dossier.asked, shown, ties);
  const records = [...log.allRecords()];
  const statements = records
    .filter((record) => onMembers.has(record))
    .map((record) => statement(record, mayApply.has(record), log, signers, erasures));
  const sections = statements.flatMap((told) => told.sections);
  return {
    asked: dossier.asked,
    view: dossier.view,
    checkpoint,
    block: block.number,
    closedAt: block.closedAt,
    lagSince: block.lagSince === 0n ? undefined : block.lagSince,
    completeness:
      block.headsSize === 0n
        ? 'NOT_PROVIDED'
        : verdict.satisfied.has('auditors')
          ? 'PROVED'
          : 'COMMITTED_ONLY',
    witnesses: verdict.witnesses,
    auditors: verdict.auditors,
    chains: shown.map((chain, i) => ({
      subject: chain.subject,
      key: chain.key,
      depth: chains.member(chain).depth,
      tie: ties[i]!,
      first: chain.first,
      records: chain.records.map((record) => record.place),
      notices: chain.notices.map((record) => record.place),
    })),
    statements,
    keysRecords: records.length - statements.length,
    leftOut: chains.leftOut,
    inputsNotPublished: chains.countInputsNotShown(),
    maxDepth: dossier.maxDepth,
    assembledAt: dossier.assembledAt,
    earlierNotShown: shown
      .filter((chain, i) => ties[i] !== 'CONTAINER' && chain.first > 1n)
      .reduce((sum, chain) => sum + chain.first - 1n, 0n),
    signersWithheld: statements.filter((told) => told.signer === undefined).length,
    partsWithheld:
      statements.filter((told) => told.publicPart === undefined).length +
      sections.filter((part) => part.content === undefined && !part.erasedAsTold).length,
    partsErased: statements.flatMap(({ place, sections }) =>
      sections.flatMap(({ sectionClass, erasure }) =>
        erasure === undefined ? [] : [{ place, sectionClass, erasure }],
      ),
    ),
  };
}

function recordsOf({ records, notices }: ProvedLinks): readonly ReadRecord[] {
  return [...records, ...notices];
}

/** Of a unit: what is said of its lot or class, and not of it. */
function mayApplyTo(
  asked: string,
  shown: readonly ProvedLinks[],
  ties: readonly Tie[],
): Set<ReadRecord> {
  if (subjectKind(asked) !== 'UNIT') {
    return new Set();
  }
  const goods = shown.filter((_, i) => ties[i] === 'GOODS' || ties[i] === 'CLASS');
  const records = new Set(goods.flatMap(recordsOf));
  for (const record of recordsOf(shown[0]!)) {
    records.delete(record);
  }
  return records;
}

function statement(
  record: ReadRecord,
  mayApply: boolean,
  log: ShownLog,
  signers: Signers,
  erasures: Erasures,
): Statement {
  const { place, kind, digest, publicPart, lines, groups } = record;
  const erased = erasures.get(record);
  const sections = record.sections.map((section) => {
    const erasure = section.erasedAsTold ? erased?.get(section.sectionClass) : undefined;
    return erasure === undefined ? section : { ...section, erasure };
  });
  const submission = record.signerShown ? log.submission(place.index) : undefined;
  return {
    place,
    kind,
    digest,
    signer: submission && signers.signer(submission),
    attestedBy: submission && signers.attestedBy(submission),
    sequencedAt: submission?.sequencedAt,
    createdAt: submission?.header.createdAt,
    doubtful: submission !== undefined && signers.isDoubtful(submission),
    mayApply,
    publicPart,
    sections,
    lines,
    groups,
  };
}
