// SPDX-License-Identifier: Apache-2.0
package org.pinlian.transport;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.security.cert.CRLException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Where it says whom to believe.
 *
 * @param authorities PEM files of X.509 authorities; a chain must end at one of them
 * @param revocation PEM files of revocation lists. If there is one, there must be a current one of
 *     every authority on the way to a peer; if there is none, nothing is ever revoked
 */
public record TrustFiles(List<Path> authorities, List<Path> revocation) {
  public TrustFiles {
    authorities = List.copyOf(authorities);
    revocation = List.copyOf(revocation);
    if (authorities.isEmpty()) {
      throw new IllegalArgumentException("no file of authorities");
    }
  }

  List<Path> all() {
    return Stream.concat(authorities.stream(), revocation.stream()).toList();
  }

  /** What the files hold. */
  record Held(List<X509Certificate> authorities, List<X509CRL> lists) {}

  Held read() throws IOException {
    List<X509Certificate> found = new ArrayList<>();
    for (Path file : authorities) {
      for (X509Certificate certificate : TlsIdentity.certificates(file)) {
        if (certificate.getBasicConstraints() < 0) {
          throw new PemException(
              file, "holds a certificate that is no authority's: " + Peer.name(certificate));
        }
        found.add(certificate);
      }
    }
    List<X509CRL> lists = new ArrayList<>();
    for (Path file : revocation) {
      lists.addAll(lists(file));
    }
    return new Held(List.copyOf(found), List.copyOf(lists));
  }

  private static List<X509CRL> lists(Path file) throws IOException {
    List<X509CRL> lists = new ArrayList<>();
    for (byte[] der : PemBlocks.read(file, "X509 CRL")) {
      try {
        X509CRL list =
            (X509CRL)
                CertificateFactory.getInstance("X.509").generateCRL(new ByteArrayInputStream(der));
        if (list.getNextUpdate() == null) {
          throw new PemException(
              file, "holds a list without a date of its next; it would be believed for ever");
        }
        lists.add(list);
      } catch (CertificateException | CRLException e) {
        throw new PemException(file, "holds what is no revocation list", e);
      }
    }
    return lists;
  }
}
