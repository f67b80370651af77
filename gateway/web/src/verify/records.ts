// SPDX-License-Identifier: Apache-2.0
import type { ProvedGroup, ProvedLine, ProvedRecord } from '../../gen/pinlian/v1/dossier_pb.js';
import { LineRole, LineRoleSchema } from '../../gen/pinlian/v1/kind_pb.js';
import type { ShownSection } from '../../gen/pinlian/v1/provenance_pb.js';
import {
  LineSchema,
  PublicPartSchema,
  SectionClass,
  SectionClassSchema,
  SectionSchema,
  type PublicPart,
  type Section,
} from '../../gen/pinlian/v1/record_pb.js';
import { Broken, type BrokenRule } from './broken.js';
import { hex, type Bytes } from './bytes.js';

import { placeText, subjectKey, type Place } from './chains.js';
import { proving, requireHash, requireHashes } from './checkpoints.js';
import type { ProvenErasure } from './erasures.js';
import { HASH_SIZE, type HashAlgorithm } from './hash.js';
import { allowsLine, isKnownKind } from './kinds.js';
import {
  LINE_BYTES_MAX,
  LINES_MAX,
  PART_BYTES_MAX,
  SALT_BYTES,
  SECTIONS_MAX,
} from './limits.js';
import { treeHash, verifyInclusion } from './merkle.js';
import {
  groupHeader,
  LINE_LEAF_BYTES,
  lineLeaf,
  publicDigest,
  recordDigest,
  SECTION_LEAF_BYTES,
  sectionLeaf,
} from './skeleton.js';
import { subjectKind, type SubjectKind } from './subject.js';
import { readCanonical } from './wire.js';

/**
 * Records as far as they are shown, read strictly, with the digest computed from what is shown and
 * from what stands for the rest (formats.md A.1).
 */

export interface ReadSection {
  readonly sectionClass: SectionClass;
  /** Undefined when withheld or erased. */
  readonly content: Section | undefined;
  /** Destroyed under law, says the ledger. In a verdict none is without an `erasure`. */
  readonly erasedAsTold: boolean;
  /** That this is so, as two authorities stated; undefined where it was not erased. */
  readonly erasure?: ProvenErasure;
}

export interface ReadLine {
  /** By which trade and recipe sections speak of the line. */
  readonly number: number;
  readonly role: LineRole;
  /** In hexadecimal: keys are compared and looked up, and no more. */
  readonly subjectKey: string;
  /** Undefined when withheld. */
  readonly subject: string | undefined;
}

/** The lines of one role, and how many of them are shown. */
export interface ReadGroup {
  readonly role: LineRole;
  readonly count: number;
  /** In text. */
  readonly texts: number;
  /** In text or by their leaf. */
  readonly keys: number;
}

export interface ReadRecord {
  readonly place: Place;
  readonly kind: number;
  readonly digest: Bytes;
  /** Undefined when withheld. */
  readonly publicPart: PublicPart | undefined;
  readonly sections: readonly ReadSection[];
  readonly lines: readonly ReadLine[];
  readonly groups: readonly ReadGroup[];
  /** By subject key, the roles in which the lines shown name it, as bits. */
  readonly roles: ReadonlyMap<string, number>;
  readonly signerShown: boolean;
  /** From the digest to the header's `records_root`. */
  readonly path: readonly Bytes[];
}

/** Whether a section of it is said to be erased. */
export function isErased({ sections }: ReadRecord): boolean {
  return sections.some(({ erasedAsTold }) => erasedAsTold);
}

/** The public part, of a record that may not withhold it. */
export function requirePublicPart(record: ReadRecord): PublicPart {
  if (record.publicPart === undefined) {
    const expected = `the public part of record ${placeText(record.place)}`;
    throw new Broken('WITHHELD', expected, 'its digest');
  }
  return record.publicPart;
}

export function readProvedRecord(
  hash: HashAlgorithm,
  place: Place,
  proved: ProvedRecord,
): ReadRecord {
  return new Reading(hash, place, proved).record();
}

/** In Java's int, which the numbers of roles, counts and lines are compared as. */
function signed(uint32: number): number {
  return uint32 | 0;
}

/** One reading; the parts in the order of the digest. */
class Reading {
  private readonly sections: ReadSection[] = [];
  private readonly sectionLeaves: Bytes[] = [];
  private readonly lines: ReadLine[] = [];
  private readonly groups: ReadGroup[] = [];
  private readonly groupHeaders: Bytes[] = [];
  private readonly roles = new Map<string, number>();
  private previousRole = 0;
  /** Lines of the groups before the one being read, shown or not. */
  private linesBefore = 0;

  constructor(
    private readonly hash: HashAlgorithm,
    private readonly place: Place,
    private readonly proved: ProvedRecord,
  ) {}

  record(): ReadRecord {
    const { kind, signerShown, recordsPath } = this.proved;
    if (!isKnownKind(kind)) {
      throw this.broken('UNKNOWN_KIND', 'a kind of the table', kind);
    }
    const [part, digest] = this.publicPart();
    this.readSections();
    for (const group of this.proved.groups) {
      this.readGroup(group);
    }
    if (this.groups.length === 0) {
      throw this.broken('GROUPS_NOT_CANONICAL', 'one line at least', 'none');
    }
    const { hash, place, sections, lines, groups, roles, sectionLeaves, groupHeaders } = this;
    return {
      place,
      kind,
      digest: recordDigest(hash, { kind, publicDigest: digest, sectionLeaves, groupHeaders }),
      publicPart: part,
      sections,
      lines,
      groups,
      roles,
      signerShown,
      path: requireHashes(recordsPath),
    };
  }

  // Public part and sections -------------------------------------------------------------------

  private publicPart(): [PublicPart | undefined, Bytes] {
    const { kind, public: shown } = this.proved;
    switch (shown.case) {
      case 'publicPart': {
        this.limit(shown.value.length, PART_BYTES_MAX, 'bytes of a public part');
        const part = readCanonical(PublicPartSchema, shown.value, this.naming('public part'));
        this.salt(part.salt, 'public part');
        // record.proto numbers bodies in step with kinds.
        if (numberOf(PublicPartSchema, part.body.case) !== kind + 10) {
          throw this.broken('BODY_MISMATCH', `a body of kind ${kind}`, part.body.case);
        }
        return [part, publicDigest(this.hash, shown.value)];
      }
      case 'publicDigest':
        return [undefined, requireHash(shown.value, 'a public_digest')];
      default:
        throw this.neither('a public part or its digest');
    }
  }

  private readSections(): void {
    this.limit(this.proved.sections.length, SECTIONS_MAX, 'sections');
    for (const section of this.proved.sections) {
      switch (section.shown.case) {
        case 'section':
          this.showSection(section, section.shown.value);
          break;
        case 'leaf':
          this.withholdSection(section, section.shown.value);
          break;
        default:
          throw this.neither('a section or its leaf');
      }
    }
  }

  private showSection(shown: ShownSection, bytes: Bytes): void {
    if (shown.erased) {
      throw this.broken('MALFORMED', 'no content of an erased section', 'content');
    }
    this.limit(bytes.length, PART_BYTES_MAX, 'bytes of a section');
    const content = readCanonical(SectionSchema, bytes, this.naming('section'));
    this.salt(content.salt, 'section');
    // record.proto numbers contents in step with classes.
    if (numberOf(SectionSchema, content.content.case) !== content.class + 10) {
      const expected = `content of class ${content.class}`;
      throw this.broken('SECTION_CLASS_MISMATCH', expected, content.content.case);
    }
    this.sectionLeaves.push(sectionLeaf(this.hash, content.class, bytes));
    this.sections.push({ sectionClass: content.class, content, erasedAsTold: false });
  }

  private withholdSection(shown: ShownSection, leaf: Bytes): void {
    if (leaf.length !== SECTION_LEAF_BYTES) {
      const expected = `a section leaf of ${SECTION_LEAF_BYTES} bytes`;
      throw this.broken('MALFORMED', expected, `${leaf.length} bytes`);
    }
    const sectionClass = leaf[0]!;
    if (sectionClass === 0 || !(sectionClass in SectionClassSchema.value)) {
      throw this.broken('SECTION_CLASS_MISMATCH', 'a class from 1 to 5', `class ${sectionClass}`);
    }
    this.sectionLeaves.push(leaf);
    this.sections.push({ sectionClass, content: undefined, erasedAsTold: shown.erased });
  }

  // Lines --------------------------------------------------------------------------------------

  private readGroup(group: ProvedGroup): void {
    const role = signed(group.role);
    const count = signed(group.count);
    if (role <= this.previousRole || count <= 0) {
      throw this.broken(
        'GROUPS_NOT_CANONICAL',
        'groups ascending by role, none empty',
        `role ${group.role} with ${group.count} lines after role ${this.previousRole}`,
      );
    }
    this.previousRole = role;
    const { kind } = this.proved;
    if (!(role in LineRoleSchema.value) || !allowsLine(kind, role)) {
      throw this.broken('LINE_ROLE_NOT_ALLOWED', `a line role of kind ${kind}`, `role ${role}`);
    }
    if (count > LINES_MAX - this.linesBefore) {
      throw this.broken('LIMIT_EXCEEDED', `at most ${LINES_MAX} lines`, 'more');
    }
    const leaves = this.readLines(group, role, count);
    const whole = group.lines.length === count;
    const root = whole ? this.wholeRoot(group, leaves) : this.partRoot(group, leaves);
    this.groupHeaders.push(groupHeader(role, count, root));
    const texts = group.lines.filter((line) => line.shown.case === 'line').length;
    this.groups.push({ role, count, texts, keys: leaves.length });
    this.linesBefore += count;
  }

  private readLines(group: ProvedGroup, role: LineRole, count: number): Bytes[] {
    let previous = -1;
    return group.lines.map((line) => {
      const number = signed(line.number);
      if (number <= previous) {
        const expected = `lines ascending by number after ${previous}`;
        throw this.broken('OUT_OF_ORDER', expected, number);
      }
      if (number >= count) {
        throw this.broken('LINE_BEYOND_COUNT', `a line number below ${count}`, number);
      }
      previous = number;
      switch (line.shown.case) {
        case 'line':
          return this.readLine(role, number, line.shown.value);
        case 'leaf':
          return this.readLeaf(role, number, line.shown.value);
        default:
          throw this.neither('a line or its leaf');
      }
    });
  }

  private readLine(role: LineRole, number: number, bytes: Bytes): Bytes {
    this.limit(bytes.length, LINE_BYTES_MAX, 'bytes of a line');
    const line = readCanonical(LineSchema, bytes, this.naming('line'));
    this.salt(line.salt, 'line');
    const kind = subjectKind(line.subject);
    if (kind === undefined) {
      throw this.broken('BAD_SUBJECT', 'a canonical subject', line.subject);
    }
    if (!allowsRole(kind, role)) {
      const expected = `a subject that may have line role ${role}`;
      throw this.broken('SUBJECT_ROLE_NOT_ALLOWED', expected, line.subject);
    }
    const key = subjectKey(this.hash, line.subject);
    this.addLine(number, role, key, line.subject);
    return lineLeaf(this.hash, key, bytes);
  }

  private readLeaf(role: LineRole, number: number, leaf: Bytes): Bytes {
    if (leaf.length !== LINE_LEAF_BYTES) {
      const expected = `a line leaf of ${LINE_LEAF_BYTES} bytes`;
      throw this.broken('MALFORMED', expected, `${leaf.length} bytes`);
    }
    this.addLine(number, role, leaf.subarray(0, HASH_SIZE), undefined);
    return leaf;
  }

  private addLine(number: number, role: LineRole, key: Bytes, subject: string | undefined): void {
    const subjectKey = hex(key);
    this.lines.push({ number: this.linesBefore + number, role, subjectKey, subject });
    this.roles.set(subjectKey, (this.roles.get(subjectKey) ?? 0) | (1 << role));
  }

  /** What follows from what is shown is not said besides. */
  private wholeRoot(group: ProvedGroup, leaves: readonly Bytes[]): Bytes {
    if (group.root.length > 0) {
      throw this.broken('SUPERFLUOUS', 'no root of a group shown whole', `role ${group.role}`);
    }
    if (group.lines.some((line) => line.path.length > 0)) {
      throw this.broken('SUPERFLUOUS', 'no paths in a group shown whole', `role ${group.role}`);
    }
    return treeHash(this.hash, leaves);
  }

  private partRoot(group: ProvedGroup, leaves: readonly Bytes[]): Bytes {
    const root = requireHash(group.root, 'the root of a group');
    group.lines.forEach((line, i) => {
      this.verifyInGroup(line, group.count, leaves[i]!, root);
    });
    return root;
  }

  private verifyInGroup(line: ProvedLine, count: number, leaf: Bytes, root: Bytes): void {
    const { hash } = this;
    const path = requireHashes(line.path);
    proving(
      () =>
        verifyInclusion(hash, BigInt(line.number), BigInt(count), path, hash.leaf(leaf), root),
      (e) => (e.reason === 'WRONG_PATH_LENGTH' ? 'LINE_PATH_LENGTH' : 'NOT_IN_GROUP'),
    );
  }

  // Refusing -----------------------------------------------------------------------------------

  private salt(salt: Bytes, what: string): void {
    if (salt.length !== SALT_BYTES) {
      const expected = `a salt of ${SALT_BYTES} bytes in a ${what}`;
      throw this.broken('BAD_SALT', expected, `${salt.length} bytes`);
    }
  }

  private limit(found: number, most: number, unit: string): void {
    if (found > most) {
      throw this.broken('LIMIT_EXCEEDED', `at most ${most} ${unit}`, found);
    }
  }

  private naming(what: string): string {
    return `${what} of record ${placeText(this.place)}`;
  }

  private neither(expected: string): Broken {
    return this.broken('MALFORMED', expected, 'neither');
  }

  private broken(rule: BrokenRule, expected: string, found: unknown): Broken {
    return new Broken(rule, `${expected} in record ${placeText(this.place)}`, found);
  }
}

/** The field number of the case that a oneof has; 0 if it has none. */
function numberOf(
  schema: typeof PublicPartSchema | typeof SectionSchema,
  name: string | undefined,
): number {
  return schema.fields.find((field) => field.localName === name)?.number ?? 0;
}

const OWN_ROLES: Partial<Record<SubjectKind, LineRole>> = {
  KEYS: LineRole.KEYS,
  LOOK_UPS: LineRole.LOOK_UPS,
  CERTIFICATE: LineRole.CERTIFICATE,
  RECORD: LineRole.RECORD,
};

/**
 * Keys chains, look-up chains, certificates and records are touched in one role only, and nothing
 * else in that. Otherwise anyone who handles goods could write on the chain that says whose key is
 * good.
 */
function allowsRole(kind: SubjectKind, role: LineRole): boolean {
  const own = OWN_ROLES[kind];
  return own === undefined ? !Object.values(OWN_ROLES).includes(role) : own === role;
}
