// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools;

/** Host and port as given on a command line: {@code 127.0.0.1:8080} or {@code [::1]:8080}. */
record Address(String host, int port) {
  static final String DEFAULT = "127.0.0.1:8080";

  static Address parse(String text) {
    int colon = text.lastIndexOf(':');
    String host = colon < 1 ? "" : text.substring(0, colon);
    if (host.startsWith("[") && host.endsWith("]")) {
      host = host.substring(1, host.length() - 1);
    } else if (host.indexOf(':') >= 0) {
      host = "";
    }
    int port;
    try {
      port = Integer.parseInt(text.substring(colon + 1));
    } catch (NumberFormatException e) {
      port = -1;
    }
    if (host.isBlank() || port < 1 || port > 65_535) {
      throw CommandException.usage(
          "no address: \"" + text + "\"", "Give host and port, as --gateway " + DEFAULT + ".");
    }
    return new Address(host, port);
  }

  /** The same of an address to listen on, where port 0 is any that is free. */
  static Address parseListen(String text) {
    return text.endsWith(":0")
        ? new Address(parse(text.substring(0, text.length() - 1) + "1").host(), 0)
        : parse(text);
  }

  @Override
  public String toString() {
    return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + port;
  }
}
