package io.millrace.kafka.consistency;

import io.millrace.kafka.consistency.Operation.DeleteRecords;
import io.millrace.kafka.consistency.Operation.Read;
import io.millrace.kafka.consistency.WireRecords.Fetched;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.apache.kafka.common.message.DeleteRecordsRequestData;
import org.apache.kafka.common.message.DeleteRecordsRequestData.DeleteRecordsPartition;
import org.apache.kafka.common.message.DeleteRecordsRequestData.DeleteRecordsTopic;
import org.apache.kafka.common.message.DeleteRecordsResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;

/**
 * Deletes the oldest records of partitions, some at a time and each once it has been read. Nobody
 * else deletes any.
 */
final class WireTrimmer extends Client {

  private static final int DELETE_VERSION = 2;

  private final int firstPartition;
  private final List<Archive> archives;
  private final BooleanSupplier enough;
  private final NodeLink link;

  /**
   * @param firstPartition whose records and those of all behind it may be deleted
   * @param archives of all partitions, which get what is deleted
   */
  WireTrimmer(
      String who,
      Setting setting,
      long seed,
      int firstPartition,
      List<Archive> archives,
      BooleanSupplier enough) {
    super(who, setting, seed);
    this.firstPartition = firstPartition;
    this.archives = archives;
    this.enough = enough;
    link = new NodeLink(setting.node());
  }

  @Override
  public void run() {
    try (link) {
      while (!enough.getAsBoolean()) {
        setting.checkTime(who);
        int partition = firstPartition + random.nextInt(setting.partitions() - firstPartition);
        try {
          if (!trim(partition)) {
            return;
          }
        } catch (IOException e) {
          NodeLink.pause();
        }
        LockSupport.parkNanos(TimeUnit.MICROSECONDS.toNanos(random.nextInt(8000)));
      }
    }
  }

  private boolean trim(int partition) throws IOException {
    Archive archive = archives.get(partition);
    int bytes = 200 + random.nextInt(1000);
    Fetched all = read(partition, archive.end(), false, bytes);
    Fetched shown = read(partition, archive.end(), true, bytes);
    if (all.error() == Errors.OFFSET_OUT_OF_RANGE || shown.error() == Errors.OFFSET_OUT_OF_RANGE) {
      refused("to read what it has not deleted", Errors.OFFSET_OUT_OF_RANGE, now());
      return false;
    }
    int readable = Math.toIntExact(Math.min(all.next(), shown.next()) - archive.end());
    if (all.error() != Errors.NONE || shown.error() != Errors.NONE || readable == 0) {
      return true;
    }
    long before = archive.end() + 1 + random.nextInt(readable);
    archive.add(all.entries(), shown.records(), before);
    long sent = now();
    Answer answer = ask(() -> delete(partition, before));
    history()
        .add(
            new DeleteRecords(
                who, partition, before, sent, answer.isDone() ? now() : Operation.NEVER));
    if (!answer.isDone()) {
      refused("to delete records before " + before, answer.error(), sent);
    }
    return answer.isDone();
  }

  private Fetched read(int partition, long from, boolean committed, int bytes) throws IOException {
    long sent = now();
    Fetched got = WireRecords.fetch(link, partition, from, committed, bytes, 0);
    if (got.error() == Errors.NONE) {
      history()
          .add(
              new Read(
                  who,
                  partition,
                  committed,
                  from,
                  got.next(),
                  got.records(),
                  got.highWatermark(),
                  got.lastStableOffset(),
                  sent,
                  now()));
    }
    return got;
  }

  private Errors delete(int partition, long before) throws IOException {
    DeleteRecordsRequestData request =
        new DeleteRecordsRequestData()
            .setTimeoutMs(30_000)
            .setTopics(
                List.of(
                    new DeleteRecordsTopic()
                        .setName(TOPIC)
                        .setPartitions(
                            List.of(
                                new DeleteRecordsPartition()
                                    .setPartitionIndex(partition)
                                    .setOffset(before)))));
    return Errors.forCode(
        link.call(ApiKeys.DELETE_RECORDS, DELETE_VERSION, request, DeleteRecordsResponseData::new)
            .topics()
            .iterator()
            .next()
            .partitions()
            .iterator()
            .next()
            .errorCode());
  }
}
