// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.pinlian.checkpoint.TrustPolicy;
import org.pinlian.identifier.ParticipantId;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Who speaks under an order, and through which gateway. */
final class RecallOptions {
  @Option(names = "--key", paramLabel = "FILE", description = "Your secret key (PEM).")
  private @Nullable Path key;

  @Option(
      names = "--as",
      paramLabel = "PARTICIPANT",
      description = "Whose key --key is (default: whose the gateway says).")
  private @Nullable String participant;

  @Option(
      names = "--gateway",
      paramLabel = "HOST:PORT",
      defaultValue = Address.DEFAULT,
      description = "The gateway (default: ${DEFAULT-VALUE}).")
  private String gateway = Address.DEFAULT;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      defaultValue = ReachOptions.DEFAULT_DATA,
      description = "The folder in which `demo` left its short codes (default: ${DEFAULT-VALUE}).")
  private Path data = Path.of(ReachOptions.DEFAULT_DATA);

  @Option(names = "--policy", paramLabel = "FILE", description = "Whom to trust.")
  private @Nullable Path policy;

  @Option(
      names = "--purpose",
      paramLabel = "TEXT",
      description = {
        "As an authority: why you look, recorded on your own look-ups chain before anything",
        "restricted is shown (default: ${DEFAULT-VALUE})."
      })
  private String purpose = "召回 recall";

  @Mixin private final TlsOptions tls = new TlsOptions();

  /** Where short codes are known. */
  Path folder() {
    return data;
  }

  String purpose() {
    return purpose;
  }

  /** As whoever has the key. */
  GatewaySession open(Console console) throws Exception {
    if (key == null) {
      throw CommandException.usage("who speaks?", "Give --key FILE.");
    }
    return open(key, participant, console);
  }

  /**
   * As whoever has another key.
   *
   * @param who whose it is; null for whose the gateway says
   */
  GatewaySession open(Path other, @Nullable String who, Console console) throws Exception {
    Address address = Address.parse(gateway);
    TrustPolicy trusted = policy == null ? null : Policies.read(policy);
    return GatewaySession.open(
        tls.channel(address),
        address,
        who == null ? null : ParticipantId.parse(who),
        KeyFiles.readSecret(other),
        trusted,
        console);
  }
}
