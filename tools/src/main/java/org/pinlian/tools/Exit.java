// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools;

/** Exit codes of every command. Scripts rely on them, so they never change. */
enum Exit {
  GOOD(0),
  /** Something was examined and is not as it must be. */
  CHECK_FAILED(1),
  /** The command line, or a file it names, cannot be used. */
  USAGE(2),
  /** The ledger said no. */
  REFUSED(3),
  /** Nobody answers, or a node holds the folder. */
  UNREACHABLE(4),
  /**
   * A fault of this program, or of the machine: none of the above, so that no script mistakes it.
   */
  FAULT(70);

  private final int code;

  Exit(int code) {
    this.code = code;
  }

  int code() {
    return code;
  }
}
