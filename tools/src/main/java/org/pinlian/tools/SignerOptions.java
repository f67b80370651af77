// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools;

import io.grpc.ManagedChannel;
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
          "Who you are, as uscc:91000000MA00000157 (default: as an agent's spool knows, else whose"
              + " key the gateway says.)")
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
          "Whom to trust. Without it the gateway's own word is taken for what it says it is; an agent"
              + " takes that at its first start, and the same ever after.")
  private @Nullable Path policy;

  @Mixin private final TlsOptions tls = new TlsOptions();

  SigningKey key() throws IOException {
    return KeyFiles.readSecret(key);
  }

  /** As given; null if that was not. */
  @Nullable ParticipantId named() throws IdentifierException {
    return participant == null ? null : ParticipantId.parse(participant);
  }

  /** To the gateway; the caller closes it. */
  ManagedChannel channel() throws IOException {
    return tls.channel(address());
  }

  GatewaySession open(Console console)
      throws IOException,
          IdentifierException,
          RefusedException,
          UnreachableException,
          VerificationException {
    ParticipantId who = named();
    SigningKey secret = key();
    TrustPolicy trusted = policy();
    return GatewaySession.open(channel(), address(), who, secret, trusted, console);
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
