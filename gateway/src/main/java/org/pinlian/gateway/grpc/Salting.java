// SPDX-License-Identifier: Apache-2.0
package org.pinlian.gateway.grpc;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.pinlian.merkle.HashAlgorithm;
import org.pinlian.record.Limits;
import org.pinlian.signing.SigningKey;
import org.pinlian.v1.Line;
import org.pinlian.v1.LineGroup;
import org.pinlian.v1.PublicPart;
import org.pinlian.v1.Record;
import org.pinlian.v1.Section;

/**
 * Salts for what a caller left unsalted. They follow from a secret and from where they stand, and
 * not from chance: a submission that is sent again must be the same bytes, or it would be in twice.
 * Nobody without the secret can tell them from random ones. Safe for use by many threads.
 */
final class Salting {
  private static final String ALGORITHM = "HmacSHA256";
  private static final byte[] PURPOSE = "pinlian/salts/v1\n".getBytes(StandardCharsets.UTF_8);

  private final SecretKeySpec secret;

  /**
   * @param key whose secret the salts are made from
   */
  Salting(SigningKey key) {
    byte[] pem = key.toPem().getBytes(StandardCharsets.UTF_8);
    ByteBuffer seed = ByteBuffer.allocate(PURPOSE.length + pem.length).put(PURPOSE).put(pem);
    this.secret = new SecretKeySpec(HashAlgorithm.SHA_256.hash(seed.array()).bytes(), ALGORITHM);
  }

  /**
   * The salt of one place.
   *
   * @param submission 16 bytes, the entry's submission id, never used for anything else
   * @param place within the submission: unlike any other
   */
  ByteString salt(ByteString submission, String place) {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(secret);
      mac.update(submission.toByteArray());
      return ByteString.copyFrom(
          mac.doFinal(place.getBytes(StandardCharsets.UTF_8)), 0, Limits.SALT_BYTES);
    } catch (GeneralSecurityException impossible) {
      throw new IllegalStateException("every Java platform has " + ALGORITHM, impossible);
    }
  }

  /**
   * The records with every empty salt filled in. Parts that have one are left byte for byte.
   *
   * @throws InvalidProtocolBufferException if a part cannot be read
   */
  List<Record> salted(ByteString submission, List<Record> records)
      throws InvalidProtocolBufferException {
    Record[] salted = new Record[records.size()];
    for (int i = 0; i < salted.length; i++) {
      salted[i] = salted(submission, records.get(i), "records[" + i + "].");
    }
    return List.of(salted);
  }

  private Record salted(ByteString submission, Record record, String place)
      throws InvalidProtocolBufferException {
    Record.Builder salted = record.toBuilder();
    PublicPart part = PublicPart.parseFrom(record.getPublicPart());
    if (part.getSalt().isEmpty()) {
      salted.setPublicPart(
          part.toBuilder().setSalt(salt(submission, place + "public")).build().toByteString());
    }
    for (int i = 0; i < record.getSectionsCount(); i++) {
      Section section = Section.parseFrom(record.getSections(i));
      if (section.getSalt().isEmpty()) {
        ByteString salt = salt(submission, place + "sections[" + i + "]");
        salted.setSections(i, section.toBuilder().setSalt(salt).build().toByteString());
      }
    }
    for (int g = 0; g < record.getGroupsCount(); g++) {
      LineGroup.Builder group = salted.getGroupsBuilder(g);
      for (int i = 0; i < group.getLinesCount(); i++) {
        Line line = Line.parseFrom(group.getLines(i));
        if (line.getSalt().isEmpty()) {
          ByteString salt = salt(submission, place + "groups[" + g + "].lines[" + i + "]");
          group.setLines(i, line.toBuilder().setSalt(salt).build().toByteString());
        }
      }
    }
    return salted.build();
  }
}
