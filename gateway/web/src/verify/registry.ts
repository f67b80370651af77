// SPDX-License-Identifier: Apache-2.0
import { sha256 } from '@noble/hashes/sha2.js';
import { AuthorityLevel, type Enrolment, type KeyRotation } from '../../gen/pinlian/v1/record_pb.js';
import type { Delegation, EnrolledKey, PublicPart } from '../../gen/pinlian/v1/record_pb.js';
import type { Genesis } from '../../gen/pinlian/v1/submission_pb.js';
import { Role, type Kind } from '../../gen/pinlian/v1/kind_pb.js';
import { equal, hex, type Bytes } from './bytes.js';
import { placeText, type Place } from './chains.js';
import { isDelegable } from './kinds.js';
import { KEYS, recordPlaceOf } from './subject.js';

/**
 * Whose key is whose, and good for what, and who may sign for whom, at every index of the log: a
 * fold over genesis and the records of kinds 1 to 4 and 22 in log order (formats.md A.4, "Keys").
 *
 * A record at index e speaks of headers at an index greater than e. Enrolling an authority,
 * enrolling one anew as something else, and giving one a key that it did not sign for itself, take
 * effect at the approval of another authority.
 */

/** What a participant is, from one entry on until the next standing of the same participant. */
export interface Standing {
  readonly participant: string;
  /** Index of the entry that made it so; it holds for headers at a greater index. */
  readonly since: bigint;
  readonly name: string;
  readonly roles: readonly Role[];
  readonly level: AuthorityLevel;
  readonly region: string;
  /** Milliseconds, both ends included; 0 for always. */
  readonly validFrom: bigint;
  readonly validUntil: bigint;
}

/** A key's whole life as far as the log tells it. Undefined: never so far. */
export interface KeyHistory {
  readonly keyId: Bytes;
  readonly participant: string;
  readonly spki: Bytes;
  /** Entry that first named the key, whether or not it took effect there. */
  readonly namedAt: bigint;
  readonly enrolledAt: bigint | undefined;
  readonly revokedAt: bigint | undefined;
  /** Revocations that cast doubt on what was signed since then. */
  readonly doubts: readonly { readonly index: bigint; readonly since: bigint }[];
}

export type KeyAnswer =
  | { readonly is: 'valid'; readonly key: KeyHistory; readonly standing: Standing }
  | { readonly is: 'not valid'; readonly key: KeyHistory; readonly why: string }
  | { readonly is: 'unknown' };

/** What a principal allowed one key of a gateway, until the next delegation to that key. */
export interface DelegationTerm {
  readonly principal: string;
  readonly gateway: string;
  readonly since: bigint;
  readonly kinds: readonly Kind[];
  readonly validUntil: bigint;
}

export type DelegationRefusal =
  | 'NOT_A_GATEWAY'
  | 'PRINCIPAL_NOT_VALID'
  | 'NO_DELEGATION'
  | 'DELEGATION_EXPIRED';

export type DelegationAnswer =
  | { readonly is: 'in force'; readonly term: DelegationTerm; readonly principal: Standing }
  | { readonly is: 'not in force'; readonly rule: DelegationRefusal; readonly why: string };

/** A record in the log whose signer's signature was checked and whose fields are well formed. */
export interface KeyRecord {
  readonly place: Place;
  readonly digest: Bytes;
  /** Who signed the header it came under. */
  readonly signer: string;
  readonly part: PublicPart;
  /** Of its lines, in order. */
  readonly subjects: readonly string[];
}

/** A record that takes effect with its approval. Kept afterwards. */
interface Waiting {
  readonly record: KeyRecord;
  readonly participant: string;
  readonly approved: boolean;
}

export class KeyRegistry {
  private readonly standings = new Map<string, Standing[]>();
  private readonly keys = new Map<string, KeyHistory>();
  private readonly keysOf = new Map<string, string[]>();
  private readonly waiting = new Map<string, Waiting>();
  private readonly terms = new Map<string, DelegationTerm[]>();

  /** The registry of a ledger that has only its genesis, at index 0. */
  constructor(genesis: Genesis) {
    for (const authority of genesis.authorities) {
      this.addStanding({
        participant: authority.participant,
        since: 0n,
        name: authority.name,
        roles: [Role.AUTHORITY],
        level: authority.level,
        region: authority.region,
        validFrom: 0n,
        validUntil: 0n,
      });
      this.enrolKeys(authority.participant, authority.keys, 0n, 0n);
    }
  }

  // Asking -------------------------------------------------------------------------------------

  /** Whether a header at an index, sequenced at a time, may be signed with the key. */
  check(keyId: Bytes, index: bigint, sequencedAt: bigint): KeyAnswer {
    const key = this.key(keyId);
    if (key === undefined || key.namedAt >= index) {
      return { is: 'unknown' };
    }
    if (key.revokedAt !== undefined && key.revokedAt < index) {
      return { is: 'not valid', key, why: `revoked at entry ${key.revokedAt}` };
    }
    if (key.enrolledAt === undefined || key.enrolledAt >= index) {
      return { is: 'not valid', key, why: `enrolled at entry ${key.namedAt}, not approved` };
    }
    const standing = this.standing(key.participant, index);
    if (standing === undefined) {
      throw new Error('a key that is enrolled has an owner');
    }
    if (!isValidAt(standing, sequencedAt)) {
      const why = `valid from ${standing.validFrom} until ${standing.validUntil}`;
      return { is: 'not valid', key, why };
    }
    return { is: 'valid', key, standing };
  }

  /** Whether a key that is valid may sign for a principal. Of each record ask `term` as well. */
  delegation(
    gateway: { readonly key: KeyHistory; readonly standing: Standing },
    principal: string,
    index: bigint,
    sequencedAt: bigint,
  ): DelegationAnswer {
    if (!gateway.standing.roles.includes(Role.GATEWAY)) {
      return notInForce('NOT_A_GATEWAY', `${gateway.key.participant} is no gateway`);
    }
    const standing = this.standing(principal, index);
    if (standing === undefined || !isValidAt(standing, sequencedAt) || isAuthority(standing)) {
      const why =
        standing === undefined
          ? 'is not enrolled'
          : isAuthority(standing)
            ? 'is an authority, which signs for itself'
            : `is not valid at ${sequencedAt}`;
      return notInForce('PRINCIPAL_NOT_VALID', `${principal} ${why}`);
    }
    const term = (this.terms.get(between(principal, gateway.key.keyId)) ?? []).findLast(
      (one) => one.since < index,
    );
    if (
      term === undefined ||
      term.kinds.length === 0 ||
      term.gateway !== gateway.key.participant
    ) {
      return notInForce('NO_DELEGATION', `${principal} gave none to it, or ended it`);
    }
    for (const key of this.keysOf.get(principal) ?? []) {
      for (const doubt of this.keys.get(key)!.doubts) {
        if (doubt.index >= term.since && doubt.index < index) {
          const why = `a key of ${principal} was revoked as compromised at entry ${doubt.index}`;
          return notInForce('NO_DELEGATION', why);
        }
      }
    }
    if (sequencedAt > term.validUntil) {
      return notInForce('DELEGATION_EXPIRED', `delegated until ${term.validUntil}`);
    }
    return { is: 'in force', term, principal: standing };
  }

  /** What the participant is for headers at an index; undefined if it is not enrolled there. */
  standing(participant: string, index: bigint): Standing | undefined {
    return this.standings.get(participant)?.findLast((standing) => standing.since < index);
  }

  /** All that became of a key; undefined if the log does not name it. */
  key(keyId: Bytes): KeyHistory | undefined {
    return this.keys.get(hex(keyId));
  }

  private isAuthority(participant: string, index: bigint): boolean {
    const standing = this.standing(participant, index);
    return standing !== undefined && isAuthority(standing);
  }

  /** As of the last record applied, in the same entry or before. */
  private isAuthorityNow(participant: string): boolean {
    const standing = this.standings.get(participant)?.at(-1);
    return standing !== undefined && isAuthority(standing);
  }

  // Objecting ----------------------------------------------------------------------------------

  /** Why the record may not stand on a keys chain; undefined if it may. */
  objection(record: KeyRecord): string | undefined {
    const { body } = record.part;
    const { index } = record.place;
    switch (body.case) {
      case 'enrolment':
        if (!this.isAuthority(record.signer, index)) {
          return 'only an authority enrols';
        }
        for (const key of body.value.keys) {
          const objection = this.objectionToNewKey(body.value.participant, key.spki);
          if (objection !== undefined) {
            return objection;
          }
        }
        return undefined;
      case 'keyRotation':
        return this.objectionToRotation(record, body.value);
      case 'keyRevocation':
        if (!this.maySpeakFor(record, body.value.participant)) {
          return 'only the participant itself or an authority may sign this';
        }
        return this.objectionToOwnKey(body.value.participant, body.value.keyId);
      case 'delegation':
        if (record.signer !== body.value.participant) {
          return 'only the participant itself lets others sign for it';
        }
        return body.value.kinds.length > 0 && this.isAuthority(record.signer, index)
          ? 'an authority signs for itself'
          : undefined;
      case 'approval':
        return this.objectionToApproval(record, body.value.record);
      default:
        return undefined;
    }
  }

  private objectionToRotation(record: KeyRecord, rotation: KeyRotation): string | undefined {
    const { participant, replaces } = rotation;
    if (!this.maySpeakFor(record, participant)) {
      return 'only the participant itself or an authority may sign this';
    }
    if (!this.standings.has(participant)) {
      return `${participant} is not enrolled`;
    }
    const objection =
      replaces.length > 0 ? this.objectionToOwnKey(participant, replaces) : undefined;
    return objection ?? this.objectionToNewKey(participant, spkiOf(rotation));
  }

  /**
   * An approval may touch a keys chain only to approve what waits on it, and what waits can be
   * approved only so: a verifier who reads the keys chain must find the approval there.
   */
  private objectionToApproval(record: KeyRecord, approved: Bytes): string | undefined {
    const waits = this.waitingFor(record);
    const cited = waits !== undefined && equal(waits.record.digest, approved);
    const keysSubjects = record.subjects.filter((subject) => subject.startsWith(KEYS));
    if (keysSubjects.some((subject) => !cited || subject !== KEYS + waits.participant)) {
      return 'a keys chain is touched only by the approval of what waits on it';
    }
    if (!cited) {
      return undefined;
    }
    if (waits.record.signer === record.signer) {
      return 'nobody approves their own';
    }
    if (!this.isAuthority(record.signer, record.place.index)) {
      return "only an authority approves an authority's enrolment or key";
    }
    return keysSubjects.length === 0 ? `must also touch ${KEYS}${waits.participant}` : undefined;
  }

  private waitingFor(record: KeyRecord): Waiting | undefined {
    const place = record.subjects.map(recordPlaceOf).find((found) => found !== undefined);
    return place === undefined ? undefined : this.waiting.get(placeText(place));
  }

  private maySpeakFor(record: KeyRecord, participant: string): boolean {
    return record.signer === participant || this.isAuthority(record.signer, record.place.index);
  }

  /** A key that is to become the participant's. */
  private objectionToNewKey(participant: string, spki: Bytes): string | undefined {
    const known = this.key(sha256(spki));
    if (known === undefined) {
      return undefined;
    }
    if (known.participant !== participant) {
      return `is the key of ${known.participant}`;
    }
    return known.revokedAt === undefined
      ? undefined
      : `was revoked at entry ${known.revokedAt}; a revoked key does not come back`;
  }

  private objectionToOwnKey(participant: string, keyId: Bytes): string | undefined {
    const known = this.key(keyId);
    if (known === undefined) {
      return 'is no key that was ever enrolled';
    }
    return known.participant === participant ? undefined : `is not a key of ${participant}`;
  }

  // Applying -----------------------------------------------------------------------------------

  /**
   * Takes the next record of the log into account. Total: where a record asks for what `objection`
   * would have refused, a key stays with its first owner and a revoked key stays revoked.
   */
  apply(record: KeyRecord): void {
    const { body } = record.part;
    const { index } = record.place;
    switch (body.case) {
      case 'enrolment':
        this.applyEnrolment(record, body.value);
        break;
      case 'keyRotation':
        this.applyRotation(record, body.value);
        break;
      case 'keyRevocation':
        this.revoke(body.value.participant, body.value.keyId, index, body.value.compromisedSince);
        break;
      case 'delegation':
        if (record.signer === body.value.participant) {
          this.applyDelegation(body.value, index);
        }
        break;
      case 'approval':
        this.applyApproval(record, body.value.record);
        break;
      default:
    }
  }

  private applyEnrolment(record: KeyRecord, enrolment: Enrolment): void {
    const { participant, roles, keys } = enrolment;
    const { index } = record.place;
    if (roles.includes(Role.AUTHORITY) || this.isAuthorityNow(participant)) {
      this.enrolKeys(participant, keys, index, undefined);
      this.wait(record, participant);
    } else {
      this.enrol(enrolment, index);
    }
  }

  private applyRotation(record: KeyRecord, rotation: KeyRotation): void {
    const { participant } = rotation;
    const { index } = record.place;
    if (record.signer !== participant && this.isAuthorityNow(participant)) {
      this.enrolKey(participant, spkiOf(rotation), index, undefined);
      this.wait(record, participant);
    } else {
      this.rotate(rotation, index);
    }
  }

  private wait(record: KeyRecord, participant: string): void {
    this.waiting.set(placeText(record.place), { record, participant, approved: false });
  }

  private applyDelegation(delegation: Delegation, index: bigint): void {
    const { participant, gateway, keyId, kinds, validUntil } = delegation;
    const key = between(participant, keyId);
    const term = { principal: participant, gateway, since: index, kinds, validUntil };
    this.terms.set(key, [...(this.terms.get(key) ?? []), term]);
  }

  private applyApproval(record: KeyRecord, approved: Bytes): void {
    const waits = this.waitingFor(record);
    if (
      waits === undefined ||
      waits.approved ||
      !equal(waits.record.digest, approved) ||
      !record.subjects.includes(KEYS + waits.participant) ||
      record.signer === waits.record.signer ||
      !this.isAuthority(record.signer, record.place.index)
    ) {
      return;
    }
    const { index } = record.place;
    this.waiting.set(placeText(waits.record.place), { ...waits, approved: true });
    const { body } = waits.record.part;
    if (body.case === 'enrolment') {
      this.enrol(body.value, index);
    } else if (body.case === 'keyRotation') {
      this.rotate(body.value, index);
    }
  }

  private enrol(enrolment: Enrolment, index: bigint): void {
    const { participant, name, roles, level, region, validFrom, validUntil } = enrolment;
    this.addStanding({
      participant,
      since: index,
      name,
      roles,
      level: roles.includes(Role.AUTHORITY) ? level : AuthorityLevel.UNSPECIFIED,
      region,
      validFrom,
      validUntil,
    });
    this.enrolKeys(participant, enrolment.keys, index, index);
  }

  private rotate(rotation: KeyRotation, index: bigint): void {
    const { participant, replaces } = rotation;
    if (!this.standings.has(participant)) {
      return;
    }
    this.enrolKey(participant, spkiOf(rotation), index, index);
    if (replaces.length > 0) {
      this.revoke(participant, replaces, index, 0n);
    }
  }

  private addStanding(standing: Standing): void {
    const before = this.standings.get(standing.participant);
    if (before === undefined) {
      this.standings.set(standing.participant, [standing]);
    } else {
      before.push(standing);
    }
  }

  private enrolKeys(
    participant: string,
    keys: readonly EnrolledKey[],
    namedAt: bigint,
    enrolledAt: bigint | undefined,
  ): void {
    for (const key of keys) {
      this.enrolKey(participant, key.spki, namedAt, enrolledAt);
    }
  }

  private enrolKey(
    participant: string,
    spki: Bytes,
    namedAt: bigint,
    enrolledAt: bigint | undefined,
  ): void {
    const keyId = sha256(spki);
    const id = hex(keyId);
    const known = this.keys.get(id);
    if (known === undefined) {
      this.keys.set(id, {
        keyId,
        participant,
        spki,
        namedAt,
        enrolledAt,
        revokedAt: undefined,
        doubts: [],
      });
      this.keysOf.set(participant, [...(this.keysOf.get(participant) ?? []), id]);
    } else if (known.participant === participant && known.enrolledAt === undefined) {
      this.keys.set(id, { ...known, enrolledAt });
    }
  }

  private revoke(
    participant: string,
    keyId: Bytes,
    index: bigint,
    compromisedSince: bigint,
  ): void {
    const known = this.key(keyId);
    if (known?.participant === participant) {
      const doubt = { index, since: compromisedSince };
      this.keys.set(hex(keyId), {
        ...known,
        // Records come in the order of the log, so the first revocation is the earliest.
        revokedAt: known.revokedAt ?? index,
        doubts: compromisedSince === 0n ? known.doubts : [...known.doubts, doubt],
      });
    }
  }
}

/** Why a gateway may not sign a record of this kind under the term; undefined if it may. */
export function termRefusal(
  term: DelegationTerm,
  kind: number,
): 'NOT_DELEGABLE' | 'KIND_NOT_DELEGATED' | undefined {
  if (!isDelegable(kind)) {
    return 'NOT_DELEGABLE';
  }
  return term.kinds.includes(kind) ? undefined : 'KIND_NOT_DELEGATED';
}

/** Whether the key was, by any revocation shown, out of hand at that time. */
export function isDoubtfulAt(key: KeyHistory, sequencedAt: bigint): boolean {
  return key.doubts.some((doubt) => doubt.since <= sequencedAt);
}

function isValidAt(standing: Standing, sequencedAt: bigint): boolean {
  const { validFrom, validUntil } = standing;
  return (
    (validFrom === 0n || sequencedAt >= validFrom) &&
    (validUntil === 0n || sequencedAt <= validUntil)
  );
}

function isAuthority(standing: Standing): boolean {
  return standing.roles.includes(Role.AUTHORITY);
}

function notInForce(rule: DelegationRefusal, why: string): DelegationAnswer {
  return { is: 'not in force', rule, why };
}

function between(principal: string, keyId: Bytes): string {
  return `${principal} ${hex(keyId)}`;
}

function spkiOf(rotation: KeyRotation): Bytes {
  return rotation.key?.spki ?? new Uint8Array(0);
}
