// SPDX-License-Identifier: Apache-2.0
package org.pinlian.record;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.DiscardUnknownFieldsParser;
import com.google.protobuf.Message;
import com.google.protobuf.Parser;
import java.io.IOException;
import org.pinlian.v1.RefusalCode;

/**
 * Reads a message of somebody else's bytes only if it has no more values in it, strings, byte
 * strings and messages, than it may: a limit on bytes alone lets two of them become an object of
 * fifty. Fields it does not know are left out. Safe for use by many threads.
 *
 * <p>Mostly for what need not be canonical; for what must, and is small, {@link Canonical}.
 */
public final class Bounded<T extends Message> {
  private final Parser<T> parser;
  private final Shape shape;

  private Bounded(Parser<T> parser, Shape shape) {
    this.parser = parser;
    this.shape = shape;
  }

  /**
   * @param type of the messages that the parser reads
   */
  public static <T extends Message> Bounded<T> reader(Parser<T> parser, Descriptor type) {
    return new Bounded<>(DiscardUnknownFieldsParser.wrap(parser), Shape.of(type));
  }

  /**
   * Reads the bytes.
   *
   * @param valuesMax how many values there may be, nested ones included
   * @param path what to call these bytes in a refusal
   * @throws RecordException MALFORMED or LIMIT_EXCEEDED
   */
  public T read(ByteString bytes, int valuesMax, String path) throws RecordException {
    try {
      if (shape.count(bytes.newCodedInput(), valuesMax) < 0) {
        throw new RecordException(
            RefusalCode.LIMIT_EXCEEDED, path, "more than " + valuesMax + " values in it");
      }
      return parser.parseFrom(bytes);
    } catch (IOException e) {
      throw new RecordException(
          RefusalCode.MALFORMED, path, "not a readable message: " + e.getMessage());
    }
  }

  /** As {@link #read}, and only if the bytes are the message's own canonical encoding. */
  public T readCanonical(ByteString bytes, int valuesMax, String path) throws RecordException {
    T message = read(bytes, valuesMax, path);
    Canonical.require(message, bytes, path);
    return message;
  }
}
