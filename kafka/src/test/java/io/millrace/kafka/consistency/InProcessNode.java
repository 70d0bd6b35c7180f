package io.millrace.kafka.consistency;

import io.millrace.broker.Broker;
import io.millrace.broker.BrokerSettings;
import io.millrace.broker.group.ConsumerGroupSettings;
import io.millrace.broker.group.GroupSettings;
import io.millrace.broker.transaction.TransactionSettings;
import io.millrace.core.Clock;
import io.millrace.core.SettingException;
import io.millrace.core.ThreadTimer;
import io.millrace.kafka.KafkaServer;
import io.millrace.kafka.KafkaSettings;
import io.millrace.log.LogException;
import io.millrace.log.LogStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A node in this process. It dies by its disk: after so many changes nothing more is written, its
 * connections end, and the next life begins on a copy of what was there, while the old one is
 * cleared away where it can change nothing.
 */
final class InProcessNode implements Node {

  private static final Logger LOG = LoggerFactory.getLogger(InProcessNode.class);

  private static final long REBIND_PATIENCE_NANOS = Duration.ofSeconds(30).toNanos();
  private static final int INTERNAL_PARTITIONS = 2;

  /** No member of a group is taken for gone in the time that a history takes. */
  private static final Duration SESSION = Duration.ofMinutes(10);

  /** A life under load makes about as many changes of its disk in the time that a history takes. */
  private static final int MOST_CHANGES = 250;

  private static final int MOST_CHANGES_OF_A_START = 40;

  private final Path folder;
  private final Random random;
  private final Runnable death;
  private int lives;
  private int port;
  private Life life;

  /** One run of the node. */
  private record Life(
      Path data,
      MortalDisk disk,
      LogStore store,
      Broker broker,
      KafkaServer server,
      ThreadTimer timer) {

    void end() {
      server.close();
      endQuietly(broker, store);
      timer.close();
    }
  }

  /**
   * Starts it.
   *
   * @param death told when a life has ended by itself; the owner then calls {@link #crash}
   */
  InProcessNode(Path folder, Random random, Runnable death) throws IOException {
    this.folder = folder;
    this.random = random;
    this.death = death;
    life = begin(Files.createDirectories(folder.resolve("life-0")), new MortalDisk(random, death));
    port = life.server().port();
  }

  private Life begin(Path data, MortalDisk disk) throws IOException {
    ThreadTimer timer = new ThreadTimer("history-timer");
    LogStore store = null;
    Broker broker = null;
    try {
      store = LogStore.open(data, Clock.system(), disk);
      broker = Broker.open(store, settings(), Clock.system(), timer);
      return new Life(data, disk, store, broker, bind(broker), timer);
    } catch (RuntimeException e) {
      endQuietly(broker, store);
      timer.close();
      if (disk.isDead()) {
        throw new IOException("the node died at its start", e);
      }
      throw e;
    }
  }

  /** A dead disk takes nothing that is done at an end. */
  private static void endQuietly(@Nullable Broker broker, @Nullable LogStore store) {
    try {
      if (broker != null) {
        broker.close();
      }
    } catch (LogException e) {
      LOG.debug("The broker could not be closed", e);
    }
    try {
      if (store != null) {
        store.close();
      }
    } catch (LogException e) {
      LOG.debug("The store could not be closed", e);
    }
  }

  private static BrokerSettings settings() {
    BrokerSettings defaults = BrokerSettings.defaults();
    TransactionSettings transactions = defaults.transactions();
    return defaults
        .withGroups(
            GroupSettings.defaults()
                .withOffsetsPartitions(INTERNAL_PARTITIONS)
                .withConsumer(
                    ConsumerGroupSettings.defaults().withTimes(SESSION, Duration.ofSeconds(5))))
        .withTransactions(
            new TransactionSettings(
                INTERNAL_PARTITIONS,
                transactions.stateDurability(),
                transactions.maxTimeout(),
                transactions.timeoutCheckInterval(),
                transactions.idExpiry(),
                transactions.idExpiryCheckInterval(),
                transactions.maxTransactionalIds()));
  }

  /** The port of its former lives; somebody's outgoing connection may have it for a moment. */
  private KafkaServer bind(Broker broker) {
    KafkaSettings settings = KafkaSettings.defaults().withEventLoops(1);
    long began = System.nanoTime();
    while (true) {
      try {
        return KafkaServer.bind(broker, settings.listenOn("127.0.0.1", port));
      } catch (SettingException e) {
        if (System.nanoTime() - began > REBIND_PATIENCE_NANOS) {
          throw e;
        }
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(2));
      }
    }
  }

  @Override
  public int port() {
    return port;
  }

  @Override
  public synchronized void mayDie() {
    life.disk().dieAfter(random.nextInt(MOST_CHANGES));
  }

  @Override
  public synchronized void mustLive() {
    life.disk().dieAfter(Long.MAX_VALUE);
  }

  @Override
  public synchronized void crash() throws IOException {
    life.disk().die();
    life.server().close();
    Life old = life;
    Path data = copy(old.data());
    old.end();
    if (random.nextInt(4) == 0) {
      MortalDisk weak = new MortalDisk(random, () -> {});
      weak.dieAfter(random.nextInt(MOST_CHANGES_OF_A_START));
      try {
        begin(data, weak).end();
      } catch (IOException e) {
        // It may well have died while it read back what the former life had left.
      }
      weak.die();
      data = copy(data);
    }
    life = begin(data, new MortalDisk(random, death));
  }

  @Override
  public synchronized void restart() throws IOException {
    life.end();
    life = begin(life.data(), new MortalDisk(random, death));
  }

  /** What a new process finds when the old one has ended. */
  private Path copy(Path from) throws IOException {
    Path to = folder.resolve("life-" + ++lives);
    try (Stream<Path> all = Files.walk(from)) {
      for (Path path : (Iterable<Path>) all::iterator) {
        Path target = to.resolve(from.relativize(path).toString());
        if (Files.isDirectory(path)) {
          Files.createDirectories(target);
        } else {
          Files.copy(path, target);
        }
      }
    }
    return to;
  }

  @Override
  public synchronized void close() {
    life.end();
  }
}
