// SPDX-License-Identifier: Apache-2.0
package org.pinlian.record;

import static org.pinlian.record.FieldRulesTest.accepts;
import static org.pinlian.record.FieldRulesTest.refuses;

import com.google.protobuf.ByteString;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.pinlian.record.Samples.Sample;
import org.pinlian.v1.Correction;
import org.pinlian.v1.CustodyCancel;
import org.pinlian.v1.Kind;
import org.pinlian.v1.LineRole;
import org.pinlian.v1.RefusalCode;

/** Cancels, corrections, returns and second codes. */
class CitingRulesTest {
  private static final String CANCEL = "public_part.custody_cancel.";
  private static final String CORRECTION = "public_part.correction.";
  private static final ByteString SHORT = ByteString.copyFrom(new byte[31]);

  private static Sample cancel(Consumer<CustodyCancel.Builder> change) {
    return Samples.of(Kind.KIND_CUSTODY_CANCEL)
        .part(part -> change.accept(part.getCustodyCancelBuilder()));
  }

  private static Sample correction(Consumer<Correction.Builder> change) {
    return Samples.of(Kind.KIND_CORRECTION)
        .part(part -> change.accept(part.getCorrectionBuilder()));
  }

  @Test
  void aCancelNamesTheOfferTheGoodsAndTheTime() {
    refuses(cancel(CustodyCancel.Builder::clearOffer), CANCEL + "offer");
    refuses(cancel(body -> body.setOffer(SHORT)), CANCEL + "offer");
    refuses(cancel(CustodyCancel.Builder::clearCancelledAt), CANCEL + "cancelled_at");
    refuses(cancel(body -> body.setCancelledAt(-1)), CANCEL + "cancelled_at");
    refuses(cancel(body -> {}).without(LineRole.LINE_ROLE_RECORD), "lines");
    refuses(cancel(body -> {}).without(LineRole.LINE_ROLE_OBJECT), "lines");
    accepts(
        cancel(body -> body.clearReason())
            .without(LineRole.LINE_ROLE_OBJECT)
            .line(LineRole.LINE_ROLE_PARENT, Samples.PALLET));
  }

  @Test
  void anOfferMayTakeBackAnAcceptance() {
    accepts(
        Samples.of(Kind.KIND_CUSTODY_OFFER)
            .part(part -> part.getCustodyOfferBuilder().setReturns(Samples.DIGEST)));
    refuses(
        Samples.of(Kind.KIND_CUSTODY_OFFER)
            .part(part -> part.getCustodyOfferBuilder().setReturns(SHORT)),
        "public_part.custody_offer.returns");
  }

  @Test
  void aCorrectionSaysWhatWasWrongAndMaySayWhatIsRight() {
    refuses(correction(Correction.Builder::clearRecord), CORRECTION + "record");
    refuses(correction(Correction.Builder::clearDeclaredAt), CORRECTION + "declared_at");
    refuses(correction(Correction.Builder::clearReason), CORRECTION + "reason");
    refuses(correction(body -> body.setReplacement(SHORT)), CORRECTION + "replacement");
    refuses(correction(body -> body.setReplacement(Samples.DIGEST)), CORRECTION + "replacement");
    byte[] other = new byte[32];
    other[0] = 1;
    accepts(correction(body -> body.setReplacement(ByteString.copyFrom(other))));
  }

  @Test
  void aCorrectionTouchesWhatItCorrectsAndWhatThatCites() {
    Sample sample = correction(body -> {}).without(LineRole.LINE_ROLE_RECORD);
    refuses(sample, "lines");
    for (int index = 1; index <= 3; index++) {
      sample.line(LineRole.LINE_ROLE_RECORD, "urn:pinlian:record:" + index + ".0");
      accepts(sample);
    }
    refuses(sample.line(LineRole.LINE_ROLE_RECORD, "urn:pinlian:record:4.0"), "lines");
  }

  @Test
  void oneThingMayHaveManyCodesButNoneTwice() {
    Sample sample = Samples.of(Kind.KIND_SAME_GOODS);
    refuses(
        sample.part(part -> part.getSameGoodsBuilder().clearReason()),
        "public_part.same_goods.reason");
    refuses(Samples.of(Kind.KIND_SAME_GOODS).without(LineRole.LINE_ROLE_ALIAS), "lines");
    refuses(Samples.of(Kind.KIND_SAME_GOODS).without(LineRole.LINE_ROLE_OBJECT), "lines");
    refuses(
        Samples.of(Kind.KIND_SAME_GOODS).line(LineRole.LINE_ROLE_OBJECT, Samples.PALLET), "lines");
    accepts(Samples.of(Kind.KIND_SAME_GOODS).line(LineRole.LINE_ROLE_ALIAS, Samples.PALLET));
    refuses(
        Samples.of(Kind.KIND_SAME_GOODS).line(LineRole.LINE_ROLE_ALIAS, Samples.LOT),
        "lines[2].subject",
        RefusalCode.BAD_SUBJECT);
  }
}
