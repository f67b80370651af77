// SPDX-License-Identifier: Apache-2.0
package org.pinlian.record;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.pinlian.v1.Direction.DIRECTION_BACKWARD;
import static org.pinlian.v1.Direction.DIRECTION_FORWARD;
import static org.pinlian.v1.Direction.DIRECTION_STORY;
import static org.pinlian.v1.LineRole.LINE_ROLE_CERTIFICATE;
import static org.pinlian.v1.LineRole.LINE_ROLE_CHILD;
import static org.pinlian.v1.LineRole.LINE_ROLE_INPUT;
import static org.pinlian.v1.LineRole.LINE_ROLE_LOT;
import static org.pinlian.v1.LineRole.LINE_ROLE_OBJECT;
import static org.pinlian.v1.LineRole.LINE_ROLE_OUTPUT;
import static org.pinlian.v1.LineRole.LINE_ROLE_PARENT;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.pinlian.merkle.Hash;
import org.pinlian.merkle.HashAlgorithm;
import org.pinlian.record.Reach.Step;
import org.pinlian.record.Reach.Touch;
import org.pinlian.record.Reach.Window;
import org.pinlian.v1.Direction;
import org.pinlian.v1.EventAction;
import org.pinlian.v1.EventType;
import org.pinlian.v1.Kind;
import org.pinlian.v1.LineRole;
import org.pinlian.v1.PublicPart;
import org.pinlian.v1.TraceEvent;

class ReachTest {
  private static Hash key(String subject) {
    return Chains.subjectKey(HashAlgorithm.SHA_256, subject);
  }

  private static Touch in(LineRole role, String subject) {
    return new Touch(role.getNumber(), key(subject), subject);
  }

  private static Step added(long index, Touch... lines) {
    return new Step(new RecordPlace(index, 0), false, List.of(lines));
  }

  private static Step removed(long index, Touch... lines) {
    return new Step(new RecordPlace(index, 0), true, List.of(lines));
  }

  private static List<String> from(
      String subject, Direction direction, Window window, Step... chain) {
    List<String> reached = new ArrayList<>();
    Reach.along(
        direction,
        key(subject),
        window,
        List.of(chain),
        (line, next) -> reached.add(line.subject() + (next.equals(Window.WHOLE) ? "" : "*")));
    return reached;
  }

  private static List<String> from(String subject, Direction direction, Step... chain) {
    return from(subject, direction, Window.WHOLE, chain);
  }

  @Test
  void leadsFromWhatWasMadeToWhatItWasMadeOf() {
    Step mixing =
        added(
            1,
            in(LINE_ROLE_INPUT, "in"),
            in(LINE_ROLE_INPUT, "in2"),
            in(LINE_ROLE_OUTPUT, "out"),
            in(LINE_ROLE_LOT, "lot"));

    assertEquals(List.of("in", "in2", "lot"), from("out", DIRECTION_BACKWARD, mixing));
    assertEquals(List.of(), from("in", DIRECTION_BACKWARD, mixing));
    assertEquals(List.of("out"), from("in", DIRECTION_FORWARD, mixing));
    assertEquals(List.of(), from("out", DIRECTION_FORWARD, mixing));
    assertEquals(List.of("out"), from("lot", DIRECTION_FORWARD, mixing));
    assertEquals(List.of(), from("out", DIRECTION_STORY, mixing));
  }

  @Test
  void leadsFromGoodsToTheirCertificateEitherWay() {
    Step certified =
        added(
            1,
            in(LINE_ROLE_OBJECT, "goods"),
            in(LINE_ROLE_INPUT, "source"),
            in(LINE_ROLE_CERTIFICATE, "paper"));

    assertEquals(List.of("source", "paper"), from("goods", DIRECTION_BACKWARD, certified));
    assertEquals(List.of("paper"), from("goods", DIRECTION_FORWARD, certified));
    assertEquals(List.of("goods"), from("source", DIRECTION_FORWARD, certified));
    assertEquals(List.of(), from("paper", DIRECTION_BACKWARD, certified));
  }

  @Test
  void leadsIntoContainersOnlyWhenPutThere() {
    Touch box = in(LINE_ROLE_PARENT, "box");
    Touch goods = in(LINE_ROLE_CHILD, "goods");

    assertEquals(List.of("box*"), from("goods", DIRECTION_BACKWARD, added(1, box, goods)));
    assertEquals(List.of("box*"), from("goods", DIRECTION_FORWARD, added(1, box, goods)));
    assertEquals(List.of(), from("goods", DIRECTION_BACKWARD, removed(1, box, goods)));
    assertEquals(List.of("goods"), from("box", DIRECTION_FORWARD, added(1, box, goods)));
    assertEquals(List.of(), from("box", DIRECTION_BACKWARD, added(1, box, goods)));
  }

  @Test
  void leadsFromAContainerOnlyOutwardWhileTheGoodsWereInside() {
    Touch box = in(LINE_ROLE_PARENT, "box");
    Window stay = new Window(new RecordPlace(5, 0), key("goods"));
    Step before = added(4, in(LINE_ROLE_PARENT, "old pallet"), in(LINE_ROLE_CHILD, "box"));
    Step during = added(6, in(LINE_ROLE_PARENT, "pallet"), in(LINE_ROLE_CHILD, "box"));
    Step others = added(6, box, in(LINE_ROLE_CHILD, "other goods"));
    Step otherOut = removed(7, box, in(LINE_ROLE_CHILD, "other goods"));
    Step out = removed(8, box, in(LINE_ROLE_CHILD, "goods"));
    Step emptied = removed(8, box);
    Step after = added(9, in(LINE_ROLE_PARENT, "truck"), in(LINE_ROLE_CHILD, "box"));

    assertEquals(
        List.of("pallet*"),
        from("box", DIRECTION_FORWARD, stay, during, others, otherOut, out, after));
    assertEquals(List.of(), from("box", DIRECTION_FORWARD, stay, emptied, after));
    // Where it was already when the goods came.
    assertEquals(
        List.of("old pallet*", "pallet*"),
        from("box", DIRECTION_FORWARD, stay, before, during, out, after));
    Step unloaded = removed(4, in(LINE_ROLE_PARENT, "old pallet"), in(LINE_ROLE_CHILD, "box"));
    assertEquals(List.of(), from("box", DIRECTION_FORWARD, stay, before, unloaded, out, after));
    assertEquals(List.of("pallet*", "truck*"), from("box", DIRECTION_FORWARD, stay, during, after));
  }

  @Test
  void anOuterContainerThatWasEmptiedBeforeTheGoodsCameLeadsNowhere() {
    Touch truck = in(LINE_ROLE_PARENT, "truck");
    Window later = new Window(new RecordPlace(5, 0), key("box"), new RecordPlace(2, 0));
    Step old = removed(1, truck);
    Step loaded = added(2, truck, in(LINE_ROLE_CHILD, "box"));
    Step emptied = removed(3, truck);
    Step ferry = added(6, in(LINE_ROLE_PARENT, "ferry"), in(LINE_ROLE_CHILD, "truck"));

    assertEquals(List.of("ferry*"), from("truck", DIRECTION_FORWARD, later, old, loaded, ferry));
    assertEquals(List.of(), from("truck", DIRECTION_FORWARD, later, old, loaded, emptied, ferry));
    assertEquals(
        List.of("6.0"), places(Reach.within(key("truck"), later, List.of(old, loaded, ferry))));
    assertEquals(
        List.of(), Reach.within(key("truck"), later, List.of(old, loaded, emptied, ferry)));
  }

  @Test
  void ofAContainersChainTheStayOfTheGoodsIsTheirs() {
    Touch box = in(LINE_ROLE_PARENT, "box");
    Window stay = new Window(new RecordPlace(5, 0), key("goods"));
    List<Step> chain =
        List.of(
            added(4, in(LINE_ROLE_PARENT, "old pallet"), in(LINE_ROLE_CHILD, "box")),
            added(5, box, in(LINE_ROLE_CHILD, "goods")),
            removed(6, box, in(LINE_ROLE_CHILD, "other goods")),
            removed(7, box, in(LINE_ROLE_CHILD, "goods")),
            added(8, box, in(LINE_ROLE_CHILD, "later goods")));

    assertEquals(List.of("5.0", "6.0", "7.0"), places(Reach.within(key("box"), stay, chain)));
    assertEquals(5, Reach.within(key("box"), Window.WHOLE, chain).size());
    Window second = new Window(new RecordPlace(8, 0), key("later goods"));
    assertEquals(List.of("8.0"), places(Reach.within(key("box"), second, chain)));
  }

  private static List<String> places(List<RecordPlace> places) {
    return places.stream().map(RecordPlace::toString).toList();
  }

  @Test
  void takesOnlyDeletingAggregationsForRemovals() {
    TraceEvent.Builder delete = TraceEvent.newBuilder().setAction(EventAction.EVENT_ACTION_DELETE);

    assertTrue(isRemoval(delete.setType(EventType.EVENT_TYPE_AGGREGATION)));
    assertFalse(isRemoval(delete.setType(EventType.EVENT_TYPE_TRANSACTION)));
    assertFalse(Reach.isRemoval(Kind.KIND_TRACE_EVENT_VALUE, PublicPart.getDefaultInstance()));
  }

  private static boolean isRemoval(TraceEvent.Builder event) {
    return Reach.isRemoval(
        Kind.KIND_TRACE_EVENT_VALUE, PublicPart.newBuilder().setTraceEvent(event).build());
  }
}
