// SPDX-License-Identifier: Apache-2.0
package org.pinlian.checkpoint;

import java.util.Map;
import java.util.Set;
import org.pinlian.checkpoint.NoteException.Reason;

/**
 * What a trust policy makes of a checkpoint that a log it trusts has signed.
 *
 * @param checkpoint what the log signed
 * @param log who signed it
 * @param cosigned the policy's names of the cosigners that count, and when they say they signed, in
 *     POSIX seconds
 * @param satisfied the policy's names of all cosigners and groups that are satisfied
 * @param witnesses of the cosigners, those in the group named {@code witnesses}
 * @param auditors of the cosigners, those in the group named {@code auditors}
 * @param quorumMet whether that is enough; always, when the policy asks for none
 */
public record PolicyVerdict(
    Checkpoint checkpoint,
    NoteVerifier log,
    Map<String, Long> cosigned,
    Set<String> satisfied,
    Set<String> witnesses,
    Set<String> auditors,
    boolean quorumMet) {
  /** Keeps its own copies. */
  public PolicyVerdict {
    cosigned = Map.copyOf(cosigned);
    satisfied = Set.copyOf(satisfied);
    witnesses = Set.copyOf(witnesses);
    auditors = Set.copyOf(auditors);
  }

  /** Refuses a checkpoint that is only promised, not witnessed as the policy asks (A.7). */
  public void requireQuorum() throws NoteException {
    if (!quorumMet) {
      throw new NoteException(
          Reason.QUORUM_NOT_MET, "the quorum of the policy", "only " + cosigned.keySet());
    }
  }

  /** Whether the policy's auditors have cosigned, so that completeness is proved (A.7). */
  public boolean audited() {
    return satisfied.contains(TrustPolicy.AUDITORS);
  }
}
