// SPDX-License-Identifier: Apache-2.0
package org.pinlian.record;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import java.util.Collections;
import org.junit.jupiter.api.Test;
import org.pinlian.testing.Allocated;
import org.pinlian.v1.RefusalCode;
import org.pinlian.v1.ShownChain;
import org.pinlian.v1.ShownLink;
import org.pinlian.v1.TraceReply;

class BoundedTest {
  private static final Bounded<TraceReply> REPLIES =
      Bounded.reader(TraceReply.parser(), TraceReply.getDescriptor());

  // The chain, its subject, and of each link it and its digest.
  private static final TraceReply CHAIN =
      TraceReply.newBuilder()
          .setChain(
              ShownChain.newBuilder()
                  .setSubject("s")
                  .addAllLinks(
                      Collections.nCopies(
                          10, ShownLink.newBuilder().setRecordDigest(Samples.DIGEST).build())))
          .build();

  @Test
  void countsValuesAtEveryDepthAndNumbersNowhere() throws RecordException {
    assertEquals(CHAIN, REPLIES.read(CHAIN.toByteString(), 22, "reply"));
    refused(RefusalCode.LIMIT_EXCEEDED, CHAIN.toByteString(), 21);
  }

  @Test
  void leavesOutWhatItDoesNotKnow() throws RecordException {
    UnknownFieldSet.Builder more = UnknownFieldSet.newBuilder();
    for (int field = 100; field < 100_000; field++) {
      more.addField(field, UnknownFieldSet.Field.newBuilder().addVarint(1).build());
    }
    ByteString bytes = CHAIN.toBuilder().setUnknownFields(more.build()).build().toByteString();

    assertEquals(CHAIN, REPLIES.read(bytes, 22, "reply"));
    long allocated =
        Allocated.by(() -> {
          try {
            REPLIES.read(bytes, 22, "reply");
          } catch (RecordException e) {
            throw new AssertionError(e);
          }
        });
    assertTrue(allocated < 16 << 10, allocated + " bytes allocated");
  }

  @Test
  void refusesGroupsAndWhatIsCutOff() {
    refused(RefusalCode.MALFORMED, ByteString.copyFrom(new byte[] {0x7b, 0x7c}), 10);
    refused(RefusalCode.MALFORMED, CHAIN.toByteString().substring(0, 40), 1_000);
  }

  private static void refused(RefusalCode code, ByteString bytes, int valuesMax) {
    RecordException refused =
        assertThrows(RecordException.class, () -> REPLIES.read(bytes, valuesMax, "reply"));
    assertEquals(code, refused.code());
    assertEquals("reply", refused.path());
  }
}
