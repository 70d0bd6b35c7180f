package io.millrace.app.cli;

import io.millrace.app.cli.record.FormatOptions;
import io.millrace.app.cli.record.RecordCodec;
import io.millrace.app.cli.record.SchemaOptions;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code millrace produce}. */
@Command(
    name = "produce",
    mixinStandardHelpOptions = true,
    description = "Sends each line of a file or of standard input as a record.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  echo hello | millrace produce greetings",
      "  millrace produce orders orders.txt --key-separator :",
      "  millrace produce orders -H source=import -k 42 < order.json",
      "  millrace produce orders orders.json --value-format avro --value-schema order.avsc",
      "  millrace consume orders --from beginning --until-end --format json \\",
      "    | millrace produce copy --format json"
    })
public final class ProduceCommand implements Callable<Integer> {

  /** What a line holds. */
  enum Format {
    TEXT,
    JSON
  }

  @Mixin private final ClusterOptions cluster = new ClusterOptions();
  @Mixin private final FormatOptions formats = new FormatOptions();
  @Mixin private final SchemaOptions schemas = new SchemaOptions();

  @Parameters(index = "0", paramLabel = "TOPIC", description = "Where the records go.")
  private String topic = "";

  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "FILE",
      description = "What is sent (default: standard input).")
  private @Nullable Path file;

  @Option(
      names = {"-f", "--format"},
      defaultValue = "text",
      description =
          "text: a line is a value. json: a line is an object with value, and perhaps key and"
              + " headers, as consume writes it (default: ${DEFAULT-VALUE}).")
  private Format format = Format.TEXT;

  @Option(
      names = {"-k", "--key"},
      paramLabel = "KEY",
      description = "The key of every record.")
  private @Nullable String key;

  @Option(
      names = "--key-separator",
      paramLabel = "TEXT",
      description = "What stands between a key and a value in a line of text.")
  private @Nullable String keySeparator;

  @Option(
      names = {"-H", "--header"},
      paramLabel = "NAME=VALUE",
      description = "A header of every record.")
  private Map<String, String> headers = Map.of();

  @Option(
      names = {"-p", "--partition"},
      paramLabel = "N",
      description = "The partition of every record (default: by key).")
  private @Nullable Integer partition;

  @Option(
      names = "--keep-places",
      description = "Take partition and timestamp of JSON records as they are.")
  private boolean keepPlaces;

  @Option(
      names = {"-z", "--compression"},
      paramLabel = "CODEC",
      defaultValue = "none",
      description = "none, gzip, snappy, lz4 or zstd (default: ${DEFAULT-VALUE}).")
  private String compression = "none";

  @Option(
      names = "--acks",
      paramLabel = "N",
      defaultValue = "all",
      description = "What an acknowledgement waits for: 0, 1 or all (default: ${DEFAULT-VALUE}).")
  private String acks = "all";

  @Option(names = "--json", description = "Say what was sent as JSON, on standard output.")
  private boolean json;

  private @Nullable RecordCodec keys;
  private @Nullable RecordCodec values;

  @Override
  public Integer call() throws IOException {
    Map<String, Object> properties = cluster.properties();
    properties.put("acks", acks);
    properties.put("enable.idempotence", acks.equals("all"));
    properties.put("compression.type", compression);
    properties.put("linger.ms", 5);
    properties.put("delivery.timeout.ms", 30_000);
    properties.put("max.block.ms", 20_000);
    AtomicReference<@Nullable Exception> failure = new AtomicReference<>();
    AtomicLong sent = new AtomicLong();
    try (formats;
        BufferedReader lines = open();
        KafkaProducer<byte[], byte[]> producer =
            new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer())) {
      keys = schemas.keys(formats, topic);
      values = schemas.values(formats, topic);
      long number = 0;
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        number++;
        if (failure.get() != null) {
          break;
        }
        if (format == Format.JSON && line.isBlank()) {
          continue;
        }
        var unused =
            producer.send(
                record(line, number),
                (metadata, problem) -> {
                  if (problem == null) {
                    sent.incrementAndGet();
                  } else {
                    failure.compareAndSet(null, problem);
                  }
                });
      }
      producer.flush();
    }
    Exception problem = failure.get();
    if (problem != null) {
      throw CommandException.failed(
          "after " + sent + " records: " + String.valueOf(problem.getMessage()));
    }
    if (json) {
      JsonOutput.print(Map.of("topic", topic, "records", sent.get()));
    } else {
      System.err.println("sent " + sent + " records to " + topic);
    }
    return 0;
  }

  /** Each byte as one character, so that values of bytes stay as they are. */
  private BufferedReader open() throws IOException {
    if (file == null) {
      return new BufferedReader(new InputStreamReader(System.in, StandardCharsets.ISO_8859_1));
    }
    try {
      return Files.newBufferedReader(file, StandardCharsets.ISO_8859_1);
    } catch (NoSuchFileException e) {
      throw CommandException.usage("there is no file " + file);
    }
  }

  private ProducerRecord<byte[], byte[]> record(String line, long number) {
    String place = "line " + number;
    ProducerRecord<byte[], byte[]> record;
    try {
      record =
          format == Format.JSON
              ? RecordJson.read(
                  new String(raw(line), StandardCharsets.UTF_8),
                  topic,
                  keepPlaces,
                  keys,
                  values,
                  place)
              : textRecord(line, place);
    } catch (CommandException e) {
      String why = String.valueOf(e.getMessage());
      throw why.startsWith(place) ? e : CommandException.failed(place + ": " + why);
    }
    List<Header> all = new ArrayList<>(List.of(record.headers().toArray()));
    headers.forEach((name, value) -> all.add(new RecordHeader(name, bytes(value))));
    return new ProducerRecord<>(
        topic,
        partition == null ? record.partition() : partition,
        record.timestamp(),
        key == null ? record.key() : encoded(keys, bytes(key)),
        record.value(),
        all);
  }

  private ProducerRecord<byte[], byte[]> textRecord(String line, String place) {
    if (keySeparator == null) {
      return new ProducerRecord<>(topic, encoded(values, raw(line)));
    }
    String separator = new String(bytes(keySeparator), StandardCharsets.ISO_8859_1);
    int at = line.indexOf(separator);
    if (at < 0) {
      throw CommandException.failed(place + " has no \"" + keySeparator + "\" after its key");
    }
    return new ProducerRecord<>(
        topic,
        encoded(keys, raw(line.substring(0, at))),
        encoded(values, raw(line.substring(at + separator.length()))));
  }

  private static byte[] encoded(@Nullable RecordCodec codec, byte[] written) {
    return codec == null ? written : codec.encode(written);
  }

  /** The bytes that a line was read from. */
  private static byte[] raw(String line) {
    return line.getBytes(StandardCharsets.ISO_8859_1);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
