// SPDX-License-Identifier: Apache-2.0
package org.pinlian.gateway.epcis;

import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.pinlian.v1.ItemMasterData;

/** The CBV master data that a public part can say, and how CBV calls each. */
enum PublicItem {
  LOT("lotNumber", Form.TEXT, ItemMasterData::getLot, ItemMasterData.Builder::setLot),
  PRODUCT_NAME(
      "regulatedProductName",
      Form.TEXT,
      ItemMasterData::getProductName,
      ItemMasterData.Builder::setProductName),
  /** A region within China has no code in CBV, so it is not said there. */
  ORIGIN(
      "countryOfOrigin",
      Form.COUNTRY,
      ItemMasterData::getOrigin,
      ItemMasterData.Builder::setOrigin),
  PRODUCED_ON(
      "productionDate",
      Form.DAY,
      ItemMasterData::getProducedOn,
      ItemMasterData.Builder::setProducedOn),
  HARVESTED_ON(
      "harvestEndDate",
      Form.DAY,
      ItemMasterData::getHarvestedOn,
      ItemMasterData.Builder::setHarvestedOn),
  EXPIRES_ON(
      "itemExpirationDate",
      Form.DAY,
      ItemMasterData::getExpiresOn,
      ItemMasterData.Builder::setExpiresOn),
  BEST_BEFORE(
      "bestBeforeDate",
      Form.DAY,
      ItemMasterData::getBestBefore,
      ItemMasterData.Builder::setBestBefore);

  private static final int TEXT_CHARACTERS_MAX = 256;

  private enum Form {
    TEXT,
    DAY,
    COUNTRY
  }

  private final String attribute;
  private final Form form;
  private final Function<ItemMasterData, String> get;
  private final BiConsumer<ItemMasterData.Builder, String> set;

  PublicItem(
      String attribute,
      Form form,
      Function<ItemMasterData, String> get,
      BiConsumer<ItemMasterData.Builder, String> set) {
    this.attribute = attribute;
    this.form = form;
    this.get = get;
    this.set = set;
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

  /** Whether the public part has room for the value: free, and in a form that its field takes. */
  boolean takes(ItemMasterData.Builder item, String value) {
    return get.apply(item.buildPartial()).isEmpty() && fits(value);
  }

  void set(ItemMasterData.Builder item, String value) {
    set.accept(item, value);
  }

  /** What is said, as CBV could say it; empty if nothing is. */
  String get(ItemMasterData item) {
    String value = get.apply(item);
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
