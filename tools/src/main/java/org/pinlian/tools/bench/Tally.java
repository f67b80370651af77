// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.LongAccumulator;
import java.util.concurrent.atomic.LongAdder;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;
import org.pinlian.record.SignedSubmission;
import org.pinlian.v1.Receipt;

/** What became of the submissions of one phase. Filled by many streams at once. */
final class Tally {
  private static final int SAID_MAX = 10;

  final LongAdder submissions = new LongAdder();
  final LongAdder records = new LongAdder();
  final LongAdder bytes = new LongAdder();
  final LongAdder overloaded = new LongAdder();
  final LongAdder lost = new LongAdder();
  final LongAdder refused = new LongAdder();
  final LongAdder duplicates = new LongAdder();

  /** Microseconds from when a submission was due to be sent to its receipt. */
  final Histogram latency = new ConcurrentHistogram(3);

  private final LongAccumulator lastAnswer = new LongAccumulator(Math::max, Long.MIN_VALUE);
  private final List<Sampled> samples = new ArrayList<>();
  private final List<String> said = new ArrayList<>();

  /** A receipt kept to be verified when the clock has stopped. */
  record Sampled(SignedSubmission submission, Receipt receipt) {}

  void acknowledged(Prepared prepared, Receipt receipt, boolean duplicate, long sinceNanos) {
    long now = System.nanoTime();
    lastAnswer.accumulate(now);
    latency.recordValue(Math.max(0, now - sinceNanos) / 1_000);
    submissions.increment();
    records.add(prepared.records());
    bytes.add(prepared.request().length);
    if (duplicate) {
      duplicates.increment();
    }
    SignedSubmission sample = prepared.sample();
    if (sample != null) {
      synchronized (samples) {
        samples.add(new Sampled(sample, receipt));
      }
    }
  }

  /** Something that must not be. The first few are told in full. */
  void wrong(LongAdder counter, long count, String what) {
    counter.add(count);
    synchronized (said) {
      if (said.size() < SAID_MAX && !said.contains(what)) {
        said.add(what);
      }
    }
  }

  List<Sampled> samples() {
    synchronized (samples) {
      return List.copyOf(samples);
    }
  }

  List<String> said() {
    synchronized (said) {
      return List.copyOf(said);
    }
  }

  /** From the first sending to the last answer: nothing sent is left out. */
  double seconds(long startNanos) {
    return submissions.sum() == 0 ? 0 : (lastAnswer.get() - startNanos) / 1e9;
  }
}
