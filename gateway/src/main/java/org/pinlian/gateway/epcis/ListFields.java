// SPDX-License-Identifier: Apache-2.0
package org.pinlian.gateway.epcis;

import java.util.Set;

/** The fields of EPCIS that may stand more than once. */
final class ListFields {
  private static final Set<String> LISTS =
      Set.of(
          "epcList",
          "childEPCs",
          "inputEPCList",
          "outputEPCList",
          "quantityList",
          "childQuantityList",
          "inputQuantityList",
          "outputQuantityList",
          "bizTransactionList",
          "sourceList",
          "destinationList",
          "sensorElementList",
          "sensorReport",
          "correctiveEventIDs",
          "set",
          "unset");

  private ListFields() {}

  /** Whether it is a list, also of one. */
  static boolean isList(String name) {
    return LISTS.contains(name);
  }

  /** Whether there may be several: also of what stands without a list when it is one. */
  static boolean mayRepeat(String name) {
    return isList(name) || name.equals("certificationInfo");
  }
}
