// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools;

/**
 * Colours, if there is anybody to see them, and text made fit for a terminal.
 *
 * @param on whether standard output is a terminal that wants colours ({@code NO_COLOR} does not)
 */
record Paint(boolean on) {
  String strong(String text) {
    return code("1", text);
  }

  String faint(String text) {
    return code("2", text);
  }

  String good(String text) {
    return code("32", text);
  }

  String bad(String text) {
    return code("1;31", text);
  }

  String careful(String text) {
    return code("33", text);
  }

  private String code(String code, String text) {
    return on ? "\u001b[" + code + "m" + text + "\u001b[0m" : text;
  }

  /**
   * Text that somebody else wrote, without the characters that steer a terminal or turn the order
   * of what is read: a record could else rewrite the lines that say it was verified.
   */
  static String clean(String text) {
    StringBuilder clean = new StringBuilder(text.length());
    text.codePoints()
        .forEach(point -> {
          int type = Character.getType(point);
          boolean steers =
              Character.isISOControl(point)
                  || type == Character.FORMAT
                  || type == Character.LINE_SEPARATOR
                  || type == Character.PARAGRAPH_SEPARATOR
                  || type == Character.SURROGATE;
          clean.appendCodePoint(steers ? '\ufffd' : point);
        });
    return clean.toString();
  }
}
