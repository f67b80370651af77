// SPDX-License-Identifier: Apache-2.0
package org.pinlian.record;

/** Names that stand in no message, and that all who call and answer must spell alike. */
public final class WireNames {
  /** Header by which the gateway tells the node who is logged in. Absent for nobody. */
  public static final String READER_HEADER = "pinlian-reader";

  /** Domain of the {@code google.rpc.ErrorInfo} whose reason is a RefusalCode. */
  public static final String ERROR_DOMAIN = "pinlian.org";

  /**
   * Health service (grpc.health.v1) of a node that does not serve once stored bytes are damaged.
   */
  public static final String STORAGE_HEALTH = "pinlian.storage";

  private WireNames() {}
}
