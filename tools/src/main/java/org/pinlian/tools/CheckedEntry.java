// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.pinlian.merkle.Hash;
import org.pinlian.node.rules.StatementLine;
import org.pinlian.v1.Attestation;
import org.pinlian.v1.Entry;
import org.pinlian.v1.Kind;
import org.pinlian.v1.PublicPart;
import org.pinlian.v1.Recipe;
import org.pinlian.v1.SectionClass;
import org.pinlian.v1.SubmissionHeader;
import org.pinlian.v1.Trade;

/**
 * An entry after all that can be said of it without the others.
 *
 * @param leaf hash of the bytes found, good or not
 * @param entry null if it could not be read
 * @param header of a submission; null if there is none or it could not be read
 * @param attestation for whom it was signed; null if there is none or it could not be read
 * @param records those that could be read, by position; none of an entry that is no submission
 * @param submissionsKey of its row in {@code submissions}, and {@code submissionsValue} the value;
 *     null where {@code header} is
 * @param differences found in it; if there are none, what is here is what was signed
 */
@SuppressWarnings("ArrayRecordComponent") // handed on once, never compared
record CheckedEntry(
    long index,
    Hash leaf,
    @Nullable Entry entry,
    @Nullable SubmissionHeader header,
    @Nullable Attestation attestation,
    List<CheckedRecord> records,
    byte @Nullable [] submissionsKey,
    byte @Nullable [] submissionsValue,
    List<Difference> differences) {

  /**
   * A record as rules and chains need it.
   *
   * @param touched keys of its subjects, each once, in the order of the lines that first name them
   * @param unread the key of its sections is missing, or they are damaged: a difference, so that
   *     nothing that follows from trade and recipe can be made again
   * @param erased the classes of its sections whose key is destroyed
   */
  record CheckedRecord(
      int position,
      int number,
      Kind kind,
      Hash digest,
      PublicPart part,
      List<StatementLine> lines,
      List<Hash> touched,
      @Nullable Trade trade,
      @Nullable Recipe recipe,
      boolean unread,
      Set<SectionClass> erased) {}
}
