// SPDX-License-Identifier: Apache-2.0
package org.pinlian.record;

import org.jspecify.annotations.Nullable;

/** Where in a record a check is. Becomes text only when something is wrong there. */
final class FieldPath {
  static final FieldPath PUBLIC_PART = new FieldPath(null, "public_part", -1);

  private final @Nullable FieldPath parent;
  private final String name;
  private final int index;

  private FieldPath(@Nullable FieldPath parent, String name, int index) {
    this.parent = parent;
    this.name = name;
    this.index = index;
  }

  static FieldPath of(String name, int index) {
    return new FieldPath(null, name, index);
  }

  FieldPath in(String field) {
    return new FieldPath(this, field, -1);
  }

  FieldPath in(String field, int at) {
    return new FieldPath(this, field, at);
  }

  @Override
  public String toString() {
    String own = index < 0 ? name : name + "[" + index + "]";
    return parent == null ? own : parent + "." + own;
  }
}
