// SPDX-License-Identifier: Apache-2.0
package org.pinlian.gateway.epcis;

import com.google.protobuf.Descriptors.FieldDescriptor;
import java.time.DateTimeException;
import java.time.LocalDate;
import org.jspecify.annotations.Nullable;
import org.pinlian.v1.ItemMasterData;

/** The CBV master data that a public part can say, and how CBV calls each. */
enum PublicItem {
  LOT("lotNumber", Form.TEXT, ItemMasterData.LOT_FIELD_NUMBER),
  PRODUCT_NAME("regulatedProductName", Form.TEXT, ItemMasterData.PRODUCT_NAME_FIELD_NUMBER),
  /** A region within China has no code in CBV, so it is not said there. */
  ORIGIN("countryOfOrigin", Form.COUNTRY, ItemMasterData.ORIGIN_FIELD_NUMBER),
  PRODUCED_ON("productionDate", Form.DAY, ItemMasterData.PRODUCED_ON_FIELD_NUMBER),
  HARVESTED_ON("harvestEndDate", Form.DAY, ItemMasterData.HARVESTED_ON_FIELD_NUMBER),
  EXPIRES_ON("itemExpirationDate", Form.DAY, ItemMasterData.EXPIRES_ON_FIELD_NUMBER),
  BEST_BEFORE("bestBeforeDate", Form.DAY, ItemMasterData.BEST_BEFORE_FIELD_NUMBER);

  private static final int TEXT_CHARACTERS_MAX = 256;

  private enum Form {
    TEXT,
    DAY,
    COUNTRY
  }

  private final String attribute;
  private final Form form;
  private final int fieldNumber;

  PublicItem(String attribute, Form form, int fieldNumber) {
    this.attribute = attribute;
    this.form = form;
    this.fieldNumber = fieldNumber;
  }

  /** The CBV name, without a prefix. */
  String attribute() {
    return attribute;
  }

  static @Nullable PublicItem of(String attribute) {
    for (PublicItem item : values()) {
      if (item.attribute.equals(attribute)) {
        return item;
      }
    }
    return null;
  }

  private FieldDescriptor field() {
    return ItemMasterData.getDescriptor().findFieldByNumber(fieldNumber);
  }

  /** Whether the public part has room for the value: free, and in a form that its field takes. */
  boolean takes(ItemMasterData.Builder item, String value) {
    return item.getField(field()).equals("") && fits(value);
  }

  void set(ItemMasterData.Builder item, String value) {
    item.setField(field(), value);
  }

  /** What is said, as CBV could say it; empty if nothing is. */
  String get(ItemMasterData item) {
    String value = (String) item.getField(field());
    return fits(value) ? value : "";
  }

  private boolean fits(String value) {
    return switch (form) {
      case TEXT -> !value.isEmpty() && value.length() <= TEXT_CHARACTERS_MAX;
      case DAY -> isDay(value);
      case COUNTRY ->
          value.length() == 2 && isCapital(value.charAt(0)) && isCapital(value.charAt(1));
    };
  }

  private static boolean isCapital(char c) {
    return c >= 'A' && c <= 'Z';
  }

  private static boolean isDay(String value) {
    try {
      return value.length() == 10 && LocalDate.parse(value).getYear() >= 1900;
    } catch (DateTimeException e) {
      return false;
    }
  }
}
