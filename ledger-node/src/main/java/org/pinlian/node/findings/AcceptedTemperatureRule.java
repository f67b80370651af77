// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.findings;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.pinlian.node.findings.Coldness.Bad;
import org.pinlian.node.findings.Coldness.BadTimes;
import org.pinlian.node.findings.Offers.Answered;
import org.pinlian.v1.LineRole;

/**
 * Goods accepted although, while the giver had them, they were out of limits or nobody knows. Logs
 * of the containers around them count as their own.
 */
final class AcceptedTemperatureRule implements Rule {
  @Override
  public void look(Inquiry inquiry) {
    List<Answered> accepted = new ArrayList<>();
    for (Answered answer : inquiry.answers()) {
      if (answer.accepted() && answer.fits() && !answer.repeats()) {
        accepted.add(answer);
      }
    }
    if (accepted.isEmpty()) {
      return;
    }
    Map<String, NavigableSet<Long>> starts = Coldness.starts(Coldness.custody(inquiry));
    Map<String, BadTimes> read = new HashMap<>();
    Set<String> said = new HashSet<>();
    for (Answered answer : accepted) {
      Touch touch = answer.touch();
      NavigableSet<Long> had = starts.getOrDefault(answer.offer().signer(), new TreeSet<>());
      Long since = had.lower(touch.at());
      long from = since == null ? Long.MIN_VALUE : since;
      for (String subject : around(inquiry, touch)) {
        @Nullable Bad bad =
            read.computeIfAbsent(subject, one -> badTimes(inquiry, one)).within(from, touch.at());
        if (bad != null
            && said.add(touch.told().digest() + " " + bad.log().touch().told().digest())) {
          inquiry.find(
              FindingKind.ACCEPTED_DESPITE_TEMPERATURE,
              List.of(bad.log().touch().told(), touch.told()),
              "accepted_by",
              touch.signer(),
              "accepted_at",
              Times.text(touch.at()),
              "given_by",
              answer.offer().signer(),
              "because",
              bad.known() ? "excursion" : "no data",
              "from",
              Times.text(Math.max(bad.start(), from)),
              "until",
              Times.text(Math.min(bad.end(), touch.at())),
              "through",
              subject.equals(inquiry.subject()) ? "line" : "container");
        }
      }
    }
  }

  private static List<String> around(Inquiry inquiry, Touch touch) {
    List<String> subjects = new ArrayList<>();
    subjects.add(inquiry.subject());
    for (String container : inquiry.stays().aroundBefore(inquiry.subject(), touch)) {
      if (!subjects.contains(container)) {
        subjects.add(container);
      }
    }
    String parent = touch.other(LineRole.LINE_ROLE_PARENT);
    if (!parent.isEmpty() && !subjects.contains(parent)) {
      subjects.add(parent);
    }
    return subjects;
  }

  private static BadTimes badTimes(Inquiry inquiry, String subject) {
    return new BadTimes(Coldness.logs(inquiry.evidence().chain(subject).touches()));
  }
}
