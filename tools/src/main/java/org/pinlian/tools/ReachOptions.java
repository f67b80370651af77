// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Where the ledger is: a folder that no node holds, or a gateway. */
final class ReachOptions {
  static final String DEFAULT_DATA = "pinlian-data";

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "The ledger's folder (default: pinlian-data). No node may be running on it.")
  @Nullable Path data;

  @Option(
      names = "--gateway",
      paramLabel = "HOST:PORT",
      description = "A running gateway instead; with --key alone, 127.0.0.1:8080.")
  @Nullable String gateway;

  @Mixin final TlsOptions tls = new TlsOptions();

  /** The folder, given or not: what {@code demo} left there helps with a gateway as well. */
  Path folder() {
    return data == null ? Path.of(DEFAULT_DATA) : data;
  }
}
