// SPDX-License-Identifier: Apache-2.0
package org.pinlian.gateway.drugfile;

import com.google.protobuf.ByteString;
import org.pinlian.gateway.drugfile.DrugFileException.Reason;
import org.pinlian.record.Draft;
import org.pinlian.v1.Document;

/**
 * The original bytes, in pieces that fit a section, dealt out over the records made of them: put
 * together in order they are the file again.
 */
final class SourcePieces {
  static final int PIECE_BYTES = 512 << 10;

  /** With the longest lines a record may have, still within a submission. */
  private static final int PIECES_OF_A_RECORD_MAX = 4;

  private final String name;
  private final String mediaType;
  private final byte[] bytes;
  private final String digest;
  private final int records;
  private final int pieces;

  /**
   * @param records among which the pieces are dealt out
   */
  SourcePieces(String name, String mediaType, byte[] bytes, int records) throws DrugFileException {
    this.name = name;
    this.mediaType = mediaType;
    this.bytes = bytes;
    this.digest = FileIds.hex(FileIds.sha256(bytes));
    this.records = records;
    this.pieces = Math.ceilDiv(bytes.length, PIECE_BYTES);
    if (pieces > (long) records * PIECES_OF_A_RECORD_MAX) {
      throw new DrugFileException(
          Reason.LIMIT_EXCEEDED,
          0,
          bytes.length + " bytes make " + records + " records: too much beside the codes");
    }
  }

  private int first(int record) {
    return (int) ((long) pieces * record / records);
  }

  int bytesOf(int record) {
    return (first(record + 1) - first(record)) * PIECE_BYTES;
  }

  void addTo(Draft draft, int record) {
    for (int piece = first(record); piece < first(record + 1); piece++) {
      int from = piece * PIECE_BYTES;
      draft.source(
          Document.newBuilder()
              .setMediaType(mediaType)
              .setName(name + " " + (piece + 1) + "/" + pieces + " sha-256 " + digest)
              .setContent(
                  ByteString.copyFrom(bytes, from, Math.min(PIECE_BYTES, bytes.length - from)))
              .build());
    }
  }
}
