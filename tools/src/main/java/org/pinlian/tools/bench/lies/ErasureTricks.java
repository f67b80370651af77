// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools.bench.lies;

import com.google.protobuf.ByteString;
import java.util.List;
import org.pinlian.identifier.Subject;
import org.pinlian.merkle.Hash;
import org.pinlian.record.Draft;
import org.pinlian.record.RecordPlace;
import org.pinlian.v1.Document;
import org.pinlian.v1.Dossier;
import org.pinlian.v1.LineRole;
import org.pinlian.v1.ProvedChain;
import org.pinlian.v1.ProvedRecord;
import org.pinlian.v1.SectionClass;
import org.pinlian.v1.ShownSection;

/** Lies about what was erased (formats.md A.7, rule 6): something is not to be seen any more. */
final class ErasureTricks {
  private ErasureTricks() {}

  /** Who carried the goods stood there, and nobody had it erased. */
  static Frame invented(Telling telling) {
    RecordPlace carried = carried(telling);
    if (telling.random.nextBoolean()) {
      cite(telling, carried);
    }
    return erasedAsTold(telling, carried);
  }

  /** One authority alone asked for it. */
  static Frame notApproved(Telling telling) {
    RecordPlace carried = carried(telling);
    cite(telling, carried);
    RecordPlace _ = erase(telling, carried, SectionClass.SECTION_CLASS_PERSONAL);
    return erasedAsTold(telling, carried);
  }

  /** The approval is in the log, and not on the chain that shows what became of the record. */
  static Frame approvedElsewhere(Telling telling) {
    RecordPlace carried = carried(telling);
    cite(telling, carried);
    RecordPlace erasure = erase(telling, carried, SectionClass.SECTION_CLASS_PERSONAL);
    RecordPlace approval = approve(telling, telling.world.city, erasure, carried);
    for (Hash key :
        List.of(
            telling.ledger.key(carried.subject()), telling.ledger.noticeKey(carried.subject()))) {
      telling.ledger.rechain(
          key,
          telling.ledger.chain(key).stream().filter(place -> !place.equals(approval)).toList());
    }
    return erasedAsTold(telling, carried);
  }

  /** Approved, and the approval cut off on the way. */
  static Frame approvalCutOff(Telling telling) {
    RecordPlace carried = carried(telling);
    cite(telling, carried);
    RecordPlace erasure = erase(telling, carried, SectionClass.SECTION_CLASS_PERSONAL);
    RecordPlace _ = approve(telling, telling.world.city, erasure, carried);
    telling.ledger.destroy(carried, SectionClass.SECTION_CLASS_PERSONAL);
    Dossier.Builder dossier = telling.assemble();
    for (ProvedChain.Builder member : dossier.getMembersBuilderList()) {
      if (member.getSubject().equals(carried.subject())) {
        member.removeNotices(member.getNoticesCount() - 1);
      }
    }
    return telling.frame(dossier);
  }

  static Frame approvedByItself(Telling telling) {
    RecordPlace carried = carried(telling);
    RecordPlace erasure = erase(telling, carried, SectionClass.SECTION_CLASS_PERSONAL);
    RecordPlace _ = approve(telling, telling.world.authority, erasure, carried);
    telling.ledger.destroy(carried, SectionClass.SECTION_CLASS_PERSONAL);
    return telling.frame();
  }

  /** What two authorities had erased was another part of the record. */
  static Frame ofAnotherPart(Telling telling) {
    RecordPlace carried = carried(telling);
    cite(telling, carried);
    RecordPlace erasure = erase(telling, carried, SectionClass.SECTION_CLASS_SOURCE);
    RecordPlace _ = approve(telling, telling.world.city, erasure, carried);
    return erasedAsTold(telling, carried);
  }

  /** What two authorities had erased was a part of another record, by its digest. */
  static Frame ofAnotherRecord(Telling telling) {
    RecordPlace carried = carried(telling);
    cite(telling, carried);
    Hash other = telling.ledger.record(telling.goods.farmed()).digest();
    Draft draft = World.erasure(other, subject(carried), SectionClass.SECTION_CLASS_PERSONAL);
    RecordPlace erasure = new RecordPlace(telling.ledger.submit(telling.world.authority, draft), 0);
    RecordPlace _ = approve(telling, telling.world.city, erasure, carried);
    return erasedAsTold(telling, carried);
  }

  // The truth ------------------------------------------------------------------------------------

  /** Two authorities have the driver of some goods erased, and the ledger does it. */
  static void honest(Telling telling) {
    Subject before = telling.asked;
    RecordPlace carried = carried(telling);
    SectionClass erased =
        telling.one(
            List.of(SectionClass.SECTION_CLASS_PERSONAL, SectionClass.SECTION_CLASS_SOURCE));
    RecordPlace erasure = erase(telling, carried, erased);
    if (telling.random.nextBoolean()) {
      cite(telling, carried);
    }
    telling.asked = before;
    RecordPlace _ = approve(telling, telling.world.city, erasure, carried);
    telling.ledger.destroy(carried, erased);
  }

  private static RecordPlace carried(Telling telling) {
    telling.asked = telling.one(telling.goods.asked().subList(0, 3));
    Document driver =
        Document.newBuilder()
            .setMediaType("text/plain")
            .setContent(ByteString.copyFromUtf8("司机"))
            .build();
    Draft carried = telling.world.seen(telling.asked).personal(driver).source(driver);
    return new RecordPlace(telling.ledger.submit(telling.world.farm, carried), 0);
  }

  /** So that the chain of the record's own subject belongs to the story anyway. */
  private static void cite(Telling telling, RecordPlace place) {
    Hash offer = telling.ledger.record(place).digest();
    var _ =
        telling.ledger.submit(
            telling.world.market,
            World.answer(offer, telling.ledger.nowMillis())
                .line(LineRole.LINE_ROLE_OBJECT, telling.asked)
                .line(LineRole.LINE_ROLE_RECORD, subject(place)));
  }

  private static RecordPlace erase(Telling telling, RecordPlace place, SectionClass erased) {
    Draft erasure = World.erasure(telling.ledger.record(place).digest(), subject(place), erased);
    return new RecordPlace(telling.ledger.submit(telling.world.authority, erasure), 0);
  }

  private static RecordPlace approve(
      Telling telling, Person by, RecordPlace erasure, RecordPlace place) {
    Draft approval =
        World.approval(telling.ledger.record(erasure).digest())
            .line(LineRole.LINE_ROLE_RECORD, subject(erasure))
            .line(LineRole.LINE_ROLE_RECORD, subject(place));
    return new RecordPlace(telling.ledger.submit(by, approval), 0);
  }

  private static Subject subject(RecordPlace place) {
    return Subject.record(place.index(), place.position());
  }

  /** Shows the personal section of a record as erased, whether it was or not. */
  private static Frame erasedAsTold(Telling telling, RecordPlace place) {
    Dossier.Builder dossier = telling.assemble();
    List<byte[]> leaves = telling.ledger.record(place).skeleton().sectionLeaves();
    for (ProvedRecord.Builder record : dossier.getRecordsBuilderList()) {
      if (record.getIndex() != place.index()) {
        continue;
      }
      for (int n = 0; n < leaves.size(); n++) {
        if (leaves.get(n)[0] == SectionClass.SECTION_CLASS_PERSONAL_VALUE) {
          record.setSections(
              n,
              ShownSection.newBuilder()
                  .setLeaf(ByteString.copyFrom(leaves.get(n)))
                  .setErased(true));
        }
      }
    }
    return telling.frame(dossier);
  }
}
