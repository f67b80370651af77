// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools.http;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;

/** Servers of the JDK, under the limits that it has for a whole process only. */
public final class BoundedServer {
  private static final int BACKLOG = 128;

  static {
    // Whoever sends slowly holds a thread and a place. Read by the server when it is first used.
    setDefault("sun.net.httpserver.maxReqTime", "30");
    setDefault("sun.net.httpserver.maxRspTime", "60");
    setDefault("jdk.httpserver.maxConnections", "512");
    setDefault("sun.net.httpserver.maxReqHeaders", "64");
    setDefault("sun.net.httpserver.nodelay", "true");
  }

  private BoundedServer() {}

  private static void setDefault(String property, String value) {
    if (System.getProperty(property) == null) {
      System.setProperty(property, value);
    }
  }

  /** Bound, and not started. */
  public static HttpServer bind(InetSocketAddress address) throws IOException {
    return HttpServer.create(address, BACKLOG);
  }
}
