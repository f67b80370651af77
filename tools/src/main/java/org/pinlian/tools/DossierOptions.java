// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.pinlian.checkpoint.TrustPolicy;
import org.pinlian.dossier.ProvenDossier;
import org.pinlian.identifier.Subject;
import org.pinlian.v1.View;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Whose story is asked for, of whom, and for whose eyes. */
final class DossierOptions {
  /** What a class of reader may see. */
  enum Seen {
    CONSUMER(View.VIEW_CONSUMER),
    PARTNER(View.VIEW_PARTNER),
    REGULATOR(View.VIEW_REGULATOR);

    private final View view;

    Seen(View view) {
      this.view = view;
    }

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * A dossier that was checked.
   *
   * @param policy by which
   */
  record Fetched(ProvenDossier dossier, TrustPolicy policy) {}

  @SuppressWarnings("NullAway.Init")
  @Parameters(
      paramLabel = "CODE",
      description =
          "A subject in any spelling (GS1 Digital Link, urn:pinlian:...), or a short code of the"
              + " demo.")
  private String code;

  @Option(
      names = "--view",
      paramLabel = "VIEW",
      defaultValue = "consumer",
      description = "Who is to see it: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
  private Seen seen = Seen.CONSUMER;

  @Option(
      names = "--policy",
      paramLabel = "FILE",
      description =
          "Whom to trust (default: the demo's, else what the folder or gateway says it is).")
  private @Nullable Path policy;

  @Option(
      names = "--purpose",
      paramLabel = "TEXT",
      description =
          "For the regulator view at a gateway: why you look. Recorded on your own look-ups chain"
              + " first, where every participant may read it.")
  private @Nullable String purpose;

  @Option(
      names = "--max-age",
      paramLabel = "HOURS",
      defaultValue = "24",
      description = "Greatest age of the cosignatures (default: ${DEFAULT-VALUE}).")
  private int maxAge = 24;

  @Mixin private final ReachOptions reach = new ReachOptions();
  @Mixin private final IdentityOptions identity = new IdentityOptions();

  Subject subject() throws Exception {
    return DemoFolder.subject(reach.folder(), code);
  }

  /** Of the cosignatures. */
  Duration greatestAge() {
    return Verdicts.greatestAge(maxAge);
  }

  /** As of now. */
  Fetched fetch(Console console) throws Exception {
    return fetch(console, greatestAge());
  }

  /**
   * As of an earlier time: first by the age that the cosignatures may have by now, then as of then.
   */
  Fetched fetch(Console console, Instant asOf) throws Exception {
    Duration since = Duration.between(asOf, Instant.now());
    return fetch(console, greatestAge().plus(since.isNegative() ? Duration.ZERO : since));
  }

  /**
   * The policy named, or the demo's.
   *
   * @throws CommandException USAGE if there is neither: a file has no word of its own
   */
  TrustPolicy requirePolicy() throws IOException {
    TrustPolicy trusted = Session.policy(reach, policy);
    if (trusted == null) {
      throw CommandException.usage("a kept dossier is checked by a policy", "Give --policy FILE.");
    }
    return trusted;
  }

  private Fetched fetch(Console console, Duration greatestAge) throws Exception {
    Subject subject = subject();
    if (seen == Seen.CONSUMER && reach.gateway != null && identity.key == null) {
      return AnonymousCall.dossier(reach, policy, subject, greatestAge, console);
    }
    try (Session session = Session.open(reach, identity, policy, console)) {
      return new Fetched(dossier(session, subject, greatestAge), session.policy());
    }
  }

  private ProvenDossier dossier(Session session, Subject subject, Duration greatestAge)
      throws Exception {
    String why = purpose;
    if (seen != Seen.REGULATOR || !(session instanceof GatewaySession gateway)) {
      return session.dossier(subject, seen.view, greatestAge);
    }
    if (why == null) {
      throw CommandException.usage(
          "the regulator view wants to know why you look", "Give --purpose TEXT.");
    }
    return gateway.dossier(subject, greatestAge, why);
  }
}
