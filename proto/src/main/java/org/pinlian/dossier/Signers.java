// SPDX-License-Identifier: Apache-2.0
package org.pinlian.dossier;

import java.util.List;
import org.pinlian.dossier.Story.Signer;
import org.pinlian.merkle.HashAlgorithm;
import org.pinlian.v1.Genesis;

/** Whose keys were valid when, by genesis and the keys chains shown. */
final class Signers {
  Signers(HashAlgorithm hash, Genesis genesis) {}

  void verify(ReadEntry entry, List<ReadRecord> records) throws VerificationException {
    throw new UnsupportedOperationException();
  }

  void apply(ReadEntry entry, ReadRecord record) throws VerificationException {
    throw new UnsupportedOperationException();
  }

  Signer signer(long index) {
    throw new UnsupportedOperationException();
  }

  boolean isDoubtful(ReadEntry entry) {
    throw new UnsupportedOperationException();
  }
}
