// SPDX-License-Identifier: Apache-2.0
package org.pinlian.record;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.WireFormat;
import java.io.IOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What messages of a type consist of, so that the values in their bytes can be counted before
 * anything is made of them. Immutable; safe for use by many threads.
 *
 * <p>A value is whatever becomes an object of its own: a string, a byte string, a message. Numbers
 * do not. A field that the type does not know is left out, or refused: a reader that kept such
 * fields would make more of them than of any other.
 */
public final class Shape {
  private static final int UNKNOWN = -1;

  /** As deep as the parser itself goes. */
  private static final int DEPTH_MAX = 100;

  // By field number: how it stands in bytes, whether numbers may also be packed, what is in it.
  private final int[] wireTypes;
  private final boolean[] packable;
  private final @Nullable Shape[] messages;
  private final boolean strict;

  /** A field that the type does not know, or not in this form. */
  static final class UnknownFieldException extends IOException {
    private static final long serialVersionUID = 1L;

    UnknownFieldException(int number) {
      super("unknown field " + number);
    }
  }

  /**
   * @param known the shapes begun: this one is among them before its fields are read, because a
   *     type may contain itself
   */
  private Shape(Descriptor type, boolean strict, Map<Descriptor, Shape> known) {
    known.put(type, this);
    int most = 0;
    for (FieldDescriptor field : type.getFields()) {
      most = Math.max(most, field.getNumber());
    }
    this.wireTypes = new int[most + 1];
    this.packable = new boolean[most + 1];
    this.messages = new @Nullable Shape[most + 1];
    this.strict = strict;
    Arrays.fill(wireTypes, UNKNOWN);
    for (FieldDescriptor field : type.getFields()) {
      wireTypes[field.getNumber()] = field.getLiteType().getWireType();
      packable[field.getNumber()] = field.isPackable();
      if (field.getJavaType() == FieldDescriptor.JavaType.MESSAGE) {
        Shape begun = known.get(field.getMessageType());
        messages[field.getNumber()] =
            begun == null ? new Shape(field.getMessageType(), strict, known) : begun;
      }
    }
  }

  /** Of which unknown fields are left out. */
  public static Shape of(Descriptor type) {
    return new Shape(type, false, new HashMap<>());
  }

  /** As {@link #of}, but unknown fields are refused. */
  static Shape strict(Descriptor type) {
    return new Shape(type, true, new HashMap<>());
  }

  /** How many values are in the bytes of a message; 0 if they are not readable as one. */
  public int values(ByteString message) {
    try {
      return Integer.MAX_VALUE - count(message.newCodedInput(), Integer.MAX_VALUE);
    } catch (IOException unreadable) {
      return 0;
    }
  }

  /**
   * Counts the values up to the end or limit of the input.
   *
   * @param left how many there may be
   * @return how many of them are left; negative if there are more
   * @throws IOException if the bytes are not readable as this type, or nested too deeply
   */
  int count(CodedInputStream in, int left) throws IOException {
    return count(in, left, 0);
  }

  private int count(CodedInputStream in, int left, int depth) throws IOException {
    if (depth > DEPTH_MAX) {
      throw new InvalidProtocolBufferException("messages in one another, too deep");
    }
    while (left >= 0) {
      int tag = in.readTag();
      if (tag == 0) {
        break;
      }
      int number = WireFormat.getTagFieldNumber(tag);
      int wireType = WireFormat.getTagWireType(tag);
      int known = number < wireTypes.length ? wireTypes[number] : UNKNOWN;
      if (wireType != known) {
        boolean packed = wireType == WireFormat.WIRETYPE_LENGTH_DELIMITED && known != UNKNOWN;
        skip(in, tag);
        if (strict && !(packed && packable[number])) {
          throw new UnknownFieldException(number);
        }
      } else if (wireType != WireFormat.WIRETYPE_LENGTH_DELIMITED) {
        skip(in, tag);
      } else {
        left = countValue(in, messages[number], left - 1, depth);
      }
    }
    return left;
  }

  private static int countValue(CodedInputStream in, @Nullable Shape message, int left, int depth)
      throws IOException {
    int bytes = in.readRawVarint32();
    if (message == null) {
      in.skipRawBytes(bytes);
      return left;
    }
    int outer = in.pushLimit(bytes);
    int after = message.count(in, left, depth + 1);
    if (after >= 0) {
      in.popLimit(outer);
    }
    return after;
  }

  /** Groups nest without an end to be seen, and no message of ours has one. */
  static void skip(CodedInputStream in, int tag) throws IOException {
    int wireType = WireFormat.getTagWireType(tag);
    if (wireType == WireFormat.WIRETYPE_START_GROUP || wireType == WireFormat.WIRETYPE_END_GROUP) {
      throw new InvalidProtocolBufferException("a group, which no message here has");
    }
    in.skipField(tag);
  }
}
