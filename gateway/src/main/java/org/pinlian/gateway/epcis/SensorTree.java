// SPDX-License-Identifier: Apache-2.0
package org.pinlian.gateway.epcis;

import java.util.ArrayList;
import java.util.List;
import org.pinlian.gateway.epcis.Extensions.Part;
import org.pinlian.gateway.epcis.Extensions.Spot;
import org.pinlian.v1.Decimal;
import org.pinlian.v1.SensorElement;
import org.pinlian.v1.SensorReport;
import org.pinlian.v1.Truth;

/** From the ledger's sensor elements to {@code sensorElementList}, fields in the order of CBV. */
final class SensorTree {
  private SensorTree() {}

  static void add(EpcisEvent event, List<Node> fields) {
    List<SensorElement> elements = event.trade().getSensorElementsList();
    for (int i = 0; i < elements.size(); i++) {
      fields.add(element(elements.get(i), i, event.extensions()));
    }
  }

  private static Node element(SensorElement element, int index, Extensions extensions) {
    List<Node> children = new ArrayList<>();
    List<Node> metadata = new ArrayList<>();
    time(metadata, "time", element.getAt());
    time(metadata, "startTime", element.getFrom());
    time(metadata, "endTime", element.getUntil());
    text(metadata, "deviceID", element.getDevice());
    text(metadata, "deviceMetadata", element.getDeviceMetadata());
    text(metadata, "rawData", element.getRawData());
    text(metadata, "dataProcessingMethod", element.getProcessingMethod());
    text(metadata, "bizRules", element.getBusinessRules());
    metadata.addAll(extensions.at(new Spot(Part.SENSOR_METADATA, index, 0)));
    if (!metadata.isEmpty()) {
      children.add(Node.of("sensorMetadata", metadata));
    }
    for (int i = 0; i < element.getReportsCount(); i++) {
      List<Node> report = report(element.getReports(i));
      report.addAll(extensions.at(new Spot(Part.SENSOR_REPORT, index, i)));
      children.add(Node.of("sensorReport", report));
    }
    children.addAll(extensions.at(new Spot(Part.SENSOR_ELEMENT, index, 0)));
    return Node.of("sensorElementList", children);
  }

  private static List<Node> report(SensorReport report) {
    List<Node> fields = new ArrayList<>();
    text(fields, "type", Measurements.uri(report.getType()));
    text(fields, "exception", Measurements.uri(report.getException()));
    text(fields, "deviceID", report.getDevice());
    text(fields, "deviceMetadata", report.getDeviceMetadata());
    text(fields, "rawData", report.getRawData());
    text(fields, "dataProcessingMethod", report.getProcessingMethod());
    text(fields, "bizRules", report.getBusinessRules());
    time(fields, "time", report.getAt());
    text(fields, "microorganism", report.getMicroorganism());
    text(fields, "chemicalSubstance", report.getChemicalSubstance());
    number(fields, "value", report.hasValue(), report.getValue());
    text(fields, "component", Vocabulary.COMPONENT.uri(report.getComponent()));
    text(fields, "stringValue", report.getText());
    if (report.getTruth() != Truth.TRUTH_UNSPECIFIED) {
      text(fields, "booleanValue", report.getTruth() == Truth.TRUTH_TRUE ? "true" : "false");
    }
    text(fields, "hexBinaryValue", report.getHexadecimal());
    text(fields, "uriValue", report.getUri());
    number(fields, "minValue", report.hasLowest(), report.getLowest());
    number(fields, "maxValue", report.hasHighest(), report.getHighest());
    number(fields, "meanValue", report.hasMean(), report.getMean());
    number(fields, "sDev", report.hasStandardDeviation(), report.getStandardDeviation());
    number(fields, "percRank", report.hasPercentileRank(), report.getPercentileRank());
    number(fields, "percValue", report.hasPercentileValue(), report.getPercentileValue());
    text(fields, "uom", report.getUnit());
    text(fields, "coordinateReferenceSystem", report.getCoordinateReferenceSystem());
    return fields;
  }

  private static void text(List<Node> fields, String name, String text) {
    if (!text.isEmpty()) {
      fields.add(Node.leaf(name, text));
    }
  }

  private static void time(List<Node> fields, String name, long millis) {
    if (millis != 0) {
      fields.add(Node.leaf(name, DateTimes.format(millis)));
    }
  }

  private static void number(List<Node> fields, String name, boolean given, Decimal number) {
    if (given) {
      fields.add(Node.leaf(name, Numbers.format(number)));
    }
  }
}
