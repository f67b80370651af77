// SPDX-License-Identifier: Apache-2.0
package org.pinlian.gateway.epcis;

import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.pinlian.gateway.epcis.EpcisException.Reason;
import org.pinlian.gateway.epcis.Extensions.Part;
import org.pinlian.gateway.epcis.Extensions.Spot;
import org.pinlian.v1.SensorElement;
import org.pinlian.v1.SensorReport;
import org.pinlian.v1.Truth;

/** From a {@code sensorElementList} item to the ledger's message. */
final class SensorMapper {
  private final Prefixes prefixes;
  private final Map<Spot, List<Node>> extensions;

  SensorMapper(Prefixes prefixes, Map<Spot, List<Node>> extensions) {
    this.prefixes = prefixes;
    this.extensions = extensions;
  }

  /**
   * @param index which element of the event this is, from 0
   */
  SensorElement element(Node field, int index) throws EpcisException {
    SensorElement.Builder element = SensorElement.newBuilder();
    Spot spot = new Spot(Part.SENSOR_ELEMENT, index, 0);
    EventMapper.each(
        field.children(),
        spot,
        extensions,
        inner -> {
          switch (inner.name()) {
            case "sensorMetadata" -> metadata(inner, index, element);
            case "sensorReport" ->
                element.addReports(
                    report(inner, new Spot(Part.SENSOR_REPORT, index, element.getReportsCount())));
            default -> {
              return false;
            }
          }
          return true;
        });
    if (element.getReportsCount() == 0) {
      throw new EpcisException(Reason.MISSING_FIELD, "sensorReport", "must be given", null);
    }
    return element.build();
  }

  private void metadata(Node field, int index, SensorElement.Builder element)
      throws EpcisException {
    Spot spot = new Spot(Part.SENSOR_METADATA, index, 0);
    Source to =
        new Source(
            element::setAt,
            element::setDevice,
            element::setDeviceMetadata,
            element::setRawData,
            element::setProcessingMethod,
            element::setBusinessRules);
    EventMapper.each(
        field.children(),
        spot,
        extensions,
        inner -> {
          switch (inner.name()) {
            case "startTime" -> element.setFrom(time(inner));
            case "endTime" -> element.setUntil(time(inner));
            default -> {
              return source(inner, to);
            }
          }
          return true;
        });
  }

  /** What the metadata of an element and each of its reports say alike. */
  private record Source(
      LongConsumer at,
      Consumer<String> device,
      Consumer<String> deviceMetadata,
      Consumer<String> rawData,
      Consumer<String> processingMethod,
      Consumer<String> businessRules) {}

  private boolean source(Node field, Source to) throws EpcisException {
    switch (field.name()) {
      case "time" -> to.at().accept(time(field));
      case "deviceID" -> to.device().accept(uri(field));
      case "deviceMetadata" -> to.deviceMetadata().accept(uri(field));
      case "rawData" -> to.rawData().accept(uri(field));
      case "dataProcessingMethod" -> to.processingMethod().accept(uri(field));
      case "bizRules" -> to.businessRules().accept(uri(field));
      default -> {
        return false;
      }
    }
    return true;
  }

  private SensorReport report(Node field, Spot spot) throws EpcisException {
    SensorReport.Builder report = SensorReport.newBuilder();
    Source to =
        new Source(
            report::setAt,
            report::setDevice,
            report::setDeviceMetadata,
            report::setRawData,
            report::setProcessingMethod,
            report::setBusinessRules);
    EventMapper.each(
        field.children(),
        spot,
        extensions,
        inner -> source(inner, to) || about(inner, report) || measured(inner, report));
    if (report.getType().isEmpty() && report.getException().isEmpty()) {
      throw new EpcisException(
          Reason.MISSING_FIELD, "type", "must be given where there is no exception", null);
    }
    return report.build();
  }

  /** What was measured. */
  private boolean about(Node field, SensorReport.Builder report) throws EpcisException {
    switch (field.name()) {
      case "type" -> report.setType(Measurements.parse(EventMapper.text(field), prefixes));
      case "exception" ->
          report.setException(Measurements.parse(EventMapper.text(field), prefixes));
      case "microorganism" -> report.setMicroorganism(uri(field));
      case "chemicalSubstance" -> report.setChemicalSubstance(uri(field));
      case "coordinateReferenceSystem" -> report.setCoordinateReferenceSystem(uri(field));
      default -> {
        return false;
      }
    }
    return true;
  }

  private boolean measured(Node field, SensorReport.Builder report) throws EpcisException {
    String text = EventMapper.text(field);
    switch (field.name()) {
      case "value" -> report.setValue(Numbers.decimal(text));
      case "minValue" -> report.setLowest(Numbers.decimal(text));
      case "maxValue" -> report.setHighest(Numbers.decimal(text));
      case "meanValue" -> report.setMean(Numbers.decimal(text));
      case "sDev" -> report.setStandardDeviation(Numbers.decimal(text));
      case "percRank" -> report.setPercentileRank(Numbers.decimal(text));
      case "percValue" -> report.setPercentileValue(Numbers.decimal(text));
      case "uom" -> report.setUnit(text);
      case "component" -> report.setComponent(Vocabulary.COMPONENT.parse(text, prefixes));
      case "stringValue" -> report.setText(text);
      case "booleanValue" -> report.setTruth(truth(text));
      case "hexBinaryValue" -> report.setHexadecimal(text);
      case "uriValue" -> report.setUri(uri(field));
      default -> {
        return false;
      }
    }
    return true;
  }

  /** The lexical space of XML Schema boolean. */
  private static Truth truth(String text) throws EpcisException {
    return switch (text) {
      case "true", "1" -> Truth.TRUTH_TRUE;
      case "false", "0" -> Truth.TRUTH_FALSE;
      default -> throw new EpcisException(Reason.BAD_FIELD, "true or false, found " + text);
    };
  }

  private static long time(Node field) throws EpcisException {
    return DateTimes.parse(EventMapper.text(field));
  }

  private String uri(Node field) throws EpcisException {
    return Uris.uri(prefixes.expand(EventMapper.text(field)));
  }
}
