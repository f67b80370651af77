// SPDX-License-Identifier: Apache-2.0
package org.pinlian.identifier;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.pinlian.identifier.Subject.Kind;

/**
 * The GS1 primary keys, and the qualifiers each takes in a path, from the coarse to the fine (GS1
 * Digital Link Standard: URI Syntax). A subject has the finest alone: a unit has one chain whether
 * or not the code on it also names the lot.
 */
record Gs1Key(Gs1Field field, Kind kind, List<Qualifier> qualifiers) {
  /** The kind of subject that the key names together with this qualifier. */
  record Qualifier(Gs1Field field, Kind kind) {}

  private static final List<Gs1Key> TABLE =
      List.of(
          key(
              Gs1Field.GTIN,
              Kind.CLASS,
              new Qualifier(Gs1Field.CPV, Kind.CLASS),
              new Qualifier(Gs1Field.LOT, Kind.LOT),
              new Qualifier(Gs1Field.SERIAL, Kind.UNIT),
              new Qualifier(Gs1Field.TPX, Kind.UNIT)),
          key(
              Gs1Field.ITIP,
              Kind.CLASS,
              new Qualifier(Gs1Field.CPV, Kind.CLASS),
              new Qualifier(Gs1Field.LOT, Kind.LOT),
              new Qualifier(Gs1Field.SERIAL, Kind.UNIT)),
          key(Gs1Field.SSCC, Kind.LOGISTIC_UNIT),
          key(Gs1Field.GLN, Kind.LOCATION, new Qualifier(Gs1Field.GLN_EXTENSION, Kind.LOCATION)),
          key(Gs1Field.PAY_TO, Kind.OTHER, new Qualifier(Gs1Field.PAYMENT_REFERENCE, Kind.OTHER)),
          key(Gs1Field.PARTY, Kind.OTHER, new Qualifier(Gs1Field.IMPORTER, Kind.OTHER)),
          key(Gs1Field.GRAI, Kind.OTHER),
          key(Gs1Field.GIAI, Kind.OTHER),
          key(Gs1Field.CPID, Kind.OTHER, new Qualifier(Gs1Field.CPID_SERIAL, Kind.OTHER)),
          key(Gs1Field.GMN, Kind.OTHER),
          key(
              Gs1Field.GSRN_PROVIDER,
              Kind.OTHER,
              new Qualifier(Gs1Field.SERVICE_INSTANCE, Kind.OTHER)),
          key(Gs1Field.GSRN, Kind.OTHER, new Qualifier(Gs1Field.SERVICE_INSTANCE, Kind.OTHER)),
          key(Gs1Field.GDTI, Kind.OTHER),
          key(Gs1Field.GCN, Kind.OTHER),
          key(Gs1Field.GINC, Kind.OTHER),
          key(Gs1Field.GSIN, Kind.OTHER));

  private static final Map<String, Gs1Key> BY_AI = byAi();

  private static Gs1Key key(Gs1Field field, Kind kind, Qualifier... qualifiers) {
    return new Gs1Key(field, kind, List.of(qualifiers));
  }

  private static Map<String, Gs1Key> byAi() {
    Map<String, Gs1Key> keys = new HashMap<>();
    for (Gs1Key key : TABLE) {
      keys.put(key.field.ai(), key);
    }
    return Map.copyOf(keys);
  }

  static List<Gs1Key> all() {
    return TABLE;
  }

  static @Nullable Gs1Key ofAi(String ai) {
    return BY_AI.get(ai);
  }

  /** Also knows the names that old Digital Links write in place of the number. */
  static @Nullable Gs1Key ofAiOrName(String text) {
    for (Gs1Key key : TABLE) {
      if (key.field.ai().equals(text) || key.field.shortName().equals(text)) {
        return key;
      }
    }
    return null;
  }

  @Nullable Qualifier qualifierOfAi(String ai) {
    for (Qualifier qualifier : qualifiers) {
      if (qualifier.field.ai().equals(ai)) {
        return qualifier;
      }
    }
    return null;
  }

  @Nullable Qualifier qualifierOfAiOrName(String text) {
    for (Qualifier qualifier : qualifiers) {
      if (qualifier.field.ai().equals(text) || qualifier.field.shortName().equals(text)) {
        return qualifier;
      }
    }
    return null;
  }
}
