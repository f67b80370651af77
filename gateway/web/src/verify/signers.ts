// SPDX-License-Identifier: Apache-2.0
import { LineRole, Kind, type Role } from '../../gen/pinlian/v1/kind_pb.js';
import type { AuthorityLevel } from '../../gen/pinlian/v1/record_pb.js';
import { Broken } from './broken.js';
import { hex, type Bytes } from './bytes.js';
import { placeText, subjectKey, type Place } from './chains.js';
import { requireHash } from './checkpoints.js';
import { signedMessage, type ReadSubmission } from './entries.js';
import { VerifyingKey } from './keys.js';
import { allowsSigner, isDelegable } from './kinds.js';
import { keysRecordFault } from './keysrecord.js';
import type { ShownLog } from './log.js';
import { requirePublicPart, type ReadRecord } from './records.js';
import {
  isDoubtfulAt,
  KeyRegistry,
  termRefusal,
  type DelegationAnswer,
  type DelegationTerm,
  type KeyAnswer,
  type Standing,
} from './registry.js';
import { recordSubject } from './subject.js';

/** Who signed, or was signed for, as the records of their keys chain had it then. */
export interface Signer {
  readonly participant: string;
  /** As registered; empty for natural persons. */
  readonly name: string;
  readonly roles: readonly Role[];
  readonly level: AuthorityLevel;
  /** Of the key that the header was signed with, in hexadecimal. */
  readonly keyId: string;
}

interface Signed {
  readonly keyId: Bytes;
  readonly signer: Signer;
  /** The gateway, if one signed for it. */
  readonly attestedBy: Signer | undefined;
  /** The entry of the delegation, if a gateway signed. */
  readonly delegatedAt: bigint | undefined;
}

type Valid = Extract<KeyAnswer, { is: 'valid' }>;
type InForce = Extract<DelegationAnswer, { is: 'in force' }>;

/**
 * Whose keys were good when, going by genesis and the keys chains shown (formats.md A.4). Fed in the
 * order of the log: each entry is verified, then what it says of keys is applied.
 */
export class Signers {
  private readonly registry: KeyRegistry;
  private readonly signed = new Map<bigint, Signed>();
  /** By the key of its record subject: where what is shown, and is no gateway's to sign, stands. */
  private readonly notDelegable = new Map<string, Place>();

  constructor(private readonly log: ShownLog) {
    const { genesis, hash } = log;
    // A policy that names no genesis takes any: also one with keys that are none.
    for (const { keys } of genesis.authorities) {
      if (keys.some((key) => VerifyingKey.ofSpki(key.spki) === undefined)) {
        throw new Broken('MALFORMED', 'keys in genesis', 'other bytes');
      }
    }
    this.registry = new KeyRegistry(genesis);
    for (const { kind, place } of log.allRecords()) {
      if (!isDelegable(kind)) {
        const subject = recordSubject(place.index, place.position);
        this.notDelegable.set(hex(subjectKey(hash, subject)), place);
      }
    }
  }

  /**
   * Checks who signed an entry, and that they may sign each of its records that are shown.
   *
   * @returns whether the signature itself is good, which is known later: Broken if it is not
   */
  verify(submission: ReadSubmission, records: readonly ReadRecord[]): Promise<void> {
    const { index, signed, header, sequencedAt } = submission;
    const keyId = requireHash(signed.keyId, 'a key_id');
    const valid = requireValid(this.registry.check(keyId, index, sequencedAt), index, keyId);
    const { key, standing } = valid;
    if (key.participant !== header.submitter) {
      throw new Broken(
        'WRONG_SUBMITTER',
        `a key of ${header.submitter} in entry ${index}`,
        `a key of ${key.participant}`,
      );
    }
    const delegated = this.delegated(submission, valid);
    const speaker = delegated?.principal ?? standing;
    for (const record of records) {
      if (delegated !== undefined) {
        this.requireDelegated(record, delegated.term);
      }
      if (!allowsSigner(record.kind, speaker.roles)) {
        const where = placeText(record.place);
        const expected = `a signer who may sign kind ${record.kind} at ${where}`;
        throw new Broken('ROLE_NOT_ALLOWED', expected, `roles ${speaker.roles.join(', ')}`);
      }
    }
    this.signed.set(index, {
      keyId,
      signer: signerOf(speaker, keyId),
      attestedBy: delegated === undefined ? undefined : signerOf(standing, keyId),
      delegatedAt: delegated?.term.since,
    });
    return requireSignature(submission, key.spki);
  }

  /** The delegation that a gateway signed under; undefined if the submitter spoke for itself. */
  private delegated(submission: ReadSubmission, valid: Valid): InForce | undefined {
    const { attestation, index, sequencedAt } = submission;
    if (attestation === undefined) {
      return undefined;
    }
    const { principal } = attestation;
    const answer = this.registry.delegation(valid, principal, index, sequencedAt);
    if (answer.is === 'not in force') {
      const expected = `${principal} letting ${valid.key.participant} sign entry ${index}`;
      throw new Broken(answer.rule, expected, answer.why);
    }
    return answer;
  }

  private requireDelegated(record: ReadRecord, term: DelegationTerm): void {
    const where = placeText(record.place);
    const rule = termRefusal(term, record.kind);
    if (rule !== undefined) {
      const expected = `a kind that ${term.principal} let a gateway sign, at ${where}`;
      throw new Broken(rule, expected, `kind ${record.kind}`);
    }
    if (record.kind !== Kind.VOIDING) {
      return;
    }
    // What a voiding takes back must be open to the gateway too. It stands on the same chains as
    // what it cites, so the two are shown together wherever it matters.
    for (const line of record.lines) {
      const cited =
        line.role === LineRole.RECORD ? this.notDelegable.get(line.subjectKey) : undefined;
      // What is yet to come cannot be cited: such a line speaks of nothing.
      if (cited !== undefined && cited.index < record.place.index) {
        const found = 'one that a gateway signed, of what it could not have signed';
        throw new Broken('NOT_DELEGABLE', `a voiding by the signer itself, at ${where}`, found);
      }
    }
  }

  /** Takes a record of a keys chain into account, if the ledger should have let it in. */
  apply(record: ReadRecord, signer: string): void {
    const part = requirePublicPart(record);
    const where = placeText(record.place);
    const lines = record.lines.map(({ role, subject }) => {
      if (subject === undefined) {
        throw new Broken('WITHHELD', `every line of record ${where}`, 'a leaf');
      }
      return { role, subject };
    });
    const { place, digest } = record;
    const subjects = lines.map((line) => line.subject);
    const keyRecord = { place, digest, signer, part, subjects };
    const fault = keysRecordFault(part, lines) ?? this.registry.objection(keyRecord);
    if (fault !== undefined) {
      const expected = `a record ${where} that may stand on a keys chain`;
      throw new Broken('KEYS_RECORD_NOT_ALLOWED', expected, fault);
    }
    this.registry.apply(keyRecord);
  }

  /** Whose statements a verified entry holds. */
  signer(submission: ReadSubmission): Signer {
    return this.signed.get(submission.index)!.signer;
  }

  /** The gateway that signed a verified entry for somebody else. */
  attestedBy(submission: ReadSubmission): Signer | undefined {
    return this.signed.get(submission.index)!.attestedBy;
  }

  /** Whether the key, or the delegation, was later said to have been out of hand by then. */
  isDoubtful(submission: ReadSubmission): boolean {
    const { keyId, delegatedAt } = this.signed.get(submission.index)!;
    const key = this.registry.key(keyId);
    if (key !== undefined && isDoubtfulAt(key, submission.sequencedAt)) {
      return true;
    }
    const delegation =
      delegatedAt === undefined ? undefined : this.log.submission(delegatedAt);
    return delegation !== undefined && this.isDoubtful(delegation);
  }
}

async function requireSignature({ signed, index }: ReadSubmission, spki: Bytes): Promise<void> {
  const key = VerifyingKey.ofSpki(spki);
  const message = signedMessage(signed.header);
  if (key === undefined || !(await key.verifies(message, signed.signature))) {
    throw new Broken(
      'BAD_SIGNATURE',
      `a signature by key ${hex(signed.keyId)} over the header of entry ${index}`,
      hex(signed.signature),
    );
  }
}

function requireValid(answer: KeyAnswer, index: bigint, keyId: Bytes): Valid {
  switch (answer.is) {
    case 'valid':
      return answer;
    case 'not valid':
      throw new Broken(
        'KEY_NOT_VALID',
        `key ${hex(keyId)} of ${answer.key.participant} valid for entry ${index}`,
        answer.why,
      );
    case 'unknown':
      throw new Broken('UNKNOWN_KEY', `a key enrolled before entry ${index}`, hex(keyId));
  }
}

function signerOf(standing: Standing, keyId: Bytes): Signer {
  const { participant, name, roles, level } = standing;
  return { participant, name, roles, level, keyId: hex(keyId) };
}
