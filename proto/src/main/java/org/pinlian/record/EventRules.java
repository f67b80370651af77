// SPDX-License-Identifier: Apache-2.0
package org.pinlian.record;

import org.jspecify.annotations.Nullable;
import org.pinlian.v1.ErrorDeclaration;
import org.pinlian.v1.EventAction;
import org.pinlian.v1.EventType;
import org.pinlian.v1.ItemMasterData;
import org.pinlian.v1.LineRole;
import org.pinlian.v1.SensorSummary;
import org.pinlian.v1.TraceEvent;

/**
 * Trace events: the shapes of the five event types of EPCIS 2.0 (ISO/IEC 19987), said in line
 * roles, and the fields of all of them.
 */
final class EventRules {
  private final FieldChecks checks;
  private final LineTable lines;
  private final SectionTable sections;
  private final FieldPath at = FieldPath.PUBLIC_PART.in("trace_event");

  EventRules(FieldChecks checks, LineTable lines, SectionTable sections) {
    this.checks = checks;
    this.lines = lines;
    this.sections = sections;
  }

  void check(TraceEvent event) {
    checks.requiredChoice(at, "type", event.getType());
    switch (event.getType()) {
      case EVENT_TYPE_OBJECT -> {
        action(event);
        only(LineRole.LINE_ROLE_OBJECT, null);
        goodsOrReadPoint(lines.count(LineRole.LINE_ROLE_OBJECT));
      }
      case EVENT_TYPE_TRANSACTION -> {
        action(event);
        only(LineRole.LINE_ROLE_OBJECT, LineRole.LINE_ROLE_PARENT);
        atMostOneParent();
        goodsOrReadPoint(
            lines.count(LineRole.LINE_ROLE_OBJECT) + lines.count(LineRole.LINE_ROLE_PARENT));
        if (sections.trade() == null || sections.trade().getBusinessTransactionsCount() == 0) {
          checks.missing(sections.tradeAt(), "business_transactions");
        }
      }
      case EVENT_TYPE_AGGREGATION -> {
        action(event);
        family(event, event.getAction() != EventAction.EVENT_ACTION_OBSERVE);
      }
      case EVENT_TYPE_ASSOCIATION -> {
        action(event);
        family(event, true);
      }
      case EVENT_TYPE_TRANSFORMATION -> transformation(event);
      case EVENT_TYPE_UNSPECIFIED, UNRECOGNIZED -> {}
    }
    fields(event);
  }

  private void action(TraceEvent event) {
    checks.requiredChoice(at, "action", event.getAction());
  }

  /** Parent and children. A DELETE without children speaks of all that are in the parent. */
  private void family(TraceEvent event, boolean parentNeeded) {
    only(LineRole.LINE_ROLE_PARENT, LineRole.LINE_ROLE_CHILD);
    atMostOneParent();
    noPlace();
    if (parentNeeded && lines.count(LineRole.LINE_ROLE_PARENT) == 0) {
      checks.bad(at, "type", event.getType() + " with this action needs a parent line");
    }
    if (event.getAction() != EventAction.EVENT_ACTION_DELETE
        && lines.count(LineRole.LINE_ROLE_CHILD) == 0) {
      checks.bad(at, "type", event.getType() + " with this action needs a child line");
    }
  }

  /**
   * With a transformation id the event may be one part of a longer process: only in, or only out.
   */
  private void transformation(TraceEvent event) {
    if (event.getAction() != EventAction.EVENT_ACTION_UNSPECIFIED) {
      checks.bad(at, "action", "a transformation has no action");
    }
    only(LineRole.LINE_ROLE_INPUT, LineRole.LINE_ROLE_OUTPUT);
    noPlace();
    boolean inputs = lines.count(LineRole.LINE_ROLE_INPUT) > 0;
    boolean outputs = lines.count(LineRole.LINE_ROLE_OUTPUT) > 0;
    boolean partial =
        sections.recipe() != null && !sections.recipe().getTransformationId().isEmpty();
    if (partial ? !inputs && !outputs : !inputs || !outputs) {
      checks.bad(
          at,
          "type",
          "a transformation needs input and output lines, or one of them and a transformation id");
    }
  }

  private void only(LineRole first, @Nullable LineRole second) {
    for (int n = 0; n < lines.size() && !checks.isFull(); n++) {
      int role = lines.role(n);
      if (role != first.getNumber()
          && (second == null || role != second.getNumber())
          && role != LineRole.LINE_ROLE_LOT_VALUE
          && role != LineRole.LINE_ROLE_PLACE_VALUE) {
        checks.bad(FieldPath.of("lines", n), "role", "an event of this type has no such lines");
      }
    }
  }

  private void atMostOneParent() {
    if (lines.count(LineRole.LINE_ROLE_PARENT) > 1) {
      checks.bad(at, "type", "one parent at most, found " + lines.count(LineRole.LINE_ROLE_PARENT));
    }
  }

  private void noPlace() {
    if (lines.count(LineRole.LINE_ROLE_PLACE) > 0) {
      checks.bad(at, "type", "an event that names goods has no place line");
    }
  }

  /** An event that names no goods hangs from its read point; with goods, the place stays out. */
  private void goodsOrReadPoint(int goods) {
    if (goods > 0) {
      noPlace();
    } else if (lines.count(LineRole.LINE_ROLE_PLACE) != 1
        || lines.count(LineRole.LINE_ROLE_LOT) > 0) {
      checks.bad(at, "type", "an event without goods has one place line and nothing else");
    }
  }

  private void fields(TraceEvent event) {
    if (!event.getEventId().isEmpty()) {
      checks.uri(at, "event_id", event.getEventId());
    }
    checks.requiredInstant(at, "event_time", event.getEventTime());
    checks.zoneOffset(at, "zone_offset", event.getZoneOffset());
    checks.name(at, "business_step", event.getBusinessStep());
    checks.name(at, "disposition", event.getDisposition());
    checks.names(at, "dispositions_set", event.getDispositionsSetList());
    checks.names(at, "dispositions_unset", event.getDispositionsUnsetList());
    checks.names(at, "certification_info", event.getCertificationInfoList());
    if (event.hasErrorDeclaration()) {
      errorDeclaration(event.getErrorDeclaration());
    }
    if (event.hasReadPoint()) {
      BodyRules.area(checks, at.in("read_point"), event.getReadPoint());
    }
    if (event.hasBusinessLocation()) {
      BodyRules.area(checks, at.in("business_location"), event.getBusinessLocation());
    }
    if (event.hasItem()) {
      item(event);
    }
    for (int i = 0; i < event.getSensorsCount() && !checks.isFull(); i++) {
      SensorSummary sensor = event.getSensors(i);
      FieldPath in = at.in("sensors", i);
      checks.requiredName(in, "type", sensor.getType());
      checks.name(in, "unit", sensor.getUnit());
      checks.choice(in, "verdict", sensor.getVerdict());
      BodyRules.curve(checks, in, sensor.getCurveList());
    }
  }

  private void errorDeclaration(ErrorDeclaration declaration) {
    FieldPath in = at.in("error_declaration");
    checks.requiredInstant(in, "declared_at", declaration.getDeclaredAt());
    checks.name(in, "reason", declaration.getReason());
    for (int i = 0; i < declaration.getCorrectiveEventIdsCount() && !checks.isFull(); i++) {
      checks.uri(in.in("corrective_event_ids", i), "", declaration.getCorrectiveEventIds(i));
    }
  }

  /** Master data are given when goods come to be, not when they are seen again. */
  private void item(TraceEvent event) {
    boolean made =
        event.getType() == EventType.EVENT_TYPE_TRANSFORMATION
            || (event.getType() == EventType.EVENT_TYPE_OBJECT
                && event.getAction() == EventAction.EVENT_ACTION_ADD);
    if (!made) {
      checks.bad(at, "item", "only with a transformation or an object event of action ADD");
    }
    FieldPath in = at.in("item");
    ItemMasterData item = event.getItem();
    checks.name(in, "lot", item.getLot());
    checks.name(in, "product_name", item.getProductName());
    checks.origin(in, "origin", item.getOrigin());
    checks.date(in, "produced_on", item.getProducedOn());
    checks.date(in, "harvested_on", item.getHarvestedOn());
    checks.date(in, "expires_on", item.getExpiresOn());
    checks.date(in, "best_before", item.getBestBefore());
  }
}
