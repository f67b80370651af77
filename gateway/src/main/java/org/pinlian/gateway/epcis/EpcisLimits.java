// SPDX-License-Identifier: Apache-2.0
package org.pinlian.gateway.epcis;

/** What a document may be. Everything beyond a limit is refused, naming it. */
final class EpcisLimits {
  /** A submission is 4 MiB at most (formats.md A.10), and a document says everything twice. */
  static final int DOCUMENT_BYTES_MAX = 16 << 20;

  static final int DEPTH_MAX = 48;
  static final int EVENTS_MAX = 10_000;
  static final int ATTRIBUTES_MAX = 64;
  static final int PREFIXES_MAX = 256;
  static final int TEXT_CHARACTERS_MAX = 1 << 16;
  static final int NAME_CHARACTERS_MAX = 256;

  /** Digits of a JSON number: a double has 17 and its exponent. */
  static final int NUMBER_CHARACTERS_MAX = 64;

  private EpcisLimits() {}
}
