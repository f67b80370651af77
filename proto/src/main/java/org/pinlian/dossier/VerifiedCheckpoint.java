// SPDX-License-Identifier: Apache-2.0
package org.pinlian.dossier;

import org.pinlian.checkpoint.Checkpoint;
import org.pinlian.checkpoint.PolicyVerdict;

/** A checkpoint whose signatures were checked under a trust policy. */
public record VerifiedCheckpoint(Checkpoint checkpoint, Grade grade, PolicyVerdict verdict) {
  public long size() {
    return checkpoint.size();
  }
}
