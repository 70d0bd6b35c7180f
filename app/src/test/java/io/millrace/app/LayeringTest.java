package io.millrace.app;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.Architectures.LayeredArchitecture;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;

/** The folders are the architecture: a module, and a package of one, uses only what is below it. */
@AnalyzeClasses(
    packages = "io.millrace",
    importOptions = {ImportOption.DoNotIncludeTests.class})
class LayeringTest {

  /** From the bottom to the top, as in ARCHITECTURE.md. */
  private static final String[] MODULES = {
    "core", "log", "broker", "schema", "streams", "cdn", "kafka", "amqp", "console", "app"
  };

  @ArchTest
  static void aModuleUsesOnlyModulesBelowIt(JavaClasses classes) {
    LayeredArchitecture layers =
        layeredArchitecture().consideringOnlyDependenciesInLayers().withOptionalLayers(true);
    for (String module : MODULES) {
      layers = layers.layer(module).definedBy("io.millrace." + module + "..");
    }
    for (int i = 0; i < MODULES.length; i++) {
      layers = restrict(layers, i);
    }
    layers.check(classes);
  }

  private static LayeredArchitecture restrict(LayeredArchitecture layers, int i) {
    int above = MODULES.length - i - 1;
    if (above == 0) {
      return layers.whereLayer(MODULES[i]).mayNotBeAccessedByAnyLayer();
    }
    String[] users = new String[above];
    System.arraycopy(MODULES, i + 1, users, 0, above);
    return layers.whereLayer(MODULES[i]).mayOnlyBeAccessedByLayers(users);
  }

  @ArchTest
  static final ArchRule protocolsDoNotKnowEachOther =
      noClasses()
          .that()
          .resideInAPackage("io.millrace.kafka..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("io.millrace.cdn..", "io.millrace.streams..")
          .because("a protocol turns bytes into calls of the broker, and nothing else");

  @ArchTest
  static final ArchRule amqpKnowsTheBrokerOnly =
      noClasses()
          .that()
          .resideInAPackage("io.millrace.amqp..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("io.millrace.kafka..", "io.millrace.cdn..", "io.millrace.streams..")
          .because("a protocol turns bytes into calls of the broker, and nothing else");

  @ArchTest
  static final ArchRule theEdgeDoesNotKnowTheStreamEngine =
      noClasses()
          .that()
          .resideInAPackage("io.millrace.cdn..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("io.millrace.streams..")
          .because("views follow topics, whoever writes them");

  @ArchTest
  static final ArchRule theEdgeIsLayered =
      layeredArchitecture()
          .consideringOnlyDependenciesInLayers()
          .withOptionalLayers(true)
          .layer("http")
          .definedBy("io.millrace.cdn.http..")
          .layer("http2")
          .definedBy("io.millrace.cdn.http2..")
          .layer("tls")
          .definedBy("io.millrace.cdn.tls..")
          .layer("origin")
          .definedBy("io.millrace.cdn.origin..")
          .layer("cache")
          .definedBy("io.millrace.cdn.cache..")
          .layer("view")
          .definedBy("io.millrace.cdn.view..")
          .layer("route")
          .definedBy("io.millrace.cdn.route..")
          .layer("server")
          .definedBy("io.millrace.cdn.server..")
          .whereLayer("server")
          .mayNotBeAccessedByAnyLayer()
          .whereLayer("tls")
          .mayOnlyBeAccessedByLayers("server")
          .whereLayer("http2")
          .mayOnlyBeAccessedByLayers("server", "cache")
          .whereLayer("view")
          .mayOnlyBeAccessedByLayers("server")
          .whereLayer("route")
          .mayOnlyBeAccessedByLayers("server", "view")
          .whereLayer("cache")
          .mayOnlyBeAccessedByLayers("server", "view", "route")
          .whereLayer("origin")
          .mayOnlyBeAccessedByLayers("server", "view", "route", "cache");

  @ArchTest
  static final ArchRule theKafkaPortIsLayered =
      layeredArchitecture()
          .consideringOnlyDependenciesInLayers()
          .layer("wire")
          .definedBy("io.millrace.kafka.wire..")
          .layer("net")
          .definedBy("io.millrace.kafka.net..")
          .layer("produce")
          .definedBy("io.millrace.kafka.produce..")
          .layer("fetch")
          .definedBy("io.millrace.kafka.fetch..")
          .layer("control")
          .definedBy("io.millrace.kafka.control..")
          .whereLayer("produce")
          .mayNotBeAccessedByAnyLayer()
          .whereLayer("fetch")
          .mayNotBeAccessedByAnyLayer()
          .whereLayer("control")
          .mayNotBeAccessedByAnyLayer()
          .whereLayer("net")
          .mayOnlyBeAccessedByLayers("produce", "fetch", "control");

  @ArchTest
  static final ArchRule thePlanKnowsNoParserAndNoEngine =
      noClasses()
          .that()
          .resideInAPackage("io.millrace.streams.plan..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "io.millrace.streams.sql..",
              "io.millrace.streams.job..",
              "io.millrace.broker..",
              "io.millrace.log..",
              "org.apache.calcite..");

  @ArchTest
  static final ArchRule theConfigurationKnowsNoNode =
      noClasses()
          .that()
          .resideInAPackage("io.millrace.app.config..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("io.millrace.app.node..", "io.millrace.app.cli..")
          .allowEmptyShould(true);

  @ArchTest
  static final ArchRule theNodeKnowsNoCommandLine =
      noClasses()
          .that()
          .resideInAPackage("io.millrace.app.node..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("io.millrace.app.cli..", "picocli..", "org.jline..")
          .allowEmptyShould(true);

  @ArchTest
  static void packagesOfAModuleFormNoCycle(JavaClasses classes) {
    for (String module : MODULES) {
      SlicesRuleDefinition.slices()
          .matching("io.millrace." + module + ".(*)..")
          .should()
          .beFreeOfCycles()
          .allowEmptyShould(true)
          .check(classes);
    }
  }

  @ArchTest
  static final ArchRule namesSayWhatAClassIs =
      noClasses()
          .should()
          .haveNameMatching(".*(Util|Utils|Manager|Impl|Helper|Helpers)(\\$.*)?")
          .because("such a name says nothing about what the class is for");
}
