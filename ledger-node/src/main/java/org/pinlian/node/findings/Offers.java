// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.findings;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.pinlian.merkle.Hash;
import org.pinlian.node.rules.StatementLine;
import org.pinlian.v1.CustodyOutcome;
import org.pinlian.v1.Kind;
import org.pinlian.v1.LineAnswer;
import org.pinlian.v1.LineRole;

/** Which answer answers which offer, and what of it counts. */
final class Offers {
  private final Evidence evidence;
  private final Stays stays;
  private final Map<Told, Optional<Told>> cited = new HashMap<>();
  private final Map<String, List<Answered>> known = new HashMap<>();

  Offers(Evidence evidence, Stays stays) {
    this.evidence = evidence;
    this.stays = stays;
  }

  /**
   * One line of an answer that speaks of the subject, with the offer it answers.
   *
   * @param fits whether the offer's line is of the same goods, or of what held them
   * @param repeats whether that line of the offer had the same answer before
   */
  record Answered(Touch touch, LineAnswer answer, Told offer, boolean fits, boolean repeats) {
    boolean accepted() {
      return answer.getOutcome() == CustodyOutcome.CUSTODY_OUTCOME_ACCEPTED;
    }

    /** What the receiver says came, or else what was offered. */
    Amounts amounts() {
      Amounts received = Amounts.ofLine(touch.told(), answer.getLine());
      if (received != null) {
        return received;
      }
      Amounts offered = Amounts.ofLine(offer, answer.getOfferLine());
      return offered == null ? Amounts.UNSTATED : offered;
    }
  }

  private record Slot(Hash offer, int line, CustodyOutcome outcome) {}

  /** The offer that an answer cites: empty if it cites none of this ledger. */
  Optional<Told> offerOf(Told answer) {
    Optional<Told> offer = cited.get(answer);
    if (offer == null) {
      offer =
          evidence
              .cited(answer, answer.part().getCustodyAnswer().getOffer())
              .filter(record -> record.kind() == Kind.KIND_CUSTODY_OFFER);
      cited.put(answer, offer);
    }
    return offer;
  }

  /** All lines of answers on a chain that answer a known offer, in the order of the answers. */
  List<Answered> along(Chain chain) {
    List<Answered> answers = known.get(chain.subject());
    if (answers == null) {
      answers = List.copyOf(read(chain));
      known.put(chain.subject(), answers);
    }
    return answers;
  }

  /** Lets go of what was found of one subject. */
  void forget(String subject) {
    known.remove(subject);
  }

  private List<Answered> read(Chain chain) {
    List<Answered> all = new ArrayList<>();
    Set<Slot> seen = new HashSet<>();
    for (Touch touch : chain.touches()) {
      if (touch.deed() != Deed.ACCEPTS && touch.deed() != Deed.REFUSES) {
        continue;
      }
      Optional<Told> offer = offerOf(touch.told());
      if (offer.isEmpty()) {
        continue;
      }
      for (LineAnswer line : touch.told().part().getCustodyAnswer().getAnswersList()) {
        if (touch.names(line.getLine())) {
          boolean fits = fits(chain.subject(), touch, offer.get(), line.getOfferLine());
          boolean first =
              seen.add(new Slot(offer.get().digest(), line.getOfferLine(), line.getOutcome()));
          all.add(new Answered(touch, line, offer.get(), fits, !first));
        }
      }
    }
    return all;
  }

  /** Goods may be offered by the pallet and answered by the box, and the other way round. */
  private boolean fits(String subject, Touch answer, Told offer, int offerLine) {
    if (offerLine < 0 || offerLine >= offer.lines().size()) {
      return false;
    }
    StatementLine line = offer.lines().get(offerLine);
    if (line.role() != LineRole.LINE_ROLE_OBJECT && line.role() != LineRole.LINE_ROLE_PARENT) {
      return false;
    }
    return line.subject().equals(subject)
        || stays.aroundBefore(subject, answer).contains(line.subject())
        || stays.aroundBefore(line.subject(), answer).contains(subject);
  }
}
