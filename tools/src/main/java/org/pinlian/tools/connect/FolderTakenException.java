// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools.connect;

import java.io.IOException;
import java.nio.file.Path;

/** Another agent, or another witness, runs on the folder. */
public final class FolderTakenException extends IOException {
  private static final long serialVersionUID = 1L;

  FolderTakenException(Path folder) {
    super("another one runs on " + folder);
  }
}
