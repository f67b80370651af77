// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.provenance;

import java.util.List;
import org.pinlian.node.findings.Told;
import org.pinlian.node.sequencing.LoggedRecords.ReadSubmission;
import org.pinlian.record.KeyRegistry;
import org.pinlian.v1.RefusalCode;
import org.pinlian.v1.Role;

/**
 * Who reads, and so what a trace shows: an authority that has recorded its look-up sees the records
 * of its jurisdiction whole; a participant its own records whole, signed by itself, for it or for
 * others by it, and of others the public part and the asked-for line. What a dossier shows is for
 * {@link Sight} to say.
 *
 * @param participant whose records are shown whole besides
 * @param authority may record look-ups, and see whole by them
 * @param whole whose records, of whatever is looked up, it sees whole besides
 * @param lookedUp whether it may use that: its look-up was found good, or it needs none
 * @param auditor may read the log's entries: headers and hashes of the whole ledger, which an
 *     authority may check like any auditor, whatever its jurisdiction
 */
public record Reader(
    String participant, boolean authority, Jurisdiction whole, boolean lookedUp, boolean auditor) {

  /** Whoever holds the folder holds its keys: the local operator, with no node running. */
  public static final Reader OPERATOR = new Reader("", true, Jurisdiction.EVERYWHERE, true, true);

  /**
   * @param participant as the gateway says, empty when nobody is logged in
   * @throws NotReadableException if nothing may be shown
   */
  public static Reader of(String participant, KeyRegistry registry, long size) {
    if (participant.isEmpty()) {
      throw new NotReadableException(RefusalCode.NOT_LOGGED_IN, "log in to read");
    }
    return registry
        .standing(participant, size)
        .map(standing ->
            new Reader(
                participant,
                standing.isAuthority(),
                standing.isAuthority() ? Jurisdiction.of(standing, registry) : Jurisdiction.NOWHERE,
                false,
                standing.isAuthority() || standing.roles().contains(Role.ROLE_AUDITOR)))
        .orElseThrow(() ->
            new NotReadableException(RefusalCode.NOT_A_READER, participant + " is not enrolled"));
  }

  /** The same once its look-up was found good. */
  Reader withLookUp() {
    return new Reader(participant, authority, whole, true, auditor);
  }

  boolean seesWhole(ReadSubmission submission) {
    return seesWhole(submission.signers(), submission.index());
  }

  /** A statement in the log. */
  boolean seesWhole(Told told) {
    String attester = told.statement().attester();
    return seesWhole(
        attester == null ? List.of(told.signer()) : List.of(attester, told.signer()),
        told.statement().place().index());
  }

  private boolean seesWhole(List<String> signers, long index) {
    return signers.contains(participant) || (lookedUp && whole.covers(signers, index));
  }
}
