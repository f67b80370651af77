// SPDX-License-Identifier: Apache-2.0
package org.pinlian.gateway.grpc;

import com.google.protobuf.MessageLite;

/** What the gateway itself answers a call with. */
sealed interface Answer {
  record Reply(MessageLite message) implements Answer {}

  record Refused(GatewayStatus status) implements Answer {}
}
