// SPDX-License-Identifier: Apache-2.0
package org.pinlian.gateway.access;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import org.junit.jupiter.api.Test;

class RemoteAddressTest {
  @Test
  void addressesOfOneIpv6NetworkCountAsOne() {
    assertEquals(
        RemoteAddress.counted("2001:db8:1:2:3:4:5:6"), RemoteAddress.counted("2001:db8:1:2::1"));
    assertNotEquals(
        RemoteAddress.counted("2001:db8:1:2::1"), RemoteAddress.counted("2001:db8:1:3::1"));
  }

  @Test
  void ipv4AddressesCountForThemselves() {
    assertEquals("192.0.2.1", RemoteAddress.counted("192.0.2.1"));
    assertEquals("192.0.2.1", RemoteAddress.counted("::ffff:192.0.2.1"));
  }

  @Test
  void whatIsNoAddressCountsAsOne() {
    assertEquals(RemoteAddress.counted(null), RemoteAddress.counted("a name"));
  }
}
