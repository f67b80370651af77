// SPDX-License-Identifier: Apache-2.0
package org.pinlian.record;

import com.google.protobuf.ByteString;
import com.google.protobuf.DiscardUnknownFieldsParser;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.Parser;
import org.pinlian.v1.RefusalCode;

/**
 * Reads a message only if its bytes are their own canonical encoding.
 *
 * <p>The message is parsed with unknown fields dropped, encoded again and compared. One comparison
 * so catches everything that lets two readers see two stories in the same bytes: unknown fields,
 * fields out of order or doubled, a oneof set twice, long varints, unpacked lists, explicit
 * defaults. None of our signed messages has maps or groups, whose encoding would not be unique.
 */
public final class Canonical<T extends Message> {
  private final Parser<T> parser;

  private Canonical(Parser<T> parser) {
    this.parser = DiscardUnknownFieldsParser.wrap(parser);
  }

  public static <T extends Message> Canonical<T> reader(Parser<T> parser) {
    return new Canonical<>(parser);
  }

  /**
   * Reads the bytes.
   *
   * @param path what to call these bytes in a refusal
   * @throws RecordException MALFORMED or NOT_CANONICAL
   */
  public T read(ByteString bytes, String path) throws RecordException {
    T message;
    try {
      message = parser.parseFrom(bytes);
    } catch (InvalidProtocolBufferException e) {
      throw new RecordException(
          RefusalCode.MALFORMED, path, "not a readable message: " + e.getMessage());
    }
    require(message, bytes, path);
    return message;
  }

  /** Refuses bytes that are not how the message they were read as is written. */
  static void require(Message message, ByteString bytes, String path) throws RecordException {
    if (message.getSerializedSize() != bytes.size() || !message.toByteString().equals(bytes)) {
      throw new RecordException(
          RefusalCode.NOT_CANONICAL,
          path,
          "the "
              + bytes.size()
              + " bytes are not their own canonical encoding (unknown, doubled or unordered fields,"
              + " long varints, explicit defaults)");
    }
  }
}
