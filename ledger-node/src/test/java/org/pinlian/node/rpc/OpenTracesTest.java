// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.rpc;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.pinlian.node.rpc.OpenTraces.Entered;

class OpenTracesTest {
  private final OpenTraces open = new OpenTraces();

  @Test
  void oneReaderLeavesRoomForOthers() {
    assertEquals(32, entered("greedy"));
    assertEquals(Entered.TOO_MANY_OF_READER, open.enter("greedy"));
    assertEquals(Entered.IN, open.enter("other"));
    open.leave("greedy");
    assertEquals(Entered.IN, open.enter("greedy"));
  }

  @Test
  void allTogetherHaveALimit() {
    for (String reader : new String[] {"a", "b", "c", "d"}) {
      assertEquals(32, entered(reader));
    }
    assertEquals(Entered.TOO_MANY, open.enter("late"));
    open.leave("a");
    assertEquals(Entered.IN, open.enter("late"));
  }

  private int entered(String reader) {
    int entered = 0;
    while (open.enter(reader) == Entered.IN) {
      entered++;
    }
    return entered;
  }
}
