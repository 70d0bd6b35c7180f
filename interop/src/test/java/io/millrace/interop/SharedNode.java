package io.millrace.interop;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/** Gives tests the one node that all of them share, and the tools in front of it. */
final class SharedNode implements ParameterResolver {

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    Class<?> type = parameter.getParameter().getType();
    return type == Tools.class || type == MillraceNode.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    MillraceNode node =
        context
            .getRoot()
            .getStore(ExtensionContext.Namespace.create(SharedNode.class))
            .computeIfAbsent(Running.class, type -> Running.start(), Running.class)
            .node();
    return parameter.getParameter().getType() == Tools.class ? new Tools(node.bootstrap()) : node;
  }

  /** The node until the last test has ended. */
  private record Running(MillraceNode node, Path folder) implements AutoCloseable {

    static Running start() {
      try {
        Path folder = Files.createTempDirectory("millrace-interop");
        return new Running(MillraceNode.start(folder.resolve("data")), folder);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public void close() throws IOException {
      node.close();
      try (Stream<Path> files = Files.walk(folder)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
  }
}
