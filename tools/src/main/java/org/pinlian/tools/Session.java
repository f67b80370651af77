// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.pinlian.checkpoint.Checkpoint;
import org.pinlian.checkpoint.TrustPolicy;
import org.pinlian.client.RefusedException;
import org.pinlian.client.UnreachableException;
import org.pinlian.dossier.ProvenDossier;
import org.pinlian.dossier.Story;
import org.pinlian.dossier.TraceLimits;
import org.pinlian.dossier.VerificationException;
import org.pinlian.dossier.VerifiedReceipt;
import org.pinlian.identifier.IdentifierException;
import org.pinlian.identifier.ParticipantId;
import org.pinlian.identifier.Subject;
import org.pinlian.signing.SigningKey;
import org.pinlian.v1.Direction;
import org.pinlian.v1.View;

/** A ledger to ask, through a gateway or in a folder. What it returns was verified on this side. */
interface Session extends AutoCloseable {
  Story trace(Subject subject, Direction direction, TraceLimits limits)
      throws RefusedException, UnreachableException, VerificationException;

  /**
   * @param greatestAge of the cosignatures that the policy asks for
   */
  ProvenDossier dossier(Subject subject, View view, Duration greatestAge)
      throws RefusedException, UnreachableException, VerificationException;

  /** By which everything is checked. */
  TrustPolicy policy();

  /** By the index of its entry. */
  VerifiedReceipt receipt(long index)
      throws RefusedException, UnreachableException, VerificationException;

  /** By the index of its entry, in the COSE form too. */
  VerifiedReceipt receiptWithCose(long index)
      throws RefusedException, UnreachableException, VerificationException;

  /**
   * By who submitted it and its id.
   *
   * @param id 16 bytes
   */
  VerifiedReceipt receipt(ParticipantId submitter, byte[] id)
      throws RefusedException, UnreachableException, VerificationException;

  /** Checks with a proof of the ledger's that one checkpoint extends another. */
  void requireExtends(Checkpoint older, Checkpoint newer)
      throws UnreachableException, VerificationException;

  @Override
  void close();

  /**
   * The ledger that the options name. Who gives a key and names neither folder nor gateway means
   * the gateway at the usual address.
   *
   * @param policy whom to trust; null for the demo's policy if the folder has one, else for what
   *     the ledger says of itself
   */
  static Session open(
      ReachOptions reach, IdentityOptions identity, @Nullable Path policy, Console console)
      throws IOException,
          IdentifierException,
          RefusedException,
          UnreachableException,
          VerificationException {
    boolean usual = reach.gateway == null && reach.data == null && identity.key != null;
    String gateway = usual ? Address.DEFAULT : reach.gateway;
    if (gateway == null) {
      return FolderSession.open(reach.folder(), policy(reach, policy));
    }
    if (identity.key == null) {
      throw CommandException.usage(
          "a gateway wants to know who asks", "Give --key, or --data DIR instead.");
    }
    Address address = Address.parse(gateway);
    ParticipantId who = identity.as == null ? null : ParticipantId.parse(identity.as);
    SigningKey key = KeyFiles.readSecret(identity.key);
    // A folder that was not named may be another ledger's.
    TrustPolicy trusted = reach.data == null && policy == null ? null : policy(reach, policy);
    return GatewaySession.open(reach.tls.channel(address), address, who, key, trusted, console);
  }

  /** The policy of that file, else the demo's; null if there is neither. */
  static @Nullable TrustPolicy policy(ReachOptions reach, @Nullable Path policy)
      throws IOException {
    if (policy != null) {
      return Policies.read(policy);
    }
    Path demo = new DemoFolder(reach.folder()).policy();
    return Files.exists(demo) ? Policies.read(demo) : null;
  }
}
