// SPDX-License-Identifier: Apache-2.0
import { EventAction, EventType } from '../../gen/pinlian/v1/record_pb.js';
import { LineRole } from '../../gen/pinlian/v1/kind_pb.js';
import { hex } from './bytes.js';
import { comparePlaces, placeText, subjectKey, type Place } from './chains.js';
import type { HashAlgorithm } from './hash.js';
import type { ReadGroup, ReadLine, ReadRecord } from './records.js';
import { recordSubject } from './subject.js';

/**
 * Which subjects belong to one product's story (formats.md A.7): the subject asked for, its lots and
 * class and the other codes of the same goods; their certificates and the records cited; the
 * containers while the goods were inside; what the goods were made of. The same as the Java class
 * `Closure`, by which the ledger assembles dossiers.
 *
 * Breadth first from the subject asked for, along each chain in the order of the log, and along each
 * record in the order of its lines, as far as they are shown. Last, each record of all these chains
 * that is shown with an erased section brings its own subject along, whatever the limits: on the
 * notices there stand the erasure and its approval.
 */

/** Steps away from the subject asked for, and records: what a dossier may state. */
export const DEPTH_MIN = 2;
export const DEPTH_MAX = 32;
export const RECORDS_SHOWN_MAX = 10_000;

/** How a member hangs together with what was asked for. */
export type Tie =
  /** The subject asked for, a lot of it, or another code of the same goods: in each direction. */
  | 'GOODS'
  /** The product class of goods. Leads no further. */
  | 'CLASS'
  /**
   * A certificate of goods, a record that a record on goods cites, or one of which a section is
   * erased. Leads no further.
   */
  | 'PAPER'
  /** What goods were made of; its lots, codes, containers and inputs are as well. */
  | 'INPUT'
  /** What goods were in, while they were. Only outer containers lead on from it. */
  | 'CONTAINER';

/** A container is followed from the record that put the child in to the one that took it out. */
interface Stay {
  readonly from: Place;
  /** Key of the child. */
  readonly inside: string;
}

/** One way in which a subject is followed. It may be reached in several. */
export interface Following {
  /** Of the subject, in hexadecimal. */
  readonly key: string;
  /** Empty where only the key is shown. */
  readonly subject: string;
  readonly depth: number;
  readonly tie: Tie;
  /** Of a container. */
  readonly stay: Stay | undefined;
  /** About the very goods asked for, not about something that they were made of. */
  readonly own: boolean;
}

/** A subject of the closure. */
export class Member {
  /** Canonical URI; empty where no line on the way shows it. */
  subject = '';
  /** Whether a section shown as erased needs it, and nothing else led there within the limits. */
  proof = false;
  readonly followings: Following[] = [];

  constructor(
    readonly key: string,
    /** Steps away from the subject asked for, on the shortest way. */
    readonly depth: number,
  ) {}

  add(following: Following): this {
    this.followings.push(following);
    if (this.subject === '') {
      this.subject = following.subject;
    }
    return this;
  }

  /** Whether its whole chain belongs to the story: anything but a container. */
  isWhole(): boolean {
    return this.followings.some((following) => following.tie !== 'CONTAINER');
  }

  /** Whether it is the very goods asked for, or their class: never left out. */
  isOwn(): boolean {
    return this.followings.some(
      ({ own, tie }) => own && (tie === 'GOODS' || tie === 'CLASS'),
    );
  }

  /** The record that put the goods in first, for a container that is only followed inside. */
  from(): Place {
    return this.followings
      .map(({ stay }) => stay?.from ?? { index: 0n, position: 0 })
      .reduce((least, place) => (comparePlaces(place, least) < 0 ? place : least));
  }
}

/** The chains that a closure goes along. */
export interface Source {
  /**
   * Whether the member's chain is shown. Not asked of one too far away, and of what proves an
   * erasure it may be asked again.
   */
  isShown(member: Member): boolean;
  /** The records of a chain that is shown, in the order of the log. */
  records(member: Member): readonly ReadRecord[];
  /** Told of every record that a following goes past, and of the roles that lead on, as bits. */
  passed(following: Following, record: ReadRecord, leads: number): void;
  /**
   * The records of a chain that is shown, and then of its notices, of which a section is shown as
   * erased. Asked when everything else was reached.
   */
  erased(member: Member): readonly ReadRecord[];
}

export class Closure {
  /** Those whose chains are shown, by key, in the order reached; the first is the one asked for. */
  readonly members = new Map<string, Member>();
  /** Those whose chains are not shown, in the order reached. */
  readonly notShown = new Map<string, Member>();
  private readonly seen = new Set<string>();
  private readonly waiting: Following[] = [];
  // What stays in a container have been gone along for. To go along a part of one again would reach
  // nothing new, and whoever puts goods in a thousand times would have it done a thousand times.
  private readonly stays = new Map<string, Span[]>();

  constructor(
    private readonly hash: HashAlgorithm,
    asked: string,
    private readonly maxDepth: number,
    private readonly source: Source,
  ) {
    this.reach({
      key: hex(subjectKey(hash, asked)),
      subject: asked,
      depth: 0,
      tie: 'GOODS',
      stay: undefined,
      own: true,
    });
    for (let i = 0; i < this.waiting.length; i++) {
      this.follow(this.waiting[i]!);
    }
    // Erasures and approvals may have erased sections of their own: a map is gone through to its
    // end, with what is added on the way.
    for (const member of this.members.values()) {
      for (const { place } of this.source.erased(member)) {
        this.prove(place, member.depth + 1);
      }
    }
  }

  /** Makes what proves an erasure a member, if it is none. */
  private prove(erased: Place, depth: number): void {
    const subject = recordSubject(erased.index, erased.position);
    const key = hex(subjectKey(this.hash, subject));
    if (this.members.has(key)) {
      return;
    }
    const tie = 'PAPER';
    const following: Following = { key, subject, depth, tie, stay: undefined, own: false };
    const member = new Member(key, depth).add(following);
    member.proof = true;
    if (!this.source.isShown(member)) {
      this.notShown.set(key, member);
      return;
    }
    this.notShown.delete(key);
    this.members.set(key, member);
    this.follow(following);
  }

  private reach(next: Following): void {
    const { key } = next;
    const left = this.notShown.get(key);
    if (left !== undefined) {
      left.add(next);
      return;
    }
    const member = this.members.get(key);
    if (next.depth > this.maxDepth) {
      if (member === undefined) {
        this.notShown.set(key, new Member(key, next.depth).add(next));
      }
      return;
    }
    const way = wayOf(next);
    if (this.seen.has(way)) {
      return;
    }
    this.seen.add(way);
    if (member !== undefined) {
      member.add(next);
      this.waiting.push(next);
      return;
    }
    const found = new Member(key, next.depth).add(next);
    if (this.source.isShown(found)) {
      this.members.set(key, found);
      this.waiting.push(next);
    } else {
      this.notShown.set(key, found);
    }
  }

  private follow(following: Following): void {
    const { key, tie, subject, stay } = following;
    if (tie === 'GOODS' || tie === 'INPUT') {
      const of = gtinClassOf(subject);
      if (of !== '') {
        this.reach(further(following, hex(subjectKey(this.hash, of)), of, 'CLASS'));
      }
    }
    const records = this.source.records(this.members.get(key)!);
    if (stay === undefined) {
      for (const record of records) {
        this.pass(following, record);
      }
      return;
    }
    const along = this.beginStay(following, stay);
    if (along === undefined) {
      return;
    }
    const start = countUntil(records, (record) => comparePlaces(record.place, stay.from) < 0);
    for (let i = start; i < records.length; i++) {
      const record = records[i]!;
      along.until = record.place;
      this.pass(following, record);
      if (removes(record, key, stay.inside)) {
        return;
      }
    }
  }

  private pass(following: Following, record: ReadRecord): void {
    const { key, tie } = following;
    const leads = leadsOn(tie, record.roles.get(key) ?? 0, isRemoval(record));
    this.source.passed(following, record, leads);
    for (const line of record.lines) {
      if (has(leads, line.role) && line.subjectKey !== key) {
        this.reach(alongLine(following, record, line));
      }
    }
  }

  /** Undefined if this part of a stay has been gone along. */
  private beginStay({ key, own }: Following, { from, inside }: Stay): Span | undefined {
    const name = `${key} ${inside} ${own}`;
    const spans = this.stays.get(name) ?? [];
    this.stays.set(name, spans);
    const at = countUntil(spans, (span) => comparePlaces(span.from, from) <= 0);
    const before = spans[at - 1];
    if (before !== undefined && comparePlaces(before.until, from) >= 0) {
      return undefined;
    }
    // Until a record is passed it covers nothing.
    const begun = { from, until: { index: -1n, position: 0 } };
    spans.splice(at, 0, begun);
    return begun;
  }
}

/** From which to which record a stay was gone along. */
interface Span {
  readonly from: Place;
  until: Place;
}

/** How many items from the beginning on it holds for, which it does up to some item. */
function countUntil<T>(items: readonly T[], holds: (item: T) => boolean): number {
  let low = 0;
  let high = items.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (holds(items[middle]!)) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

/** What makes going along a chain a second time worth it. */
function wayOf({ key, subject, tie, stay, own }: Following): string {
  const window = stay === undefined ? '' : `${placeText(stay.from)} ${stay.inside}`;
  return `${key} ${subject !== ''} ${tie} ${own} ${window}`;
}

function alongLine(following: Following, record: ReadRecord, line: ReadLine): Following {
  const { subjectKey: key, subject = '' } = line;
  switch (line.role) {
    case LineRole.PARENT:
      return {
        ...further(following, key, subject, 'CONTAINER'),
        stay: { from: record.place, inside: following.key },
      };
    case LineRole.CERTIFICATE:
    case LineRole.RECORD:
      return further(following, key, subject, 'PAPER');
    case LineRole.INPUT:
      return { ...further(following, key, subject, 'INPUT'), own: false };
    default:
      return further(following, key, subject, following.tie === 'INPUT' ? 'INPUT' : 'GOODS');
  }
}

function further(from: Following, key: string, subject: string, tie: Tie): Following {
  return { key, subject, depth: from.depth + 1, tie, stay: undefined, own: from.own };
}

/** The roles, as bits, of the lines that lead on from a record that names the subject in `roles`. */
function leadsOn(tie: Tie, roles: number, removal: boolean): number {
  if (tie === 'CLASS' || tie === 'PAPER') {
    return 0;
  }
  let leads = 0;
  if (has(roles, LineRole.CHILD) && !removal) {
    leads |= bit(LineRole.PARENT);
  }
  if (tie === 'CONTAINER') {
    return leads;
  }
  leads |= bit(LineRole.RECORD);
  const object = has(roles, LineRole.OBJECT);
  const output = has(roles, LineRole.OUTPUT);
  if (object) {
    leads |= bit(LineRole.CERTIFICATE) | bit(LineRole.ALIAS);
  }
  if (object || output) {
    leads |= bit(LineRole.INPUT);
  }
  if (object || output || has(roles, LineRole.CHILD)) {
    leads |= bit(LineRole.LOT);
  }
  // Only records that join two codes of the same goods have this role.
  if (has(roles, LineRole.ALIAS)) {
    leads |= bit(LineRole.OBJECT);
  }
  return leads;
}

/**
 * Whether lines that lead on are withheld: of a role that is among `leads` fewer are shown than
 * there are. Containers need show their keys alone, inputs nothing.
 */
export function isWithheld(leads: number, group: ReadGroup): boolean {
  if (!has(leads, group.role) || group.role === LineRole.INPUT) {
    return false;
  }
  return group.count > (group.role === LineRole.PARENT ? group.keys : group.texts);
}

export function has(roles: number, role: LineRole): boolean {
  return ((roles >> role) & 1) === 1;
}

function bit(role: LineRole): number {
  return 1 << role;
}

/**
 * Whether a record takes goods out of a container. Where its public part is withheld, which it may
 * be outside of the stay alone, it is taken not to: that leads further, not less.
 */
function isRemoval({ publicPart }: ReadRecord): boolean {
  const body = publicPart?.body;
  return (
    body?.case === 'traceEvent' &&
    body.value.type === EventType.AGGREGATION &&
    body.value.action === EventAction.DELETE
  );
}

/** A removal that names the child ends its stay, and so does one that names none. */
function removes(record: ReadRecord, container: string, child: string): boolean {
  return (
    isRemoval(record) &&
    has(record.roles.get(container) ?? 0, LineRole.PARENT) &&
    (!record.groups.some(({ role }) => role === LineRole.CHILD) ||
      has(record.roles.get(child) ?? 0, LineRole.CHILD))
  );
}

const CLASS = 'https://id.gs1.org/01/';

/** The class that the URI of a lot or unit names; empty for every other subject. */
function gtinClassOf(subject: string): string {
  const end = CLASS.length + 14;
  return subject.startsWith(CLASS) && subject.length > end ? subject.slice(0, end) : '';
}
