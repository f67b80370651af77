// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools.demo;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.pinlian.identifier.Subject;

/**
 * What a story leaves behind for whoever wants to look things up. All maps are in order.
 *
 * @param name short, in ASCII
 * @param title for people
 * @param codes short code to what a scanner would read: units, cartons, retail lots
 * @param lots short code to lot
 * @param holders who must hold the goods in the end, by subject
 * @param backward short codes to trace backward from
 * @param forward short code to trace forward from
 */
public record Tale(
    String name,
    String title,
    Map<String, Subject> codes,
    Map<String, Subject> lots,
    Map<Subject, Actor> holders,
    List<String> backward,
    String forward) {

  public Tale {
    codes = new LinkedHashMap<>(codes);
    lots = new LinkedHashMap<>(lots);
    holders = new LinkedHashMap<>(holders);
    backward = List.copyOf(backward);
  }
}
