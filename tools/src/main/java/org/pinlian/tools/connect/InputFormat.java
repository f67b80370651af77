// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools.connect;

import java.util.Set;
import org.pinlian.gateway.drugfile.DraftSubmission;

/** A form in which records come in. Safe for use by many threads. */
public interface InputFormat {
  /** How inputs of this form are called over HTTP, without parameters: {@code application/json}. */
  Set<String> mediaTypes();

  /** How names of such files end, with the dot: {@code .json}. */
  Set<String> endings();

  /**
   * Reads the records of one input, which are taken whole or not at all. With an id if that follows
   * from what they say: the ledger then takes them once, whichever way they come again.
   *
   * @param bytes as they came, from outside; bounded in number and otherwise anything
   */
  DraftSubmission read(byte[] bytes) throws BadInputException;
}
