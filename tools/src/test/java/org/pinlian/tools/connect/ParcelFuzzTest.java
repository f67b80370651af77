// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools.connect;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.google.protobuf.ByteString;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.pinlian.testing.Seeds;
import org.pinlian.v1.SignedHeader;
import org.pinlian.v1.SubmitRequest;

/** Whatever a file of the queue holds, it is a parcel or it is none. */
class ParcelFuzzTest {
  private static final byte[] GOOD =
      Parcel.encode(
          Instant.ofEpochMilli(1_780_000_000_000L),
          List.of(
              new Parcel.Part(
                  SubmitRequest.newBuilder()
                      .setSigned(
                          SignedHeader.newBuilder().setHeader(ByteString.copyFrom(new byte[40])))
                      .build(),
                  List.of(
                      new Input(
                          Input.idOfKey("one"), Input.digest(new byte[1]), 1, "harvest.json")),
                  true)));

  @FuzzTest
  void anyFile(byte[] bytes) {
    try {
      Parcel parcel = Parcel.decode(7, bytes);
      assertFalse(parcel.parts().isEmpty());
      assertEquals(bytes.length, parcel.bytes());
    } catch (IOException refused) {
      assertNotNull(refused.getMessage());
    }
  }

  @Test
  void mutationsOfAGoodFile() throws IOException {
    assertEquals(1, Parcel.decode(7, GOOD).parts().size());
    assertTrue(Parcel.decode(7, GOOD).parts().get(0).named());
    var random = Seeds.random(ParcelFuzzTest.class);
    for (int i = 0; i < 1_000; i++) {
      anyFile(Seeds.mutate(random, GOOD));
    }
  }
}
