// SPDX-License-Identifier: Apache-2.0
package org.pinlian.record;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.pinlian.merkle.Hash;
import org.pinlian.v1.PublicPart;

/**
 * A record that a {@link KeyRegistry} may have to hear of: one in the log, of any kind, whose
 * signer's signature was checked and whose fields are well formed ({@link FieldRules}).
 *
 * @param digest the record's
 * @param signer participant who signed the header it came under
 * @param subjects of its lines, in order
 */
public record KeyRecord(
    RecordPlace place, Hash digest, String signer, PublicPart part, List<String> subjects) {

  private static final byte VERSION = 1;

  public KeyRecord {
    subjects = List.copyOf(subjects);
  }

  /**
   * Whether a registry can depend on the record at all: enrolment, rotation, revocation,
   * delegation, approval.
   */
  public static boolean concerns(PublicPart part) {
    return switch (part.getBodyCase()) {
      case ENROLMENT, KEY_ROTATION, KEY_REVOCATION, DELEGATION, APPROVAL -> true;
      case PRODUCT,
          PLACE,
          TRACE_EVENT,
          COMMITMENT_CERTIFICATE,
          CERTIFICATE_CHECK,
          CUSTODY_OFFER,
          CUSTODY_ANSWER,
          CUSTODY_CANCEL,
          INTAKE,
          DISPATCH,
          TEMPERATURE_LOG,
          FARM_RECORD,
          SAME_GOODS,
          INSPECTION,
          ORDER,
          VOIDING,
          CORRECTION,
          ORDER_PROGRESS,
          ERASURE,
          LOOK_UP,
          PRODUCT_REGISTRATION,
          BODY_NOT_SET ->
          false;
    };
  }

  /** {@code u8 1 || digest || u32 n, signer || u32 count || (u32 n, subject)... || public part}. */
  ByteString encode() {
    byte[] signerBytes = signer.getBytes(StandardCharsets.UTF_8);
    byte[] partBytes = part.toByteArray();
    List<byte[]> subjectBytes = new ArrayList<>(subjects.size());
    int size = 1 + Hash.SIZE + 4 + signerBytes.length + 4 + partBytes.length;
    for (String subject : subjects) {
      byte[] bytes = subject.getBytes(StandardCharsets.UTF_8);
      subjectBytes.add(bytes);
      size += 4 + bytes.length;
    }
    ByteBuffer out = ByteBuffer.allocate(size);
    out.put(VERSION).put(digest.bytes()).putInt(signerBytes.length).put(signerBytes);
    out.putInt(subjectBytes.size());
    for (byte[] bytes : subjectBytes) {
      out.putInt(bytes.length).put(bytes);
    }
    out.put(partBytes);
    return ByteString.copyFrom(out.flip());
  }

  /**
   * @throws IllegalArgumentException if the bytes are not such an encoding
   */
  static KeyRecord decode(ByteString key, ByteString value) {
    try {
      ByteBuffer place = key.asReadOnlyByteBuffer();
      ByteBuffer in = value.asReadOnlyByteBuffer();
      byte version = in.get();
      if (version != VERSION) {
        throw new IllegalArgumentException("key state of version " + version);
      }
      byte[] digest = new byte[Hash.SIZE];
      in.get(digest);
      String signer = text(in);
      int count = in.getInt();
      List<String> subjects = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        subjects.add(text(in));
      }
      return new KeyRecord(
          new RecordPlace(place.getLong(), place.getInt()),
          Hash.of(digest),
          signer,
          PublicPart.parseFrom(in),
          subjects);
    } catch (java.nio.BufferUnderflowException
        | NegativeArraySizeException
        | InvalidProtocolBufferException e) {
      throw new IllegalArgumentException("damaged key state", e);
    }
  }

  /** {@code u64 index || u32 position}: ascending bytes are log order. */
  ByteString encodePlace() {
    return ByteString.copyFrom(
        ByteBuffer.allocate(12).putLong(place.index()).putInt(place.position()).flip());
  }

  private static String text(ByteBuffer in) {
    int length = in.getInt();
    if (length < 0 || length > in.remaining()) {
      throw new IllegalArgumentException("damaged key state: text of " + length + " bytes");
    }
    byte[] bytes = new byte[length];
    in.get(bytes);
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
