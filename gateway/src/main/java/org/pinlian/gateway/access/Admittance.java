// SPDX-License-Identifier: Apache-2.0
package org.pinlian.gateway.access;

import java.util.Set;

/** Who may make a call, before the node looks at it. */
public enum Admittance {
  /** Anyone, as often as their address allows. */
  ANYONE,
  /** Whoever holds a token. */
  LOGGED_IN;

  // Named one by one: a call that nobody thought about needs a login.
  private static final Set<String> OPEN_CALLS =
      Set.of(
          // The node asks who it is for whatever is not open to all.
          "pinlian.v1.Dossiers/GetDossier",
          "pinlian.v1.Log/GetLedger",
          "pinlian.v1.Log/GetCheckpoint",
          "pinlian.v1.Log/GetConsistency",
          "pinlian.v1.Notices/ListNotices",
          "pinlian.v1.Login/Challenge",
          "pinlian.v1.Login/Login",
          "grpc.health.v1.Health/Check",
          "grpc.health.v1.Health/Watch",
          "grpc.reflection.v1.ServerReflection/ServerReflectionInfo",
          "grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo");

  /** Of a call, by its full name {@code package.Service/Method}. */
  public static Admittance of(String fullMethodName) {
    return OPEN_CALLS.contains(fullMethodName) ? ANYONE : LOGGED_IN;
  }
}
