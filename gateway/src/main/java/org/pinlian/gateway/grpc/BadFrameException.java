// SPDX-License-Identifier: Apache-2.0
package org.pinlian.gateway.grpc;

/** A caller's bytes are not gRPC messages that this gateway takes. Carries the answer to that. */
final class BadFrameException extends Exception {
  private static final long serialVersionUID = 1L;

  private final transient GatewayStatus status;

  BadFrameException(GatewayStatus status) {
    super(status.toString());
    this.status = status;
  }

  GatewayStatus status() {
    return status;
  }
}
