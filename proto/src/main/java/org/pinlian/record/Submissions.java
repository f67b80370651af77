// SPDX-License-Identifier: Apache-2.0
package org.pinlian.record;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.DiscardUnknownFieldsParser;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Parser;
import com.google.protobuf.WireFormat;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pinlian.identifier.IdentifierException;
import org.pinlian.identifier.ParticipantId;
import org.pinlian.merkle.Hash;
import org.pinlian.merkle.HashAlgorithm;
import org.pinlian.merkle.Merkle;
import org.pinlian.v1.Attestation;
import org.pinlian.v1.AttestedSubmitRequest;
import org.pinlian.v1.Entry;
import org.pinlian.v1.RefusalCode;
import org.pinlian.v1.SignedHeader;
import org.pinlian.v1.SubmissionHeader;
import org.pinlian.v1.SubmitRequest;

/** What is signed and logged of a submission (formats.md A.2, A.3). */
public final class Submissions {
  private static final byte[] SUBMISSION_PREFIX =
      "pinlian/submission/v1\n".getBytes(StandardCharsets.UTF_8);
  private static final byte[] LOGIN_PREFIX = "pinlian/login/v1\n".getBytes(StandardCharsets.UTF_8);
  private static final Canonical<SubmissionHeader> HEADERS =
      Canonical.reader(SubmissionHeader.parser());
  private static final Canonical<Entry> ENTRIES = Canonical.reader(Entry.parser());
  private static final Canonical<Attestation> ATTESTATIONS = Canonical.reader(Attestation.parser());
  private static final Parser<SubmitRequest> REQUESTS =
      DiscardUnknownFieldsParser.wrap(SubmitRequest.parser());
  private static final Parser<AttestedSubmitRequest> ATTESTED_REQUESTS =
      DiscardUnknownFieldsParser.wrap(AttestedSubmitRequest.parser());

  private Submissions() {}

  /** The bytes that the submitter's key signs for a header. */
  public static byte[] signedMessage(ByteString header) {
    return prefixed(SUBMISSION_PREFIX, header);
  }

  /** The bytes that a caller's key signs to log in. */
  public static byte[] loginMessage(ByteString challenge) {
    return prefixed(LOGIN_PREFIX, challenge);
  }

  private static byte[] prefixed(byte[] prefix, ByteString rest) {
    byte[] message = new byte[prefix.length + rest.size()];
    System.arraycopy(prefix, 0, message, 0, prefix.length);
    rest.copyTo(message, prefix.length);
    return message;
  }

  /** What receipts in the COSE form (formats.md B.9) call a submission. */
  public static String uri(SubmissionHeader header) {
    return "urn:pinlian:submission:"
        + header.getSubmitter()
        + ":"
        + HexFormat.of().formatHex(header.getSubmissionId().toByteArray());
  }

  /** MTH over the record digests in order. */
  public static Hash recordsRoot(HashAlgorithm hash, List<Hash> digests) {
    List<byte[]> leaves = new ArrayList<>(digests.size());
    for (Hash digest : digests) {
      leaves.add(digest.bytes());
    }
    return Merkle.root(hash, leaves);
  }

  /**
   * Reads a request whose records, sections, lines and values were counted first, and so are within
   * their limits. Its parts are not read yet. The request shares the bytes.
   */
  public static SubmitRequest readRequest(ByteString bytes) throws RecordException {
    requireSize(bytes);
    RequestScan.check(bytes);
    return read(REQUESTS, bytes);
  }

  /** As {@link #readRequest}, of somebody who leaves the signing to a gateway. */
  public static AttestedSubmitRequest readAttestedRequest(ByteString bytes) throws RecordException {
    requireSize(bytes);
    RequestScan.checkAttested(bytes);
    return read(ATTESTED_REQUESTS, bytes);
  }

  private static void requireSize(ByteString bytes) throws RecordException {
    if (bytes.size() > Limits.SUBMISSION_BYTES_MAX) {
      throw new RecordException(
          RefusalCode.LIMIT_EXCEEDED,
          "submission",
          bytes.size() + " bytes, at most " + Limits.SUBMISSION_BYTES_MAX);
    }
  }

  private static <T> T read(Parser<T> parser, ByteString bytes) throws RecordException {
    CodedInputStream in = bytes.newCodedInput();
    in.enableAliasing(true);
    try {
      return parser.parseFrom(in);
    } catch (InvalidProtocolBufferException e) {
      throw new RecordException(
          RefusalCode.MALFORMED, "submission", "not a readable message: " + e.getMessage());
    }
  }

  /**
   * The id of a submission, for an answer to a request that may not even be readable; empty if
   * there is none to be found. Nothing is made of the rest of it.
   */
  public static ByteString findSubmissionId(ByteString request) {
    try {
      ByteString signed = find(request, SubmitRequest.SIGNED_FIELD_NUMBER);
      ByteString header = find(signed, SignedHeader.HEADER_FIELD_NUMBER);
      ByteString id = find(header, SubmissionHeader.SUBMISSION_ID_FIELD_NUMBER);
      // A copy: what waits to be sent must not keep the whole request.
      return id.size() == Limits.SUBMISSION_ID_BYTES
          ? ByteString.copyFrom(id.toByteArray())
          : ByteString.EMPTY;
    } catch (IOException unreadable) {
      return ByteString.EMPTY;
    }
  }

  /** The first value of a field, as bytes; empty if there is none. */
  private static ByteString find(ByteString message, int field) throws IOException {
    CodedInputStream in = message.newCodedInput();
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      if (WireFormat.getTagFieldNumber(tag) == field
          && WireFormat.getTagWireType(tag) == WireFormat.WIRETYPE_LENGTH_DELIMITED) {
        int bytes = in.readRawVarint32();
        int from = in.getTotalBytesRead();
        in.skipRawBytes(bytes);
        return message.substring(from, from + bytes);
      }
      Shape.skip(in, tag);
    }
    return ByteString.EMPTY;
  }

  /**
   * Reads a header strictly and checks what it says of itself: format, sizes of its fields, counts
   * and the span between its instants. Signature, key, ledger and clock are the caller's to check.
   */
  public static SubmissionHeader readHeader(ByteString bytes) throws RecordException {
    SubmissionHeader header = HEADERS.read(bytes, "header");
    if (header.getFormat() != Limits.FORMAT) {
      throw new RecordException(
          RefusalCode.UNSUPPORTED_FORMAT,
          "header.format",
          "format " + header.getFormat() + ", this release reads " + Limits.FORMAT);
    }
    size(header.getLedger(), Hash.SIZE, "header.ledger");
    size(header.getSubmissionId(), Limits.SUBMISSION_ID_BYTES, "header.submission_id");
    size(header.getRecordsRoot(), Hash.SIZE, "header.records_root");
    if (!header.getAttestation().isEmpty()) {
      size(header.getAttestation(), Hash.SIZE, "header.attestation");
    }
    if (header.getRecordCount() == 0) {
      throw new RecordException(
          RefusalCode.EMPTY_SUBMISSION, "header.record_count", "a submission has 1 record or more");
    }
    if (header.getRecordCount() < 0 || header.getRecordCount() > Limits.RECORDS_MAX) {
      throw new RecordException(
          RefusalCode.LIMIT_EXCEEDED,
          "header.record_count",
          Integer.toUnsignedString(header.getRecordCount())
              + " records, at most "
              + Limits.RECORDS_MAX);
    }
    if (header.getCreatedAt() <= 0 || header.getNotAfter() < header.getCreatedAt()) {
      throw new RecordException(
          RefusalCode.BAD_FIELD,
          "header.not_after",
          "created_at and not_after are instants, in this order: "
              + header.getCreatedAt()
              + ", "
              + header.getNotAfter());
    }
    if (header.getNotAfter() - header.getCreatedAt() > Limits.VALIDITY_MILLIS_MAX) {
      throw new RecordException(
          RefusalCode.CLOCK,
          "header.not_after",
          "at most " + Limits.VALIDITY_MILLIS_MAX + " ms after created_at");
    }
    return header;
  }

  /** What a header carries of an attestation: a digest, since entries are for all to read. */
  public static Hash attestationDigest(HashAlgorithm hash, ByteString attestation) {
    return hash.begin(0x14).bytes(attestation.toByteArray()).finish();
  }

  /**
   * Reads what came with a header as its attestation, strictly: it must open the header's digest,
   * and there must be none where the header has none. Whether the principal let the submitter sign
   * is for {@link KeyRegistry#delegation} to say.
   *
   * @return null if the submitter speaks for itself
   */
  public static @Nullable Attestation readAttestation(
      HashAlgorithm hash, SubmissionHeader header, ByteString bytes) throws RecordException {
    if (header.getAttestation().isEmpty()) {
      if (!bytes.isEmpty()) {
        throw new RecordException(
            RefusalCode.ATTESTATION_MISMATCH, "attestation", "the header names none");
      }
      return null;
    }
    if (bytes.isEmpty()) {
      throw new RecordException(
          RefusalCode.ATTESTATION_MISMATCH, "attestation", "the header names one, and none came");
    }
    if (bytes.size() > Limits.ATTESTATION_BYTES_MAX) {
      throw new RecordException(
          RefusalCode.LIMIT_EXCEEDED,
          "attestation",
          bytes.size() + " bytes, at most " + Limits.ATTESTATION_BYTES_MAX);
    }
    Hash digest = attestationDigest(hash, bytes);
    if (!digest.equals(Hash.of(header.getAttestation().toByteArray()))) {
      throw new RecordException(
          RefusalCode.ATTESTATION_MISMATCH, "attestation", "its digest is " + digest.hex());
    }
    Attestation attestation = ATTESTATIONS.read(bytes, "attestation");
    if (attestation.getSalt().size() != Limits.SALT_BYTES) {
      throw new RecordException(
          RefusalCode.BAD_SALT,
          "attestation.salt",
          attestation.getSalt().size() + " bytes, expected " + Limits.SALT_BYTES);
    }
    try {
      ParticipantId unused = ParticipantId.parse(attestation.getPrincipal());
    } catch (IdentifierException e) {
      throw new RecordException(
          RefusalCode.BAD_FIELD,
          "attestation.principal",
          "must be a participant: " + e.getMessage());
    }
    if (attestation.getPrincipal().equals(header.getSubmitter())) {
      throw new RecordException(
          RefusalCode.BAD_FIELD,
          "attestation.principal",
          "is the submitter, who needs no attestation");
    }
    return attestation;
  }

  /** Reads a log entry strictly. */
  public static Entry readEntry(ByteString bytes) throws RecordException {
    Entry entry = ENTRIES.read(bytes, "entry");
    if (entry.getFormat() != Limits.FORMAT) {
      throw new RecordException(
          RefusalCode.UNSUPPORTED_FORMAT,
          "entry.format",
          "format " + entry.getFormat() + ", this release reads " + Limits.FORMAT);
    }
    if (entry.getBodyCase() == Entry.BodyCase.BODY_NOT_SET) {
      throw new RecordException(RefusalCode.MALFORMED, "entry", "an entry without a body");
    }
    return entry;
  }

  private static void size(ByteString bytes, int expected, String path) throws RecordException {
    if (bytes.size() != expected) {
      throw new RecordException(
          RefusalCode.BAD_FIELD, path, bytes.size() + " bytes, expected " + expected);
    }
  }
}
