// SPDX-License-Identifier: Apache-2.0
import { clone, toBinary } from '@bufbuild/protobuf';
import {
  DossierSchema,
  NotFollowedReason,
  View,
  type Dossier,
  type ProvedChain,
  type ProvedRecord,
} from '../gen/pinlian/v1/dossier_pb.js';
import { Kind, LineRole, Role } from '../gen/pinlian/v1/kind_pb.js';
import { EventAction, EventType } from '../gen/pinlian/v1/record_pb.js';
import type { Question } from '../src/frames.js';
import { HashAlgorithm, utf8, type BrokenRule } from '../src/verify/index.js';
import { readCheckpoint } from '../src/verify/note.js';
import { consistency, HOUR, keyOf, Ledger, START, vkey, type ViewOptions } from './prover.js';
import {
  AUTHORITY,
  BOX,
  CARRIER,
  CERTIFICATE,
  CLIENT,
  delegation,
  DRUG,
  enrolled,
  enrolment,
  event,
  GATEWAY,
  HARVEST,
  LOT,
  MAKER,
  order,
  PALLET,
  product,
  revocation,
  SALT_LOT,
  SHOP,
  SIBLING,
  told,
  UNIT,
} from './story.js';

/**
 * Lies, each with the rule that finds it out: a dossier changed on its way, or an operator who made
 * everything consistent around one lie.
 */

const { OBJECT } = EventType;
const { ADD, OBSERVE } = EventAction;

/** The whole story and its block. */
export function closed(hash?: HashAlgorithm): Ledger {
  const ledger = told(hash);
  ledger.close();
  return ledger;
}

export function show(ledger: Ledger, dossier: Dossier, options: Partial<Question> = {}): Question {
  return {
    bytes: toBinary(DossierSchema, dossier),
    asked: dossier.asked,
    policy: ledger.policy,
    now: Number(ledger.now),
    maxAgeMillis: Number(HOUR),
    ...options,
  };
}

/** What a verifier is given that is lied to. */
export function tell(lie: Lie): Question {
  const ledger = (lie.ledger ?? closed)();
  const dossier = clone(DossierSchema, ledger.dossier(lie.asked ?? UNIT, lie.view));
  lie.edit?.(dossier, ledger);
  return show(ledger, dossier, lie.options?.(ledger, dossier));
}

export interface Lie {
  /** The rule that it breaks. */
  readonly rule: BrokenRule;
  readonly told: string;
  readonly ledger?: () => Ledger;
  readonly asked?: string;
  readonly view?: ViewOptions;
  readonly edit?: (dossier: Dossier, ledger: Ledger) => void;
  readonly options?: (ledger: Ledger, dossier: Dossier) => Partial<Question>;
}

function member(dossier: Dossier, i: number): ProvedChain {
  return dossier.members[i]!;
}

/** The last record in which a group has lines of a role. */
function recordWith(dossier: Dossier, role: LineRole, kind = Kind.TRACE_EVENT): ProvedRecord {
  return dossier.records.findLast(
    (record) => record.kind === kind && record.groups.some((group) => group.role === role),
  )!;
}

function changed(bytes: Uint8Array, at = 0): Uint8Array {
  const other = Uint8Array.from(bytes);
  other[at]! ^= 1;
  return other;
}

/** A ledger that lets a last statement in, and tells it. */
function after(tell: (ledger: Ledger) => void): () => Ledger {
  return () => {
    const ledger = told();
    tell(ledger);
    ledger.close();
    return ledger;
  };
}

const OBSERVED = event(OBJECT, OBSERVE, [[LineRole.OBJECT, UNIT]]);

export const LIES: readonly Lie[] = [
  // Form.
  {
    rule: 'UNSUPPORTED_FORMAT',
    told: 'a newer format',
    edit: (dossier) => (dossier.format = 2),
  },
  {
    rule: 'OTHER_SUBJECT',
    told: 'a dossier of other goods',
    options: () => ({ asked: SIBLING }),
  },
  { rule: 'BAD_LIMITS', told: 'no view', edit: (dossier) => (dossier.view = View.UNSPECIFIED) },
  { rule: 'BAD_LIMITS', told: 'one step', edit: (dossier) => (dossier.maxDepth = 1) },
  { rule: 'BAD_LIMITS', told: 'no records', edit: (dossier) => (dossier.maxRecords = 0) },
  // Checkpoint.
  {
    rule: 'CHECKPOINT_MALFORMED',
    told: 'a checkpoint of four lines',
    edit: (dossier, ledger) => {
      const text = `${ledger.checkpointText()}extension\n`;
      dossier.checkpoint = ledger.checkpoint({ text });
    },
  },
  {
    rule: 'CHECKPOINT_SIGNATURE',
    told: 'a cosignature of another checkpoint',
    edit: (dossier, ledger) => {
      const other = ledger.checkpoint({ text: ledger.checkpointText(9) });
      const lines = other.split('\n').filter((line) => line.startsWith('\u2014 w0'));
      dossier.checkpoint = `${ledger.checkpoint({ witnesses: 0 })}${lines.join('\n')}\n`;
    },
  },
  {
    rule: 'CHECKPOINT_SIGNATURE',
    told: 'a log that the policy does not trust',
    options: (ledger) => {
      const other = vkey('ledger.example/test', 0x01, keyOf('another log'));
      const lines = ledger.policy.split('\n');
      lines[2] = `log ${other}`;
      return { policy: lines.join('\n') };
    },
  },
  {
    rule: 'QUORUM_NOT_MET',
    told: 'no cosignature',
    edit: (dossier, ledger) => (dossier.checkpoint = ledger.checkpoint({ witnesses: 0 })),
  },
  {
    rule: 'COSIGNATURES_TOO_OLD',
    told: 'cosignatures of yesterday',
    options: (ledger) => ({ now: Number(ledger.now + 24n * HOUR) }),
  },
  {
    rule: 'COSIGNATURES_TOO_OLD',
    told: 'cosignatures of tomorrow',
    options: (ledger) => ({ now: Number(ledger.now - 24n * HOUR) }),
  },
  {
    rule: 'LEDGER_SHRANK',
    told: 'a smaller checkpoint than the one remembered',
    options: (ledger) => ({
      remembered: {
        checkpoint: { ...readCheckpoint(ledger.checkpointText()), size: 1_000n },
        path: [],
      },
    }),
  },
  {
    rule: 'NOT_CONSISTENT',
    told: 'another history than the one remembered',
    options: (ledger) => ({
      remembered: {
        checkpoint: { ...readCheckpoint(ledger.checkpointText(7)), root: new Uint8Array(32) },
        path: consistency(ledger.hash, ledger.entries, 7),
      },
    }),
  },
  {
    rule: 'PATH_LENGTH',
    told: 'too short a consistency proof',
    options: (ledger) => ({
      remembered: {
        checkpoint: readCheckpoint(ledger.checkpointText(7)),
        path: consistency(ledger.hash, ledger.entries, 7).slice(1),
      },
    }),
  },
  // Genesis and block.
  {
    rule: 'OTHER_LEDGER',
    told: 'another genesis than the policy names',
    options: (ledger) => {
      const lines = ledger.policy.split('\n');
      lines[0] = `#pinlian genesis ${'00'.repeat(32)}`;
      return { policy: lines.join('\n') };
    },
  },
  {
    rule: 'NOT_THE_LAST_BLOCK',
    told: 'an entry behind the block',
    ledger: () => {
      const ledger = closed();
      ledger.submit(SHOP, [OBSERVED]);
      return ledger;
    },
    edit: (dossier, ledger) => (dossier.block = ledger.entry(BigInt(ledger.entries.length - 2))),
  },
  {
    rule: 'WRONG_ENTRY',
    told: 'a submission in place of the block',
    edit: (dossier, ledger) => (dossier.block = ledger.entry(6n)),
  },
  {
    rule: 'NOT_THE_LAST_BLOCK',
    told: 'a block that covers less',
    ledger: () => {
      const ledger = told();
      ledger.close({ covers: 3n, headsSize: 3n });
      return ledger;
    },
  },
  {
    rule: 'HEADS_BEYOND_BLOCK',
    told: 'a map over more than there is',
    ledger: () => {
      const ledger = told();
      ledger.close({ headsSize: 1_000n });
      return ledger;
    },
  },
  {
    rule: 'HEADS_TOO_OLD',
    told: 'a map that lags for hours',
    ledger: () => {
      const ledger = told();
      ledger.close({ headsSize: BigInt(ledger.entries.length - 1), lagSince: START - 2n * HOUR });
      return ledger;
    },
  },
  {
    rule: 'MALFORMED',
    told: 'a lag where nothing lags',
    ledger: () => {
      const ledger = told();
      ledger.close({ lagSince: START });
      return ledger;
    },
  },
  {
    rule: 'TIME_RUNS_BACK',
    told: 'a block of before the entries it covers',
    ledger: () => {
      const ledger = told();
      ledger.close({ sequencedAt: START + 1n });
      return ledger;
    },
  },
  // Entries.
  {
    rule: 'NOT_INCLUDED',
    told: 'an entry that is not in the log',
    edit: (dossier) => {
      const entry = dossier.entries[3]!;
      entry.path[0] = changed(entry.path[0]!);
    },
  },
  {
    rule: 'PATH_LENGTH',
    told: 'too short a path',
    edit: (dossier) => dossier.entries[3]!.path.pop(),
  },
  {
    rule: 'PATH_LENGTH',
    told: 'too long a path',
    edit: (dossier) => dossier.entries[3]!.path.push(new Uint8Array(32)),
  },
  {
    rule: 'INDEX_BEYOND_SIZE',
    told: 'an entry beyond the log',
    edit: (dossier) => (dossier.entries.at(-1)!.index = 1_000n),
  },
  {
    rule: 'OUT_OF_ORDER',
    told: 'entries in another order',
    edit: (dossier) => dossier.entries.reverse(),
  },
  {
    rule: 'ENTRY_MISSING',
    told: 'a signer said to be shown, without the entry',
    edit: (dossier) => dossier.entries.pop(),
  },
  {
    rule: 'OTHER_LEDGER',
    told: "another ledger's header",
    ledger: after((ledger) =>
      ledger.submit(SHOP, [OBSERVED], {
        header: (header) => (header.ledger = new Uint8Array(32)),
      }),
    ),
  },
  {
    rule: 'SEQUENCED_TOO_LATE',
    told: 'a header that had expired',
    ledger: after((ledger) =>
      ledger.submit(SHOP, [OBSERVED], {
        header: (header) => (header.notAfter = header.createdAt!),
        sequencedAt: ledger.now + 2n * HOUR,
      }),
    ),
  },
  {
    rule: 'TIME_RUNS_BACK',
    told: 'an entry of before the one before',
    ledger: after((ledger) => ledger.submit(SHOP, [OBSERVED], { sequencedAt: START + 1n })),
  },
  {
    rule: 'SUBMISSION_ID_TWICE',
    told: 'one submission twice',
    ledger: after((ledger) => {
      const submissionId = new Uint8Array(16).fill(7);
      for (let i = 0; i < 2; i++) {
        ledger.submit(SHOP, [OBSERVED], {
          header: (header) => (header.submissionId = submissionId),
        });
      }
    }),
  },
  {
    rule: 'ATTESTATION_MISSING',
    told: 'nothing of whom a gateway signed for',
    edit: (dossier) => {
      const entry = dossier.entries.find(({ attestation }) => attestation.length > 0)!;
      entry.attestation = new Uint8Array(0);
    },
  },
  {
    rule: 'ATTESTATION_MISMATCH',
    told: 'another principal than the header has',
    edit: (dossier) => {
      const entry = dossier.entries.find(({ attestation }) => attestation.length > 0)!;
      entry.attestation = changed(entry.attestation, 5);
    },
  },
  // Records.
  {
    rule: 'NOT_IN_SUBMISSION',
    told: 'another public part',
    edit: (dossier) => {
      const { public: part } = recordWith(dossier, LineRole.LOT);
      part.value = changed(part.value!, 3);
    },
  },
  {
    rule: 'NOT_IN_SUBMISSION',
    told: 'another kind',
    edit: (dossier) => {
      const record = recordWith(dossier, LineRole.LOT);
      record.public = { case: 'publicDigest', value: new Uint8Array(32) };
    },
  },
  {
    rule: 'BODY_MISMATCH',
    told: 'an order as an event',
    edit: (dossier) => {
      const record = dossier.records.find(({ kind }) => kind === Kind.PRODUCT)!;
      record.kind = Kind.TRACE_EVENT;
    },
  },
  {
    rule: 'UNKNOWN_KIND',
    told: 'a kind that is none',
    edit: (dossier) => (dossier.records.at(-1)!.kind = 99),
  },
  {
    rule: 'RECORD_PATH_LENGTH',
    told: 'too long a path within a submission',
    edit: (dossier) => dossier.records.at(-1)!.recordsPath.push(new Uint8Array(32)),
  },
  {
    rule: 'POSITION_BEYOND_COUNT',
    told: 'a second record of a submission of one',
    edit: (dossier) => (dossier.records.at(-1)!.position = 1),
  },
  {
    rule: 'LINE_ROLE_NOT_ALLOWED',
    told: 'a role that the kind does not have',
    ledger: after((ledger) =>
      ledger.submit(SHOP, [event(OBJECT, OBSERVE, [[LineRole.CERTIFICATE, CERTIFICATE]])]),
    ),
    asked: CERTIFICATE,
  },
  {
    rule: 'SUBJECT_ROLE_NOT_ALLOWED',
    told: 'goods that touch a keys chain',
    ledger: after((ledger) =>
      ledger.submit(SHOP, [
        event(OBJECT, OBSERVE, [
          [LineRole.OBJECT, UNIT],
          [LineRole.CHILD, `urn:pinlian:keys:${MAKER}`],
        ]),
      ]),
    ),
  },
  {
    rule: 'BAD_SUBJECT',
    told: 'a subject in another spelling',
    ledger: after((ledger) =>
      ledger.submit(SHOP, [
        event(OBJECT, OBSERVE, [
          [LineRole.OBJECT, UNIT],
          [LineRole.OBJECT, 'https://example.com/01/09520000000011/21/U1'],
        ]),
      ]),
    ),
  },
  {
    rule: 'GROUPS_NOT_CANONICAL',
    told: 'groups in another order',
    edit: (dossier) => recordWith(dossier, LineRole.LOT).groups.reverse(),
  },
  {
    rule: 'GROUPS_NOT_CANONICAL',
    told: 'an empty group',
    edit: (dossier) => {
      const [group] = recordWith(dossier, LineRole.LOT).groups;
      group!.count = 0;
      group!.lines = [];
    },
  },
  {
    rule: 'NOT_IN_SUBMISSION',
    told: 'fewer lines than there are',
    edit: (dossier) => {
      const [group] = recordWith(dossier, LineRole.LOT).groups;
      group!.count = 1;
      group!.lines.pop();
    },
  },
  {
    rule: 'LINE_BEYOND_COUNT',
    told: 'a line number beyond the count',
    edit: (dossier) => (recordWith(dossier, LineRole.LOT).groups[0]!.lines[1]!.number = 2),
  },
  {
    rule: 'OUT_OF_ORDER',
    told: 'lines in another order',
    edit: (dossier) => recordWith(dossier, LineRole.LOT).groups[0]!.lines.reverse(),
  },
  {
    rule: 'LINE_PATH_LENGTH',
    told: 'too long a path to a group',
    view: { consumer: true },
    edit: (dossier) =>
      recordWith(dossier, LineRole.LOT).groups[0]!.lines[0]!.path.push(new Uint8Array(32)),
  },
  {
    rule: 'NOT_IN_GROUP',
    told: 'a line that is not in its group',
    view: { consumer: true },
    edit: (dossier) => {
      const [line] = recordWith(dossier, LineRole.LOT).groups[0]!.lines;
      line!.path[0] = changed(line!.path[0]!);
    },
  },
  {
    rule: 'SUPERFLUOUS',
    told: 'a root of a group shown whole',
    edit: (dossier) => {
      recordWith(dossier, LineRole.LOT).groups[0]!.root = new Uint8Array(32);
    },
  },
  {
    rule: 'SUPERFLUOUS',
    told: 'a path where the signer is withheld',
    view: { consumer: true },
    edit: (dossier) => dossier.records.at(-1)!.recordsPath.push(new Uint8Array(32)),
  },
  {
    rule: 'OUT_OF_ORDER',
    told: 'records in another order',
    edit: (dossier) => dossier.records.reverse(),
  },
  {
    rule: 'SHOWN_TWICE',
    told: 'a record twice',
    edit: (dossier) => dossier.records.push(dossier.records.at(-1)!),
  },
  {
    rule: 'ENTRY_WITHOUT_RECORD',
    told: 'an entry that nothing belongs to',
    view: { consumer: true },
    edit: (dossier, ledger) => {
      dossier.entries.push(ledger.entry(BigInt(ledger.entries.length - 2)));
      dossier.records.pop();
    },
  },
  // Withholding.
  {
    rule: 'WITHHELD',
    told: 'the signer of one record of an entry shown',
    edit: (dossier) => {
      const record = dossier.records.at(-1)!;
      record.signerShown = false;
      record.recordsPath = [];
    },
  },
  {
    rule: 'WITHHELD',
    told: 'no public part of what the goods went through',
    edit: (dossier, ledger) => {
      const record = recordWith(dossier, LineRole.LOT);
      const value = ledger.hash.prefixed(0x10, record.public.value!);
      record.public = { case: 'publicDigest', value };
    },
  },
  {
    rule: 'WITHHELD',
    told: 'no public part of a recall',
    edit: (dossier, ledger) => {
      const record = dossier.records.find(({ kind }) => kind === Kind.ORDER)!;
      const value = ledger.hash.prefixed(0x10, record.public.value!);
      record.public = { case: 'publicDigest', value };
    },
  },
  {
    rule: 'WITHHELD',
    told: 'the lot only by its key',
    view: { consumer: true },
    edit: (dossier, ledger) => {
      const lot = recordWith(dossier, LineRole.LOT).groups.at(-1)!.lines[0]!;
      const key = ledger.hash.prefixed(0x22, utf8(LOT));
      const leaf = ledger.hash.prefixed(0x13, lot.shown.value!);
      lot.shown = { case: 'leaf', value: Uint8Array.from([...key, ...leaf]) };
    },
  },
  {
    rule: 'WITHHELD',
    told: 'nothing of the box the goods were in',
    view: { consumer: true, left: new Map([[BOX, NotFollowedReason.NOT_VISIBLE]]) },
    edit: (dossier, ledger) => {
      const record = dossier.records.find(({ groups }) =>
        groups.some(({ role }) => role === LineRole.CHILD),
      )!;
      const parent = record.groups.find(({ role }) => role === LineRole.PARENT)!;
      const [line] = parent.lines;
      parent.root = ledger.hash.leaf(line!.shown.value!);
      parent.lines = [];
    },
  },
  // Chains.
  {
    rule: 'NOT_IN_MAP',
    told: 'a chain without its last link',
    edit: (dossier) => {
      member(dossier, 0).links.pop();
      dossier.entries.pop();
      dossier.records.pop();
    },
  },
  {
    rule: 'NOT_IN_MAP',
    told: 'a chain without a link in its middle',
    edit: (dossier) => member(dossier, 0).links.splice(1, 1),
  },
  {
    rule: 'LINKS_NOT_ASCENDING',
    told: 'links in another order',
    edit: (dossier) => member(dossier, 0).links.reverse(),
  },
  {
    rule: 'LINK_WITHOUT_RECORD',
    told: 'a link without its record',
    view: { consumer: true },
    edit: (dossier) => dossier.records.pop(),
  },
  {
    rule: 'NOT_ON_SUBJECT',
    told: 'a record of other goods on the chain',
    edit: (dossier) => member(dossier, 0).links.splice(0, 0, member(dossier, 1).links[0]!),
  },
  {
    rule: 'CHAIN_NOT_WHOLE',
    told: 'a suffix of a chain that is not long',
    edit: (dossier, ledger) => {
      const salt = dossier.members.findIndex(({ named }) => named.value === SALT_LOT);
      dossier.members[salt] = ledger.chain(SALT_LOT, { most: 1 });
    },
  },
  {
    rule: 'MAP_PROOF_MALFORMED',
    told: 'a map proof with a byte too many',
    edit: (dossier) => {
      const chain = member(dossier, 0);
      chain.mapProof = Uint8Array.from([...chain.mapProof, 0]);
    },
  },
  {
    rule: 'NOT_IN_MAP',
    told: "two products' proofs in each other's place",
    edit: (dossier) => {
      const [one, other] = [member(dossier, 0), member(dossier, 2)];
      [one.mapProof, other.mapProof] = [other.mapProof, one.mapProof];
    },
  },
  {
    rule: 'CHAIN_HIDDEN',
    told: 'no notices of goods that have some',
    edit: (dossier, ledger) => {
      const lot = dossier.members.find(({ named }) => named.value === LOT)!;
      const key = ledger.hash.prefixed(0x23, ledger.hash.prefixed(0x22, utf8(LOT)));
      const value = ledger.heads(1_000n).get(Buffer.from(key).toString('hex'))!;
      lot.notices = [];
      lot.noticeProof = Uint8Array.from([32, ...key, value.length, ...value, ...lot.noticeProof]);
    },
  },
  {
    rule: 'NOTICES_MISMATCH',
    told: 'a map that has no notices of goods that have some',
    ledger: () => {
      const ledger = told();
      const key = ledger.hash.prefixed(0x23, ledger.hash.prefixed(0x22, utf8(LOT)));
      ledger.close({ heads: (heads) => heads.delete(Buffer.from(key).toString('hex')) });
      return ledger;
    },
    edit: (dossier) =>
      (dossier.members.find(({ named }) => named.value === LOT)!.notices = []),
  },
  {
    rule: 'LINK_BEYOND_HEADS',
    told: 'a link that the map cannot have',
    ledger: () => {
      const ledger = told();
      const size = BigInt(ledger.entries.length);
      ledger.close({ headsSize: size - 1n, lagSince: ledger.now });
      return ledger;
    },
    edit: (dossier, ledger) => {
      const last = ledger.records.at(-1)!.place;
      member(dossier, 0).links.push({
        $typeName: 'pinlian.v1.ProvedLink',
        index: last.index,
        position: last.position,
      });
    },
  },
  {
    rule: 'SHOWN_TWICE',
    told: 'a chain twice',
    edit: (dossier) => dossier.members.push(member(dossier, 0)),
  },
  // Closure.
  {
    rule: 'NOT_FOLLOWED',
    told: 'nothing of an input',
    edit: (dossier) => {
      dossier.members = dossier.members.filter(({ named }) => named.value !== HARVEST);
    },
  },
  {
    rule: 'REASON_NOT_GOOD',
    told: 'the lot as not visible',
    view: { left: new Map([[LOT, NotFollowedReason.NOT_VISIBLE]]) },
  },
  {
    rule: 'REASON_NOT_GOOD',
    told: 'an input that is near as too far',
    view: { left: new Map([[HARVEST, NotFollowedReason.TOO_FAR]]) },
  },
  {
    rule: 'OUT_OF_ORDER',
    told: 'members in another order',
    edit: (dossier) => dossier.members.push(dossier.members.splice(3, 1)[0]!),
  },
  {
    rule: 'CHAIN_WITHOUT_REASON',
    told: 'a chain that nothing leads to',
    edit: (dossier, ledger) => dossier.members.push(ledger.chain(DRUG)),
  },
  {
    rule: 'SUPERFLUOUS',
    told: 'a subject by its text that only its key leads to',
    view: { consumer: true },
    edit: (dossier, ledger) => {
      const at = dossier.members.findIndex(({ named }) => named.case === 'subjectKey');
      const from = member(dossier, at).links[0]!;
      dossier.members[at] = ledger.chain(BOX, { from });
    },
  },
  {
    rule: 'KEYS_CHAIN_MISSING',
    told: 'no keys of a signer',
    edit: (dossier) =>
      dossier.keys.splice(
        dossier.keys.findIndex(({ named }) => named.value === `urn:pinlian:keys:${MAKER}`),
        1,
      ),
  },
  {
    rule: 'CHAIN_WITHOUT_REASON',
    told: 'keys of somebody who signed nothing',
    edit: (dossier, ledger) => dossier.keys.unshift(ledger.chain('urn:pinlian:keys:device:a')),
  },
  {
    rule: 'RECORD_WITHOUT_CHAIN',
    told: 'a record of nothing shown',
    view: { consumer: true, left: new Map([[PALLET, NotFollowedReason.NOT_VISIBLE]]) },
    edit: (dossier, ledger) => {
      const whole = ledger.dossier(UNIT, { consumer: true });
      dossier.records = whole.records;
    },
  },
  {
    rule: 'MISSING_FROM_CHAIN',
    told: 'a record that is hidden from the chain of other goods it names',
    ledger: () => {
      const ledger = told();
      // The operator's own map says so too.
      const key = ledger.hash.prefixed(0x22, utf8(BOX));
      const records = ledger.touching(BOX, 1_000n);
      const kept = new Set(records.slice(0, -1).map(({ digest }) => digest));
      const lied = new Ledger();
      lied.records.push(...ledger.records.filter((record) =>
        !records.includes(record) || kept.has(record.digest)));
      const value = lied.heads(1_000n).get(Buffer.from(key).toString('hex'))!;
      ledger.close({ heads: (heads) => heads.set(Buffer.from(key).toString('hex'), value) });
      return ledger;
    },
    edit: (dossier) => member(dossier, 0).links.pop(),
    asked: BOX,
  },
  // Signatures.
  {
    rule: 'BAD_SIGNATURE',
    told: 'a signature over something else',
    ledger: after((ledger) =>
      ledger.submit(SHOP, [OBSERVED], { signature: (good) => changed(good, 40) }),
    ),
  },
  {
    rule: 'UNKNOWN_KEY',
    told: 'a key that nobody enrolled',
    ledger: after((ledger) => ledger.submit(SHOP, [OBSERVED], { key: keyOf('stranger') })),
  },
  {
    rule: 'WRONG_SUBMITTER',
    told: "somebody else's key",
    ledger: after((ledger) => ledger.submit(SHOP, [OBSERVED], { key: keyOf(MAKER) })),
  },
  {
    rule: 'UNKNOWN_KEY',
    told: 'a key enrolled only later',
    ledger: () => {
      const ledger = enrolled();
      ledger.keys.set('farmer:late', keyOf('farmer:late'));
      ledger.submit('farmer:late', [event(OBJECT, ADD, [[LineRole.OBJECT, UNIT]])]);
      ledger.submit(AUTHORITY, [enrolment('farmer:late', [Role.PRODUCER])]);
      ledger.close();
      return ledger;
    },
  },
  {
    rule: 'KEY_NOT_VALID',
    told: 'a key that was revoked',
    ledger: after((ledger) => {
      ledger.submit(AUTHORITY, [revocation(SHOP, keyOf(SHOP).keyId)]);
      ledger.submit(SHOP, [OBSERVED]);
    }),
  },
  {
    rule: 'NOT_IN_MAP',
    told: 'nothing of the revocation',
    ledger: after((ledger) => {
      ledger.submit(AUTHORITY, [revocation(SHOP, keyOf(SHOP).keyId)]);
      ledger.submit(SHOP, [OBSERVED]);
    }),
    edit: (dossier) => {
      const shop = dossier.keys.find(({ named }) => named.value === `urn:pinlian:keys:${SHOP}`)!;
      shop.links.pop();
    },
  },
  {
    rule: 'ROLE_NOT_ALLOWED',
    told: 'an order by a shop',
    ledger: after((ledger) => ledger.submit(SHOP, [order([[LineRole.OBJECT, UNIT]])])),
  },
  {
    rule: 'NOT_A_GATEWAY',
    told: 'a carrier who signs for a shop',
    ledger: after((ledger) => ledger.submit(CARRIER, [OBSERVED], { principal: SHOP })),
  },
  {
    rule: 'NO_DELEGATION',
    told: 'a gateway that signs for whom it may not',
    ledger: after((ledger) => ledger.submit(GATEWAY, [OBSERVED], { principal: SHOP })),
  },
  {
    rule: 'NO_DELEGATION',
    told: 'a gateway whose delegation had ended',
    ledger: after((ledger) => {
      ledger.submit(CLIENT, [delegation(CLIENT, [])]);
      ledger.submit(GATEWAY, [OBSERVED], { principal: CLIENT });
    }),
  },
  {
    rule: 'PRINCIPAL_NOT_VALID',
    told: 'a gateway that signs for an authority',
    ledger: after((ledger) => ledger.submit(GATEWAY, [OBSERVED], { principal: AUTHORITY })),
  },
  {
    rule: 'KIND_NOT_DELEGATED',
    told: 'a gateway that signs what it was not let',
    ledger: after((ledger) => ledger.submit(GATEWAY, [product()], { principal: CLIENT })),
  },
  {
    rule: 'NOT_DELEGABLE',
    told: 'a gateway that signs an order',
    ledger: after((ledger) =>
      ledger.submit(GATEWAY, [order([[LineRole.OBJECT, UNIT]])], { principal: CLIENT }),
    ),
  },
  {
    rule: 'KEYS_RECORD_NOT_ALLOWED',
    told: 'an enrolment that gives somebody the key of another',
    ledger: () => {
      const ledger = enrolled();
      ledger.submit(MAKER, [event(OBJECT, ADD, [[LineRole.OBJECT, UNIT]])]);
      ledger.submit(AUTHORITY, [enrolment(SHOP, [Role.SHOP], [keyOf(MAKER)])]);
      ledger.submit(SHOP, [OBSERVED]);
      ledger.close();
      return ledger;
    },
  },
  {
    rule: 'KEYS_RECORD_NOT_ALLOWED',
    told: 'an enrolment by a shop that calls itself an authority',
    ledger: () => {
      const ledger = enrolled();
      ledger.keys.set('farmer:friend', keyOf('farmer:friend'));
      ledger.submit(AUTHORITY, [enrolment(SHOP, [Role.AUTHORITY])]);
      ledger.submit(SHOP, [enrolment('farmer:friend', [Role.SHOP])]);
      ledger.submit('farmer:friend', [OBSERVED]);
      ledger.close();
      return ledger;
    },
  },
];
