// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.findings;

import java.util.Collections;
import java.util.List;
import org.pinlian.node.rules.StatementLine;
import org.pinlian.v1.CustodyOutcome;
import org.pinlian.v1.EventAction;
import org.pinlian.v1.LineAnswer;
import org.pinlian.v1.LineRole;
import org.pinlian.v1.TraceEvent;

/**
 * What a statement does to one subject it touches. The order of the values is the order in which
 * things are taken that are said to have happened at one and the same instant: what is made before
 * what is packed, and that before what is sold.
 */
enum Deed {
  /** Brings it into being: commissioned, or output of a transformation. */
  MAKES,
  /** 进货: from somebody who is not enrolled. */
  TAKES_IN,
  /** Goods are put into it. */
  FILLS,
  /** It is put into a container. */
  IS_PACKED,
  /** Says something of it, and does nothing to it. */
  SPEAKS,
  /** Seen, moved or worked on by whoever has it. */
  HANDLES,
  OFFERS,
  CANCELS,
  ACCEPTS,
  REFUSES,
  /** Goods are taken out of it. */
  OPENS,
  /** It is taken out of a container. */
  IS_UNPACKED,
  /** Becomes something else. */
  USES,
  /** To whoever uses it up: retail, or dispensed. */
  SELLS,
  /** To somebody who is not enrolled. */
  DISPATCHES,
  /** Destroyed, or its identity ends. */
  ENDS;

  /**
   * Of a statement and the lines of it that name the subject.
   *
   * @param lines numbers, ascending, at least one
   */
  static Deed of(Told told, List<Integer> lines) {
    return switch (told.part().getBodyCase()) {
      case TRACE_EVENT -> of(told.part().getTraceEvent(), told, lines);
      case CUSTODY_OFFER -> goods(told, lines) ? OFFERS : SPEAKS;
      case CUSTODY_CANCEL -> goods(told, lines) ? CANCELS : SPEAKS;
      case CUSTODY_ANSWER -> goods(told, lines) ? answer(told, lines) : SPEAKS;
      case INTAKE -> has(told, lines, LineRole.LINE_ROLE_OBJECT) ? TAKES_IN : SPEAKS;
      case DISPATCH -> has(told, lines, LineRole.LINE_ROLE_OBJECT) ? DISPATCHES : SPEAKS;
      default -> SPEAKS;
    };
  }

  private static Deed of(TraceEvent event, Told told, List<Integer> lines) {
    return switch (event.getType()) {
      case EVENT_TYPE_OBJECT ->
          has(told, lines, LineRole.LINE_ROLE_OBJECT) ? ofObject(event) : SPEAKS;
      case EVENT_TYPE_AGGREGATION -> ofAggregation(event, told, lines);
      case EVENT_TYPE_TRANSFORMATION -> ofTransformation(told, lines);
      // Papers are linked to goods, or a sensor to a crate: nobody needs to have them for that.
      case EVENT_TYPE_TRANSACTION, EVENT_TYPE_ASSOCIATION -> SPEAKS;
      case EVENT_TYPE_UNSPECIFIED, UNRECOGNIZED -> SPEAKS;
    };
  }

  private static Deed ofObject(TraceEvent event) {
    if (event.getAction() == EventAction.EVENT_ACTION_ADD) {
      return MAKES;
    }
    if (BusinessSteps.sells(event)) {
      return SELLS;
    }
    if (event.getAction() == EventAction.EVENT_ACTION_DELETE || BusinessSteps.ends(event)) {
      return ENDS;
    }
    return BusinessSteps.needsGoods(event) ? HANDLES : SPEAKS;
  }

  private static Deed ofAggregation(TraceEvent event, Told told, List<Integer> lines) {
    boolean parent = has(told, lines, LineRole.LINE_ROLE_PARENT);
    if (!parent && !has(told, lines, LineRole.LINE_ROLE_CHILD)) {
      return SPEAKS;
    }
    return switch (event.getAction()) {
      case EVENT_ACTION_ADD -> parent ? FILLS : IS_PACKED;
      case EVENT_ACTION_DELETE -> parent ? OPENS : IS_UNPACKED;
      case EVENT_ACTION_OBSERVE, EVENT_ACTION_UNSPECIFIED, UNRECOGNIZED -> HANDLES;
    };
  }

  /** What goes in and comes out the same was worked on. */
  private static Deed ofTransformation(Told told, List<Integer> lines) {
    boolean in = has(told, lines, LineRole.LINE_ROLE_INPUT);
    boolean out = has(told, lines, LineRole.LINE_ROLE_OUTPUT);
    if (in && out) {
      return HANDLES;
    }
    return in ? USES : out ? MAKES : SPEAKS;
  }

  private static Deed answer(Told told, List<Integer> lines) {
    for (LineAnswer answer : told.part().getCustodyAnswer().getAnswersList()) {
      if (Collections.binarySearch(lines, answer.getLine()) >= 0
          && answer.getOutcome() == CustodyOutcome.CUSTODY_OUTCOME_ACCEPTED) {
        return ACCEPTS;
      }
    }
    return REFUSES;
  }

  private static boolean goods(Told told, List<Integer> lines) {
    return has(told, lines, LineRole.LINE_ROLE_OBJECT)
        || has(told, lines, LineRole.LINE_ROLE_PARENT);
  }

  private static boolean has(Told told, List<Integer> lines, LineRole role) {
    List<StatementLine> all = told.lines();
    for (int line : lines) {
      if (all.get(line).role() == role) {
        return true;
      }
    }
    return false;
  }
}
