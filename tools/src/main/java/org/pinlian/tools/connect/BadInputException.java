// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools.connect;

import java.util.List;

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

  /** Not of the form it should be, by these rules. */
  public static BadInputException unreadable(List<Violation> violations) {
    return new BadInputException(false, violations);
  }

  /** Of the form, and not what the ledger takes. */
  public static BadInputException notAcceptable(List<Violation> violations) {
    return new BadInputException(true, violations);
  }

  boolean isReadable() {
    return readable;
  }

  List<Violation> violations() {
    return violations;
  }
}
