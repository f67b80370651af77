// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import java.io.StringWriter;

/** A command that was run in this process, with what it said. */
record Ran(int exit, String out, String err) {

  static Ran pinlian(String... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int exit =
        Pinlian.commandLine(new PrintWriter(out, true), new PrintWriter(err, true))
            .execute(arguments);
    return new Ran(exit, out.toString(), err.toString());
  }

  /** The one object on standard output; anything else there is a failure. */
  JsonNode json() {
    String line = out.strip();
    if (line.indexOf('\n') >= 0) {
      throw new AssertionError("more than one line on standard output: " + out);
    }
    try {
      return Console.JSON.readTree(line);
    } catch (JsonProcessingException e) {
      throw new AssertionError("no JSON: " + out + "\n" + err, e);
    }
  }
}
