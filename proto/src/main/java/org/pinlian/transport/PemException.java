// SPDX-License-Identifier: Apache-2.0
package org.pinlian.transport;

import java.io.IOException;
import java.nio.file.Path;

/** A file does not hold what it must, or what it holds does not fit together. */
public final class PemException extends IOException {
  private static final long serialVersionUID = 1L;

  PemException(Path file, String found) {
    super(file + ": " + found);
  }

  PemException(Path file, String found, Throwable cause) {
    super(file + ": " + found, cause);
  }
}
