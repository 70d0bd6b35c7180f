package io.millrace.app.logging;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.kafka.control.LogLevels;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

class LogbackLevelsTest {

  @Test
  void aLoggersLevelIsChangedAndTakenBack() {
    Logger logger = LoggerFactory.getLogger("io.millrace.app.logging.changed");
    LogLevels levels = LogbackLevels.ofProgram();
    assertThat(levels.all()).containsKeys(LogLevels.ROOT, logger.getName());
    String before = levels.all().get(logger.getName());
    levels.set(logger.getName(), "TRACE");
    assertThat(logger.isTraceEnabled()).isTrue();
    assertThat(levels.all()).containsEntry(logger.getName(), "TRACE");
    levels.set(logger.getName(), null);
    assertThat(levels.all().get(logger.getName())).isEqualTo(before);
  }
}
