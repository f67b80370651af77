// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.pinlian.client.RefusedException;
import org.pinlian.client.UnreachableException;
import org.pinlian.dossier.VerificationException;
import org.pinlian.identifier.IdentifierException;
import org.pinlian.identifier.ParticipantId;
import org.pinlian.node.findings.Severity;
import org.pinlian.tools.config.Durations;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Findings of a ledger that runs, as they come and go: who asks, where, why and for how long. */
final class WatchOptions {
  @Option(
      names = "--watch",
      description = {
        "Watch a running ledger instead of reading a folder: those that stand, then what changes,",
        "until Ctrl-C. For authorities; one sees what rests on records of its own district alone."
      })
  private boolean watch;

  @Option(
      names = "--gateway",
      paramLabel = "HOST:PORT",
      description = "With --watch: the gateway (default: " + Address.DEFAULT + ").")
  private @Nullable String gateway;

  @Option(
      names = "--purpose",
      paramLabel = "TEXT",
      description = {
        "With --watch: why you look. Recorded on your own look-ups chain before anything is shown;",
        "every participant may read it, so it names nobody."
      })
  private @Nullable String purpose;

  @Option(names = "--changes-only", description = "With --watch: not what stands when it begins.")
  private boolean changesOnly;

  @Option(
      names = "--for",
      paramLabel = "TIME",
      description = "With --watch: end after so long, as 30s, 15m or 8h (default: never).")
  private @Nullable String time;

  @Option(
      names = "--policy",
      paramLabel = "FILE",
      description = "With --watch: whom to trust (default: what the gateway says it is).")
  private @Nullable Path policy;

  @Mixin private final IdentityOptions identity = new IdentityOptions();
  @Mixin private final TlsOptions tls = new TlsOptions();

  /** Whether to watch. */
  boolean isGiven() {
    if (!watch
        && (gateway != null
            || purpose != null
            || changesOnly
            || time != null
            || policy != null
            || identity.key != null
            || identity.as != null)) {
      throw CommandException.usage(
          "a gateway is asked for findings with --watch", "Or give --data DIR alone.");
    }
    return watch;
  }

  /** Watches, until it is time to end. */
  Exit run(Severity least, Console console)
      throws IOException,
          IdentifierException,
          RefusedException,
          UnreachableException,
          VerificationException,
          InterruptedException {
    String why = purpose;
    if (identity.key == null || why == null) {
      throw CommandException.usage(
          "--watch wants --key and --purpose", "A gateway wants to know who looks, and why.");
    }
    Duration most = time == null ? null : Durations.parse(time);
    if (time != null && most == null) {
      throw CommandException.usage("--for: " + time, "As 30s, 15m or 8h.");
    }
    Address address = Address.parse(gateway == null ? Address.DEFAULT : gateway);
    try (GatewaySession session =
        GatewaySession.open(
            tls.channel(address),
            address,
            identity.as == null ? null : ParticipantId.parse(identity.as),
            KeyFiles.readSecret(identity.key),
            policy == null ? null : Policies.read(policy),
            console)) {
      new FindingsWatching(session, least, why, changesOnly, console).run(most);
      return Exit.GOOD;
    }
  }
}
