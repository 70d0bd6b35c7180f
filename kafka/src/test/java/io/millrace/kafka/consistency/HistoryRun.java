package io.millrace.kafka.consistency;

import io.millrace.kafka.consistency.Client.Setting;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.common.message.CreateTopicsRequestData;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopic;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopicCollection;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopicConfig;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopicConfigCollection;
import org.apache.kafka.common.message.CreateTopicsResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;

/**
 * One history: a plan made from a seed, which says who does what and how often the node dies, and
 * its run. The seed decides the plan; how the clients' requests interleave is the machine's.
 */
final class HistoryRun {

  /** The group of the client that copies, and that of the one that only commits. */
  private static final String COPIERS = "copiers";

  private static final String READERS = "readers";

  /** The group of those that share the partitions out. */
  private static final String MEMBERS = "members";

  /** What is run. */
  enum Kind {
    /** Lean clients that speak the protocol; the node dies in this process. */
    WIRE,
    /** Kafka's own clients; the node dies in this process. */
    KAFKA_CLIENTS,
    /** Lean clients; the node is a process that is killed. */
    KILLED_PROCESS
  }

  /** A run, and what cannot be in it. */
  record Result(
      long seed,
      Kind kind,
      Reduction reduction,
      List<Operation> operations,
      List<Violation> violations) {}

  private final Kind kind;
  private Reduction reduction;
  private final Random random;
  private final History history = new History();
  private final Semaphore deaths = new Semaphore(0);
  private final AtomicBoolean enough = new AtomicBoolean();
  private final AtomicInteger working = new AtomicInteger();
  private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
  private final TreeSet<String> transactionalIds = new TreeSet<>();
  private final List<String> groups = new ArrayList<>(List.of(READERS));
  private final List<Archive> archives = new ArrayList<>();

  private HistoryRun(long seed, Kind kind, Reduction reduction) {
    this.kind = kind;
    this.reduction = reduction;
    this.random = new Random(seed);
  }

  /** Runs one history, less what is left out, and checks it; files go below {@code folder}. */
  static Result run(long seed, Kind kind, Reduction reduction, Path folder) throws Exception {
    HistoryRun run = new HistoryRun(seed, kind, reduction);
    try {
      run.play(folder);
    } catch (IllegalStateException e) {
      List<Operation> operations = run.history.operations();
      throw new AssertionError(
          kind + " history " + seed + " did not end:\n" + History.print(operations), e);
    }
    List<Operation> operations = run.history.operations();
    return new Result(seed, kind, run.reduction, operations, HistoryChecker.check(operations));
  }

  private void play(Path folder) throws Exception {
    Random nodes = new Random(random.nextLong());
    try (Node node =
        kind == Kind.KILLED_PROCESS
            ? new ForkedNode(folder, nodes, deaths::release)
            : new InProcessNode(folder, nodes, deaths::release)) {
      Setting setting = new Setting(node, history, 2 + random.nextInt(2), System.nanoTime());
      for (int i = 0; i < setting.partitions(); i++) {
        archives.add(new Archive());
      }
      createTopic(setting, random.nextBoolean() ? "commit" : "os");
      List<Client> planned = workers(setting);
      List<Client> watchers = watchers(setting);
      reduction =
          reduction.of(
              planned.size(), kind == Kind.WIRE ? random.nextInt(4) : 1 + random.nextInt(2));
      List<Client> workers = new ArrayList<>();
      for (int i = 0; i < planned.size(); i++) {
        if (!reduction.without().contains(i)) {
          workers.add(planned.get(i));
        }
      }
      working.set(workers.size());
      List<Thread> threads = new ArrayList<>();
      watchers.forEach(each -> threads.add(start(each, () -> {})));
      workers.forEach(each -> threads.add(start(each, working::decrementAndGet)));
      killWhileTheyWork(node, reduction.crashes());
      enough.set(true);
      for (Thread thread : threads) {
        thread.join();
      }
      for (Throwable failure : failures) {
        throw new IllegalStateException(failure);
      }
      settle(node);
      new FinalReader(setting, random.nextLong(), transactionalIds, groups, archives).run();
    }
  }

  private static void createTopic(Setting setting, String durability) throws IOException {
    CreatableTopicConfigCollection configs = new CreatableTopicConfigCollection();
    configs.add(new CreatableTopicConfig().setName("durability").setValue(durability));
    CreatableTopicCollection topics = new CreatableTopicCollection();
    topics.add(
        new CreatableTopic()
            .setName(Client.TOPIC)
            .setNumPartitions(setting.partitions())
            .setReplicationFactor((short) 1)
            .setConfigs(configs));
    try (NodeLink link = new NodeLink(setting.node())) {
      CreateTopicsResponseData answer =
          link.call(
              ApiKeys.CREATE_TOPICS,
              5,
              new CreateTopicsRequestData().setTopics(topics).setTimeoutMs(30_000),
              CreateTopicsResponseData::new);
      Errors error = Errors.forCode(answer.topics().iterator().next().errorCode());
      if (error != Errors.NONE) {
        throw new IOException("the topic cannot be made: " + error);
      }
    }
  }

  // ---- who does what ----

  private List<Client> workers(Setting setting) {
    List<Client> workers = new ArrayList<>();
    for (int i = random.nextInt(2); i >= 0; i--) {
      String who = "once" + i;
      int batches = reduction.batches(lengths() * (6 + random.nextInt(20)));
      workers.add(
          kind == Kind.KAFKA_CLIENTS
              ? new KafkaSender(who, setting, random.nextLong(), batches)
              : new WireProducer(who, setting, random.nextLong(), true, batches));
    }
    if (random.nextBoolean()) {
      workers.add(
          new WireProducer(
              "plain",
              setting,
              random.nextLong(),
              false,
              reduction.batches(lengths() * (4 + random.nextInt(12)))));
    }
    for (int i = random.nextInt(2); i >= 0; i--) {
      addSessions("tx" + i, "", setting, workers);
    }
    if (random.nextInt(3) > 0) {
      history.add(new Operation.Copying("plan", COPIERS, 0, 1, history.now(), history.now()));
      groups.add(COPIERS);
      addSessions("copier", COPIERS, setting, workers);
    }
    return workers;
  }

  /** A process lives and dies slowly, so there is more to do meanwhile. */
  private int lengths() {
    return kind == Kind.KILLED_PROCESS ? 4 : 1;
  }

  /** One producer of a transactional id, or two, of which the later one fences the earlier. */
  private void addSessions(String id, String group, Setting setting, List<Client> workers) {
    transactionalIds.add(id);
    int sessions = 1 + random.nextInt(2);
    for (int i = 0; i < sessions; i++) {
      String who = id + "." + (char) ('a' + i);
      WireTransactions.Plan plan =
          new WireTransactions.Plan(
              id,
              sessions == 1,
              random.nextBoolean(),
              reduction.batches(lengths() * (2 + random.nextInt(5))),
              i * random.nextInt(60),
              group,
              0,
              1);
      workers.add(
          kind == Kind.KAFKA_CLIENTS
              ? new KafkaTransactions(who, setting, random.nextLong(), plan)
              : new WireTransactions(who, setting, random.nextLong(), plan));
    }
  }

  private List<Client> watchers(Setting setting) {
    List<Client> watchers = new ArrayList<>();
    for (boolean committed : new boolean[] {false, true}) {
      String who = committed ? "committed" : "all";
      watchers.add(
          kind == Kind.KAFKA_CLIENTS
              ? new KafkaReader(who, setting, random.nextLong(), committed, enough::get)
              : new WireConsumer(who, setting, random.nextLong(), committed, enough::get));
    }
    if (kind != Kind.KILLED_PROCESS && random.nextBoolean()) {
      groups.add(MEMBERS);
      for (int i = 2 + random.nextInt(2); i > 0; i--) {
        watchers.add(
            new WireMember("member" + i, setting, random.nextLong(), MEMBERS, enough::get));
      }
    }
    if (random.nextBoolean()) {
      // What is to be copied is not deleted before that.
      int first = groups.contains(COPIERS) ? 1 : 0;
      watchers.add(
          new WireTrimmer("trims", setting, random.nextLong(), first, archives, enough::get));
    }
    watchers.add(
        new WireObserver("looks", setting, random.nextLong(), groups, READERS, enough::get));
    return watchers;
  }

  private Thread start(Client client, Runnable then) {
    return Thread.ofVirtual()
        .name(client.who)
        .start(
            () -> {
              try {
                client.run();
              } catch (RuntimeException | AssertionError e) {
                failures.add(e);
              } finally {
                then.run();
              }
            });
  }

  // ---- deaths ----

  private void killWhileTheyWork(Node node, int crashes) throws Exception {
    int left = crashes;
    if (left > 0) {
      node.mayDie();
    }
    while (working.get() > 0) {
      if (deaths.tryAcquire(1, TimeUnit.MILLISECONDS)) {
        crash(node);
        if (--left > 0) {
          node.mayDie();
        }
      }
    }
    node.mustLive();
    if (left > 0 && deaths.tryAcquire()) {
      crash(node);
    }
  }

  private void crash(Node node) throws IOException {
    long sent = history.now();
    node.crash();
    history.add(new Operation.Crash("node", sent, history.now()));
  }

  /** What is read in the end is what is there after a restart, or a crash, or just there. */
  private void settle(Node node) throws IOException {
    history.add(new Operation.Settling("plan", history.now(), history.now()));
    int how = kind == Kind.KILLED_PROCESS ? 2 : random.nextInt(3);
    if (how == 0) {
      node.restart();
    } else if (how == 1) {
      crash(node);
    }
  }
}
