// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Who is asking, where a gateway wants to know. */
final class IdentityOptions {
  @Option(names = "--key", paramLabel = "FILE", description = "Your secret key (PEM).")
  @Nullable Path key;

  @Option(
      names = "--as",
      paramLabel = "PARTICIPANT",
      description =
          "Who you are, as uscc:91000000MA00000157 (default: whose key the gateway says.)")
  @Nullable String as;
}
