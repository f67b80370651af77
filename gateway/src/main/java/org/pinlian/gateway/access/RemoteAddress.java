// SPDX-License-Identifier: Apache-2.0
package org.pinlian.gateway.access;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/** Whom an address stands for, where nobody has logged in. */
public final class RemoteAddress {
  private static final int IPV6_NETWORK_BYTES = 8;

  private RemoteAddress() {}

  /**
   * The name under which an address is counted: itself for IPv4, its /64 network for IPv6, because
   * whoever has one address there has all of them.
   */
  public static String counted(@Nullable String address) {
    if (address == null) {
      return "unknown";
    }
    try {
      InetAddress parsed = InetAddress.ofLiteral(address);
      if (parsed instanceof Inet6Address) {
        return HexFormat.of()
            .formatHex(Arrays.copyOf(parsed.getAddress(), IPV6_NETWORK_BYTES))
            .concat("/64");
      }
      return parsed.getHostAddress();
    } catch (IllegalArgumentException notAnAddress) {
      return "unknown";
    }
  }
}
