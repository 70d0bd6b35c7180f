package io.millrace.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Programs of others that are had from Maven Central: a folder with a pom that names them. */
public final class PeerJars {

  private PeerJars() {}

  /** Where {@link #gather} puts the jars. */
  public static Path libraries(Path folder) {
    return folder.resolve("target/lib");
  }

  /** Gathers what the folder's pom names, unless that was done before. */
  public static void gather(Path folder) throws IOException, InterruptedException {
    if (!Files.isDirectory(libraries(folder))) {
      maven(folder, "dependency:copy-dependencies");
    }
  }

  /** Compiles the program in the folder, and gathers what its pom names. */
  public static void build(Path folder) throws IOException, InterruptedException {
    maven(folder, "package");
  }

  private static void maven(Path folder, String goal) throws IOException, InterruptedException {
    Process maven =
        new ProcessBuilder("mvn", "-q", "-B", "-f", folder.resolve("pom.xml").toString(), goal)
            .redirectOutput(ProcessBuilder.Redirect.INHERIT)
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    if (maven.waitFor() != 0) {
      throw new IOException(
          "the jars that " + folder + " names could not be fetched by Maven (see above)");
    }
  }
}
