// SPDX-License-Identifier: Apache-2.0
package org.pinlian.dossier;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.pinlian.dossier.Mutations.Mutation;
import org.pinlian.testkit.HonestLedger.View;
import org.pinlian.v1.Finding;
import org.pinlian.v1.FindingCode;
import org.pinlian.v1.FindingFact;
import org.pinlian.v1.FindingSeverity;
import org.pinlian.v1.TraceReply;

/**
 * A server that changes one thing at a time: every field of every message, every message left out,
 * doubled, or swapped with the next. Everything must be refused that is not listed with its reason.
 */
class StoryVerifierFaultTest {
  private static final String FINDING_TOLD = "findings are the ledger's word and are told as that";

  /** Fields of which a change is not refused, and why that is right. */
  private static final Map<String, String> TOLD_ONLY =
      Map.ofEntries(
          Map.entry("pinlian.v1.Finding.code", FINDING_TOLD),
          Map.entry("pinlian.v1.Finding.severity", FINDING_TOLD),
          Map.entry("pinlian.v1.Finding.records", FINDING_TOLD),
          Map.entry("pinlian.v1.Finding.facts", FINDING_TOLD),
          Map.entry("pinlian.v1.Finding.rule_zh", FINDING_TOLD),
          Map.entry("pinlian.v1.Finding.rule_en", FINDING_TOLD),
          Map.entry("pinlian.v1.Finding.basis", FINDING_TOLD),
          Map.entry("pinlian.v1.FindingFact.name", FINDING_TOLD),
          Map.entry("pinlian.v1.FindingFact.value", FINDING_TOLD),
          Map.entry(
              "pinlian.v1.TraceEnd.cut_by",
              "which limit cut the story is told as the ledger's word"),
          Map.entry(
              "pinlian.v1.TraceEnd.completeness",
              "not read: what a story proves is computed here"));

  /** Messages of which the order, or the absence, changes nothing, and why. */
  private static final Map<String, String> FREE =
      Map.of(
          "FINDING dropped", "nothing proves that the rules noticed nothing else",
          "FINDING doubled", "the ledger's word twice",
          "FINDING FINDING swapped", "findings have no order",
          "CHAIN CHAIN swapped", "two empty keys chains of genesis authorities have no order");

  private final Bamboo bamboo = new Bamboo();

  private List<TraceReply> honest(View view) {
    List<TraceReply> trace = new ArrayList<>(bamboo.trace(view));
    for (FindingCode code :
        List.of(FindingCode.TEMPERATURE_GAP, FindingCode.CITED_RECORD_UNKNOWN)) {
      trace.add(
          trace.size() - 1,
          TraceReply.newBuilder()
              .setFinding(
                  Finding.newBuilder()
                      .setCode(code)
                      .setSeverity(FindingSeverity.FINDING_SEVERITY_ORDINARY)
                      .setSubject(
                          bamboo.trace(view).stream()
                              .filter(TraceReply::hasChain)
                              .map(one -> one.getChain().getSubject())
                              .filter(subject -> subject.equals(Bamboo.MIX.uri()))
                              .findFirst()
                              .orElseThrow())
                      .addRecords(ByteString.copyFrom(new byte[32]))
                      .setRuleZh("温度无数据")
                      .setRuleEn("no readings")
                      .setBasis("GSP")
                      .addFacts(FindingFact.newBuilder().setName("minutes").setValue("31")))
              .build());
    }
    return trace;
  }

  @Test
  void refusesEveryChangedFieldOfAWholeStory() throws VerificationException {
    refusesEveryChangedField(honest(View.WHOLE));
  }

  @Test
  void refusesEveryChangedFieldOfAPublicStory() throws VerificationException {
    refusesEveryChangedField(honest(View.PUBLIC));
  }

  private void refusesEveryChangedField(List<TraceReply> trace) throws VerificationException {
    Story told = bamboo.verify(trace);
    assertEquals(2, told.findingsAsTold().size());
    Map<String, String> accepted = new TreeMap<>();
    int refused = 0;
    for (int i = 0; i < trace.size(); i++) {
      for (Mutation<TraceReply> mutation : Mutations.of(trace.get(i))) {
        List<TraceReply> changed = new ArrayList<>(trace);
        changed.set(i, mutation.message());
        if (isRefused(changed)) {
          refused++;
        } else if (!TOLD_ONLY.containsKey(mutation.field())) {
          accepted.put("message " + i + ", " + mutation.field(), mutation.how());
        }
      }
    }
    assertEquals(Map.of(), accepted);
    assertTrue(refused > 1_000, () -> "only some changes were tried");
  }

  @Test
  void refusesEveryMessageLeftOutDoubledOrSwapped() {
    List<TraceReply> trace = honest(View.WHOLE);
    List<String> accepted = new ArrayList<>();
    for (int i = 0; i < trace.size(); i++) {
      String what = trace.get(i).getPartCase().name();
      List<TraceReply> dropped = new ArrayList<>(trace);
      dropped.remove(i);
      note(accepted, i, what + " dropped", dropped);
      List<TraceReply> doubled = new ArrayList<>(trace);
      doubled.add(i, trace.get(i));
      note(accepted, i, what + " doubled", doubled);
      if (i > 0) {
        List<TraceReply> swapped = new ArrayList<>(trace);
        Collections.swap(swapped, i, i - 1);
        note(accepted, i, trace.get(i - 1).getPartCase() + " " + what + " swapped", swapped);
      }
    }
    assertEquals(List.of(), accepted);
  }

  private void note(List<String> accepted, int index, String what, List<TraceReply> trace) {
    if (!isRefused(trace) && !FREE.containsKey(what)) {
      accepted.add(index + " " + what);
    }
  }

  private boolean isRefused(List<TraceReply> trace) {
    try {
      Story unused = bamboo.verify(trace);
      return false;
    } catch (VerificationException e) {
      return true;
    }
  }
}
