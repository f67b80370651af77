// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools;

import picocli.CommandLine.Option;

/** Where the gateway is, for commands that cannot do without one. */
final class GatewayOptions {
  @Option(
      names = "--gateway",
      paramLabel = "HOST:PORT",
      defaultValue = Address.DEFAULT,
      description = "The gateway (default: ${DEFAULT-VALUE}).")
  String gateway = Address.DEFAULT;

  Address address() {
    return Address.parse(gateway);
  }
}
