// SPDX-License-Identifier: Apache-2.0
package org.pinlian.record;

import static org.pinlian.record.FieldRulesTest.accepts;
import static org.pinlian.record.FieldRulesTest.refuses;

import com.google.protobuf.ByteString;
import java.util.Collections;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.pinlian.record.Samples.Sample;
import org.pinlian.v1.Inspection;
import org.pinlian.v1.InspectionConclusion;
import org.pinlian.v1.InspectionItem;
import org.pinlian.v1.InspectionType;
import org.pinlian.v1.Kind;
import org.pinlian.v1.LineRole;
import org.pinlian.v1.RefusalCode;
import org.pinlian.v1.Truth;

class InspectionRulesTest {
  private static final String AT = "public_part.inspection.";

  private static Sample inspection(Consumer<Inspection.Builder> change) {
    return Samples.of(Kind.KIND_INSPECTION)
        .part(part -> change.accept(part.getInspectionBuilder()));
  }

  private static Sample quick(Consumer<Inspection.Builder> change) {
    return Samples.of(Kind.KIND_INSPECTION)
        .part(part ->
            change.accept(
                part.getInspectionBuilder()
                    .clear()
                    .setType(InspectionType.INSPECTION_TYPE_QUICK_TEST)
                    .setSampledOn("2026-06-13")
                    .setConclusion(InspectionConclusion.INSPECTION_CONCLUSION_POSITIVE)
                    .addItems(InspectionItem.newBuilder().setItem("农药残留").setResult("阳性"))));
  }

  @Test
  void aReportHasNumberDaysLaboratoryAndConclusion() {
    refuses(inspection(Inspection.Builder::clearType), AT + "type");
    refuses(inspection(body -> body.setTypeValue(7)), AT + "type");
    refuses(inspection(Inspection.Builder::clearNumber), AT + "number");
    refuses(inspection(Inspection.Builder::clearSampledOn), AT + "sampled_on");
    refuses(inspection(Inspection.Builder::clearReportedOn), AT + "reported_on");
    refuses(inspection(Inspection.Builder::clearLaboratory), AT + "laboratory");
    refuses(inspection(Inspection.Builder::clearConclusion), AT + "conclusion");
    refuses(inspection(body -> body.setConclusionValue(5)), AT + "conclusion");
    refuses(
        inspection(body -> {})
            .without(LineRole.LINE_ROLE_OBJECT)
            .line(LineRole.LINE_ROLE_CERTIFICATE, Samples.CERTIFICATE),
        "lines");
  }

  @Test
  void nothingIsReportedBeforeItIsSampled() {
    refuses(inspection(body -> body.setReportedOn("2026-06-12")), AT + "reported_on");
    accepts(inspection(body -> body.setReportedOn("2026-06-13")));
  }

  @Test
  void anEnrolledLaboratoryIsNamedByItsId() {
    accepts(inspection(body -> body.setLaboratory(Samples.MARKET)));
    refuses(inspection(body -> body.setLaboratory("uscc:91000000MA00000158")), AT + "laboratory");
  }

  @Test
  void aQuickTestIsAHintAndNeverConclusive() {
    accepts(quick(body -> {}));
    accepts(quick(body -> body.setConclusion(InspectionConclusion.INSPECTION_CONCLUSION_NEGATIVE)));
    for (InspectionConclusion conclusion :
        new InspectionConclusion[] {
          InspectionConclusion.INSPECTION_CONCLUSION_FAILED,
          InspectionConclusion.INSPECTION_CONCLUSION_PASSED
        }) {
      refuses(quick(body -> body.setConclusion(conclusion)), AT + "conclusion");
    }
    refuses(
        quick(body -> body.getItemsBuilder(0).setPassed(Truth.TRUTH_FALSE)),
        AT + "items[0].passed");
    refuses(
        inspection(body -> body.setConclusion(InspectionConclusion.INSPECTION_CONCLUSION_POSITIVE)),
        AT + "conclusion");
  }

  @Test
  void theItemsDoNotContradictTheConclusion() {
    refuses(inspection(Inspection.Builder::clearItems), AT + "items");
    refuses(
        inspection(body -> body.getItemsBuilder(0).setPassed(Truth.TRUTH_TRUE)), AT + "conclusion");
    accepts(inspection(body -> body.getItemsBuilder(0).clearPassed()));
    refuses(
        inspection(body -> body.setConclusion(InspectionConclusion.INSPECTION_CONCLUSION_PASSED)),
        AT + "conclusion");
    accepts(
        inspection(body ->
            body.clearItems().setConclusion(InspectionConclusion.INSPECTION_CONCLUSION_PASSED)));
    refuses(inspection(body -> body.getItemsBuilder(0).clearItem()), AT + "items[0].item");
    refuses(inspection(body -> body.getItemsBuilder(0).setPassedValue(3)), AT + "items[0].passed");
  }

  @Test
  void aThousandItemsAreEnough() {
    InspectionItem item = InspectionItem.newBuilder().setItem("铅").build();
    accepts(inspection(body -> body.clearItems().addAllItems(Collections.nCopies(1_000, item))));
    refuses(
        inspection(body -> body.clearItems().addAllItems(Collections.nCopies(1_001, item))),
        AT + "items",
        RefusalCode.LIMIT_EXCEEDED);
  }

  @Test
  void onlyARetestIsOfAnotherInspectionAndItAlwaysIs() {
    refuses(inspection(body -> body.setRetestOf(Samples.DIGEST)), AT + "retest_of");
    refuses(
        inspection(body -> body.setType(InspectionType.INSPECTION_TYPE_RETEST)), AT + "retest_of");
    refuses(
        inspection(body ->
            body.setType(InspectionType.INSPECTION_TYPE_RETEST)
                .setRetestOf(ByteString.copyFrom(new byte[33]))),
        AT + "retest_of");
    accepts(
        inspection(body ->
            body.setType(InspectionType.INSPECTION_TYPE_RETEST).setRetestOf(Samples.DIGEST)));
  }
}
