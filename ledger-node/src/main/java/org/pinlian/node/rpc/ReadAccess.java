// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.rpc;

import org.pinlian.node.provenance.Reader;

/** Who a caller is as a reader, decided once for each call. */
@FunctionalInterface
public interface ReadAccess {
  /**
   * @param caller participant id as the gateway says, empty when nobody is logged in
   * @throws org.pinlian.node.provenance.NotReadableException if nothing may be shown
   */
  Reader reader(String caller);
}
