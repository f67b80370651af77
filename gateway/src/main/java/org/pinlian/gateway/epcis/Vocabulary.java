// SPDX-License-Identifier: Apache-2.0
package org.pinlian.gateway.epcis;

import org.pinlian.gateway.epcis.EpcisException.Reason;

/**
 * The standard vocabularies of CBV 2.0 that events use. A value has four spellings: a plain word,
 * {@code cbv:BizStep-shipping}, the URI that stands for, and the URN of older documents. Records
 * hold the plain word, or the URI of a value that is not in CBV 2.0.
 */
enum Vocabulary {
  BUSINESS_STEP(
      "BizStep-",
      "bizstep",
      "accepting arriving assembling collecting commissioning consigning creating_class_instance"
          + " cycle_counting decommissioning departing destroying disassembling dispensing encoding"
          + " entering_exiting holding inspecting installing killing loading other packing picking"
          + " receiving removing repackaging repairing replacing reserving retail_selling sampling"
          + " sensor_reporting shipping staging_outbound stock_taking stocking storing transporting"
          + " unloading unpacking void_shipping"),
  DISPOSITION(
      "Disp-",
      "disp",
      "active available completeness_inferred completeness_verified conformant container_closed"
          + " container_open damaged destroyed dispensed disposed encoded expired in_progress"
          + " in_transit inactive mismatch_class mismatch_instance mismatch_quantity"
          + " needs_replacement no_pedigree_match non_conformant non_sellable_other"
          + " partially_dispensed recalled reserved retail_sold returned sellable_accessible"
          + " sellable_not_accessible stolen unavailable unknown"),
  BUSINESS_TRANSACTION(
      "BTT-",
      "btt",
      "bol cert desadv inv pedigree po poc prodorder recadv rma testprd testres upevt"),
  PARTY("SDT-", "sdt", "owning_party possessing_party location"),
  ERROR_REASON("ER-", "er", "did_not_occur incorrect_data"),
  COMPONENT(
      "Comp-",
      "comp",
      "x y z axial_distance azimuth height spherical_radius polar_angle elevation_angle easting"
          + " northing latitude longitude altitude");

  private static final String WEB = "https://ref.gs1.org/cbv/";
  private static final String URN = "urn:epcglobal:cbv:";

  private final String web;
  private final String urn;

  /** Each between two spaces. */
  private final String words;

  Vocabulary(String web, String urn, String words) {
    this.web = WEB + web;
    this.urn = URN + urn + ':';
    this.words = ' ' + words + ' ';
  }

  private boolean has(String word) {
    return !word.isEmpty() && word.indexOf(' ') < 0 && words.contains(' ' + word + ' ');
  }

  /** What a record holds, of any spelling. */
  String parse(String written, Prefixes prefixes) throws EpcisException {
    if (has(written)) {
      return written;
    }
    String text = prefixes.expand(written);
    String local = null;
    if (text.startsWith(web)) {
      local = text.substring(web.length());
    } else if (text.startsWith(urn)) {
      local = text.substring(urn.length());
    }
    if (local != null) {
      return has(local) ? local : Uris.require(web + local);
    }
    if (text.indexOf(':') < 0) {
      throw new EpcisException(
          Reason.BAD_VOCABULARY, "neither a word of CBV 2.0 nor a URI: " + written);
    }
    return Uris.require(text);
  }

  /** The URI of what a record holds. */
  String uri(String held) {
    return has(held) ? web + held : held;
  }

  /** The plain word of a URI, where there is one. */
  String word(String uri) {
    if (uri.startsWith(web)) {
      String local = uri.substring(web.length());
      return has(local) ? local : uri;
    }
    return uri;
  }

  /** Of any vocabulary, an old URN as the URI that took its place; anything else as it is. */
  static String modern(String text) {
    if (text.startsWith(URN)) {
      for (Vocabulary vocabulary : values()) {
        if (text.startsWith(vocabulary.urn)) {
          return vocabulary.web + text.substring(vocabulary.urn.length());
        }
      }
    }
    return text;
  }
}
