// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools;

import com.google.protobuf.ByteString;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.pinlian.client.RefusedException;
import org.pinlian.client.UnreachableException;
import org.pinlian.dossier.Story;
import org.pinlian.dossier.Story.StoryLine;
import org.pinlian.dossier.Story.StoryRecord;
import org.pinlian.dossier.TraceLimits;
import org.pinlian.dossier.VerificationException;
import org.pinlian.gateway.drugfile.BillDrafts;
import org.pinlian.gateway.drugfile.OpenOffer;
import org.pinlian.identifier.ParticipantId;
import org.pinlian.identifier.Subject;
import org.pinlian.v1.Direction;
import org.pinlian.v1.PublicPart;
import org.pinlian.v1.RefusalCode;

/**
 * What a participant has offered and nobody has answered yet. Whom an offer names is in a section
 * that its receiver may not read, so an offer to somebody else is found too; answering that is
 * refused by the ledger.
 */
final class OpenOffers {
  private OpenOffers() {}

  /** For the codes of a bill, if it is one that answers offers. */
  static Map<Subject, OpenOffer> of(BillDrafts bill, GatewaySession session)
      throws RefusedException, UnreachableException, VerificationException {
    Map<Subject, OpenOffer> offers = new LinkedHashMap<>();
    ParticipantId from = bill.answers().orElse(null);
    if (from == null) {
      return offers;
    }
    for (Subject code : bill.codes()) {
      OpenOffer offer = newest(code, from, session);
      if (offer != null) {
        offers.put(code, offer);
      }
    }
    return offers;
  }

  private static @Nullable OpenOffer newest(
      Subject code, ParticipantId from, GatewaySession session)
      throws RefusedException, UnreachableException, VerificationException {
    Story story;
    try {
      story = session.trace(code, Direction.DIRECTION_STORY, TraceLimits.defaults());
    } catch (RefusedException e) {
      if (e.code() == RefusalCode.NOT_FOUND) {
        return null;
      }
      throw e;
    }
    Set<ByteString> answered = new HashSet<>();
    for (StoryRecord record : story.records()) {
      PublicPart part = record.publicPart();
      if (part != null && part.hasCustodyAnswer()) {
        answered.add(part.getCustodyAnswer().getOffer());
      }
    }
    OpenOffer newest = null;
    for (StoryRecord record : story.records()) {
      PublicPart part = record.publicPart();
      if (part != null
          && part.hasCustodyOffer()
          && record.signer().participant().equals(from.toString())
          && !answered.contains(ByteString.copyFrom(record.digest().bytes()))) {
        newest = offer(record, code);
      }
    }
    return newest;
  }

  private static @Nullable OpenOffer offer(StoryRecord record, Subject code) {
    for (StoryLine line : record.lines()) {
      if (code.uri().equals(line.subject())) {
        return new OpenOffer(
            Subject.record(record.index(), record.position()), record.digest(), line.number());
      }
    }
    return null;
  }
}
