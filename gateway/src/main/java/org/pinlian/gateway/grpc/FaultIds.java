// SPDX-License-Identifier: Apache-2.0
package org.pinlian.gateway.grpc;

import java.util.UUID;

/** Ids under which a fault is logged, so that a caller can name what went wrong for it. */
final class FaultIds {
  private FaultIds() {}

  static String next() {
    return UUID.randomUUID().toString();
  }
}
