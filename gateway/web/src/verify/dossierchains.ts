// SPDX-License-Identifier: Apache-2.0
import {
  NotFollowedReason,
  type Dossier,
  type NotFollowed,
} from '../../gen/pinlian/v1/dossier_pb.js';
import { Kind, LineRole } from '../../gen/pinlian/v1/kind_pb.js';
import { Broken } from './broken.js';
import { hex } from './bytes.js';
import { comparePlaces, placeText, subjectKey } from './chains.js';
import { Closure, has, isWithheld, type Following, type Member, type Source } from './closure.js';
import { signersOf } from './entries.js';
import { isNotice } from './kinds.js';
import { chainName, linkCount, reachesBackTo, type ProvedLinks } from './links.js';
import type { ShownLog } from './log.js';
import { isErased, requirePublicPart, type ReadRecord } from './records.js';
import { KEYS, recordSubject } from './subject.js';

/** A subject that belongs to the story and is not followed. */
export interface LeftOut {
  /** Empty where the view shows only the key. */
  readonly subject: string;
  readonly key: string;
  readonly depth: number;
  readonly reason: NotFollowedReason;
}

/**
 * The chains of a dossier: whether they are those that the closure reaches, whole as far as they
 * must be, and with nothing withheld that must be shown.
 */
export class DossierChains {
  /** By key, in the order shown. */
  readonly members = new Map<string, ProvedLinks>();
  readonly leftOut: LeftOut[] = [];
  private readonly keys: ProvedLinks[] = [];
  private readonly all = new Map<string, ProvedLinks>();
  private readonly keysRecords = new Set<ReadRecord>();
  /** By record of goods: how many inputs the view only counts. */
  private readonly inputsCounted = new Map<ReadRecord, number>();
  private closure: Closure | undefined;

  constructor(
    private readonly log: ShownLog,
    private readonly dossier: Dossier,
    private readonly asked: string,
  ) {}

  addMember(chain: ProvedLinks): void {
    this.requireOnce(chain);
    this.members.set(chain.key, chain);
  }

  addKeys(chain: ProvedLinks): void {
    const name = chainName(chain.subject, chain.key);
    if (!chain.subject.startsWith(KEYS)) {
      throw new Broken('CHAIN_WITHOUT_REASON', 'a keys chain', name);
    }
    const previous = this.keys.at(-1);
    if (previous !== undefined && previous.subject >= chain.subject) {
      throw new Broken('OUT_OF_ORDER', `keys chains ascending, after ${previous.subject}`, name);
    }
    this.requireOnce(chain);
    this.keys.push(chain);
  }

  private requireOnce(chain: ProvedLinks): void {
    if (this.all.has(chain.key)) {
      const expected = `the chain of ${chainName(chain.subject, chain.key)} once`;
      throw new Broken('SHOWN_TWICE', expected, 'a second time');
    }
    this.all.set(chain.key, chain);
  }

  // All that can be said only when every chain is there ----------------------------------------

  verify(): void {
    this.requireClosure();
    this.requireKeysChains();
    this.requireOnEveryChain();
  }

  private requireClosure(): void {
    const source: Source = {
      isShown: (member) => this.members.has(member.key),
      records: (member) => this.members.get(member.key)!.records,
      passed: (following, record, leads) => this.requireShown(following, record, leads),
      erased: (member) => {
        const { records, notices } = this.members.get(member.key)!;
        return [...records, ...notices].filter(isErased);
      },
    };
    const found = new Closure(this.log.hash, this.asked, this.dossier.maxDepth, source);
    requireProofs(found);
    this.requireMembers(found);
    this.requireLeftOut(found);
    for (const member of found.members.values()) {
      this.requireWhole(member, this.members.get(member.key)!);
    }
    this.closure = found;
  }

  /** Of a record that the closure goes past, what must be shown is. */
  private requireShown(following: Following, record: ReadRecord, leads: number): void {
    const { own, tie, depth } = following;
    if (own && tie !== 'PAPER' && tie !== 'INPUT') {
      requirePublicPart(record);
    }
    if (depth === 0 && !record.lines.some((line) => line.subject === this.asked)) {
      const expected = `the line of the subject asked for in record ${placeText(record.place)}`;
      throw new Broken('WITHHELD', expected, 'a leaf');
    }
    for (const group of record.groups) {
      const { role, count, texts, keys } = group;
      if (isWithheld(leads, group)) {
        throw new Broken(
          'WITHHELD',
          `all ${count} lines of role ${role} of record ${placeText(record.place)}`,
          `${texts} in text and ${keys - texts} by key`,
        );
      }
      if (role === LineRole.INPUT && has(leads, role) && count > keys) {
        this.inputsCounted.set(record, count - keys);
      }
    }
  }

  private requireMembers(found: Closure): void {
    const shown = [...this.members.values()];
    for (const { key, subject } of shown) {
      if (!found.members.has(key)) {
        const expected = 'a subject that the closure reaches';
        throw new Broken('CHAIN_WITHOUT_REASON', expected, chainName(subject, key));
      }
    }
    // Every one shown is reached, and every one reached is shown: only the order is left.
    let at = 0;
    for (const member of found.members.values()) {
      const { key, subject } = shown[at++]!;
      if (member.key !== key) {
        const expected = `next the chain of ${chainName(member.subject, member.key)}`;
        throw new Broken('OUT_OF_ORDER', expected, chainName(subject, key));
      }
      requireName(member, subject);
    }
  }

  private requireLeftOut(found: Closure): void {
    const { notFollowed, maxDepth } = this.dossier;
    let at = 0;
    for (const member of found.notShown.values()) {
      const { key, depth, subject } = member;
      const name = chainName(subject, key);
      const told = notFollowed[at++];
      if (told === undefined || !isOf(told, member)) {
        const found = told === undefined ? 'neither' : 'why not another';
        throw new Broken('NOT_FOLLOWED', `the chain of ${name}, or why not`, found);
      }
      requireName(member, told.named.case === 'subject' ? told.named.value : '');
      const { reason } = told;
      const tooFar = depth > maxDepth;
      const good =
        reason === NotFollowedReason.TOO_FAR
          ? tooFar
          : (reason === NotFollowedReason.TOO_MANY_RECORDS ||
              reason === NotFollowedReason.NOT_VISIBLE) &&
            !tooFar &&
            !member.isOwn();
      if (!good) {
        const expected = `a reason that holds for ${name} at depth ${depth}`;
        throw new Broken('REASON_NOT_GOOD', expected, NotFollowedReason[reason] ?? reason);
      }
      this.leftOut.push({ subject, key, depth, reason });
    }
    if (at < notFollowed.length) {
      const expected = `${at} subjects that are not followed`;
      throw new Broken('SUPERFLUOUS', expected, `${notFollowed.length} are listed`);
    }
  }

  private requireWhole(member: Member, chain: ProvedLinks): void {
    const { first, records, subject } = chain;
    const [begins] = records;
    if (begins === undefined) {
      return;
    }
    let from = 1n;
    if (member.isOwn() && !subject.startsWith(KEYS)) {
      const suffix = linkCount(chain) - BigInt(this.dossier.maxRecords) + 1n;
      from = suffix > 1n ? suffix : 1n;
    }
    const whole = member.isWhole();
    const good = whole ? first === from : comparePlaces(begins.place, member.from()) === 0;
    if (!good) {
      const start = whole ? `link ${from}` : `record ${placeText(member.from())}`;
      throw new Broken(
        'CHAIN_NOT_WHOLE',
        `the chain of ${chainName(subject, chain.key)} from ${start} on`,
        `from link ${first}, record ${placeText(begins.place)}`,
      );
    }
  }

  /**
   * Whoever signed anything shown, or was signed for, has their keys chain shown, whole and with
   * every line, and nobody else has.
   */
  private requireKeysChains(): void {
    const needed = new Set<string>();
    for (const submission of this.log.allSubmissions()) {
      for (const signer of signersOf(submission)) {
        needed.add(KEYS + signer);
      }
    }
    for (const subject of needed) {
      if (!this.keys.some((chain) => chain.subject === subject) && subject !== this.asked) {
        throw new Broken('KEYS_CHAIN_MISSING', subject, 'none');
      }
    }
    for (const chain of this.keys) {
      if (!needed.has(chain.subject)) {
        throw new Broken('CHAIN_WITHOUT_REASON', 'keys chains of signers', chain.subject);
      }
      this.takeKeys(chain);
    }
    if (this.asked.startsWith(KEYS)) {
      this.takeKeys(this.members.get(hex(subjectKey(this.log.hash, this.asked)))!);
    }
  }

  private takeKeys(chain: ProvedLinks): void {
    if (chain.first > 1n) {
      const expected = `${chain.subject} from link 1 on`;
      throw new Broken('CHAIN_NOT_WHOLE', expected, `link ${chain.first}`);
    }
    for (const record of chain.records) {
      const where = placeText(record.place);
      // The kinds 1 to 4, and the approvals by which some of them take effect.
      if (record.kind > Kind.DELEGATION && record.kind !== Kind.APPROVAL) {
        throw new Broken('NOT_A_KEYS_RECORD', 'a kind that keys chains take', record.kind);
      }
      requirePublicPart(record);
      const hidden = record.groups.find(({ texts, count }) => texts < count);
      if (hidden !== undefined) {
        throw new Broken('WITHHELD', `every line of record ${where}`, `role ${hidden.role}`);
      }
      if (!record.signerShown) {
        const expected = `the signer of record ${where} on a keys chain`;
        throw new Broken('WITHHELD', expected, 'none');
      }
      this.keysRecords.add(record);
    }
  }

  /**
   * Every record is on the chain of each subject that it names, as far as that chain is shown, and
   * on one at least. Notices are never withheld.
   */
  private requireOnEveryChain(): void {
    const on = new Map<string, Set<ReadRecord>>();
    for (const [key, { records, notices }] of this.all) {
      on.set(key, new Set([...records, ...notices]));
    }
    for (const record of this.log.allRecords()) {
      const where = placeText(record.place);
      let used = false;
      for (const line of record.lines) {
        const chain = this.all.get(line.subjectKey);
        if (chain === undefined) {
          continue;
        }
        const isOn = on.get(line.subjectKey)!.has(record);
        used ||= isOn;
        if (!isOn && (isNotice(record.kind) || reachesBackTo(chain, record))) {
          throw new Broken(
            'MISSING_FROM_CHAIN',
            `record ${where} on the chain of each subject that it names`,
            `not on ${chainName(chain.subject, chain.key)}`,
          );
        }
      }
      if (!used) {
        throw new Broken('RECORD_WITHOUT_CHAIN', 'a record of a chain shown', `record ${where}`);
      }
      if (isNotice(record.kind)) {
        requirePublicPart(record);
      }
    }
  }

  // What was found -----------------------------------------------------------------------------

  /** Whether the record says something of keys that are needed. */
  isOnKeys(record: ReadRecord): boolean {
    return this.keysRecords.has(record);
  }

  /** How a chain hangs together with what was asked for. */
  member(chain: ProvedLinks): Member {
    return this.closure!.members.get(chain.key)!;
  }

  /** What stands on the notice chain of a record's own subject; nothing where it is not shown. */
  noticesOf({ place }: ReadRecord): readonly ReadRecord[] {
    const key = subjectKey(this.log.hash, recordSubject(place.index, place.position));
    return this.members.get(hex(key))?.notices ?? [];
  }

  /** Inputs of the goods that the view does not show. */
  countInputsNotShown(): number {
    return [...this.inputsCounted.values()].reduce((sum, count) => sum + count, 0);
  }
}

function requireProofs({ notShown }: Closure): void {
  for (const { proof, subject } of notShown.values()) {
    if (proof) {
      const expected = `the notices of ${subject}, of which a section is shown as erased`;
      throw new Broken('ERASURE_NOT_PROVED', expected, 'none');
    }
  }
}

/** A subject is called by its URI if a line on the way to it shows that, else by its key. */
function requireName(member: Member, subject: string): void {
  if (member.subject !== subject) {
    throw new Broken(
      'SUPERFLUOUS',
      member.subject === '' ? 'only the key of a subject' : member.subject,
      subject === '' ? 'its key' : subject,
    );
  }
}

function isOf({ named }: NotFollowed, { key, subject }: Member): boolean {
  return named.case === 'subjectKey'
    ? hex(named.value) === key
    : (named.value ?? '') === subject;
}
