// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools;

import com.google.protobuf.ByteString;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.pinlian.gateway.drugfile.DraftSubmission;
import org.pinlian.gateway.epcis.EpcisOutcome.Taken;
import org.pinlian.gateway.epcis.EventHash;
import org.pinlian.gateway.epcis.EventRecords;
import org.pinlian.merkle.HashAlgorithm;
import org.pinlian.record.Draft;
import org.pinlian.record.Limits;

/**
 * The events of one document as one submission. Its id follows from what they say, in their order,
 * so that the ledger takes the same events of the same participant once: in whatever syntax they
 * come again, by {@code submit} or by the agent.
 */
final class EpcisDrafts {
  private static final String ID_PREFIX = "pinlian/epcis/v1\n";

  private EpcisDrafts() {}

  static DraftSubmission of(List<Taken> events) {
    List<Draft> drafts = new ArrayList<>(events.size());
    ByteArrayOutputStream statements = new ByteArrayOutputStream();
    statements.writeBytes(utf8(ID_PREFIX));
    for (Taken taken : events) {
      drafts.add(EventRecords.draft(taken.event(), taken.source()));
      statements.writeBytes(sha256(utf8(EventHash.statement(taken.event()))));
    }
    byte[] digest = sha256(statements.toByteArray());
    return new DraftSubmission(ByteString.copyFrom(digest, 0, Limits.SUBMISSION_ID_BYTES), drafts);
  }

  private static byte[] sha256(byte[] bytes) {
    return HashAlgorithm.SHA_256.hash(bytes).bytes();
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
