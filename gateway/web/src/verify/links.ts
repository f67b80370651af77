// SPDX-License-Identifier: Apache-2.0
import type { ProvedChain, ProvedLink } from '../../gen/pinlian/v1/dossier_pb.js';
import type { Block } from '../../gen/pinlian/v1/submission_pb.js';
import { Broken } from './broken.js';
import { hex, type Bytes } from './bytes.js';
import {
  chainLink,
  chainStart,
  comparePlaces,
  noticeKey,
  noticeStart,
  placeText,
  subjectKey,
} from './chains.js';
import { proving, requireHash } from './checkpoints.js';
import { isNotice } from './kinds.js';
import type { ShownLog } from './log.js';
import { headValue, verifyAbsence, verifyPresence } from './mapproof.js';
import type { ProofError } from './merkle.js';
import type { ReadRecord } from './records.js';
import { subjectKind } from './subject.js';

/**
 * A chain and its notice chain whose links were recomputed, and are what the heads map says
 * (formats.md A.4, A.5): all links of the chain, or all from `first` on, and all notices.
 */
export interface ProvedLinks {
  /** In hexadecimal. */
  readonly key: string;
  /** Empty where only the key is shown. */
  readonly subject: string;
  /** Number of the first link shown; 0 for a chain without links. */
  readonly first: bigint;
  readonly records: readonly ReadRecord[];
  readonly notices: readonly ReadRecord[];
}

/** How many links the chain has, shown or not. */
export function linkCount({ first, records }: ProvedLinks): bigint {
  return records.length === 0 ? 0n : first - 1n + BigInt(records.length);
}

/** The subject, or the key where the subject is withheld. */
export function chainName(subject: string, key: string): string {
  return subject === '' ? key : subject;
}

/** Whether a record would be among the links shown if it were on the chain. */
export function reachesBackTo({ first, records }: ProvedLinks, record: ReadRecord): boolean {
  return first <= 1n || comparePlaces(records[0]!.place, record.place) <= 0;
}

/** Links beyond 2^62 cannot be: a limit that Java's numbers need. */
const FIRST_MAX = (2n ** 63n - 1n) / 2n;

export function readLinks(log: ShownLog, block: Block, shown: ProvedChain): ProvedLinks {
  return new Reading(log, block, shown).links();
}

class Reading {
  private readonly subject: string;
  private readonly key: Bytes;
  private readonly name: string;

  constructor(
    private readonly log: ShownLog,
    private readonly block: Block,
    private readonly shown: ProvedChain,
  ) {
    const { named } = shown;
    switch (named.case) {
      case 'subject':
        if (subjectKind(named.value) === undefined) {
          throw new Broken('BAD_SUBJECT', 'the canonical subject of a chain', named.value);
        }
        this.subject = named.value;
        this.key = subjectKey(log.hash, named.value);
        break;
      case 'subjectKey':
        this.subject = '';
        this.key = requireHash(named.value, "the key of a chain's subject");
        break;
      default:
        throw new Broken('MALFORMED', 'a chain of a subject or of its key', 'neither');
    }
    this.name = chainName(this.subject, hex(this.key));
  }

  links(): ProvedLinks {
    const { log, shown, key, subject } = this;
    const { hash } = log;
    const start = this.start(chainStart(hash, key));
    const { first } = shown;
    const records = this.records(shown.links);
    const notices = this.records(shown.notices);
    this.verifyHead(key, start, first, records, shown.mapProof, this.name);
    this.verifyHead(
      noticeKey(hash, key),
      noticeStart(hash, key),
      1n,
      notices,
      shown.noticeProof,
      `the notices of ${this.name}`,
    );
    const read = { key: hex(key), subject, first, records, notices };
    requireNotices(read);
    return read;
  }

  /** What the first link shown hangs from. */
  private start(start: Bytes): Bytes {
    const { first, before, links } = this.shown;
    if (first > FIRST_MAX || (links.length === 0) !== (first === 0n)) {
      throw new Broken(
        'MALFORMED',
        `the number of the first link of ${this.name}, 0 if there is none`,
        `${first} for ${links.length} links`,
      );
    }
    if (first > 1n) {
      return requireHash(before, 'the link before the first shown');
    }
    if (before.length > 0) {
      throw new Broken('SUPERFLUOUS', `no link before the first of ${this.name}`, 'one');
    }
    return start;
  }

  private records(links: readonly ProvedLink[]): ReadRecord[] {
    const { log, name } = this;
    const { headsSize } = this.block;
    const key = hex(this.key);
    const records: ReadRecord[] = [];
    for (const link of links) {
      const place = log.place(link.index, link.position, `a link of ${name}`);
      const previous = records.at(-1);
      if (previous !== undefined && comparePlaces(previous.place, place) >= 0) {
        const expected = `a link of ${name} after ${placeText(previous.place)}`;
        throw new Broken('LINKS_NOT_ASCENDING', expected, placeText(place));
      }
      if (headsSize > 0n && place.index >= headsSize) {
        const expected = `links of ${name} below ${headsSize}`;
        throw new Broken('LINK_BEYOND_HEADS', expected, placeText(place));
      }
      const record = log.record(place);
      if (record === undefined) {
        const expected = `record ${placeText(place)} of ${name}`;
        throw new Broken('LINK_WITHOUT_RECORD', expected, 'none');
      }
      if (!record.roles.has(key)) {
        throw new Broken('NOT_ON_SUBJECT', `a record that names ${name}`, placeText(place));
      }
      records.push(record);
    }
    return records;
  }

  /** The links are hashed up, and what comes out must stand in the map. */
  private verifyHead(
    mapKey: Bytes,
    start: Bytes,
    first: bigint,
    records: readonly ReadRecord[],
    proof: Bytes,
    name: string,
  ): void {
    const { hash } = this.log;
    const { headsSize, headsRoot } = this.block;
    if (headsSize === 0n) {
      if (proof.length > 0) {
        throw new Broken('SUPERFLUOUS', `no proof for ${name} where there is no map`, 'one');
      }
      return;
    }
    const last = records.at(-1);
    if (last === undefined) {
      proving(() => verifyAbsence(hash, headsRoot, mapKey, proof), mapRule);
      return;
    }
    let link = start;
    let n = first - 1n;
    for (const record of records) {
      n += 1n;
      // The number of the link is hashed into it, so none can be left out in the middle.
      link = chainLink(hash, link, n, record.place, record.digest);
    }
    const value = headValue(n, link, last.place.index);
    proving(() => verifyPresence(hash, headsRoot, mapKey, value, proof), mapRule);
  }
}

function mapRule(e: ProofError) {
  switch (e.reason) {
    case 'MALFORMED':
    case 'BITS_NOT_DECREASING':
      return 'MAP_PROOF_MALFORMED';
    case 'KEY_PRESENT':
      return 'CHAIN_HIDDEN';
    default:
      return 'NOT_IN_MAP';
  }
}

/** The notices are those of the links shown, and before these anything that can be one. */
function requireNotices(read: ProvedLinks): void {
  const among: ReadRecord[] = [];
  const before: ReadRecord[] = [];
  for (const notice of read.notices) {
    const isAmong = read.records.length === 0 || reachesBackTo(read, notice);
    (isAmong ? among : before).push(notice);
  }
  const shown = read.records.filter((record) => isNotice(record.kind));
  const beforeMax = read.first > 0n ? read.first - 1n : 0n;
  const good =
    among.length === shown.length &&
    among.every((notice, i) => notice === shown[i]) &&
    before.every((notice) => isNotice(notice.kind)) &&
    BigInt(before.length) <= beforeMax;
  if (!good) {
    throw new Broken(
      'NOTICES_MISMATCH',
      `of ${chainName(read.subject, read.key)} the notices ${places(shown)}`,
      `${places(among)}, and before ${places(before)}`,
    );
  }
}

function places(records: readonly ReadRecord[]): string {
  return `[${records.map((record) => placeText(record.place)).join(', ')}]`;
}
