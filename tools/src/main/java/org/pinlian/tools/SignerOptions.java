// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools;

import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.pinlian.checkpoint.TrustPolicy;
import org.pinlian.client.RefusedException;
import org.pinlian.client.UnreachableException;
import org.pinlian.dossier.VerificationException;
import org.pinlian.identifier.IdentifierException;
import org.pinlian.identifier.ParticipantId;
import org.pinlian.signing.SigningKey;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Who signs, and through which gateway. */
final class SignerOptions {
  @SuppressWarnings("NullAway.Init")
  @Option(
      names = "--key",
      paramLabel = "FILE",
      required = true,
      description = "Your secret key (PEM). It never leaves this computer.")
  private Path key;

  @Option(
      names = {"--as", "--participant"},
      paramLabel = "PARTICIPANT",
      description =
          "Who you are, as uscc:91000000MA00000157 (default: whose key the gateway says.)")
  private @Nullable String participant;

  @Option(
      names = "--gateway",
      paramLabel = "HOST:PORT",
      defaultValue = Address.DEFAULT,
      description = "The gateway (default: ${DEFAULT-VALUE}).")
  private String gateway = Address.DEFAULT;

  @Option(
      names = "--policy",
      paramLabel = "FILE",
      description =
          "Whom to trust. Without it the gateway's own word is taken for what it says it is.")
  private @Nullable Path policy;

  @Mixin private final TlsOptions tls = new TlsOptions();

  GatewaySession open(Console console)
      throws IOException,
          IdentifierException,
          RefusedException,
          UnreachableException,
          VerificationException {
    Address address = Address.parse(gateway);
    ParticipantId who = participant == null ? null : ParticipantId.parse(participant);
    SigningKey secret = KeyFiles.readSecret(key);
    TrustPolicy trusted = policy == null ? null : Policies.read(policy);
    return GatewaySession.open(tls.channel(address), address, who, secret, trusted, console);
  }

  /** As the file that was named says; null if none was. */
  @Nullable TrustPolicy policy() throws IOException {
    return policy == null ? null : Policies.read(policy);
  }

  /** As given; else the gateway is asked. */
  ParticipantId participant(Console console)
      throws IOException,
          IdentifierException,
          RefusedException,
          UnreachableException,
          VerificationException {
    if (participant == null) {
      try (GatewaySession session = open(console)) {
        participant = session.participant().toString();
      }
    }
    return ParticipantId.parse(participant);
  }

  Address address() {
    return Address.parse(gateway);
  }
}
