// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** design.md section 4, as far as it concerns this module. */
@AnalyzeClasses(packages = "org.pinlian", importOptions = ImportOption.DoNotIncludeTests.class)
class HouseRulesTest {
  private static final String NODE = "org.pinlian.node";
  private static final String RULES = "org.pinlian.node.rules..";
  private static final String FINDINGS = "org.pinlian.node.findings..";

  @ArchTest
  static final ArchRule packagesFormNoCycles =
      slices().matching("org.pinlian.node.(*)..").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule onlyTheWiringMayLookDownOnAllRooms =
      noClasses()
          .that()
          .resideInAPackage("org.pinlian.node.*..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage(NODE)
          .because("Main wires the rooms; the rooms do not know who wired them")
          .allowEmptyShould(true);

  @ArchTest
  static final ArchRule rulesAndFindingsKnowNeitherStorageNorRpcNorTheOtherRooms =
      noClasses()
          .that()
          .resideInAnyPackage(RULES, FINDINGS)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "org.pinlian.node.storage..",
              "org.pinlian.node.rpc..",
              "org.pinlian.node.admission..",
              "org.pinlian.node.sequencing..",
              "org.pinlian.node.heads..",
              "org.pinlian.node.provenance..",
              "org.pinlian.node.publication..",
              "org.pinlian.node.search..",
              "org.rocksdb..",
              "io.grpc..",
              "io.micrometer..",
              "org.slf4j..");

  @ArchTest
  static final ArchRule rulesKnowNoFindings =
      noClasses()
          .that()
          .resideInAPackage(RULES)
          .should()
          .dependOnClassesThat()
          .resideInAPackage(FINDINGS)
          .because("what is refused at the door must not hang on what is only suspicious");

  @ArchTest
  static final ArchRule rulesAndFindingsDoNoInputAndNoOutput =
      noClasses()
          .that()
          .resideInAnyPackage(RULES, FINDINGS)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "java.io..",
              "java.nio.file..",
              "java.nio.channels..",
              "java.net..",
              "java.sql..",
              "java.util.concurrent..",
              "java.util.random..");

  @ArchTest
  static final ArchRule rulesAndFindingsHaveNoClockAndNoChance =
      noClasses()
          .that()
          .resideInAnyPackage(RULES, FINDINGS)
          .should()
          .dependOnClassesThat()
          .haveFullyQualifiedName("java.time.Clock")
          .orShould()
          .dependOnClassesThat()
          .haveFullyQualifiedName("java.util.Random")
          .orShould()
          .dependOnClassesThat()
          .haveFullyQualifiedName("java.util.UUID")
          .orShould()
          .callMethod(System.class, "currentTimeMillis")
          .orShould()
          .callMethod(System.class, "nanoTime")
          .orShould()
          .callMethod(java.time.Instant.class, "now")
          .orShould()
          .callMethod(java.time.LocalDate.class, "now")
          .orShould()
          .callMethod(java.time.ZoneId.class, "systemDefault")
          .orShould()
          .callMethod(Math.class, "random");

  @ArchTest
  static final ArchRule onlyStorageKnowsRocksDb =
      noClasses()
          .that()
          .resideOutsideOfPackage("org.pinlian.node.storage..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("org.rocksdb..");

  @ArchTest
  static final ArchRule onlyRpcAndTheWiringKnowGrpc =
      noClasses()
          .that()
          .resideInAPackage("org.pinlian.node..")
          .and()
          .resideOutsideOfPackages("org.pinlian.node.rpc..", NODE)
          .should()
          .dependOnClassesThat()
          .resideInAPackage("io.grpc..");

  @ArchTest
  static final ArchRule nobodyKnowsVertx =
      noClasses().should().dependOnClassesThat().resideInAPackage("io.vertx..");

  @ArchTest
  static final ArchRule nobodyButTheWiringKnowsRpc =
      noClasses()
          .that()
          .resideInAPackage("org.pinlian.node..")
          .and()
          .resideOutsideOfPackages("org.pinlian.node.rpc..", NODE)
          .should()
          .dependOnClassesThat()
          .resideInAPackage("org.pinlian.node.rpc..");

  @ArchTest
  static final ArchRule nobodyKnowsAMain =
      noClasses()
          .that()
          .doNotHaveSimpleName("Main")
          .should()
          .dependOnClassesThat()
          .haveSimpleName("Main");

  @ArchTest
  static final ArchRule packagesAreNullMarked =
      classes()
          .that()
          .haveSimpleName("package-info")
          .and()
          .resideInAPackage("org.pinlian.node..")
          .should()
          .beAnnotatedWith(org.jspecify.annotations.NullMarked.class);
}
