// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools;

import io.grpc.ManagedChannel;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pinlian.client.PinlianClient;
import org.pinlian.transport.PeerTrust;
import org.pinlian.transport.PemException;
import org.pinlian.transport.TlsIdentity;
import org.pinlian.transport.TrustFiles;
import picocli.CommandLine.Option;

/** How to speak with a gateway: plainly, or over TLS if its authority is named. */
final class TlsOptions {
  @Option(
      names = "--ca",
      paramLabel = "FILE",
      description = "Speak TLS, and believe a gateway whose X.509 certificate this authority made.")
  private @Nullable Path authority;

  @Option(
      names = "--crl",
      paramLabel = "FILE",
      description = "Revocation list of that authority. May be repeated.")
  private List<Path> revocation = new ArrayList<>();

  @Option(
      names = "--cert",
      paramLabel = "FILE",
      description = "Your own X.509 certificate (PEM), if the gateway asks for one.")
  private @Nullable Path certificate;

  @Option(
      names = "--cert-key",
      paramLabel = "FILE",
      description = "Its secret key (PKCS#8 in PEM).")
  private @Nullable Path certificateKey;

  /** The caller closes it. */
  ManagedChannel channel(Address address) throws IOException {
    if ((certificate == null) != (certificateKey == null)) {
      throw CommandException.usage("--cert and --cert-key belong together", "Give both.");
    }
    if (authority == null) {
      if (certificate != null || !revocation.isEmpty()) {
        throw CommandException.usage(
            "--cert and --crl are of TLS", "Name the gateway's authority with --ca.");
      }
      return PinlianClient.plain(address.host(), address.port());
    }
    try {
      PeerTrust trust =
          PeerTrust.ofFiles(
              new TrustFiles(List.of(authority), revocation),
              List.of(),
              Clock.systemUTC(),
              TlsOptions::quietly);
      TlsIdentity identity =
          certificate == null || certificateKey == null
              ? null
              : TlsIdentity.ofFiles(certificate, certificateKey, TlsOptions::quietly);
      return PinlianClient.encrypted(address.host(), address.port(), trust, identity);
    } catch (PemException e) {
      throw CommandException.usage(
          String.valueOf(e.getMessage()), "docs/deploy tells how such files are made.");
    }
  }

  /** A command is over before files are replaced, or goes on with what is there then. */
  private static void quietly(String sentence) {
    // Nobody reads a log of it.
  }
}
