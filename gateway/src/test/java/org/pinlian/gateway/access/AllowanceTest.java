// SPDX-License-Identifier: Apache-2.0
package org.pinlian.gateway.access;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class AllowanceTest {
  private final AtomicLong nanos = new AtomicLong(-5);

  @Test
  void theBurstIsTakenAtOnceAndThenAsItRefills() {
    Allowance allowance = new Allowance(new RateLimit(10, 2, 100, 100), nanos::get);

    assertEquals(0, allowance.take());
    assertEquals(0, allowance.take());
    assertEquals(100_000_000, allowance.take());
    nanos.addAndGet(99_999_999);
    assertEquals(1, allowance.take());
    nanos.addAndGet(1);
    assertEquals(0, allowance.take());
  }

  @Test
  void noMoreThanTheBurstIsSavedUp() {
    Allowance allowance = new Allowance(new RateLimit(10, 2, 100, 100), nanos::get);
    nanos.addAndGet(60_000_000_000L);

    assertEquals(0, allowance.take());
    assertEquals(0, allowance.take());
    assertEquals(100_000_000, allowance.take());
  }

  @Test
  void aMessageLargerThanTheBurstIsPaidForAfterwards() {
    Allowance allowance = new Allowance(new RateLimit(10, 10, 100, 100), nanos::get);
    assertEquals(0, allowance.take());

    allowance.charge(1_099);

    assertEquals(10_000_000_000L, allowance.take());
  }

  @Test
  void aClockThatGoesBackGivesNothing() {
    Allowance allowance = new Allowance(new RateLimit(10, 1, 100, 100), nanos::get);
    assertEquals(0, allowance.take());

    nanos.addAndGet(-1_000_000_000);

    assertEquals(100_000_000, allowance.take());
  }

  @Test
  void whoCalledLongestAgoIsForgottenFirst() {
    Allowances allowances = new Allowances(new RateLimit(1, 1, 1, 1), 3, nanos::get);
    Allowance first = allowances.of("a");
    allowances.of("b");
    allowances.of("c");
    assertSame(first, allowances.of("a"));

    for (int i = 0; i < 1_000; i++) {
      allowances.of("flood " + i);
      assertSame(first, allowances.of("a"));
    }

    assertEquals(3, allowances.size());
  }

  @Test
  void ratesOfNothingAreNotALimit() {
    assertThrows(IllegalArgumentException.class, () -> new RateLimit(0, 1, 1, 1));
    assertThrows(IllegalArgumentException.class, () -> new RateLimit(1, 0.5, 1, 1));
    assertThrows(IllegalArgumentException.class, () -> new RateLimit(1, 1, Double.NaN, 1));
  }
}
