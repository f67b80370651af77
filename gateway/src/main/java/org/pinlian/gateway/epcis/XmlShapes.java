// SPDX-License-Identifier: Apache-2.0
package org.pinlian.gateway.epcis;

import java.util.Map;
import java.util.Set;

/** Where the XML of EPCIS is shaped otherwise than its JSON-LD. */
final class XmlShapes {
  static final String XSD_2 = "urn:epcglobal:epcis:xsd:2";

  /** The lists, and what XML calls an item of each. */
  static final Map<String, String> ITEMS =
      Map.ofEntries(
          Map.entry("epcList", "epc"),
          Map.entry("childEPCs", "epc"),
          Map.entry("inputEPCList", "epc"),
          Map.entry("outputEPCList", "epc"),
          Map.entry("quantityList", "quantityElement"),
          Map.entry("childQuantityList", "quantityElement"),
          Map.entry("inputQuantityList", "quantityElement"),
          Map.entry("outputQuantityList", "quantityElement"),
          Map.entry("bizTransactionList", "bizTransaction"),
          Map.entry("sourceList", "source"),
          Map.entry("destinationList", "destination"),
          Map.entry("sensorElementList", "sensorElement"),
          Map.entry("correctiveEventIDs", "correctiveEventID"));

  /** Items whose own text is a field in JSON-LD, called as the item. */
  static final Set<String> TYPED_ITEMS = Set.of("bizTransaction", "source", "destination");

  /** Elements whose plain fields are attributes. */
  static final Set<String> OF_ATTRIBUTES = Set.of("sensorMetadata", "sensorReport");

  private XmlShapes() {}

  /** What XML Schema 1.0 needed so that a schema could grow; it says nothing of its own. */
  static boolean isTransparent(String name) {
    return name.equals("extension") || name.equals("baseExtension");
  }

  static boolean isEpcis(String namespace) {
    return namespace.isEmpty()
        || namespace.startsWith("urn:epcglobal:epcis:xsd:")
        || namespace.startsWith("urn:epcglobal:epcis-query:xsd:");
  }
}
