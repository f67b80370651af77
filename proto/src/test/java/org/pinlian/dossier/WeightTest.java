// SPDX-License-Identifier: Apache-2.0
package org.pinlian.dossier;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import java.util.Collections;
import org.junit.jupiter.api.Test;
import org.pinlian.testkit.HonestLedger.View;
import org.pinlian.v1.Finding;
import org.pinlian.v1.FindingFact;
import org.pinlian.v1.Quantity;
import org.pinlian.v1.Section;
import org.pinlian.v1.ShownRecord;
import org.pinlian.v1.ShownSection;
import org.pinlian.v1.TraceReply;
import org.pinlian.v1.Trade;

class WeightTest {
  /** Sixty bytes and more an object, however few bytes it was made of. */
  @Test
  void manySmallValuesWeighWhatTheyBecome() {
    ByteString section =
        Section.newBuilder()
            .setTrade(
                Trade.newBuilder()
                    .addAllQuantities(Collections.nCopies(1_000, Quantity.getDefaultInstance())))
            .build()
            .toByteString();
    TraceReply record =
        TraceReply.newBuilder()
            .setRecord(
                ShownRecord.newBuilder().addSections(ShownSection.newBuilder().setSection(section)))
            .build();
    assertTrue(Weight.of(record) > 60_000, "" + Weight.of(record));

    TraceReply finding =
        TraceReply.newBuilder()
            .setFinding(
                Finding.newBuilder()
                    .addAllFacts(Collections.nCopies(1_000, FindingFact.getDefaultInstance())))
            .build();
    assertTrue(Weight.of(finding) > 60_000, "" + Weight.of(finding));
  }

  @Test
  void anHonestTraceWeighsAFewTimesItsBytes() {
    long bytes = 0;
    long weight = 0;
    for (TraceReply reply : new Bamboo().trace(View.WHOLE)) {
      bytes += reply.getSerializedSize();
      weight += Weight.of(reply);
    }
    assertTrue(weight > bytes && weight < 8 * bytes, weight + " of " + bytes);
  }

  @Test
  void unreadablePartsWeighTheirBytesAlone() {
    TraceReply record =
        TraceReply.newBuilder()
            .setRecord(
                ShownRecord.newBuilder()
                    .setPublicPart(ByteString.copyFrom(new byte[] {0x0a, 0x7f})))
            .build();
    assertEquals(record.getSerializedSize() + 64, Weight.of(record));
  }
}
