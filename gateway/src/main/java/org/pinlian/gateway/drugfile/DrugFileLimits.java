// SPDX-License-Identifier: Apache-2.0
package org.pinlian.gateway.drugfile;

/** What a file may be. Everything beyond a limit is refused, naming it. */
final class DrugFileLimits {
  static final int DOCUMENT_BYTES_MAX = 32 << 20;

  /**
   * About 200 bytes of memory each while a file is read. A batch of more is filed in several files,
   * as the upload interfaces of today ask for too.
   */
  static final int CODES_MAX = 250_000;

  static final int BATCHES_MAX = 1_000;
  static final int BILLS_MAX = 1_000;
  static final int DEPTH_MAX = 16;
  static final int ATTRIBUTES_MAX = 32;
  static final int TEXT_CHARACTERS_MAX = 1_000;

  /** A list of codes with commas between them, in one element. */
  static final int CODE_LIST_CHARACTERS_MAX = 8 << 20;

  static final int NAME_CHARACTERS_MAX = 256;
  static final int BILL_CODE_CHARACTERS_MAX = 64;

  /** Box, carton, case, pallet and so on. */
  static final int LAYERS_MAX = 8;

  /** Longer codes than any that is printed. */
  static final int CODE_CHARACTERS_MAX = 256;

  private DrugFileLimits() {}
}
