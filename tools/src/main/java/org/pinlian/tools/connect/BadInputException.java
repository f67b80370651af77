// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools.connect;

import java.util.List;
import java.util.Map;

/** An input that the ledger would refuse whatever it holds, so it is not sent. */
public final class BadInputException extends Exception {
  private static final long serialVersionUID = 1L;

  private final boolean readable;
  private final transient List<Violation> violations;

  private BadInputException(boolean readable, List<Violation> violations) {
    super(violations.get(0).toString());
    this.readable = readable;
    this.violations = List.copyOf(violations);
  }

  /** Not of the form it should be. */
  public static BadInputException unreadable(String path, String description) {
    return new BadInputException(false, List.of(new Violation(path, description)));
  }

  /** Of the form, and these parts of it are not what the ledger takes. */
  public static BadInputException notAcceptable(Map<String, String> byPath) {
    return notAcceptable(
        byPath.entrySet().stream()
            .map(one -> new Violation(one.getKey(), one.getValue()))
            .toList());
  }

  /** Of the form, and not what the ledger takes. */
  static BadInputException notAcceptable(List<Violation> violations) {
    return new BadInputException(true, violations);
  }

  boolean isReadable() {
    return readable;
  }

  List<Violation> violations() {
    return violations;
  }
}
