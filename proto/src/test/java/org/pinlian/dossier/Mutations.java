// SPDX-License-Identifier: Apache-2.0
package org.pinlian.dossier;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Every way to change one field of a message a little, found by reflection. */
public final class Mutations {
  /**
   * One change.
   *
   * @param field full name of the field changed
   * @param how what was done to it
   */
  public record Mutation<T extends Message>(String field, String how, T message) {
    @Override
    public String toString() {
      return field + ": " + how;
    }
  }

  private Mutations() {}

  /** Changes of every field, set or not, of the message and of the messages in it. */
  @SuppressWarnings("unchecked")
  public static <T extends Message> List<Mutation<T>> of(T message) {
    List<Mutation<T>> mutations = new ArrayList<>();
    for (FieldDescriptor field : message.getDescriptorForType().getFields()) {
      if (field.isRepeated()) {
        repeated(message, field, mutations);
        continue;
      }
      boolean set =
          field.hasPresence()
              ? message.hasField(field)
              : !message.getField(field).equals(field.getDefaultValue());
      if (field.getJavaType() == FieldDescriptor.JavaType.MESSAGE && !set) {
        continue;
      }
      for (Change change : changes(message.getField(field))) {
        mutations.add(
            new Mutation<>(
                change.field.isEmpty() ? field.getFullName() : change.field,
                change.how,
                (T) message.toBuilder().setField(field, change.value).build()));
      }
      if (set) {
        mutations.add(
            new Mutation<>(
                field.getFullName(), "cleared", (T) message.toBuilder().clearField(field).build()));
      }
    }
    return mutations;
  }

  @SuppressWarnings("unchecked")
  private static <T extends Message> void repeated(
      T message, FieldDescriptor field, List<Mutation<T>> mutations) {
    List<Object> items = new ArrayList<>((List<Object>) message.getField(field));
    for (int i = 0; i < items.size(); i++) {
      for (Change change : changes(items.get(i))) {
        List<Object> changed = new ArrayList<>(items);
        changed.set(i, change.value);
        mutations.add(
            mutation(
                message,
                field,
                change.field.isEmpty() ? field.getFullName() : change.field,
                "[" + i + "] " + change.how,
                changed));
      }
      List<Object> dropped = new ArrayList<>(items);
      dropped.remove(i);
      mutations.add(mutation(message, field, field.getFullName(), "[" + i + "] dropped", dropped));
      List<Object> doubled = new ArrayList<>(items);
      doubled.add(i, items.get(i));
      mutations.add(mutation(message, field, field.getFullName(), "[" + i + "] doubled", doubled));
      if (i > 0 && !items.get(i).equals(items.get(i - 1))) {
        List<Object> swapped = new ArrayList<>(items);
        Collections.swap(swapped, i, i - 1);
        mutations.add(
            mutation(message, field, field.getFullName(), "[" + i + "] swapped", swapped));
      }
    }
  }

  @SuppressWarnings("unchecked")
  private static <T extends Message> Mutation<T> mutation(
      T message, FieldDescriptor field, String name, String how, List<Object> items) {
    return new Mutation<>(name, how, (T) message.toBuilder().setField(field, items).build());
  }

  /** A value in the place of another; {@code field} if it was changed deeper. */
  private record Change(String field, String how, Object value) {}

  private static List<Change> changes(Object value) {
    List<Change> changes = new ArrayList<>();
    if (value instanceof ByteString bytes) {
      for (int at : places(bytes.size())) {
        byte[] flipped = bytes.toByteArray();
        flipped[at] ^= (byte) (1 << (at % 8));
        changes.add(new Change("", "bit of byte " + at, ByteString.copyFrom(flipped)));
      }
      changes.add(new Change("", "a byte longer", bytes.concat(ByteString.copyFrom(new byte[1]))));
      if (!bytes.isEmpty()) {
        changes.add(new Change("", "a byte shorter", bytes.substring(0, bytes.size() - 1)));
      }
    } else if (value instanceof String text) {
      for (int at : places(text.length())) {
        StringBuilder changed = new StringBuilder(text);
        changed.setCharAt(at, text.charAt(at) == '7' ? '8' : '7');
        changes.add(new Change("", "character " + at, changed.toString()));
      }
      changes.add(new Change("", "a character longer", text + "x"));
      if (!text.isEmpty()) {
        changes.add(new Change("", "a character shorter", text.substring(0, text.length() - 1)));
      }
    } else if (value instanceof Integer number) {
      for (int other : new int[] {number + 1, number - 1, number ^ Integer.MIN_VALUE}) {
        changes.add(new Change("", number + " to " + other, other));
      }
    } else if (value instanceof Long number) {
      for (long other : new long[] {number + 1, number - 1, number ^ Long.MIN_VALUE}) {
        changes.add(new Change("", number + " to " + other, other));
      }
    } else if (value instanceof Boolean set) {
      changes.add(new Change("", set + " to " + !set, !set));
    } else if (value instanceof EnumValueDescriptor constant) {
      for (EnumValueDescriptor other : constant.getType().getValues()) {
        if (!other.equals(constant)) {
          changes.add(new Change("", constant + " to " + other, other));
        }
      }
    } else if (value instanceof Message message) {
      for (Mutation<Message> mutation : of(message)) {
        changes.add(new Change(mutation.field, mutation.how, mutation.message));
      }
    } else {
      throw new IllegalArgumentException("what is a " + value.getClass() + "?");
    }
    return changes;
  }

  /** First, last and some between. */
  private static List<Integer> places(int size) {
    List<Integer> places = new ArrayList<>();
    int step = Math.max(1, size / 3);
    for (int at = 0; at < size; at += step) {
      places.add(at);
    }
    if (size > 1 && (size - 1) % step != 0) {
      places.add(size - 1);
    }
    return places;
  }
}
