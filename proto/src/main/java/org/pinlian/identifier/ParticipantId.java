// SPDX-License-Identifier: Apache-2.0
package org.pinlian.identifier;

import java.util.Locale;
import org.pinlian.identifier.IdentifierException.Reason;

/**
 * Who signs: {@code uscc:}, {@code gln:}, {@code farmer:} or {@code device:} and a value. A farmer
 * has no 统一社会信用代码 and an identity card number is personal, so theirs is an opaque handle that tells
 * nothing; a firm abroad has a GLN; a logger has whatever its maker wrote on it.
 */
public record ParticipantId(Scheme scheme, String value) {
  private static final int OPAQUE_MAX = 64;

  /** How the value is given and checked. */
  public enum Scheme {
    USCC,
    GLN,
    FARMER,
    DEVICE;

    private final String prefix = name().toLowerCase(Locale.ROOT);

    /** As printed before the colon. */
    public String prefix() {
      return prefix;
    }
  }

  public ParticipantId {
    try {
      check(scheme, value);
    } catch (IdentifierException e) {
      throw new IllegalArgumentException(e);
    }
  }

  public static ParticipantId of(Uscc uscc) {
    return new ParticipantId(Scheme.USCC, uscc.value());
  }

  public static ParticipantId of(Gln gln) {
    return new ParticipantId(Scheme.GLN, gln.value());
  }

  public static ParticipantId farmer(String handle) throws IdentifierException {
    check(Scheme.FARMER, handle);
    return new ParticipantId(Scheme.FARMER, handle);
  }

  public static ParticipantId device(String handle) throws IdentifierException {
    check(Scheme.DEVICE, handle);
    return new ParticipantId(Scheme.DEVICE, handle);
  }

  public static ParticipantId parse(String text) throws IdentifierException {
    int colon = text.indexOf(':');
    String prefix = colon < 0 ? "" : text.substring(0, colon);
    for (Scheme scheme : Scheme.values()) {
      if (scheme.prefix.equals(prefix)) {
        return parse(scheme, text, text.substring(colon + 1));
      }
    }
    for (Scheme scheme : Scheme.values()) {
      if (scheme.prefix.equalsIgnoreCase(prefix)) {
        throw IdentifierException.notCanonical(
            text, recase(scheme, text.substring(colon + 1)).toString());
      }
    }
    throw IdentifierException.of(
        Reason.UNKNOWN_KEY,
        "participant scheme unknown",
        text,
        "uscc:, gln:, farmer: or device:",
        prefix);
  }

  private static ParticipantId parse(Scheme scheme, String text, String value)
      throws IdentifierException {
    try {
      check(scheme, value);
    } catch (IdentifierException e) {
      // The canonical form named must be of what was asked about: the prefix belongs to it.
      if (e.reason() == Reason.NOT_CANONICAL) {
        throw IdentifierException.notCanonical(text, recase(scheme, value).toString());
      }
      throw e;
    }
    return new ParticipantId(scheme, value);
  }

  /** Opaque handles keep their case: two that differ in it are two participants. */
  private static ParticipantId recase(Scheme scheme, String value) throws IdentifierException {
    String recased = scheme == Scheme.USCC ? value.toUpperCase(Locale.ROOT) : value;
    check(scheme, recased);
    return new ParticipantId(scheme, recased);
  }

  private static void check(Scheme scheme, String value) throws IdentifierException {
    switch (scheme) {
      case USCC -> Uscc.check(value);
      case GLN -> Gln.check(value);
      case FARMER, DEVICE -> checkOpaque(scheme.prefix, value);
    }
  }

  private static void checkOpaque(String what, String value) throws IdentifierException {
    if (value.isEmpty()) {
      throw IdentifierException.of(Reason.EMPTY, what + ": empty handle", value);
    }
    if (value.length() > OPAQUE_MAX) {
      throw IdentifierException.of(
          Reason.TOO_LONG,
          what + ": handle too long",
          value,
          "at most " + OPAQUE_MAX,
          Integer.toString(value.length()));
    }
    for (int i = 0; i < value.length(); i++) {
      if (!PercentEncoding.isUnreserved(value.charAt(i))) {
        throw IdentifierException.badCharacter(what, value, i);
      }
    }
  }

  @Override
  public String toString() {
    return scheme.prefix + ':' + value;
  }
}
