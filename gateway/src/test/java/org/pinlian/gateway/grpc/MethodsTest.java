// SPDX-License-Identifier: Apache-2.0
package org.pinlian.gateway.grpc;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.pinlian.gateway.access.Admittance;

class MethodsTest {
  @Test
  void theseCallsAreOpenToAnyoneAndNoOthers() {
    Set<String> open =
        Methods.all().stream()
            .filter(method -> method.admittance() == Admittance.ANYONE)
            .map(Method::fullName)
            .collect(Collectors.toSet());

    assertEquals(
        Set.of(
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
            "grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo"),
        open);
  }

  @Test
  void theseCallsNeedALogin() {
    for (String name :
        new String[] {
          "pinlian.v1.Submission/Submit",
          "pinlian.v1.Submission/SubmitStream",
          "pinlian.v1.Submission/Validate",
          "pinlian.v1.AttestedSubmission/Submit",
          "pinlian.v1.Provenance/Trace",
          "pinlian.v1.Erasures/GetErasure",
          "pinlian.v1.Registry/FindKey",
          "pinlian.v1.Log/GetReceipt",
          "pinlian.v1.Log/GetEntries",
          "pinlian.v1.Log/Follow"
        }) {
      assertEquals(Admittance.LOGGED_IN, Methods.at("/" + name).orElseThrow().admittance(), name);
    }
  }

  @Test
  void onlyLoginAndWhatTheGatewaySignsAreAnsweredHere() {
    assertEquals(
        Set.of(
            "pinlian.v1.Login/Challenge",
            "pinlian.v1.Login/Login",
            "pinlian.v1.AttestedSubmission/Submit"),
        Methods.all().stream()
            .filter(Method::ownAnswer)
            .map(Method::fullName)
            .collect(Collectors.toSet()));
  }
}
