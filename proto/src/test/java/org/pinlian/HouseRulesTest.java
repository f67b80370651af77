// SPDX-License-Identifier: Apache-2.0
package org.pinlian;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** design.md section 4, as far as it concerns this module. */
@AnalyzeClasses(packages = "org.pinlian", importOptions = ImportOption.DoNotIncludeTests.class)
class HouseRulesTest {
  private static final DescribedPredicate<JavaClass> OURS_BUT_MERKLE =
      JavaClass.Predicates.resideInAPackage("org.pinlian..")
          .and(
              DescribedPredicate.not(
                  JavaClass.Predicates.resideInAPackage("org.pinlian.merkle..")));

  @ArchTest
  static final ArchRule packagesFormNoCycles =
      slices().matching("org.pinlian.(*)..").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule merkleImportsNothingOfOurs =
      noClasses()
          .that()
          .resideInAPackage("org.pinlian.merkle..")
          .should()
          .dependOnClassesThat(OURS_BUT_MERKLE);

  @ArchTest
  static final ArchRule onlyTheClientAndGeneratedCodeKnowGrpc =
      noClasses()
          .that()
          .resideOutsideOfPackages("org.pinlian.client..", "org.pinlian.v1..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("io.grpc..");

  @ArchTest
  static final ArchRule nobodyKnowsVertxRocksDbOrTheNode =
      noClasses()
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "io.vertx..",
              "org.rocksdb..",
              "org.pinlian.node..",
              "org.pinlian.gateway..",
              "org.pinlian.tools..");

  @ArchTest
  static final ArchRule recordsKeysAndTreesDoNoInputAndNoOutput =
      noClasses()
          .that()
          .resideInAnyPackage(
              "org.pinlian.merkle..", "org.pinlian.identifier..", "org.pinlian.record..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("java.nio.file..", "java.nio.channels..", "java.net..")
          .orShould()
          .callMethod(System.class, "currentTimeMillis");
}
