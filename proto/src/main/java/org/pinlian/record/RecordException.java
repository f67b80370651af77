// SPDX-License-Identifier: Apache-2.0
package org.pinlian.record;

import org.pinlian.v1.RefusalCode;

/** A record, section, line or header that breaks a rule, with the place and the rule's code. */
public final class RecordException extends Exception {
  private static final long serialVersionUID = 1L;

  private final RefusalCode code;
  private final String path;

  /**
   * @param path where, as in {@code records[3].sections[0]}
   * @param message what was expected and what was found
   */
  public RecordException(RefusalCode code, String path, String message) {
    super(message);
    this.code = code;
    this.path = path;
  }

  public RefusalCode code() {
    return code;
  }

  public String path() {
    return path;
  }
}
