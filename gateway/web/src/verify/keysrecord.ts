// SPDX-License-Identifier: Apache-2.0
import {
  AuthorityLevel,
  AuthorityLevelSchema,
  type Delegation,
  type Enrolment,
  type KeyRevocation,
  type KeyRotation,
  type PublicPart,
} from '../../gen/pinlian/v1/record_pb.js';
import { LineRole, Role, RoleSchema } from '../../gen/pinlian/v1/kind_pb.js';
import { equal, hex, type Bytes } from './bytes.js';
import { HASH_SIZE } from './hash.js';
import { VerifyingKey } from './keys.js';
import { isDelegable } from './kinds.js';
import { isParticipant, KEYS } from './subject.js';

/**
 * Whether the fields of a record on a keys chain are well formed: whoever could slip in an enrolment
 * that the ledger should have refused could sign anything. Of other records no fields are checked,
 * since nothing rests on them.
 */

const KEYS_MAX = 100;
const NAME_MAX = 256;
const TEXT_MAX = 1_000;
/** The end of the year 9999. */
const INSTANT_MAX = 253_402_300_799_999n;

export interface RoledSubject {
  readonly role: number;
  readonly subject: string;
}

/** What is wrong with the record; undefined if nothing is. */
export function keysRecordFault(
  part: PublicPart,
  lines: readonly RoledSubject[],
): string | undefined {
  const { body } = part;
  switch (body.case) {
    case 'enrolment':
      return keysLineFault(body.value.participant, lines) ?? enrolmentFault(body.value);
    case 'keyRotation':
      return keysLineFault(body.value.participant, lines) ?? rotationFault(body.value);
    case 'keyRevocation':
      return keysLineFault(body.value.participant, lines) ?? revocationFault(body.value);
    case 'delegation':
      return keysLineFault(body.value.participant, lines) ?? delegationFault(body.value);
    case 'approval':
      return (
        first(
          [[1, 2].includes(countOf(lines, LineRole.RECORD)), 'one record line, or two'],
          [isDigest(body.value.record), 'a digest of 32 bytes'],
        ) ?? textFault(body.value.opinion, TEXT_MAX)
      );
    default:
      return 'a kind that stands on no keys chain';
  }
}

type Check = readonly [holds: boolean, otherwise: string];

function first(...checks: readonly Check[]): string | undefined {
  return checks.find(([holds]) => !holds)?.[1];
}

function keysLineFault(participant: string, lines: readonly RoledSubject[]): string | undefined {
  const line = lines.find(({ role }) => role === LineRole.KEYS);
  return first(
    [isParticipant(participant), 'a participant'],
    [countOf(lines, LineRole.KEYS) === 1, 'exactly one keys line'],
    [line?.subject === KEYS + participant, 'the keys chain of the participant'],
  );
}

function enrolmentFault(enrolment: Enrolment): string | undefined {
  const { participant, name, roles, level, region, keys, validFrom, validUntil } = enrolment;
  const scheme = participant.slice(0, participant.indexOf(':'));
  const authority = roles.includes(Role.AUTHORITY);
  const keyIds = keys.map((key) => VerifyingKey.ofSpki(key.spki)?.keyId).map(hexOrNothing);
  return (
    textFault(name, NAME_MAX) ??
    first(
      [scheme !== 'farmer' || name === '', "no natural person's name"],
      [(scheme !== 'uscc' && scheme !== 'gln') || name !== '', 'a name'],
      [roles.length > 0, 'roles'],
      [roles.every((role) => role !== Role.UNSPECIFIED && role in RoleSchema.value), 'known roles'],
      [new Set(roles).size === roles.length, 'each role once'],
      [level in AuthorityLevelSchema.value, 'a known level'],
      [authority === (level !== AuthorityLevel.UNSPECIFIED), 'a level of an authority alone'],
      [region === '' ? scheme === 'device' : /^[0-9]{6}$/.test(region), 'a region of six digits'],
      [keys.length <= KEYS_MAX, `at most ${KEYS_MAX} keys`],
      [!keyIds.includes(undefined), 'public keys'],
      [new Set(keyIds).size === keyIds.length, 'each key once'],
      [isInstant(validFrom) && isInstant(validUntil), 'instants'],
      [validUntil === 0n || validUntil >= validFrom, 'an end not before the beginning'],
    )
  );
}

function rotationFault(rotation: KeyRotation): string | undefined {
  const { key, replaces } = rotation;
  const read = key === undefined ? undefined : VerifyingKey.ofSpki(key.spki);
  return first(
    [read !== undefined, 'a public key'],
    [replaces.length === 0 || isDigest(replaces), 'a key id of 32 bytes'],
    [read === undefined || !equal(read.keyId, replaces), 'another key in its place'],
  );
}

function revocationFault(revocation: KeyRevocation): string | undefined {
  const { keyId, reason, compromisedSince } = revocation;
  return (
    first(
      [isDigest(keyId), 'a key id of 32 bytes'],
      [isInstant(compromisedSince), 'an instant'],
    ) ?? textFault(reason, TEXT_MAX)
  );
}

function delegationFault(delegation: Delegation): string | undefined {
  const { participant, gateway, keyId, kinds, validUntil } = delegation;
  return first(
    [isParticipant(gateway), 'a gateway that is a participant'],
    [gateway !== participant, 'another gateway than oneself'],
    [isDigest(keyId), 'a key id of 32 bytes'],
    [kinds.every(isDelegable), 'kinds that can be delegated'],
    [kinds.every((kind, i) => i === 0 || kind > kinds[i - 1]!), 'kinds ascending'],
    [isInstant(validUntil), 'an instant'],
    [kinds.length > 0 === (validUntil !== 0n), 'an end where it does not end'],
  );
}

function countOf(lines: readonly RoledSubject[], role: LineRole): number {
  return lines.filter((line) => line.role === role).length;
}

function hexOrNothing(bytes: Bytes | undefined): string | undefined {
  return bytes === undefined ? undefined : hex(bytes);
}

function isDigest(bytes: Bytes): boolean {
  return bytes.length === HASH_SIZE;
}

function isInstant(value: bigint): boolean {
  return value >= 0n && value <= INSTANT_MAX;
}

/**
 * Counts characters, not UTF-16 units, and refuses those that a reader cannot see: control
 * characters, line and paragraph separators, and the marks that turn the direction of writing.
 */
function textFault(value: string, most: number): string | undefined {
  return first(
    [value.length <= most || [...value].length <= most, `at most ${most} characters`],
    [
      !/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/.test(value),
      'no control characters',
    ],
  );
}
