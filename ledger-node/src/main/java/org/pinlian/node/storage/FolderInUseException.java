// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.storage;

import java.nio.file.Path;

/** A running node holds the folder. */
public final class FolderInUseException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String address;

  FolderInUseException(Path folder, String address) {
    super(
        "%s is held by a running node%s"
            .formatted(folder, address.isEmpty() ? "" : " at " + address));
    this.address = address;
  }

  /** Where that node serves; empty while it is still starting. */
  public String address() {
    return address;
  }
}
