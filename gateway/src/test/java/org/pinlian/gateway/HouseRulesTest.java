// SPDX-License-Identifier: Apache-2.0
package org.pinlian.gateway;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(
    packages = "org.pinlian.gateway",
    importOptions = ImportOption.DoNotIncludeTests.class)
class HouseRulesTest {
  @ArchTest
  static final ArchRule grpcIsSpokenInGrpcAndWiredInGateway =
      noClasses()
          .that()
          .resideOutsideOfPackage("org.pinlian.gateway.grpc..")
          .and()
          .doNotHaveFullyQualifiedName(Gateway.class.getName())
          .should()
          .dependOnClassesThat()
          .resideInAPackage("io.grpc..");

  @ArchTest
  static final ArchRule theNodeIsReachedOverItsProtocolOnly =
      noClasses().should().dependOnClassesThat().resideInAPackage("org.pinlian.node..");

  @ArchTest
  static final ArchRule whoMayCallIsDecidedWithoutTheWire =
      noClasses()
          .that()
          .resideInAPackage("org.pinlian.gateway.access..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("io.vertx..", "io.netty..");

  @ArchTest
  static final ArchRule statusDetailsAreMadeInOnePlace =
      noClasses()
          .that()
          .doNotHaveSimpleName("GatewayStatus")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("com.google.rpc..");

  @ArchTest
  static final ArchRule roomsHaveNoCycles =
      slices().matching("org.pinlian.gateway.(*)..").should().beFreeOfCycles();
}
