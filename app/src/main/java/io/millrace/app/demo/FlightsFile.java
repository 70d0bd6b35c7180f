package io.millrace.app.demo;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.zip.GZIPInputStream;

/** The file {@code flights.csv.gz}: a head line, then one flight a line. */
final class FlightsFile {

  private static final String HEAD = "scheduled,delay,distance,origin,destination";
  private static final DateTimeFormatter MINUTE =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm", Locale.ROOT);

  private FlightsFile() {}

  /**
   * Reads all flights, in the order in which they were reported; those of the same minute in the
   * order of the file.
   *
   * @throws IOException when it cannot be read; the message names file and line
   */
  static List<Flight> readInReportOrder(Path file) throws IOException {
    List<Flight> flights = new ArrayList<>();
    try (var bytes = new GZIPInputStream(Files.newInputStream(file));
        var lines = new BufferedReader(new InputStreamReader(bytes, StandardCharsets.US_ASCII))) {
      if (!HEAD.equals(lines.readLine())) {
        throw new IOException(file + " does not begin with \"" + HEAD + "\"");
      }
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        flights.add(parse(file, flights.size() + 2, line));
      }
    }
    return inReportOrder(flights);
  }

  /** Sorted by when they were reported; a stable sort. */
  static List<Flight> inReportOrder(List<Flight> flights) {
    return flights.stream().sorted(Comparator.comparing(Flight::reported)).toList();
  }

  private static Flight parse(Path file, int number, String line) throws IOException {
    String[] fields = line.split(",", -1);
    try {
      if (fields.length == 5) {
        return new Flight(
            LocalDateTime.parse(fields[0], MINUTE),
            Integer.parseInt(fields[1]),
            Integer.parseInt(fields[2]),
            fields[3],
            fields[4]);
      }
    } catch (DateTimeParseException | NumberFormatException e) {
      throw new IOException(file + " line " + number + ": " + e.getMessage(), e);
    }
    throw new IOException(file + " line " + number + ": five fields were expected");
  }
}
