// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools.connect;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pinlian.v1.SubmitRequest;

/**
 * What one file of the queue holds: signed submissions, and whose input is in which. One to begin
 * with; several once a submission of several inputs had to be taken apart.
 *
 * @param number its place in the queue
 * @param bytes size of the file
 */
record Parcel(long number, Instant acceptedAt, List<Part> parts, long bytes) {
  static final int FILE_BYTES_MAX = 16 << 20;

  private static final int FORMAT = 1;

  Parcel {
    parts = List.copyOf(parts);
  }

  /**
   * One signed submission.
   *
   * @param named whether its id is made from what it says: it keeps the id when it is signed anew,
   *     and it is in the ledger if one of that id is
   * @param inputs in the order of their records
   */
  record Part(SubmitRequest request, List<Input> inputs, boolean named) {
    Part {
      inputs = List.copyOf(inputs);
    }
  }

  /** The same without the bytes of the submissions, to be kept in memory. */
  Label label() {
    List<Input> inputs = new ArrayList<>();
    parts.forEach(part -> inputs.addAll(part.inputs()));
    return new Label(number, acceptedAt, inputs, bytes);
  }

  /** What is known of a parcel without reading it. */
  record Label(long number, Instant acceptedAt, List<Input> inputs, long bytes) {
    Label {
      inputs = List.copyOf(inputs);
    }
  }

  /** A line of JSON, then the submissions one after the other. */
  static byte[] encode(Instant acceptedAt, List<Part> parts) {
    ObjectNode head = Json.object();
    head.put("format", FORMAT);
    head.put("acceptedAt", acceptedAt.toEpochMilli());
    ArrayNode array = head.putArray("parts");
    ByteArrayOutputStream rest = new ByteArrayOutputStream();
    for (Part part : parts) {
      byte[] request = part.request().toByteArray();
      rest.writeBytes(request);
      ObjectNode json = array.addObject();
      json.put("bytes", request.length);
      json.put("sha256", Input.digest(request));
      if (part.named()) {
        json.put("named", true);
      }
      ArrayNode inputs = json.putArray("inputs");
      for (Input input : part.inputs()) {
        ObjectNode one = inputs.addObject();
        one.put("id", input.id());
        one.put("digest", input.digest());
        one.put("records", input.records());
        if (input.source() != null) {
          one.put("source", input.source());
        }
      }
    }
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    file.writeBytes(Json.line(head));
    file.writeBytes(rest.toByteArray());
    return file.toByteArray();
  }

  /**
   * @throws IOException if these are not bytes that {@link #encode} made
   */
  static Parcel decode(long number, byte[] file) throws IOException {
    int end = 0;
    while (end < file.length && file[end] != '\n') {
      end++;
    }
    ObjectNode head = Json.read(Arrays.copyOf(file, end));
    if (head.path("format").asInt() != FORMAT) {
      throw new IOException("format " + head.path("format") + ", this release reads " + FORMAT);
    }
    int at = end + 1;
    List<Part> parts = new ArrayList<>();
    for (JsonNode json : head.path("parts")) {
      int length = json.path("bytes").asInt();
      if (length <= 0 || length > file.length - at) {
        throw new IOException("shorter than it says");
      }
      byte[] request = Arrays.copyOfRange(file, at, at + length);
      at += length;
      if (!Input.digest(request).equals(json.path("sha256").asText())) {
        throw new IOException("its bytes do not have their digest");
      }
      parts.add(
          new Part(SubmitRequest.parseFrom(request), inputs(json), json.path("named").asBoolean()));
    }
    if (parts.isEmpty() || at != file.length) {
      throw new IOException("not as long as it says");
    }
    return new Parcel(
        number, Instant.ofEpochMilli(head.path("acceptedAt").asLong()), parts, file.length);
  }

  private static List<Input> inputs(JsonNode part) throws IOException {
    List<Input> inputs = new ArrayList<>();
    for (JsonNode json : part.path("inputs")) {
      String id = json.path("id").asText();
      if (!Input.isId(id)) {
        throw new IOException("no id of an input: " + id);
      }
      @Nullable JsonNode source = json.get("source");
      inputs.add(
          new Input(
              id,
              json.path("digest").asText(),
              json.path("records").asInt(),
              source == null ? null : source.asText()));
    }
    if (inputs.isEmpty()) {
      throw new IOException("a submission of nobody's");
    }
    return inputs;
  }
}
