// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools;

import com.google.protobuf.ByteString;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pinlian.tools.evidence.EvidenceException;
import org.pinlian.tools.evidence.EvidencePackage;
import org.pinlian.tools.evidence.TimeStamp;
import org.pinlian.tools.evidence.TimeStampService;
import picocli.CommandLine.Option;

/** Whom to believe about time stamps. */
final class TimeStampOptions {
  private static final int ROOTS_BYTES_MAX = 1 << 20;
  private static final Duration TIMEOUT = Duration.ofSeconds(30);

  @Option(
      names = "--time-stamp-trust",
      paramLabel = "FILE",
      description =
          "X.509 roots (PEM) to which a time stamp's certificate must lead. Without it, that is told"
              + " as not checked.")
  private @Nullable Path trust;

  /** A stamp with what is kept of it. */
  record Stamped(ByteString request, ByteString response, TimeStamp stamp) {}

  /** Asks a service for a stamp over these bytes, and checks what it answers. */
  Stamped ask(String url, ByteString bytes, Console console) throws Exception {
    URI address;
    try {
      address = TimeStampService.address(url);
    } catch (IllegalArgumentException e) {
      throw CommandException.usage("--time-stamp: " + e.getMessage(), "As http://host/path.");
    }
    byte[] request = TimeStamp.request(EvidencePackage.sha256(bytes), new SecureRandom());
    console.note("Asking " + address + " for a time stamp; it is told a hash and nothing else.");
    byte[] response;
    try {
      response = new TimeStampService(address, TIMEOUT).ask(request);
    } catch (IOException e) {
      throw new CommandException(
          Exit.UNREACHABLE,
          "TIME_STAMP_SERVICE",
          "the time-stamping service gave no answer that can be used: " + e.getMessage(),
          "Nothing was written. Try again, or another service, or without --time-stamp.");
    }
    return new Stamped(
        ByteString.copyFrom(request),
        ByteString.copyFrom(response),
        check(request, response, bytes));
  }

  TimeStamp check(byte[] request, byte[] response, ByteString bytes)
      throws IOException, EvidenceException {
    return TimeStamp.check(request, response, EvidencePackage.sha256(bytes), roots());
  }

  private List<X509Certificate> roots() throws IOException {
    if (trust == null) {
      return List.of();
    }
    List<X509Certificate> roots = new ArrayList<>();
    try {
      byte[] pem = OutsideFile.bytes(trust, ROOTS_BYTES_MAX);
      for (Certificate certificate :
          CertificateFactory.getInstance("X.509")
              .generateCertificates(new ByteArrayInputStream(pem))) {
        if (certificate instanceof X509Certificate root) {
          roots.add(root);
        }
      }
    } catch (CertificateException e) {
      throw CommandException.usage(trust + ": no X.509 certificates", "PEM is expected.");
    }
    if (roots.isEmpty()) {
      throw CommandException.usage(trust + ": no X.509 certificate", "PEM is expected.");
    }
    return roots;
  }
}
