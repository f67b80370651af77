// SPDX-License-Identifier: Apache-2.0
import { Kind, LineRole, Role } from '../../gen/pinlian/v1/kind_pb.js';
import type { Erasure, SectionClass } from '../../gen/pinlian/v1/record_pb.js';
import { Broken } from './broken.js';
import { equal, hex } from './bytes.js';
import { placeText, subjectKey, type Place } from './chains.js';
import type { ReadSubmission } from './entries.js';
import type { ShownLog } from './log.js';
import type { ReadRecord } from './records.js';
import type { Signer, Signers } from './signers.js';
import { recordSubject } from './subject.js';

/** An erasure in effect. Two different authorities signed it, each under a key valid then. */
export interface ProvenErasure {
  readonly erasure: Place;
  readonly signer: Signer;
  readonly approval: Place;
  readonly approver: Signer;
  /** When the ledger says it took the approval, which put it into effect. */
  readonly since: bigint;
  readonly law: string;
  readonly article: string;
  readonly reason: string;
}

/** A notice of which the signer is shown, and so its entry, and every record line. */
interface Notice {
  readonly record: ReadRecord;
  readonly submission: ReadSubmission;
}

interface ErasureNotice extends Notice {
  readonly erasure: Erasure;
}

/**
 * Finds, for a section that is said to be erased, the erasure and the approval that put it into
 * effect, among records that were verified already. The same as the Java class `ErasureProofs`.
 */
export class ErasureProofs {
  constructor(
    private readonly log: ShownLog,
    private readonly signers: Signers,
  ) {}

  /**
   * What was erased of a record by which statements, by class.
   *
   * @param notices of the record's own subject, oldest first
   */
  of(
    record: ReadRecord,
    notices: readonly ReadRecord[],
  ): ReadonlyMap<SectionClass, ProvenErasure> {
    const proved = new Map<SectionClass, ProvenErasure>();
    const told = record.sections.filter(({ erasedAsTold }) => erasedAsTold);
    if (told.length === 0) {
      return proved;
    }
    const signed = this.signed(notices);
    for (const { sectionClass } of told) {
      const erasure = proved.get(sectionClass) ?? this.find(record, sectionClass, signed);
      if (erasure === undefined) {
        const where = placeText(record.place);
        const expected = `an approved erasure of class ${sectionClass} of record ${where}`;
        throw new Broken('ERASURE_NOT_PROVED', expected, 'none');
      }
      proved.set(sectionClass, erasure);
    }
    return proved;
  }

  private signed(notices: readonly ReadRecord[]): Notice[] {
    return notices.flatMap((record) => {
      const hidden = record.groups.some(
        ({ role, keys, count }) => role === LineRole.RECORD && keys < count,
      );
      const submission =
        record.signerShown && !hidden ? this.log.submission(record.place.index) : undefined;
      return submission === undefined ? [] : [{ record, submission }];
    });
  }

  private find(
    erased: ReadRecord,
    sectionClass: SectionClass,
    notices: readonly Notice[],
  ): ProvenErasure | undefined {
    for (const { record, submission } of notices) {
      const body = record.publicPart?.body;
      if (
        body?.case !== 'erasure' ||
        record.place.index <= erased.place.index ||
        !body.value.classes.includes(sectionClass) ||
        !equal(body.value.record, erased.digest)
      ) {
        continue;
      }
      const found = { record, submission, erasure: body.value };
      const approval = notices.find((notice) => this.approves(notice, found));
      if (approval !== undefined) {
        const { law, article, reason } = body.value;
        return {
          erasure: record.place,
          signer: this.signers.signer(submission),
          approval: approval.record.place,
          approver: this.signers.signer(approval.submission),
          since: approval.submission.sequencedAt,
          law,
          article,
          reason,
        };
      }
    }
    return undefined;
  }

  private approves({ record, submission }: Notice, erasure: ErasureNotice): boolean {
    const body = record.publicPart?.body;
    const approver = this.signers.signer(submission);
    return (
      body?.case === 'approval' &&
      record.kind === Kind.APPROVAL &&
      record.place.index > erasure.record.place.index &&
      this.cites(record, erasure.record.place) &&
      equal(body.value.record, erasure.record.digest) &&
      approver.roles.includes(Role.AUTHORITY) &&
      approver.participant !== this.signers.signer(erasure.submission).participant
    );
  }

  /** By its first record line: the others say what else is touched. */
  private cites(approval: ReadRecord, { index, position }: Place): boolean {
    const first = approval.lines.find(({ role }) => role === LineRole.RECORD);
    return first?.subjectKey === hex(subjectKey(this.log.hash, recordSubject(index, position)));
  }
}
