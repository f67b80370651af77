// SPDX-License-Identifier: Apache-2.0
package org.pinlian.trade;

/** One row of one table. */
public interface Row {
  /** Unique within its table. */
  String name();

  /** What the row says, in one line, for people. */
  String words();

  Source source();
}
