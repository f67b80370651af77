// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools.auditor;

import com.google.protobuf.ByteString;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pinlian.merkle.Hash;
import org.pinlian.v1.Attestation;
import org.pinlian.v1.Entry;
import org.pinlian.v1.PublicPart;
import org.pinlian.v1.SubmissionHeader;

/**
 * An entry after all that can be said of it without the others.
 *
 * @param entry null with {@code fault}
 * @param header of a submission, else null
 * @param attestation for whom it was signed, null if the submitter speaks for itself
 * @param signature whether it is good; null if the key was not known yet
 * @param fault the first thing wrong with it by itself; null if nothing is
 */
record Examined(
    long index,
    Hash leaf,
    @Nullable Entry entry,
    @Nullable SubmissionHeader header,
    @Nullable Attestation attestation,
    List<Skeletal> records,
    @Nullable Boolean signature,
    @Nullable AlarmException fault) {
  Examined {
    records = List.copyOf(records);
  }

  /**
   * A record as chains and roles need it.
   *
   * @param touched keys of its subjects, each once
   * @param keys what it says of keys; null if it does not concern them
   */
  record Skeletal(int kind, Hash digest, List<Hash> touched, @Nullable KeysPart keys) {}

  /**
   * What was shown whole.
   *
   * @param subjects of its lines, in order
   */
  record KeysPart(PublicPart part, List<String> subjects) {}

  ByteString signedHeader() {
    return entry == null ? ByteString.EMPTY : entry.getSubmission().getHeader();
  }
}
