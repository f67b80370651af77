// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools.bench;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** One figure, measured once a round. */
final class Rates {
  private final List<Double> rounds = new ArrayList<>();

  void add(double value) {
    rounds.add(value);
  }

  List<Double> rounds() {
    return Collections.unmodifiableList(rounds);
  }

  boolean isEmpty() {
    return rounds.isEmpty();
  }

  double median() {
    List<Double> sorted = rounds.stream().sorted().toList();
    int middle = sorted.size() / 2;
    return sorted.size() % 2 == 1
        ? sorted.get(middle)
        : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
  }

  double min() {
    return Collections.min(rounds);
  }

  double max() {
    return Collections.max(rounds);
  }

  /** Round by round: what disturbs the machine for longer than a round disturbs both. */
  Rates over(Rates other) {
    Rates ratios = new Rates();
    for (int i = 0; i < rounds.size(); i++) {
      ratios.add(rounds.get(i) / other.rounds.get(i));
    }
    return ratios;
  }
}
