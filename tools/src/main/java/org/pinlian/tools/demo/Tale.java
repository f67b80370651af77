// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools.demo;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.pinlian.identifier.Subject;

/**
 * What a story leaves behind for whoever wants to look things up. All maps are in order.
 *
 * @param name short, in ASCII
 * @param title for people
 * @param codes short code to what a scanner would read: units, cartons, retail lots
 * @param lots short code to lot
 * @param holders who must have what came of {@code forward} in the end, by subject
 * @param backward short codes to trace backward from
 * @param forward short code to trace forward from
 * @param recall the order that was played through to its end, if there was one
 */
public record Tale(
    String name,
    String title,
    Map<String, Subject> codes,
    Map<String, Subject> lots,
    Map<Subject, Actor> holders,
    List<String> backward,
    String forward,
    Optional<Recall> recall) {

  /**
   * An order on a lot.
   *
   * @param order its name
   * @param lot short code
   * @param holders who must have had what when it came into effect, by subject
   */
  public record Recall(Subject order, String lot, Map<Subject, List<Actor>> holders) {
    public Recall {
      holders = new LinkedHashMap<>(holders);
    }
  }

  /** A story without an order. */
  public Tale(
      String name,
      String title,
      Map<String, Subject> codes,
      Map<String, Subject> lots,
      Map<Subject, Actor> holders,
      List<String> backward,
      String forward) {
    this(name, title, codes, lots, holders, backward, forward, Optional.empty());
  }

  public Tale {
    codes = new LinkedHashMap<>(codes);
    lots = new LinkedHashMap<>(lots);
    holders = new LinkedHashMap<>(holders);
    backward = List.copyOf(backward);
  }
}
