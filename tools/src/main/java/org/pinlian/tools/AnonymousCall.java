// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools;

import io.grpc.ManagedChannel;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.pinlian.checkpoint.TrustPolicy;
import org.pinlian.client.PinlianClient;
import org.pinlian.client.RefusedException;
import org.pinlian.client.UnreachableException;
import org.pinlian.dossier.VerificationException;
import org.pinlian.identifier.Subject;
import org.pinlian.tools.DossierOptions.Fetched;

/** Asks a gateway as somebody without a key: what anybody may ask. */
final class AnonymousCall {
  private AnonymousCall() {}

  /**
   * @param policy whom to trust; null for the demo's policy if the folder named has one, else for
   *     what the ledger says of itself
   */
  static Fetched dossier(
      ReachOptions reach,
      @Nullable Path policy,
      Subject subject,
      Duration greatestAge,
      Console console)
      throws IOException, RefusedException, UnreachableException, VerificationException {
    Address address = Address.parse(String.valueOf(reach.gateway));
    ManagedChannel channel = reach.tls.channel(address);
    try {
      TrustPolicy trusted =
          reach.data == null && policy == null ? null : Session.policy(reach, policy);
      if (trusted == null) {
        console.note(
            "No --policy given: trusting what the ledger at " + address + " says of itself.");
        trusted = PinlianClient.trustOnFirstUse(channel);
      }
      return new Fetched(
          PinlianClient.consumerDossier(channel, trusted, subject, greatestAge), trusted);
    } finally {
      channel.shutdownNow();
    }
  }
}
