// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools;

/** A command cannot do what was asked, for a reason that is told without a stack trace. */
final class CommandException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final Exit exit;
  private final String code;
  private final String hint;

  /**
   * @param code short name of the reason, for scripts
   * @param message one sentence: what was found
   * @param hint one sentence: what to do about it; may be empty
   */
  CommandException(Exit exit, String code, String message, String hint) {
    super(message);
    this.exit = exit;
    this.code = code;
    this.hint = hint;
  }

  static CommandException usage(String message, String hint) {
    return new CommandException(Exit.USAGE, "USAGE", message, hint);
  }

  Exit exit() {
    return exit;
  }

  String code() {
    return code;
  }

  String hint() {
    return hint;
  }

  /** The message; exceptions made in this package always have one. */
  String sentence() {
    String message = getMessage();
    return message == null ? code : message;
  }
}
