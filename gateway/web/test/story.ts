// SPDX-License-Identifier: Apache-2.0
import { create } from '@bufbuild/protobuf';
import { Kind, LineRole, Role } from '../gen/pinlian/v1/kind_pb.js';
import {
  EventAction,
  EventType,
  OrderType,
  PublicPartSchema,
  type SectionClass,
} from '../gen/pinlian/v1/record_pb.js';
import { placeText } from '../src/verify/chains.js';
import { HashAlgorithm } from '../src/verify/hash.js';
import {
  AUTHORITY,
  GATEWAY,
  keyOf,
  Ledger,
  SECOND_AUTHORITY,
  START,
  type Draft,
  type DraftLine,
  type StoredRecord,
} from './prover.js';

/** A product's story with everything in it that a verifier has rules for. */

export const MAKER = 'farmer:maker';
export const CARRIER = 'device:carrier';
export const SHOP = 'farmer:shop';
export const CLIENT = 'farmer:client';

export const CLASS = 'https://id.gs1.org/01/09520000000011';
export const LOT = `${CLASS}/10/L1`;
export const UNIT = `${CLASS}/21/U1`;
export const SIBLING = `${CLASS}/21/U2`;
export const DRUG = 'urn:pinlian:cn-drug:83857930000879766660';
export const BOX = 'https://id.gs1.org/00/095200000000000011';
export const PALLET = 'https://id.gs1.org/00/095200000000000028';
export const HARVEST = 'urn:pinlian:lot:farmer:maker:harvest-1';
export const SALT_LOT = 'urn:pinlian:lot:farmer:maker:salt-1';
export const CERTIFICATE = 'urn:pinlian:certificate:farmer:maker:2026-1';

type Body = NonNullable<Parameters<typeof create<typeof PublicPartSchema>>[1]>['body'];

function draft(kind: Kind, body: Body, lines: [LineRole, string][], more: Partial<Draft> = {}): Draft {
  const part = create(PublicPartSchema, body === undefined ? {} : { body });
  const read: DraftLine[] = lines.map(([role, subject]) => ({ role, subject }));
  return { kind, body: part.body, lines: read, ...more };
}

export function enrolment(participant: string, roles: Role[], keys = [keyOf(participant)]): Draft {
  return draft(
    Kind.ENROLMENT,
    {
      case: 'enrolment',
      value: {
        participant,
        name: participant.startsWith('farmer:') ? '' : '示例',
        roles,
        region: '000000',
        keys: keys.map(({ spki }) => ({ spki })),
      },
    },
    [[LineRole.KEYS, `urn:pinlian:keys:${participant}`]],
  );
}

export function event(
  type: EventType,
  action: EventAction,
  lines: [LineRole, string][],
  note = '两箱',
): Draft {
  return draft(
    Kind.TRACE_EVENT,
    { case: 'traceEvent', value: { type, action, eventTime: START, zoneOffset: '+08:00' } },
    lines,
    { sections: [{ case: 'trade', value: { note } }] },
  );
}

export function order(lines: [LineRole, string][]): Draft {
  const value = { type: OrderType.RECALL, grade: 1, legalBasis: '示例', orderedAt: START };
  return draft(Kind.ORDER, { case: 'order', value }, lines);
}

export function approval(record: Uint8Array, lines: [LineRole, string][]): Draft {
  return draft(Kind.APPROVAL, { case: 'approval', value: { record } }, lines);
}

export function erasure(record: StoredRecord, classes: SectionClass[], digest = record.digest): Draft {
  const value = { record: digest, classes, law: '个人信息保护法', article: '47', reason: '撤回同意' };
  return draft(Kind.ERASURE, { case: 'erasure', value }, [
    [LineRole.RECORD, recordOf(record)],
  ]);
}

/** The approval of an erasure touches what is erased from as well. */
export function approvalOf(erasing: StoredRecord, record: StoredRecord): Draft {
  return approval(erasing.digest, [
    [LineRole.RECORD, recordOf(erasing)],
    [LineRole.RECORD, recordOf(record)],
  ]);
}

function recordOf({ place }: StoredRecord): string {
  return `urn:pinlian:record:${placeText(place)}`;
}

/** Somebody carries the unit, and says by whom and with what. */
export function carried(subject = UNIT): Draft {
  const { sections: _, ...carrying } = event(EventType.OBJECT, EventAction.OBSERVE, [
    [LineRole.OBJECT, subject],
  ]);
  const content = new TextEncoder().encode('司机');
  return {
    ...carrying,
    sections: [
      { case: 'trade', value: { note: '一箱' } },
      { case: 'personal', value: { mediaType: 'text/plain', content } },
      { case: 'source', value: { mediaType: 'text/plain', content } },
    ],
  };
}

export function revocation(participant: string, keyId: Uint8Array, compromisedSince = 0n): Draft {
  return draft(
    Kind.KEY_REVOCATION,
    { case: 'keyRevocation', value: { participant, keyId, compromisedSince } },
    [[LineRole.KEYS, `urn:pinlian:keys:${participant}`]],
  );
}

export function rotation(participant: string, spki: Uint8Array, replaces?: Uint8Array): Draft {
  const value = { participant, key: { spki }, ...(replaces && { replaces }) };
  return draft(Kind.KEY_ROTATION, { case: 'keyRotation', value }, [
    [LineRole.KEYS, `urn:pinlian:keys:${participant}`],
  ]);
}

export function delegation(participant: string, kinds: Kind[]): Draft {
  return draft(
    Kind.DELEGATION,
    {
      case: 'delegation',
      value: {
        participant,
        gateway: GATEWAY,
        keyId: keyOf(GATEWAY).keyId,
        kinds,
        validUntil: kinds.length === 0 ? 0n : START * 2n,
      },
    },
    [[LineRole.KEYS, `urn:pinlian:keys:${participant}`]],
  );
}

export function product(): Draft {
  return draft(Kind.PRODUCT, { case: 'product', value: { name: '示例笋干' } }, [
    [LineRole.OBJECT, CLASS],
  ]);
}

export function certificate(): Draft {
  return draft(
    Kind.COMMITMENT_CERTIFICATE,
    { case: 'commitmentCertificate', value: { number: '2026-1', issuer: '示例' } },
    [
      [LineRole.OBJECT, LOT],
      [LineRole.CERTIFICATE, CERTIFICATE],
    ],
  );
}


const made = new Map<string, Ledger>();

/** Makes a ledger once, and gives a copy of it each time. */
function once(name: string, make: () => Ledger): Ledger {
  const known = made.get(name) ?? make();
  made.set(name, known);
  return known.fork();
}

/** Keys and enrolments of everybody in the story. */
export function enrolled(hash = HashAlgorithm.SHA_256): Ledger {
  return once(`enrolled ${hash.label}`, () => makeEnrolled(hash));
}

/** The whole story, without its last block. */
export function told(hash = HashAlgorithm.SHA_256): Ledger {
  return once(`told ${hash.label}`, () => makeTold(hash));
}

function makeEnrolled(hash: HashAlgorithm): Ledger {
  const ledger = new Ledger(hash);
  const roles: [string, Role][] = [
    [MAKER, Role.PRODUCER],
    [CARRIER, Role.CARRIER],
    [SHOP, Role.SHOP],
    [CLIENT, Role.PROCESSOR],
    [GATEWAY, Role.GATEWAY],
  ];
  for (const [participant, role] of roles) {
    ledger.keys.set(participant, keyOf(participant));
    ledger.submit(AUTHORITY, [enrolment(participant, [role])]);
  }
  return ledger;
}

function makeTold(hash: HashAlgorithm): Ledger {
  const ledger = enrolled(hash);
  const { OBJECT, AGGREGATION, TRANSFORMATION } = EventType;
  const { ADD, OBSERVE, DELETE } = EventAction;
  ledger.submit(CLIENT, [delegation(CLIENT, [Kind.TRACE_EVENT])]);
  ledger.submit(MAKER, [
    product(),
    event(OBJECT, ADD, [[LineRole.OBJECT, HARVEST]]),
    event(OBJECT, ADD, [[LineRole.OBJECT, SALT_LOT]]),
  ]);
  ledger.submit(MAKER, [
    event(TRANSFORMATION, EventAction.UNSPECIFIED, [
      [LineRole.INPUT, HARVEST],
      [LineRole.INPUT, SALT_LOT],
      [LineRole.OUTPUT, LOT],
    ]),
    certificate(),
  ]);
  ledger.submit(MAKER, [
    event(OBJECT, ADD, [
      [LineRole.OBJECT, UNIT],
      [LineRole.OBJECT, SIBLING],
      [LineRole.LOT, LOT],
    ]),
  ]);
  // Before the goods were in the box it was somebody else's.
  ledger.submit(CARRIER, [event(OBJECT, OBSERVE, [[LineRole.OBJECT, BOX]])]);
  ledger.submit(MAKER, [
    event(AGGREGATION, ADD, [
      [LineRole.PARENT, BOX],
      [LineRole.CHILD, UNIT],
      [LineRole.CHILD, SIBLING],
    ]),
  ]);
  ledger.submit(
    GATEWAY,
    [
      event(AGGREGATION, ADD, [
        [LineRole.PARENT, PALLET],
        [LineRole.CHILD, BOX],
      ]),
    ],
    { principal: CLIENT },
  );
  ledger.submit(CARRIER, [event(OBJECT, OBSERVE, [[LineRole.OBJECT, PALLET]])]);
  const recalled = ledger.submit(AUTHORITY, [order([[LineRole.OBJECT, LOT]])]);
  ledger.submit(SECOND_AUTHORITY, [
    approval(ledger.records.at(-1)!.digest, [
      [LineRole.OBJECT, LOT],
      [LineRole.RECORD, `urn:pinlian:record:${recalled}.0`],
    ]),
  ]);
  ledger.submit(SHOP, [
    event(AGGREGATION, DELETE, [
      [LineRole.PARENT, BOX],
      [LineRole.CHILD, UNIT],
    ]),
  ]);
  // After the goods were out of it.
  ledger.submit(CARRIER, [event(OBJECT, OBSERVE, [[LineRole.OBJECT, BOX]])]);
  ledger.submit(SHOP, [event(OBJECT, OBSERVE, [[LineRole.OBJECT, UNIT]])]);
  return ledger;
}

export { AUTHORITY, GATEWAY, SECOND_AUTHORITY };
