// SPDX-License-Identifier: Apache-2.0
import { create, toBinary, type MessageInitShape } from '@bufbuild/protobuf';
import { ed25519 } from '@noble/curves/ed25519.js';
import { sha256 } from '@noble/hashes/sha2.js';
import {
  DossierSchema,
  NotFollowedReason,
  ProvedChainSchema,
  ProvedRecordSchema,
  View,
  type Dossier,
  type ProvedChain,
  type ProvedGroup,
  type ProvedRecord,
} from '../gen/pinlian/v1/dossier_pb.js';
import { Kind, LineRole, Role } from '../gen/pinlian/v1/kind_pb.js';
import { ShownEntrySchema, type ShownEntry } from '../gen/pinlian/v1/provenance_pb.js';
import {
  LineSchema,
  PublicPartSchema,
  SectionSchema,
  type PublicPart,
  type Section,
  type SectionClass,
} from '../gen/pinlian/v1/record_pb.js';
import {
  AttestationSchema,
  EntrySchema,
  LedgerHash,
  SubmissionHeaderSchema,
} from '../gen/pinlian/v1/submission_pb.js';
import { base64, concat, EMPTY, hex, ofHex, u64, u8, utf8, uv, type Bytes } from '../src/verify/bytes.js';
import {
  chainLink,
  chainStart,
  comparePlaces,
  noticeKey,
  noticeStart,
  placeText,
  subjectKey,
  type Place,
} from '../src/verify/chains.js';
import { Closure, type Member } from '../src/verify/closure.js';
import { signedMessage } from '../src/verify/entries.js';
import type { HashAlgorithm } from '../src/verify/hash.js';
import { HashAlgorithm as Hashes } from '../src/verify/hash.js';
import { isNotice } from '../src/verify/kinds.js';
import { bitOf, headValue, mapInner, mapLeaf } from '../src/verify/mapproof.js';
import { treeHash } from '../src/verify/merkle.js';
import { isErased, type ReadLine, type ReadRecord } from '../src/verify/records.js';
import {
  groupHeader,
  lineLeaf,
  publicDigest,
  recordDigest,
  sectionLeaf,
} from '../src/verify/skeleton.js';

/**
 * A ledger in memory that proves what it says, and can be told to lie. Small and slow: everything is
 * computed again from the beginning, the straightforward way and not as the verifier does it.
 */

export const HOUR = 3_600_000n;
export const START = 1_760_000_000_000n;
const ORIGIN = 'ledger.example/test';

// Keys and randomness -----------------------------------------------------------------------------

/** SplitMix32: small, and the same everywhere. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x9e3779b9) >>> 0;
    let z = state;
    z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
    return (z ^ (z >>> 15)) >>> 0;
  };
}

export interface Key {
  readonly secret: Bytes;
  readonly point: Bytes;
  readonly spki: Bytes;
  readonly keyId: Bytes;
}

export function keyOf(name: string): Key {
  const secret = sha256(utf8(name));
  const point = ed25519.getPublicKey(secret);
  const spki = concat(ofHex('302a300506032b6570032100')!, point);
  return { secret, point, spki, keyId: sha256(spki) };
}

function noteKeyId(name: string, type: number, point: Bytes): Bytes {
  return sha256(concat(utf8(name), u8(0x0a), u8(type), point)).slice(0, 4);
}

export function vkey(name: string, type: number, key: Key): string {
  const id = noteKeyId(name, type, key.point);
  return `${name}+${hex(id)}+${base64(concat(u8(type), key.point))}`;
}

export function logLine(name: string, key: Key, text: string): string {
  const signature = ed25519.sign(utf8(text), key.secret);
  const id = noteKeyId(name, 0x01, key.point);
  return `\u2014 ${name} ${base64(concat(id, signature))}\n`;
}

export function cosignLine(name: string, key: Key, text: string, seconds: bigint): string {
  const signature = ed25519.sign(utf8(`cosignature/v1\ntime ${seconds}\n${text}`), key.secret);
  const id = noteKeyId(name, 0x04, key.point);
  return `\u2014 ${name} ${base64(concat(id, u64(seconds), signature))}\n`;
}

// Trees -------------------------------------------------------------------------------------------

function splitPoint(n: number): number {
  let k = 1;
  while (2 * k < n) {
    k *= 2;
  }
  return k;
}

/** RFC 6962 section 2.1, word for word, over leaf data. */
export function root(hash: HashAlgorithm, data: readonly Bytes[]): Bytes {
  if (data.length === 0) {
    return hash.empty;
  }
  if (data.length === 1) {
    return hash.leaf(data[0]!);
  }
  const k = splitPoint(data.length);
  return hash.inner(root(hash, data.slice(0, k)), root(hash, data.slice(k)));
}

export function inclusion(hash: HashAlgorithm, data: readonly Bytes[], index: number): Bytes[] {
  if (data.length === 1) {
    return [];
  }
  const k = splitPoint(data.length);
  return index < k
    ? [...inclusion(hash, data.slice(0, k), index), root(hash, data.slice(k))]
    : [...inclusion(hash, data.slice(k), index - k), root(hash, data.slice(0, k))];
}

export function consistency(hash: HashAlgorithm, data: readonly Bytes[], older: number): Bytes[] {
  const sub = (m: number, d: readonly Bytes[], whole: boolean): Bytes[] => {
    if (m === d.length) {
      return whole ? [] : [root(hash, d)];
    }
    const k = splitPoint(d.length);
    return m <= k
      ? [...sub(m, d.slice(0, k), whole), root(hash, d.slice(k))]
      : [...sub(m - k, d.slice(k), false), root(hash, d.slice(0, k))];
  };
  return sub(older, data, true);
}

type Entries = readonly (readonly [key: Bytes, value: Bytes])[];

function firstDifference(a: Bytes, b: Bytes): number {
  let bit = 0;
  while (bitOf(a, bit) === bitOf(b, bit)) {
    bit++;
  }
  return bit;
}

/** The bit at which entries first part; all share what is before. */
function partAt(entries: Entries): number {
  return Math.min(...entries.slice(1).map(([key]) => firstDifference(entries[0]![0], key)));
}

interface MapNode {
  readonly hash: Bytes;
  /** Of an inner node. */
  readonly bit: number;
  readonly sides: readonly [MapNode, MapNode] | undefined;
  /** Of a leaf. */
  readonly entry: Entries[number] | undefined;
}

/** The map over these entries; undefined for none. */
function mapTree(hash: HashAlgorithm, entries: Entries): MapNode | undefined {
  const [first] = entries;
  if (first === undefined || entries.length === 1) {
    return first && { hash: mapLeaf(hash, ...first), bit: 0, sides: undefined, entry: first };
  }
  const bit = partAt(entries);
  const zeros = mapTree(
    hash,
    entries.filter(([key]) => !bitOf(key, bit)),
  )!;
  const ones = mapTree(
    hash,
    entries.filter(([key]) => bitOf(key, bit)),
  )!;
  const inner = mapInner(hash, bit, zeros.hash, ones.hash);
  return { hash: inner, bit, sides: [zeros, ones], entry: undefined };
}

export function mapRoot(hash: HashAlgorithm, entries: Entries): Bytes {
  return mapTree(hash, entries)?.hash ?? hash.empty;
}

/** Presence of the key, or its absence. */
export function mapProof(hash: HashAlgorithm, entries: Entries, key: Bytes): Bytes {
  return proofIn(mapTree(hash, entries), key);
}

function proofIn(tree: MapNode | undefined, key: Bytes): Bytes {
  if (tree === undefined) {
    return EMPTY;
  }
  const steps: Bytes[] = [];
  let node = tree;
  while (node.sides !== undefined) {
    const side = bitOf(key, node.bit) ? 1 : 0;
    steps.unshift(concat(uv(node.bit), node.sides[1 - side]!.hash));
    node = node.sides[side];
  }
  const [otherKey, otherValue] = node.entry!;
  return hex(otherKey) === hex(key)
    ? concat(...steps)
    : concat(uv(32), otherKey, uv(otherValue.length), otherValue, ...steps);
}

// The ledger --------------------------------------------------------------------------------------

export interface DraftLine {
  readonly role: LineRole;
  readonly subject: string;
}

export interface Draft {
  readonly kind: Kind;
  readonly body: PublicPart['body'];
  readonly lines: readonly DraftLine[];
  readonly sections?: readonly MessageInitShape<typeof SectionSchema>['content'][];
}

export interface StoredRecord extends Draft {
  readonly place: Place;
  readonly publicPart: Bytes;
  readonly sectionBytes: readonly Bytes[];
  readonly groups: readonly { readonly role: LineRole; readonly lines: readonly Bytes[] }[];
  readonly digest: Bytes;
  /** Position `i` of its submission, and its path there. */
  readonly path: readonly Bytes[];
  readonly signer: string;
}

/** What an operator of ill will changes on the way. */
export interface Tampering {
  header?: (header: MessageInitShape<typeof SubmissionHeaderSchema>) => void;
  signature?: (signature: Bytes) => Bytes;
  sequencedAt?: bigint;
  key?: Key;
  principal?: string;
}

export interface BlockOptions {
  headsSize?: bigint;
  covers?: bigint;
  lagSince?: bigint;
  number?: bigint;
  sequencedAt?: bigint;
  /** Changes the map's entries, as chain keys in hexadecimal. */
  heads?: (heads: Map<string, Bytes>) => void;
}

export class Ledger {
  readonly entries: Bytes[] = [];
  readonly records: StoredRecord[] = [];
  readonly attestations = new Map<bigint, Bytes>();
  readonly keys = new Map<string, Key>();
  readonly logKey = keyOf('log');
  readonly witnesses = [keyOf('witness 1'), keyOf('witness 2')];
  readonly auditor = keyOf('auditor');
  now = START;
  private salts = 0;
  private blocks = 0n;
  private lastBlock: Bytes;
  private headsSize = 0n;

  constructor(readonly hash: HashAlgorithm = Hashes.SHA_256) {
    this.keys.set(AUTHORITY, keyOf(AUTHORITY));
    this.keys.set(SECOND_AUTHORITY, keyOf(SECOND_AUTHORITY));
    this.append({
      case: 'genesis',
      value: {
        format: 1,
        origin: ORIGIN,
        hash: hash === Hashes.SM3 ? LedgerHash.SM3 : LedgerHash.SHA_256,
        authorities: [AUTHORITY, SECOND_AUTHORITY].map((participant) => ({
          participant,
          name: '示例监管局',
          region: '000000',
          level: 1,
          keys: [{ spki: this.keys.get(participant)!.spki }],
        })),
      },
    });
    this.lastBlock = this.genesisLeaf;
  }

  /** As it is now, to go on differently. */
  fork(): Ledger {
    const { entries, records, attestations, keys } = this;
    return Object.assign(Object.create(Ledger.prototype) as Ledger, this, {
      entries: [...entries],
      records: [...records],
      attestations: new Map(attestations),
      keys: new Map(keys),
    });
  }

  get genesisLeaf(): Bytes {
    return this.hash.leaf(this.entries[0]!);
  }

  get policy(): string {
    return [
      `#pinlian genesis ${hex(this.genesisLeaf)}`,
      `#pinlian hash ${this.hash.label}`,
      `log ${vkey(ORIGIN, 0x01, this.logKey)}`,
      ...this.witnesses.map((key, i) => `witness w${i} ${vkey(`w${i}.example`, 0x04, key)}`),
      `witness a0 ${vkey('a0.example', 0x04, this.auditor)}`,
      'group witnesses 1 w0 w1',
      'group auditors all a0',
      'quorum witnesses',
      '',
    ].join('\n');
  }

  private append(
    body: MessageInitShape<typeof EntrySchema>['body'],
    sequencedAt = this.now,
  ): bigint {
    const entry = create(EntrySchema, { format: 1, sequencedAt, ...(body && { body }) });
    this.entries.push(toBinary(EntrySchema, entry));
    return BigInt(this.entries.length - 1);
  }

  private salt(): Bytes {
    return sha256(utf8(`salt ${this.salts++}`)).slice(0, 16);
  }

  /** One submission, signed by its submitter; or for a principal. */
  submit(submitter: string, drafts: readonly Draft[], tampering: Tampering = {}): bigint {
    this.now += 1000n;
    const { hash } = this;
    const index = BigInt(this.entries.length);
    const prepared = drafts.map((draft, position) => this.prepare(draft, index, position));
    const digests = prepared.map((record) => record.digest);
    const key = tampering.key ?? this.keys.get(submitter)!;
    let attestation = EMPTY;
    if (tampering.principal !== undefined) {
      const message = { salt: this.salt(), principal: tampering.principal };
      attestation = toBinary(AttestationSchema, create(AttestationSchema, message));
      this.attestations.set(index, attestation);
    }
    const init: MessageInitShape<typeof SubmissionHeaderSchema> = {
      format: 1,
      ledger: this.genesisLeaf,
      submitter,
      submissionId: this.salt(),
      createdAt: this.now,
      notAfter: this.now + HOUR,
      recordCount: drafts.length,
      recordsRoot: root(hash, digests),
      attestation: attestation.length === 0 ? EMPTY : hash.prefixed(0x14, attestation),
    };
    tampering.header?.(init);
    const header = toBinary(SubmissionHeaderSchema, create(SubmissionHeaderSchema, init));
    const signature = ed25519.sign(signedMessage(header), key.secret);
    this.append(
      {
        case: 'submission',
        value: {
          header,
          keyId: key.keyId,
          signature: tampering.signature?.(signature) ?? signature,
        },
      },
      tampering.sequencedAt,
    );
    prepared.forEach((record, i) => {
      const signer = tampering.principal ?? submitter;
      this.records.push({ ...record, path: inclusion(hash, digests, i), signer });
    });
    return index;
  }

  private prepare(
    draft: Draft,
    index: bigint,
    position: number,
  ): Omit<StoredRecord, 'path' | 'signer'> {
    const { hash } = this;
    const part = create(PublicPartSchema, { salt: this.salt(), body: draft.body });
    const publicPart = toBinary(PublicPartSchema, part);
    const sectionBytes = (draft.sections ?? []).map((content) => {
      const section = create(SectionSchema, { salt: this.salt(), ...(content && { content }) });
      section.class = sectionClassOf(section);
      return toBinary(SectionSchema, section);
    });
    const roles = [...new Set(draft.lines.map((line) => line.role))].sort((a, b) => a - b);
    const groups = roles.map((role) => ({
      role,
      lines: draft.lines
        .filter((line) => line.role === role)
        .map(({ subject }) =>
          toBinary(LineSchema, create(LineSchema, { salt: this.salt(), subject })),
        ),
    }));
    const ordered = roles.flatMap((role) => draft.lines.filter((line) => line.role === role));
    let n = 0;
    const groupHeaders = groups.map(({ role, lines }) => {
      const leaves = lines.map((line) =>
        lineLeaf(hash, subjectKey(hash, ordered[n++]!.subject), line),
      );
      return groupHeader(role, lines.length, treeHash(hash, leaves));
    });
    const digest = recordDigest(hash, {
      kind: draft.kind,
      publicDigest: publicDigest(hash, publicPart),
      sectionLeaves: sectionBytes.map((bytes, i) => {
        const number = sectionClassOf(create(SectionSchema, { content: draft.sections![i]! }));
        return sectionLeaf(hash, number, bytes);
      }),
      groupHeaders,
    });
    return {
      ...draft,
      lines: ordered,
      place: { index, position },
      publicPart,
      sectionBytes,
      groups,
      digest,
    };
  }

  // Chains, heads, blocks -----------------------------------------------------------------------

  /** The records that touch a subject below an index. */
  touching(subject: string, below: bigint, notices = false): StoredRecord[] {
    return this.records.filter(
      (record) =>
        record.place.index < below &&
        record.lines.some((line) => line.subject === subject) &&
        (!notices || isNotice(record.kind)),
    );
  }

  private head(start: Bytes, records: readonly StoredRecord[]): Bytes {
    let link = start;
    records.forEach((record, i) => {
      link = chainLink(this.hash, link, BigInt(i + 1), record.place, record.digest);
    });
    return headValue(BigInt(records.length), link, records.at(-1)!.place.index);
  }

  /** What the map has, by key in hexadecimal. */
  heads(below: bigint): Map<string, Bytes> {
    const heads = new Map<string, Bytes>();
    const subjects = new Set(
      this.records.flatMap((record) => record.lines.map((line) => line.subject)),
    );
    for (const subject of subjects) {
      const key = subjectKey(this.hash, subject);
      const records = this.touching(subject, below);
      if (records.length > 0) {
        heads.set(hex(key), this.head(chainStart(this.hash, key), records));
      }
      const notices = this.touching(subject, below, true);
      if (notices.length > 0) {
        const value = this.head(noticeStart(this.hash, key), notices);
        heads.set(hex(noticeKey(this.hash, key)), value);
      }
    }
    return heads;
  }

  private map: MapNode | undefined;

  close(options: BlockOptions = {}): bigint {
    this.now += 1000n;
    const covers = BigInt(this.entries.length);
    this.headsSize = options.headsSize ?? covers;
    const heads = this.heads(this.headsSize);
    options.heads?.(heads);
    this.map = mapTree(
      this.hash,
      [...heads].map(([key, value]) => [ofHex(key)!, value] as const),
    );
    const index = this.append(
      {
        case: 'block',
        value: {
          number: options.number ?? ++this.blocks,
          previous: this.lastBlock,
          covers: options.covers ?? covers,
          headsSize: this.headsSize,
          headsRoot: this.map?.hash ?? this.hash.empty,
          lagSince: options.lagSince ?? 0n,
          closedAt: this.now,
        },
      },
      options.sequencedAt,
    );
    this.lastBlock = this.hash.leaf(this.entries.at(-1)!);
    return index;
  }

  // Publishing ----------------------------------------------------------------------------------

  checkpointText(size = this.entries.length): string {
    const treeRoot = root(this.hash, this.entries.slice(0, size));
    return `${ORIGIN}\n${size}\n${base64(treeRoot)}\n`;
  }

  /** Signed by the log and cosigned now. */
  checkpoint(options: { witnesses?: number; audited?: boolean; at?: bigint; text?: string } = {}) {
    const text = options.text ?? this.checkpointText();
    const seconds = (options.at ?? this.now) / 1000n;
    let note = `${text}\n${logLine(ORIGIN, this.logKey, text)}`;
    this.witnesses.slice(0, options.witnesses ?? 2).forEach((key, i) => {
      note += cosignLine(`w${i}.example`, key, text, seconds);
    });
    if (options.audited ?? true) {
      note += cosignLine('a0.example', this.auditor, text, seconds);
    }
    return note;
  }

  entry(index: bigint): ShownEntry {
    return create(ShownEntrySchema, {
      index,
      entry: this.entries[Number(index)]!,
      path: inclusion(this.hash, this.entries, Number(index)),
      attestation: this.attestations.get(index) ?? EMPTY,
    });
  }

  // Dossiers ------------------------------------------------------------------------------------

  dossier(asked: string, options: ViewOptions = {}): Dossier {
    return new Assembly(this, asked, options).dossier();
  }

  chain(subject: string, options: { key?: boolean; from?: Place; most?: number } = {}): ProvedChain {
    const { hash } = this;
    const below = this.headsSize === 0n ? BigInt(this.entries.length) : this.headsSize;
    const all = this.touching(subject, below);
    const key = subjectKey(hash, subject);
    let skip = Math.max(0, all.length - (options.most ?? all.length));
    if (options.from !== undefined) {
      skip = all.findIndex((record) => comparePlaces(record.place, options.from!) >= 0);
    }
    let before = chainStart(hash, key);
    all.slice(0, skip).forEach((record, i) => {
      before = chainLink(hash, before, BigInt(i + 1), record.place, record.digest);
    });
    const mapped = this.headsSize > 0n;
    return create(ProvedChainSchema, {
      named: options.key
        ? { case: 'subjectKey', value: key }
        : { case: 'subject', value: subject },
      mapProof: mapped ? proofIn(this.map, key) : EMPTY,
      noticeProof: mapped ? proofIn(this.map, noticeKey(hash, key)) : EMPTY,
      first: all.length === 0 ? 0n : BigInt(skip + 1),
      before: skip > 0 ? before : EMPTY,
      links: all.slice(skip).map((record) => record.place),
      notices: this.touching(subject, below, true).map((record) => record.place),
    });
  }
}

export const AUTHORITY = 'uscc:91000000MA00000157';
export const SECOND_AUTHORITY = 'gln:9520000000028';

function sectionClassOf(section: Section): number {
  return SectionSchema.fields.find((f) => f.localName === section.content.case)!.number - 10;
}

export interface ViewOptions {
  /** As the consumer view: what need not be shown is withheld. Otherwise everything is. */
  readonly consumer?: boolean;
  readonly maxDepth?: number;
  readonly maxRecords?: number;
  /** Subjects that are not followed, for this reason. */
  readonly left?: ReadonlyMap<string, NotFollowedReason>;
  readonly at?: bigint;
  /** Sections that are shown as erased: place of the record -> classes. */
  readonly erased?: ReadonlyMap<string, readonly SectionClass[]>;
}

/** One dossier being put together, by the closure that the verifier uses. */
class Assembly {
  private readonly shown = new Map<string, StoredRecord>();
  private readonly byKey = new Map<string, string>();
  private readonly memberKeys = new Set<string>();

  constructor(
    private readonly ledger: Ledger,
    private readonly asked: string,
    private readonly options: ViewOptions,
  ) {
    const subjects = ledger.records.flatMap((record) => record.lines.map((line) => line.subject));
    const own = [...(options.erased?.keys() ?? [])].map((place) => `urn:pinlian:record:${place}`);
    for (const subject of [asked, ...subjects, ...own]) {
      this.byKey.set(hex(subjectKey(ledger.hash, subject)), subject);
      const of = /^https:\/\/id\.gs1\.org\/01\/[0-9]{14}/.exec(subject)?.[0];
      if (of !== undefined) {
        this.byKey.set(hex(subjectKey(ledger.hash, of)), of);
      }
    }
  }

  dossier(): Dossier {
    const { ledger, options } = this;
    const maxDepth = options.maxDepth ?? 8;
    const maxRecords = options.maxRecords ?? 1000;
    let chains = new Map<string, ProvedChain>();
    let closure: Closure;
    // A member's own line is shown at least by its key, and may lead on to more members.
    for (let before = -1; before !== this.memberKeys.size; ) {
      before = this.memberKeys.size;
      chains = new Map();
      closure = new Closure(ledger.hash, this.asked, maxDepth, {
        isShown: (member) => !options.left?.has(this.byKey.get(member.key)!),
        records: (member) =>
          this.chainOf(member, maxRecords, chains).links.map((link) => this.read(link)),
        passed: () => undefined,
        erased: (member) => {
          const { links, notices } = this.chainOf(member, maxRecords, chains);
          return [...links, ...notices].map((link) => this.read(link)).filter(isErased);
        },
      });
      for (const key of closure.members.keys()) {
        this.memberKeys.add(key);
      }
    }
    // Members that are reached in two windows are shown from the earlier one on.
    const members = [...closure!.members.values()].map((member) => {
      chains.delete(member.key);
      return this.chainOf(member, maxRecords, chains);
    });
    for (const { links, notices } of members) {
      this.show([...links, ...notices]);
    }
    const keys = this.keysChains();
    const records = [...this.shown.values()].sort((a, b) => comparePlaces(a.place, b.place));
    const indexes = [...new Set(records.filter((r) => this.showsSigner(r)).map((r) => r.place.index))];
    return create(DossierSchema, {
      format: 1,
      view: options.consumer ? View.CONSUMER : View.REGULATOR,
      asked: this.asked,
      checkpoint: ledger.checkpoint(options.at === undefined ? {} : { at: options.at }),
      genesis: ledger.entry(0n),
      block: ledger.entry(BigInt(ledger.entries.length - 1)),
      entries: indexes.map((index) => ledger.entry(index)),
      records: records.map((record) => this.prove(record)),
      members,
      keys,
      notFollowed: [...closure!.notShown.values()].map((member) => ({
        named:
          member.subject === ''
            ? { case: 'subjectKey' as const, value: ofHex(member.key)! }
            : { case: 'subject' as const, value: member.subject },
        reason:
          member.depth > maxDepth
            ? NotFollowedReason.TOO_FAR
            : options.left!.get(this.byKey.get(member.key)!)!,
      })),
      assembledAt: ledger.now,
      maxDepth,
      maxRecords,
    });
  }

  private chainOf(
    member: Member,
    maxRecords: number,
    chains: Map<string, ProvedChain>,
  ): ProvedChain {
    const known = chains.get(member.key);
    if (known !== undefined) {
      return known;
    }
    const chain = this.ledger.chain(this.byKey.get(member.key)!, {
      key: member.subject === '',
      ...(member.isWhole() ? {} : { from: member.from() }),
      ...(member.isOwn() ? { most: maxRecords } : {}),
    });
    // While the closure is on its way a container may yet be reached earlier.
    if (member.isWhole()) {
      chains.set(member.key, chain);
    }
    return chain;
  }

  private show(places: readonly Place[]): void {
    for (const place of places) {
      this.shown.set(placeText(place), this.stored(place));
    }
  }

  private stored(place: Place): StoredRecord {
    const name = placeText(place);
    return this.ledger.records.find((record) => placeText(record.place) === name)!;
  }

  /** Keys chains of those whose signature is shown, and of those who signed on these. */
  private keysChains(): ProvedChain[] {
    const { ledger } = this;
    const needed = new Set<string>();
    for (let before = -1; before !== needed.size; ) {
      before = needed.size;
      for (const record of [...this.shown.values()]) {
        if (this.showsSigner(record)) {
          needed.add(record.signer);
          needed.add(submitterOf(ledger, record));
        }
      }
      for (const participant of needed) {
        const chain = ledger.chain(`urn:pinlian:keys:${participant}`);
        this.show([...chain.links, ...chain.notices]);
      }
    }
    return [...needed]
      .map((participant) => `urn:pinlian:keys:${participant}`)
      .filter((subject) => subject !== this.asked)
      .sort()
      .map((subject) => ledger.chain(subject));
  }

  private isOnKeys(record: StoredRecord): boolean {
    return record.lines.some((line) => line.role === LineRole.KEYS);
  }

  private showsSigner(record: StoredRecord): boolean {
    const roles = rolesOf(this.ledger, record.signer);
    return (
      !this.options.consumer ||
      this.isOnKeys(record) ||
      record.kind === Kind.COMMITMENT_CERTIFICATE ||
      roles.some((role) => CONSUMER_SIGNERS.has(role))
    );
  }

  /** As the verifier will read it, as far as the closure asks. */
  private read(place: Place): ReadRecord {
    const stored = this.stored(place);
    const lines: ReadLine[] = [];
    const roles = new Map<string, number>();
    stored.lines.forEach((line, number) => {
      const how = this.showing(line);
      if (how !== 'counted') {
        const key = hex(subjectKey(this.ledger.hash, line.subject));
        const subject = how === 'text' || this.isOnKeys(stored) ? line.subject : undefined;
        lines.push({ number, role: line.role, subjectKey: key, subject });
        roles.set(key, (roles.get(key) ?? 0) | (1 << line.role));
      }
    });
    const groups = stored.groups.map(({ role, lines: all }) => ({
      role,
      count: all.length,
      texts: 0,
      keys: 0,
    }));
    return {
      place: stored.place,
      kind: stored.kind,
      digest: stored.digest,
      publicPart: create(PublicPartSchema, { body: stored.body }),
      sections: this.erasedOf(stored).map((sectionClass) => ({
        sectionClass,
        content: undefined,
        erasedAsTold: true,
      })),
      lines,
      groups,
      roles,
      signerShown: this.showsSigner(stored),
      path: [],
    };
  }

  private erasedOf({ place }: StoredRecord): readonly SectionClass[] {
    return this.options.erased?.get(placeText(place)) ?? [];
  }

  private showing({ role, subject }: DraftLine): 'text' | 'key' | 'counted' {
    if (!this.options.consumer || subject === this.asked || TEXT_ROLES.has(role)) {
      return 'text';
    }
    const key = hex(subjectKey(this.ledger.hash, subject));
    return role === LineRole.PARENT || this.memberKeys.has(key) ? 'key' : 'counted';
  }

  private prove(stored: StoredRecord): ProvedRecord {
    const { hash } = this.ledger;
    const consumer = this.options.consumer === true && !this.isOnKeys(stored);
    let n = 0;
    const groups = stored.groups.map(({ role, lines }) => {
      const of = lines.map(() => stored.lines[n++]!);
      const leaves = lines.map((line, i) =>
        lineLeaf(hash, subjectKey(hash, of[i]!.subject), line),
      );
      const shown = lines
        .map((line, number) => ({ line, number, how: consumer ? this.showing(of[number]!) : 'text' }))
        .filter(({ how }) => how !== 'counted');
      const whole = shown.length === lines.length;
      return {
        role,
        count: lines.length,
        root: whole ? EMPTY : treeHash(hash, leaves),
        lines: shown.map(({ line, number, how }) => ({
          number,
          shown:
            how === 'text'
              ? { case: 'line' as const, value: line }
              : { case: 'leaf' as const, value: leaves[number]! },
          path: whole ? [] : inclusion(hash, leaves, number),
        })),
      };
    });
    const signerShown = this.showsSigner(stored);
    return create(ProvedRecordSchema, {
      index: stored.place.index,
      position: stored.place.position,
      kind: stored.kind,
      public: { case: 'publicPart', value: stored.publicPart },
      sections: stored.sectionBytes.map((bytes, i) => {
        const number = sectionClassOf(create(SectionSchema, { content: stored.sections![i]! }));
        const erased = this.erasedOf(stored).includes(number);
        return {
          shown:
            consumer || erased
              ? { case: 'leaf' as const, value: sectionLeaf(hash, number, bytes) }
              : { case: 'section' as const, value: bytes },
          erased,
        };
      }),
      groups: groups as unknown as ProvedGroup[],
      signerShown,
      recordsPath: signerShown ? [...stored.path] : [],
    });
  }
}

const TEXT_ROLES = new Set([
  LineRole.LOT,
  LineRole.ALIAS,
  LineRole.CERTIFICATE,
  LineRole.RECORD,
  LineRole.KEYS,
]);

const CONSUMER_SIGNERS = new Set([
  Role.PRODUCER,
  Role.PROCESSOR,
  Role.LICENCE_HOLDER,
  Role.LABORATORY,
  Role.AUTHORITY,
]);

function submitterOf(ledger: Ledger, record: StoredRecord): string {
  return ledger.attestations.has(record.place.index) ? GATEWAY : record.signer;
}

export const GATEWAY = 'device:gateway';

/** The roles of a participant, by its newest enrolment. */
function rolesOf(ledger: Ledger, participant: string): Role[] {
  if (participant === AUTHORITY || participant === SECOND_AUTHORITY) {
    return [Role.AUTHORITY];
  }
  const enrolments = ledger.records.filter(
    ({ body }) => body.case === 'enrolment' && body.value.participant === participant,
  );
  const body = enrolments.at(-1)?.body;
  return body?.case === 'enrolment' ? body.value.roles : [];
}
