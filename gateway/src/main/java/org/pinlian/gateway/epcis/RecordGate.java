// SPDX-License-Identifier: Apache-2.0
package org.pinlian.gateway.epcis;

import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.List;
import org.pinlian.gateway.epcis.EpcisEvent.Goods;
import org.pinlian.gateway.epcis.EpcisException.Reason;
import org.pinlian.record.FieldRules;
import org.pinlian.record.FieldRules.RoledLine;
import org.pinlian.record.FieldViolation;
import org.pinlian.record.Limits;
import org.pinlian.v1.Kind;
import org.pinlian.v1.Line;
import org.pinlian.v1.PublicPart;
import org.pinlian.v1.Section;
import org.pinlian.v1.SectionClass;

/**
 * Asks the rules of records about an event before anyone signs it, so that what the ledger would
 * refuse is told with its place in the document.
 */
final class RecordGate {
  private static final ByteString SALT = ByteString.copyFrom(new byte[Limits.SALT_BYTES]);

  private RecordGate() {}

  static void check(EpcisEvent event) throws EpcisException {
    List<RoledLine> lines = new ArrayList<>(event.lines().size());
    for (Goods goods : event.lines()) {
      String subject = goods.subject();
      lines.add(
          new RoledLine(
              goods.role().getNumber(),
              Line.newBuilder().setSalt(SALT).setSubject(subject == null ? "" : subject).build()));
    }
    List<Section> sections =
        List.of(
            Section.newBuilder()
                .setSalt(SALT)
                .setClass_(SectionClass.SECTION_CLASS_TRADE)
                .setTrade(event.trade())
                .build(),
            Section.newBuilder()
                .setSalt(SALT)
                .setClass_(SectionClass.SECTION_CLASS_RECIPE)
                .setRecipe(event.recipe())
                .build());
    PublicPart part = PublicPart.newBuilder().setSalt(SALT).setTraceEvent(event.event()).build();
    List<FieldViolation> violations =
        FieldRules.check(Kind.KIND_TRACE_EVENT, part, sections, lines);
    if (!violations.isEmpty()) {
      FieldViolation first = violations.get(0);
      throw new EpcisException(
          Reason.NOT_A_RECORD, "", first.path() + ": " + first.message(), null);
    }
  }
}
