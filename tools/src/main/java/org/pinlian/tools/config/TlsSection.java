// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools.config;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.pinlian.transport.PeerTrust;
import org.pinlian.transport.TlsIdentity;
import org.pinlian.transport.TrustFiles;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The keys about X.509, which both files have in common. */
final class TlsSection {
  private static final Logger log = LoggerFactory.getLogger(TlsSection.class);

  private TlsSection() {}

  /** {@code certificate} and {@code key}: who we are. */
  static @Nullable TlsIdentity identity(Section section) {
    Path certificate = section.file("certificate");
    Path key = section.file("key");
    if (certificate == null || key == null) {
      return null;
    }
    try {
      return TlsIdentity.ofFiles(certificate, key, reported("own X.509 certificate"));
    } catch (IOException e) {
      section.fault("certificate", String.valueOf(e.getMessage()), "PEM of both, that fit");
      return null;
    }
  }

  /**
   * {@code authorities}, {@code revocation} and {@code names}: whom we believe.
   *
   * @param whose for the log
   */
  static @Nullable PeerTrust trust(Section section, String whose, List<String> names) {
    List<Path> authorities = section.files("authorities");
    List<Path> revocation = section.files("revocation");
    if (!section.has("authorities")) {
      section.fault("authorities", "missing", "a file of X.509 authorities, or a list of them");
    }
    if (authorities.isEmpty()) {
      return null;
    }
    try {
      return PeerTrust.ofFiles(
          new TrustFiles(authorities, revocation),
          names,
          Clock.systemUTC(),
          reported("X.509 authorities of " + whose));
    } catch (IOException e) {
      section.fault("authorities", String.valueOf(e.getMessage()), "PEM");
      return null;
    }
  }

  private static Consumer<String> reported(String what) {
    return sentence -> log.warn("{}: {}", what, sentence);
  }
}
