// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools.bench.lies;

import com.google.protobuf.ByteString;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.pinlian.identifier.IdentifierException;
import org.pinlian.identifier.ParticipantId;
import org.pinlian.identifier.Subject;
import org.pinlian.signing.SignatureAlgorithm;
import org.pinlian.signing.SigningKey;
import org.pinlian.v1.EnrolledKey;

/** Somebody who signs. */
record Person(ParticipantId id, String name, SigningKey key) {
  static Person of(String id, String name, SigningKey key) {
    try {
      return new Person(ParticipantId.parse(id), name, key);
    } catch (IdentifierException e) {
      throw new IllegalArgumentException(id, e);
    }
  }

  /** A key made of one number: such as signs notes. */
  static SigningKey key(int number) {
    byte[] seed = new byte[32];
    Arrays.fill(seed, (byte) number);
    return SigningKey.ofEd25519Seed(seed);
  }

  static SigningKey key(SignatureAlgorithm algorithm, int number) {
    return algorithm == SignatureAlgorithm.ED25519
        ? key(number)
        : SigningKey.generate(algorithm, new SeededRandom(new SplittableRandom(number)));
  }

  /** Another key, of the same sort. */
  SigningKey another(int number) {
    return key(key.verifyingKey().algorithm(), number);
  }

  Person with(SigningKey other) {
    return new Person(id, name, other);
  }

  Subject keys() {
    return Subject.keys(id);
  }

  ByteString keyId() {
    return ByteString.copyFrom(key.verifyingKey().keyId().bytes());
  }

  EnrolledKey enrolled() {
    return EnrolledKey.newBuilder().setSpki(ByteString.copyFrom(key.verifyingKey().spki())).build();
  }
}
