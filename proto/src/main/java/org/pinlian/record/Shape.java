// SPDX-License-Identifier: Apache-2.0
package org.pinlian.record;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.WireFormat;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What messages of a type consist of, so that the values in their bytes can be counted before
 * anything is made of them. Immutable; safe for use by many threads.
 *
 * <p>A value is whatever becomes an object of its own: a string, a byte string, a message. Numbers
 * do not, and a field that the type does not know is skipped, as every reader that counts first
 * does too.
 */
public final class Shape {
  /** As deep as the parser itself goes. */
  private static final int DEPTH_MAX = 100;

  private static final Shape LEAF = new Shape(new @Nullable Shape[0]);

  // By field number: null what is no value or not known, LEAF a value without values in it.
  private final @Nullable Shape[] fields;

  private Shape(@Nullable Shape[] fields) {
    this.fields = fields;
  }

  public static Shape of(Descriptor type) {
    return of(type, new HashMap<>());
  }

  /** Known before its fields are, because a type may contain itself. */
  private static Shape of(Descriptor type, Map<Descriptor, Shape> known) {
    Shape before = known.get(type);
    if (before != null) {
      return before;
    }
    int most = 0;
    for (FieldDescriptor field : type.getFields()) {
      most = Math.max(most, field.getNumber());
    }
    Shape shape = new Shape(new @Nullable Shape[most + 1]);
    known.put(type, shape);
    for (FieldDescriptor field : type.getFields()) {
      shape.fields[field.getNumber()] =
          switch (field.getJavaType()) {
            case MESSAGE -> of(field.getMessageType(), known);
            case STRING, BYTE_STRING -> LEAF;
            case INT, LONG, FLOAT, DOUBLE, BOOLEAN, ENUM -> null;
          };
    }
    return shape;
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
   * @throws IOException if the bytes are not readable as this type
   */
  int count(CodedInputStream in, int left) throws IOException {
    return count(in, left, DEPTH_MAX);
  }

  private int count(CodedInputStream in, int left, int depthLeft) throws IOException {
    if (depthLeft < 0) {
      throw new InvalidProtocolBufferException("messages nested more than " + DEPTH_MAX + " deep");
    }
    while (left >= 0) {
      int tag = in.readTag();
      if (tag == 0) {
        break;
      }
      int wireType = WireFormat.getTagWireType(tag);
      if (wireType == WireFormat.WIRETYPE_LENGTH_DELIMITED) {
        left = countValue(in, WireFormat.getTagFieldNumber(tag), left, depthLeft);
      } else {
        skip(in, tag);
      }
    }
    return left;
  }

  private int countValue(CodedInputStream in, int number, int left, int depthLeft)
      throws IOException {
    int bytes = in.readRawVarint32();
    Shape value = number < fields.length ? fields[number] : null;
    if (value == null || value == LEAF) {
      in.skipRawBytes(bytes);
      return value == null ? left : left - 1;
    }
    int outer = in.pushLimit(bytes);
    left = value.count(in, left - 1, depthLeft - 1);
    if (left >= 0) {
      in.popLimit(outer);
    }
    return left;
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
