// SPDX-License-Identifier: Apache-2.0
package org.pinlian.transport;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What an X.509 certificate calls its holder. Only subject alternative names count; the subject's
 * common name is for people (RFC 9525).
 */
final class Peer {
  private static final int DNS_NAME = 2;
  private static final int IP_ADDRESS = 7;
  private static final Pattern ADDRESS = Pattern.compile("[0-9.]+|.*:.*");

  private Peer() {}

  /** For people and logs. */
  static String name(X509Certificate certificate) {
    return "\"" + certificate.getSubjectX500Principal().getName() + "\"";
  }

  /** Whether one of the names is one of these, letter by letter. */
  static boolean isOneOf(X509Certificate certificate, Set<String> names) {
    return names(certificate, DNS_NAME).stream().anyMatch(name -> names.contains(plain(name)));
  }

  /** Whether the certificate is good for the host that was called. */
  static boolean answersFor(X509Certificate certificate, String host) {
    if (ADDRESS.matcher(host).matches()) {
      return names(certificate, IP_ADDRESS).stream().anyMatch(name -> sameAddress(name, host));
    }
    String called = plain(host);
    return names(certificate, DNS_NAME).stream().anyMatch(name -> covers(plain(name), called));
  }

  /** An asterisk stands for one label, the first, of a name of at least three. */
  private static boolean covers(String name, String called) {
    if (!name.startsWith("*.")) {
      return name.equals(called);
    }
    int dot = called.indexOf('.');
    return dot > 0 && name.indexOf('.', 2) > 0 && called.substring(dot).equals(name.substring(1));
  }

  private static boolean sameAddress(String certified, String host) {
    try {
      // Neither asks a name server: both are addresses by their letters.
      return ADDRESS.matcher(certified).matches()
          && InetAddress.getByName(certified).equals(InetAddress.getByName(host));
    } catch (UnknownHostException notAnAddress) {
      return false;
    }
  }

  private static List<String> names(X509Certificate certificate, int kind) {
    List<String> names = new ArrayList<>();
    try {
      Collection<List<?>> all = certificate.getSubjectAlternativeNames();
      if (all != null) {
        for (List<?> name : all) {
          if (name.get(0).equals(kind) && name.get(1) instanceof String text) {
            names.add(text);
          }
        }
      }
    } catch (CertificateParsingException unreadable) {
      return List.of();
    }
    return names;
  }

  static String plain(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    return lower.endsWith(".") ? lower.substring(0, lower.length() - 1) : lower;
  }
}
