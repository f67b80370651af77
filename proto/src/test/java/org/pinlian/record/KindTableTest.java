// SPDX-License-Identifier: Apache-2.0
package org.pinlian.record;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.pinlian.v1.Kind;
import org.pinlian.v1.LineRole;
import org.pinlian.v1.PublicPart;
import org.pinlian.v1.Role;

class KindTableTest {
  private static List<Integer> kindsThat(java.util.function.IntPredicate predicate) {
    List<Integer> kinds = new ArrayList<>();
    for (int kind = -1; kind < 70_000; kind++) {
      if (predicate.test(kind)) {
        kinds.add(kind);
      }
    }
    return kinds;
  }

  @Test
  void knowsTheTwentySixKindsOfTheTable() {
    assertEquals(26, kindsThat(KindTable::isKnown).size());
    assertFalse(KindTable.isKnown(0));
    assertFalse(KindTable.isKnown(27));
  }

  @Test
  void noticesAreThoseOfTheTable() {
    assertEquals(List.of(18, 19, 20, 21, 22, 23, 24), kindsThat(KindTable::isNotice));
  }

  /**
   * Neither commitments, answers, orders, keys nor the second of two signatures (formats.md A.2).
   */
  @Test
  void delegableIsWhatCommitsAndCommandsNobody() {
    assertEquals(
        List.of(5, 6, 7, 9, 10, 12, 13, 14, 15, 16, 17, 18, 20, 21, 23),
        kindsThat(KindTable::isDelegable));
  }

  @Test
  void everyBuiltKindHasABodyWithItsNumberAndTenAndNoOtherKindHas() {
    for (int kind = 1; kind <= 26; kind++) {
      boolean body = PublicPart.BodyCase.forNumber(kind + 10) != null;
      assertEquals(KindTable.isBuilt(kind), body, "kind " + kind);
    }
  }

  @Test
  void everyKindHasSignersAndLineRoles() {
    for (int kind = 1; kind <= 26; kind++) {
      assertFalse(KindTable.rule(kind).getSignersList().isEmpty(), "kind " + kind);
      assertFalse(KindTable.rule(kind).getLineRolesList().isEmpty(), "kind " + kind);
    }
  }

  @Test
  void onlyKeyKindsAndApprovalsReachKeysChains() {
    assertEquals(
        List.of(1, 2, 3, 4, 22),
        kindsThat(kind -> KindTable.allowsLine(kind, LineRole.LINE_ROLE_KEYS_VALUE)));
  }

  @Test
  void nothingIsAllowedForNumbersThatAreNoKindOrNoRole() {
    assertFalse(KindTable.allowsLine(0, 1));
    assertFalse(KindTable.allowsLine(1_000_000, 1));
    assertFalse(KindTable.allowsLine(7, 0));
    assertFalse(KindTable.allowsLine(7, 33));
    assertFalse(KindTable.allowsLine(7, -31));
    assertFalse(KindTable.allowsSigner(27, Set.of(Role.ROLE_AUTHORITY)));
    assertThrows(IllegalArgumentException.class, () -> KindTable.rule(0));
    assertThrows(IllegalArgumentException.class, () -> KindTable.rule(27));
  }

  @Test
  void oneOfTheSignersRolesIsEnoughAndNoneIsNot() {
    int certificate = Kind.KIND_COMMITMENT_CERTIFICATE_VALUE;
    assertTrue(KindTable.allowsSigner(certificate, Set.of(Role.ROLE_CARRIER, Role.ROLE_PRODUCER)));
    assertFalse(KindTable.allowsSigner(certificate, Set.of(Role.ROLE_CARRIER)));
    assertFalse(KindTable.allowsSigner(certificate, Set.of()));
    assertFalse(KindTable.allowsSigner(certificate, Set.of(Role.UNRECOGNIZED)));
  }
}
