// SPDX-License-Identifier: Apache-2.0
package org.pinlian.record;

/**
 * A code by which somebody at the edge refuses: the gateway over plain HTTP, the readers of EPCIS
 * documents and drug files, the local agent. All are told alike, by {@code pinlian errors} and
 * docs/errors.md.
 */
public interface ErrorCode {
  /** The code: never renamed. */
  String name();

  /** The status of whoever tells it over HTTP. */
  int http();

  /** What is the matter and what to do about it. */
  String english();

  /** The same in Chinese. */
  String chinese();
}
